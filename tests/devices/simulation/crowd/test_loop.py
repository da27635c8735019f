"""The fair loop: few sockets a turn, nobody passed over, and what is woken goes on soon."""

import asyncio
import socket
from contextlib import ExitStack

from devices.simulation.crowd.loop import SOCKETS_A_TURN, SPEAKS_WITHIN_S, fair_loop


def test_all_are_served_and_what_is_woken_goes_on_in_between() -> None:
    """Of a hundred that are ready at once, the first is done long before the last is read."""
    events: list[str] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Queue[int] = asyncio.Queue()
        with ExitStack() as stack:
            for number in range(100):
                ours, theirs = socket.socketpair()
                stack.enter_context(ours)
                stack.enter_context(theirs)
                theirs.send(b"x")
                loop.add_reader(ours, read, ours, number, done)
            while len(events) < 200:
                number = await done.get()
                events.append(f"done {number}")

    def read(sock: socket.socket, number: int, done: "asyncio.Queue[int]") -> None:
        sock.recv(1)
        asyncio.get_running_loop().remove_reader(sock)
        events.append(f"read {number}")
        done.put_nowait(number)

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        runner.run(story())

    assert len(events) == 200
    assert events.index("done 0") <= 3 * SOCKETS_A_TURN
    assert [each for each in events if each.startswith("read")] == [
        f"read {number}" for number in range(100)
    ]


def test_it_waits_writes_and_sees_an_end() -> None:
    """Timers, writing, and a peer that went, as on any loop."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        await asyncio.sleep(0.02)
        assert loop.time() - began_s >= 0.02
        ours, theirs = socket.socketpair()
        with ours, theirs:
            reader, writer = await asyncio.open_connection(sock=ours)
            theirs.setblocking(False)
            writer.write(b"hello")
            await writer.drain()
            assert await loop.sock_recv(theirs, 5) == b"hello"
            theirs.close()
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        runner.run(story())


def test_all_hear_before_anybody_speaks() -> None:
    """Whoever wants to write waits until nobody has anything to read."""
    events: list[str] = []

    async def story() -> None:
        loop = asyncio.get_running_loop()
        all_spoke = asyncio.Event()
        with ExitStack() as stack:
            for _ in range(3 * SOCKETS_A_TURN):
                ours, theirs = socket.socketpair()
                stack.enter_context(ours)
                stack.enter_context(theirs)
                theirs.send(b"x")
                loop.add_reader(ours, hear, ours, all_spoke)
            await all_spoke.wait()

    def hear(sock: socket.socket, all_spoke: asyncio.Event) -> None:
        sock.recv(1)
        events.append("hear")
        asyncio.get_running_loop().add_writer(sock, speak, sock, all_spoke)

    def speak(sock: socket.socket, all_spoke: asyncio.Event) -> None:
        asyncio.get_running_loop().remove_writer(sock)
        events.append("speak")
        if len(events) == 6 * SOCKETS_A_TURN:
            all_spoke.set()

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        runner.run(story())

    assert events == ["hear"] * 3 * SOCKETS_A_TURN + ["speak"] * 3 * SOCKETS_A_TURN


def test_whoever_wants_to_speak_is_not_kept_waiting_for_ever() -> None:
    """Beside a socket that never runs dry all writes come to their turn, and soon after another."""
    speakers = 20 * SOCKETS_A_TURN
    spoken: set[int] = set()

    async def story() -> float:
        loop = asyncio.get_running_loop()
        all_spoke = asyncio.Event()
        with ExitStack() as stack:
            flood, other_end = socket.socketpair()
            stack.enter_context(flood)
            stack.enter_context(other_end)
            other_end.send(b"x")
            # It is told of again and again, for nobody reads it.
            loop.add_reader(flood, lambda: None)
            for number in range(speakers):
                speaking, listening = socket.socketpair()
                stack.enter_context(speaking)
                stack.enter_context(listening)
                loop.add_writer(speaking, speak, speaking, number, all_spoke)
            began_s = loop.time()
            async with asyncio.timeout(20 * SPEAKS_WITHIN_S):
                await all_spoke.wait()
            loop.remove_reader(flood)
            return loop.time() - began_s

    def speak(sock: socket.socket, number: int, all_spoke: asyncio.Event) -> None:
        asyncio.get_running_loop().remove_writer(sock)
        spoken.add(number)
        if len(spoken) == speakers:
            all_spoke.set()

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        took_s = runner.run(story())

    # A handful each time that patience ran out would take ten times as long.
    assert took_s < 4 * SPEAKS_WITHIN_S


def test_who_no_longer_wants_to_speak_is_not_asked() -> None:
    """A wish that was taken back before there was time for it is forgotten."""
    spoken: list[str] = []

    async def story() -> list[bool]:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            loop.add_writer(ours, spoken.append, "gone")
            taken_back = [loop.remove_writer(ours), loop.remove_writer(ours)]
            await asyncio.sleep(0.02)
            has_spoken = asyncio.Event()
            loop.add_writer(ours, has_spoken.set)
            await has_spoken.wait()
            taken_back.append(loop.remove_writer(ours))
        return taken_back

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        taken_back = runner.run(story())

    assert taken_back == [True, False, True]
    assert not spoken
