"""A line through bad weather: cut, slow, doubled, out of order, robbed of receipts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from nacl.signing import SigningKey

from devices.controller.link import Link, Listener
from devices.errors import JournalUnusable
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Receipt, TimeAnswer
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.faults.link import TroubledLink
from devices.simulation.simulated_time import run_simulated
from tests.devices.simulation.faults.weather import episode, under


@dataclass
class Line:
    """A line that is up while it runs, and remembers when what went over it."""

    ear: Listener
    connected: bool = False
    runs: int = 0
    said: list[tuple[float, str]] = field(default_factory=list)
    topics: Sequence[str] = ()
    farewells: int = 0

    def publish(self, topic: str, _: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Remember it, if it is up."""
        assert (retain, qos) == (False, 1)
        if self.connected:
            self.said.append((now_s(), topic))

    def hear(self, topics: Sequence[str]) -> None:
        """Remember them."""
        self.topics = topics

    async def run(self) -> None:
        """Be up until cancelled."""
        self.runs += 1
        self.connected = True
        self.ear.connected()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.connected = False

    async def say_farewell(self) -> None:
        """Count it."""
        self.farewells += 1


@dataclass
class Device:
    """A controller as its link sees it."""

    heard: list[tuple[float, str]] = field(default_factory=list)
    connections: int = 0
    disk_is_full: bool = False

    def connected(self) -> None:
        """Count it."""
        self.connections += 1

    def receive(self, topic: str, _: bytes) -> bool:
        """Remember it, if there is room."""
        if self.disk_is_full:
            raise JournalUnusable
        self.heard.append((now_s(), topic))
        return True

    def last_will(self) -> bytes:
        """What is said of it when it falls silent."""
        return b"offline"


@dataclass
class World:
    """Everything at its place, the link running."""

    conditions: Conditions
    device: Device = field(default_factory=Device)

    def __post_init__(self) -> None:
        """Lay the line."""
        self.link = TroubledLink(self.device, connect=self._lay, conditions=self.conditions)

    def _lay(self, ear: Listener) -> Link:
        self.line = Line(ear)
        return self.line


def now_s() -> float:
    """Seconds of the story."""
    return round(asyncio.get_running_loop().time(), 3)


def played(story: Callable[[World], Awaitable[None]], conditions: Conditions) -> World:
    """A story from the line's first moment to its end."""
    worlds: list[World] = []

    async def run() -> None:
        world = World(conditions)
        worlds.append(world)
        running = asyncio.create_task(world.link.run())
        await asyncio.sleep(0.01)
        await story(world)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()

    run_simulated(run())
    return worlds[0]


def test_in_good_weather_everything_passes_at_once() -> None:
    """Both ways, and the farewell too."""

    async def story(world: World) -> None:
        world.link.hear(["config"])
        world.link.publish("up", b"")
        world.line.ear.receive("down", b"")
        await world.link.say_farewell()

    world = played(story, Conditions())

    assert world.line.topics == ["config"]
    assert world.line.said == [(0.01, "up")]
    assert world.device.heard == [(0.01, "down")]
    assert world.line.farewells == 1
    assert world.line.ear.last_will() == b"offline"


def test_a_cut_line_falls_silent_and_comes_back() -> None:
    """No goodbye, nothing sent meanwhile, and a connection anew afterwards."""

    async def story(world: World) -> None:
        world.conditions.begin(episode(FaultKind.OFFLINE))
        await asyncio.sleep(1)
        assert not world.link.connected
        world.link.publish("lost", b"")
        await world.link.say_farewell()
        world.conditions.end(FaultKind.OFFLINE)
        await asyncio.sleep(1)
        assert world.link.connected

    world = played(story, Conditions())

    assert (world.line.runs, world.device.connections) == (2, 2)
    assert (world.line.said, world.line.farewells) == ([], 0)


def test_a_line_that_is_cut_from_the_beginning_waits() -> None:
    """It is laid when the cut is over."""

    async def story(world: World) -> None:
        assert world.line.runs == 0
        world.conditions.end(FaultKind.OFFLINE)
        await asyncio.sleep(0.01)
        assert world.line.runs == 1

    played(story, under(FaultKind.OFFLINE))


def test_a_slow_line_delays_and_keeps_the_order() -> None:
    """Half a second each way, and what was sent before the weather changed comes first."""

    async def story(world: World) -> None:
        world.link.publish("one", b"")
        world.line.ear.receive("plan", b"")
        await asyncio.sleep(0.1)
        world.conditions.end(FaultKind.SLOW_LINK)
        world.link.publish("two", b"")
        await asyncio.sleep(1)

    world = played(story, under(FaultKind.SLOW_LINK, delay_ms=500))

    assert world.line.said == [(0.51, "one"), (0.51, "two")]
    assert world.device.heard == [(0.51, "plan")]


def test_what_is_doubled_comes_twice() -> None:
    """Up and down."""

    async def story(world: World) -> None:
        world.link.publish("up", b"")
        world.line.ear.receive("down", b"")

    world = played(story, under(FaultKind.DUPLICATED, chance=1))

    assert [topic for _, topic in world.line.said] == ["up", "up"]
    assert [topic for _, topic in world.device.heard] == ["down", "down"]


def test_what_is_held_back_is_overtaken() -> None:
    """A message that comes later, in better weather, arrives earlier."""

    async def story(world: World) -> None:
        world.line.ear.receive("first", b"")
        world.conditions.end(FaultKind.REORDERED)
        world.line.ear.receive("second", b"")
        await asyncio.sleep(1)

    world = played(story, under(FaultKind.REORDERED, chance=1, hold_ms=200))

    assert [topic for _, topic in world.device.heard] == ["second", "first"]


def test_receipts_are_lost_and_nothing_else() -> None:
    """A time answer comes on the same topic and arrives; so does what is no message at all."""
    key = SigningKey.generate()
    receipt = Receipt(
        station="dai", device="loa-01", epoch="0" * 32, seq=1, chain="0" * 64, issued_at_ms=1
    )
    answer = TimeAnswer(station="dai", device="loa-01", nonce="0" * 32, at_ms=1)

    async def story(world: World) -> None:
        for name, payload in (
            ("receipt", seal_message(receipt, key=key).encode()),
            ("time", seal_message(answer, key=key).encode()),
            ("noise", b"\xff"),
        ):
            world.line.ear.receive(name, payload)

    world = played(story, under(FaultKind.LOST_RECEIPTS, chance=1))

    assert [topic for _, topic in world.device.heard] == ["time", "noise"]


def test_the_dead_neither_send_nor_hear() -> None:
    """Not even what was already on its way."""

    async def story(world: World) -> None:
        world.link.publish("late", b"")
        world.line.ear.receive("late", b"")
        world.link.die()
        world.link.publish("dead", b"")
        world.line.ear.receive("dead", b"")
        world.line.ear.connected()
        await asyncio.sleep(1)

    world = played(story, under(FaultKind.SLOW_LINK, delay_ms=500))

    assert (world.line.said, world.device.heard, world.device.connections) == ([], [], 1)


def test_what_a_full_disk_refuses_late_is_lost_without_harm() -> None:
    """The line stays up: nobody is left to deliver it again."""

    async def story(world: World) -> None:
        world.device.disk_is_full = True
        world.line.ear.receive("plan", b"")
        await asyncio.sleep(1)
        assert world.link.connected

    assert played(story, under(FaultKind.SLOW_LINK, delay_ms=500)).device.heard == []
