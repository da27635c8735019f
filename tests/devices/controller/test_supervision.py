"""Systemd is told that the controller is ready, and is fed while its player turns."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.controller.clock import LoopClock
from devices.controller.supervision import Supervisor, Systemd, Unsupervised, supervise, supervisor
from devices.simulation.simulated_time import run_simulated

WATCHDOG_US = 60_000_000
LONGEST_TURN_US = 45_000_000


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket, and where it is."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(5)
        yield listening, address


def test_what_is_told_arrives(manager: tuple[socket.socket, str]) -> None:
    """Word for word, as sd_notify would send it."""
    listening, address = manager
    told = supervisor({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000"})
    told.tell("READY=1")

    assert listening.recv(100) == b"READY=1"
    assert told.watchdog_us == WATCHDOG_US
    assert isinstance(told, Systemd)
    told.close()


def test_an_abstract_socket_is_reached() -> None:
    """As in a container."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0loa-test-notify")
        listening.settimeout(5)
        told = supervisor({"NOTIFY_SOCKET": "@loa-test-notify"})
        told.tell("WATCHDOG=1")

        assert listening.recv(100) == b"WATCHDOG=1"
        assert isinstance(told, Systemd)
        told.close()


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2"}])
def test_without_systemd_nobody_is_told(environment: dict[str, str]) -> None:
    """In a terminal, in a test, in a fleet."""
    assert isinstance(supervisor(environment), Unsupervised)


@pytest.mark.parametrize(
    ("environment", "watchdog_us"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30_000_000),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "77"}, 30_000_000),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "78"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_this_process_s(
    environment: dict[str, str], watchdog_us: int | None
) -> None:
    """Not that of a parent from which the environment was inherited."""
    told = supervisor({"NOTIFY_SOCKET": "/nowhere"} | environment, pid=77)

    assert told.watchdog_us == watchdog_us
    assert isinstance(told, Systemd)
    told.close()


def test_a_manager_that_is_gone_stops_nothing() -> None:
    """The controller plays on."""
    told = Systemd("/nowhere/at/all", watchdog_us=None)
    told.tell("READY=1")
    told.close()


@dataclass
class Ear:
    """Remembers what it was told, and when."""

    clock: LoopClock
    watchdog_us: int | None = WATCHDOG_US
    told: list[tuple[int, str]] = field(default_factory=list)

    def tell(self, state: str) -> None:
        """Remember it."""
        self.told.append((self.clock.monotonic_us() // 1_000_000, state))


def heard_over(
    seconds: float, *, turns_until_s: float, turns_from_s: float = 0.0
) -> list[tuple[int, str]]:
    """What is told while something turns all the time, from an instant until another."""

    async def main() -> list[tuple[int, str]]:
        clock = LoopClock(epoch_us=0, loop=asyncio.get_running_loop())
        ear = Ear(clock)
        told: Supervisor = ear

        def last_turn_us() -> int:
            at_us = clock.monotonic_us() + 1
            return 0 if at_us < turns_from_s * 1e6 else min(at_us, round(turns_until_s * 1e6))

        feeding = asyncio.create_task(
            supervise(
                told,
                clock=clock,
                last_turn_us=last_turn_us,
                longest_turn_us=LONGEST_TURN_US,
            )
        )
        await asyncio.sleep(seconds)
        feeding.cancel()
        with suppress(asyncio.CancelledError):
            await feeding
        return ear.told

    return run_simulated(main())


def test_a_turning_player_feeds_the_watchdog() -> None:
    """Four times in the time that it has, after saying that it is ready; and goodbye at the end."""
    told = heard_over(61, turns_until_s=1_000)

    assert told[0] == (0, "READY=1")
    assert [at for at, state in told if state == "WATCHDOG=1"] == [0, 15, 30, 45, 60]
    assert told[-1] == (61, "STOPPING=1")


def test_it_is_ready_when_the_player_has_turned_once() -> None:
    """A controller that hangs while it starts is never called ready."""
    told = heard_over(10, turns_from_s=4, turns_until_s=1_000)

    assert told[:2] == [(4, "READY=1"), (4, "WATCHDOG=1")]
    assert heard_over(10, turns_from_s=20, turns_until_s=1_000) == [(10, "STOPPING=1")]


def test_a_player_that_stands_still_lets_it_starve() -> None:
    """After longer than it may rest, and so systemd starts the controller anew."""
    told = heard_over(600, turns_until_s=100)

    last_fed = max(at for at, state in told if state == "WATCHDOG=1")
    assert 100 <= last_fed <= 100 + LONGEST_TURN_US // 1_000_000
