"""Keeps a fleet running: starts each member, starts crashed ones again, and ends them all together.

Plain select and fork, no event loop: a parent that forks must have nothing running of its own.
"""

import gc
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import structlog

from devices.controller.backoff import backoff_s
from devices.simulation.member import PID_FILE, Member, Reached, start_member
from devices.simulation.roster import Role

log = structlog.get_logger()

RESTART_FIRST_S = 1.0
RESTART_CAP_S = 30.0
FAREWELL_S = 4.0


@dataclass(slots=True)
class Seat:
    """One role's place in the fleet, whoever sits there now."""

    role: Role
    member: Member | None = None
    connected: bool = False
    silenced: bool = False
    crashes: int = 0
    starts_at_s: float | None = None


@dataclass(slots=True)
class Fleet:
    """All seats of one rehearsal; `run` returns when SIGTERM or SIGINT has ended them."""

    roles: Sequence[Role]
    on_ready: Callable[[int], None]
    restarting: bool = True
    log_level: str = "warning"
    rng: Random = field(default_factory=Random)
    _seats: list[Seat] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _signals: tuple[socket.socket, socket.socket] | None = None
    _leaving: bool = False
    _announced: bool = False

    def run(self) -> None:
        """Start everyone, and keep them until a signal says otherwise."""
        self._listen_for_signals()
        self._seats = [Seat(role) for role in self.roles]
        gc.freeze()
        try:
            for seat in self._seats:
                self._start(seat)
            while not self._leaving:
                self._turn()
        finally:
            self._end_all()

    def _turn(self) -> None:
        for key, _ in self._selector.select(self._pause_s()):
            if isinstance(key.data, Seat):
                self._read_news(key.data)
            else:
                self._read_signals()
        self._reap()
        now_s = time.monotonic()
        for seat in self._seats:
            if seat.starts_at_s is not None and seat.starts_at_s <= now_s:
                self._start(seat)

    def _start(self, seat: Seat) -> None:
        seat.starts_at_s = None
        seat.member = start_member(seat.role, log_level=self.log_level, forget=self._forget)
        self._selector.register(seat.member.news, selectors.EVENT_READ, seat)

    def _forget(self) -> None:
        """In a child: close what the parent listens on."""
        signal.set_wakeup_fd(-1)
        for seat in self._seats:
            if seat.member is not None:
                os.close(seat.member.news)
        self._selector.close()
        for end in self._signals or ():
            end.close()

    def _read_news(self, seat: Seat) -> None:
        if seat.member is None:
            return
        with suppress(BlockingIOError):
            told = os.read(seat.member.news, 4_096).decode().split()
            if not told:
                self._selector.unregister(seat.member.news)
            if Reached.CONNECTED in told:
                seat.connected = True
                self._announce()
            if Reached.CACHED in told and seat.role.falls_silent:
                seat.silenced = True
                os.kill(seat.member.pid, signal.SIGKILL)
                log.info("member_silenced", device_id=seat.role.device)

    def _announce(self) -> None:
        if not self._announced and all(seat.connected for seat in self._seats):
            self._announced = True
            self.on_ready(len(self._seats))

    def _reap(self) -> None:
        for seat in self._seats:
            if seat.member is None:
                continue
            pid, status = os.waitpid(seat.member.pid, os.WNOHANG)
            if pid:
                self._ended(seat, os.waitstatus_to_exitcode(status))

    def _ended(self, seat: Seat, code: int) -> None:
        if seat.member is None:
            return
        with suppress(KeyError):
            self._selector.unregister(seat.member.news)
        os.close(seat.member.news)
        seat.member = None
        (seat.role.home / PID_FILE).unlink(missing_ok=True)
        if self._leaving or seat.silenced:
            return
        log.warning("member_ended", device_id=seat.role.device, code=code)
        if self.restarting:
            pause_s = backoff_s(
                seat.crashes, first_s=RESTART_FIRST_S, cap_s=RESTART_CAP_S, rng=self.rng
            )
            seat.starts_at_s = time.monotonic() + pause_s
            seat.crashes += 1

    def _end_all(self) -> None:
        """Ask everyone to go, and after a while do not ask."""
        self._leaving = True
        self._signal_all(signal.SIGTERM)
        deadline_s = time.monotonic() + FAREWELL_S
        while any(seat.member for seat in self._seats):
            if time.monotonic() > deadline_s:
                self._signal_all(signal.SIGKILL)
            self._reap()
            time.sleep(0.02)
        signal.set_wakeup_fd(-1)
        self._selector.close()

    def _signal_all(self, number: signal.Signals) -> None:
        for seat in self._seats:
            if seat.member is not None:
                os.kill(seat.member.pid, number)

    def _pause_s(self) -> float | None:
        starts = [seat.starts_at_s for seat in self._seats if seat.starts_at_s is not None]
        return max(0.0, min(starts) - time.monotonic()) if starts else None

    def _listen_for_signals(self) -> None:
        self._signals = socket.socketpair()
        for end in self._signals:
            end.setblocking(False)
        signal.set_wakeup_fd(self._signals[1].fileno())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        self._selector.register(self._signals[0], selectors.EVENT_READ)

    def _read_signals(self) -> None:
        if self._signals is None:
            return
        numbers = self._signals[0].recv(4_096)
        if {signal.SIGTERM, signal.SIGINT} & set(numbers):
            self._leaving = True
