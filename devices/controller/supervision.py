"""Tells systemd that the controller is ready, and that its loop still turns; sd_notify(3) by hand.

The watchdog is fed from the event loop and only while the loop that is watched has turned lately:
a controller that hangs, or one whose player is stuck while the rest lives, is started anew.
Without systemd there is nothing to tell, and nothing is told.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from devices.controller.clock import Clock

log = structlog.get_logger()

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"
_FEEDS_PER_TIMEOUT = 4
_FIRST_LOOK_S = 0.1


class Supervisor(Protocol):
    """Hears how the controller is; `watchdog_us` is how long it may be silent, None for ever."""

    watchdog_us: int | None

    def tell(self, state: str) -> None:
        """Say a state in systemd's words."""
        ...


class Unsupervised:
    """Nobody listens."""

    watchdog_us: int | None = None

    def tell(self, state: str) -> None:
        """Nobody listens."""


class Systemd:
    """The service manager behind NOTIFY_SOCKET."""

    def __init__(self, address: str, *, watchdog_us: int | None) -> None:
        self.watchdog_us = watchdog_us
        # An abstract socket is named with an at sign, and its name begins with a zero.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def tell(self, state: str) -> None:
        """Send it; a manager that does not listen now is told the next time."""
        try:
            self._socket.sendto(state.encode(), self._address)
        except OSError as error:
            log.warning("supervisor_not_told", state=state, why=str(error))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def supervisor(environment: Mapping[str, str], *, pid: int | None = None) -> Supervisor:
    """Who supervises this process, by what the service manager put into the environment."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return Unsupervised()
    return Systemd(address, watchdog_us=_watchdog_us(environment, pid=pid or os.getpid()))


async def supervise(
    told: Supervisor, *, clock: Clock, last_turn_us: Callable[[], int], longest_turn_us: int
) -> None:
    """Say that it is ready, and feed the watchdog for ever while what is watched turns.

    `last_turn_us` is the monotonic instant at which it turned last, 0 before it ever did; it may
    rest for `longest_turn_us` in between.
    """
    feed_s = (told.watchdog_us or longest_turn_us) / _FEEDS_PER_TIMEOUT / 1e6
    is_ready = False
    try:
        while True:
            turned_us = last_turn_us()
            if turned_us and not is_ready:
                told.tell(READY)
                is_ready = True
            if is_ready:
                _feed(told, stands_us=clock.monotonic_us() - turned_us, at_most_us=longest_turn_us)
            await asyncio.sleep(feed_s if is_ready else _FIRST_LOOK_S)
    finally:
        told.tell(STOPPING)


def _feed(told: Supervisor, *, stands_us: int, at_most_us: int) -> None:
    if stands_us <= at_most_us:
        told.tell(ALIVE)
    else:
        log.error("watchdog_not_fed", stands_s=stands_us // 1_000_000)


def _watchdog_us(environment: Mapping[str, str], *, pid: int) -> int | None:
    """How long systemd waits for a word from this process."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    if not microseconds.isdigit() or environment.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    return int(microseconds)
