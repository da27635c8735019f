"""The device's time: the machine's clock, set right by signed time, and never below it.

A wrong time is worse than a missing one. The device believes its time for one of three reasons:
the station answered its question since it was switched on, the kernel says that a time server
holds the clock, or a hardware clock ran on without power and reads no earlier than the newest
signed time. For none of them it waits, and plays nothing.
"""

import asyncio
import contextlib
import ctypes
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from devices.controller.clock import Clock
from devices.protocol.messages import ClockStatement

AGREES_US = 500_000
"""How far a clock held by a time server may be from the station's answer and still be left alone:
its own answers are finer than ours, but they are signed by nobody."""

AGEING_PPM = 50
"""How fast an answer grows old: a plain quartz drifts by this much."""

BEHIND_US = 2_000_000
"""How far a clock may read below the newest signed time and still be called held."""

_LONGEST_NAP_US = 5_000_000
_ASKED_AGAIN_US = 1_000_000


class TimeSource(StrEnum):
    """Why a device believes its time."""

    STATION = "station"
    NTP = "ntp"
    RTC = "rtc"
    SIMULATED = "simulated"
    NONE = "none"


_HELD = frozenset({TimeSource.NTP, TimeSource.SIMULATED})


class Witness(Protocol):
    """What the machine itself says of its clock."""

    def source(self) -> TimeSource:
        """The best reason to believe the machine's clock, without having asked the station."""
        ...


class MachineWitness:
    """Asks the kernel whether a time server holds the clock, and looks for a hardware one."""

    def __init__(self, *, root: Path = Path("/")) -> None:
        self._hardware = any((root / "sys/class/rtc").glob("rtc*"))
        self._asked_us = -_ASKED_AGAIN_US
        self._is_held = False

    def source(self) -> TimeSource:
        """Held by a time server, else kept by a hardware clock, else nothing."""
        now_us = time.monotonic_ns() // 1_000
        if now_us - self._asked_us >= _ASKED_AGAIN_US:
            self._asked_us, self._is_held = now_us, _kernel_is_synchronised()
        if self._is_held:
            return TimeSource.NTP
        return TimeSource.RTC if self._hardware else TimeSource.NONE


@dataclass(frozen=True, slots=True)
class FixedWitness:
    """Says always the same: for simulated time and for tests."""

    says: TimeSource = TimeSource.SIMULATED

    def source(self) -> TimeSource:
        """What it was told to say."""
        return self.says


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed answer: at the monotonic instant `heard_us` it was `at_us`, give or take.

    Held against the monotonic clock, so that it stays right when the machine's clock is stepped.
    """

    at_us: int
    uncertainty_us: int
    heard_us: int

    def now_us(self, monotonic_us: int) -> int:
        """What time it is by this answer."""
        return self.at_us + monotonic_us - self.heard_us

    def uncertainty_at(self, monotonic_us: int) -> int:
        """How uncertain it has become by now, in microseconds."""
        age_us = max(0, monotonic_us - self.heard_us)
        return self.uncertainty_us + age_us * AGEING_PPM // 1_000_000


class OneInstant:
    """What a clock was read as first since this was entered, in µs, and why that is believed.

    `now_us` is what follows from it and from the newest signed time.

    Entered again inside, it is the same instant.
    """

    __slots__ = ("depth", "now_us", "read_us", "source")

    def __init__(self) -> None:
        self.depth = 0
        self.read_us: int | None = None
        self.now_us: int | None = None
        self.source: TimeSource | None = None

    def is_over(self) -> None:
        """The clock was set right: what was read no longer holds."""
        self.read_us = self.now_us = self.source = None

    def is_judged_anew(self) -> None:
        """Another time was signed: what was read holds, what followed from it does not."""
        self.now_us = self.source = None

    def __enter__(self) -> None:
        """From now on the clock is read once."""
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        """The decision has been made."""
        self.depth -= 1
        if not self.depth:
            self.is_over()


class TrustedClock:
    """A clock as the rest of the controller sees it.

    `with clock.one_instant:` around a decision that waits for nothing has all of it made at the
    same time: the clocks are looked at once, and again only when that time itself is set right.
    """

    def __init__(self, machine: Clock, *, witness: Witness, floor_ms: int = 0) -> None:
        self._machine = machine
        self._witness = witness
        self._floor_us = floor_ms * 1_000
        self._floor_learned_us = machine.monotonic_us()
        self._answer: Answer | None = None
        self._changed = asyncio.Event()
        self.one_instant = OneInstant()

    def now_us(self) -> int:
        """Unix time as well as this device knows it; never below signed time.

        A clock that is a little behind signed time lets that stand until it has caught up, lest
        each pole go on by its own share of a message's way; one that knows nothing goes on by it.
        """
        instant = self.one_instant
        if instant.now_us is not None:
            return instant.now_us
        now_us = self._no_earlier_than_signed_us(self._read_us())
        if instant.depth:
            instant.now_us = now_us
        return now_us

    def ahead_us(self) -> int:
        """How far this time is ahead of the machine's clock."""
        machine_us = self._machine.now_us()
        return self._no_earlier_than_signed_us(self._corrected_us(machine_us)) - machine_us

    def monotonic_us(self) -> int:
        """Time that never steps."""
        return self._machine.monotonic_us()

    async def wait_until_us(self, at_us: int) -> None:
        """Wait, looking up whenever the time is set right in the meantime."""
        while (left_us := at_us - self.now_us()) > 0:
            self._changed.clear()
            if left_us > _LONGEST_NAP_US:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout((left_us - _LONGEST_NAP_US // 2) / 1e6):
                        await self._changed.wait()
            else:
                await self._machine.wait_until_us(self._machine.now_us() + left_us)

    @property
    def source(self) -> TimeSource:
        """Why this time is believed, or that it is not.

        Not while signed time contradicts it: somebody is wrong, and the root key says who.
        """
        instant = self.one_instant
        if instant.source is not None:
            return instant.source
        source = self._best_source()
        if instant.depth:
            instant.source = source
        return source

    def _best_source(self) -> TimeSource:
        said = self._witness.source()
        if said is TimeSource.SIMULATED:
            return said
        behind_us = self._floor_us - self._read_us()
        if behind_us > BEHIND_US:
            return TimeSource.NONE
        if said is TimeSource.NTP and not self._is_set_right():
            return said
        if self._answer is not None:
            return TimeSource.STATION
        return TimeSource.RTC if said is TimeSource.RTC and behind_us <= 0 else TimeSource.NONE

    @property
    def is_trusted(self) -> bool:
        """Whether anything may be played by this time."""
        return self.source is not TimeSource.NONE

    @property
    def is_vouched(self) -> bool:
        """Whether the station vouches for this time, so that what is over by it may be given up.

        Nobody does for a hardware clock, which may run ahead by years, nor does anybody sign what
        a time server says.
        """
        source = self.source
        if source is TimeSource.SIMULATED:
            return True
        return source is not TimeSource.NONE and self._answer is not None

    @property
    def verifying_ms(self) -> int:
        """The time by which a key's last day is judged, in milliseconds.

        Where nobody vouches for ours, the newest signed one: a clock that runs ahead must not
        make a device refuse what would set it right.
        """
        return self.now_us() // 1_000 if self.is_vouched else self.floor_ms

    @property
    def floor_ms(self) -> int:
        """The newest signed time that was verified, in milliseconds; 0 before any."""
        return self._floor_us // 1_000

    def statement(self) -> ClockStatement:
        """What the device can say of its clock."""
        if self._answer is None:
            return ClockStatement(source=self.source.value)
        return ClockStatement(
            offset_ms=round(self._offset_us(self._answer) / 1_000),
            uncertainty_ms=-(-self._answer.uncertainty_at(self.monotonic_us()) // 1_000),
            source=self.source.value,
        )

    def heard_signed(self, at_ms: int) -> bool:
        """Take note of a verified signed instant; return whether it is the newest."""
        if at_ms * 1_000 <= self._floor_us:
            return False
        self._floor_us = at_ms * 1_000
        self._floor_learned_us = self.monotonic_us()
        self.one_instant.is_judged_anew()
        return True

    def heard_root(self, at_ms: int) -> None:
        """Take the instant of a newer keyring as the newest one, even where it is earlier.

        A thief of a signing key could push a device's time ahead for good; the root takes it back.
        """
        self._floor_us = at_ms * 1_000
        self._floor_learned_us = self.monotonic_us()
        self.one_instant.is_judged_anew()
        self._changed.set()

    def answered(self, at_ms: int, *, asked_us: int) -> None:
        """Take a signed answer to a question asked at the monotonic instant `asked_us`.

        Of two answers the one counts that is less uncertain by now.
        """
        heard_us = self.monotonic_us()
        half_us = max(0, heard_us - asked_us) // 2
        new = Answer(
            at_us=at_ms * 1_000 + half_us,
            # The answer itself is cut to whole milliseconds.
            uncertainty_us=half_us + 1_000,
            heard_us=heard_us,
        )
        held = self._answer
        if held is None or _outweighs(new, held):
            self._answer = new
        self.heard_signed(at_ms)
        self.one_instant.is_over()
        self._changed.set()

    def _read_us(self) -> int:
        """The time without regard to what was signed; at one instant it is read once."""
        instant = self.one_instant
        if instant.read_us is not None:
            return instant.read_us
        read_us = self._corrected_us(self._machine.now_us())
        if instant.depth:
            instant.read_us = read_us
        return read_us

    def _no_earlier_than_signed_us(self, read_us: int) -> int:
        behind_us = self._floor_us - read_us
        if behind_us > BEHIND_US:
            return self._floor_us + self._machine.monotonic_us() - self._floor_learned_us
        return read_us if behind_us <= 0 else self._floor_us

    def _corrected_us(self, machine_us: int) -> int:
        """The machine's clock, or the answer's time where the two differ."""
        if self._answer is None:
            return machine_us
        answer_us = self._answer.now_us(self._machine.monotonic_us())
        is_far = abs(answer_us - machine_us) > AGREES_US + self._answer.uncertainty_us
        return answer_us if is_far or not self._is_held() else machine_us

    def _is_set_right(self) -> bool:
        """Whether an answer outweighs the machine's clock: not while a time server agrees."""
        if self._answer is None:
            return False
        doubt_us = AGREES_US + self._answer.uncertainty_us
        return not self._is_held() or abs(self._offset_us(self._answer)) > doubt_us

    def _is_held(self) -> bool:
        return self._witness.source() in _HELD

    def _offset_us(self, answer: Answer) -> int:
        return answer.now_us(self._machine.monotonic_us()) - self._machine.now_us()


def _outweighs(new: Answer, held: Answer) -> bool:
    """Whether a new answer is the better one by now, or says that the time has stepped."""
    held_doubt_us = held.uncertainty_at(new.heard_us)
    apart_us = abs(new.at_us - held.now_us(new.heard_us))
    return new.uncertainty_us <= held_doubt_us or apart_us > new.uncertainty_us + held_doubt_us


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2), as much of it as is read, with room for the rest."""

    _fields_ = (("modes", ctypes.c_uint), ("room", ctypes.c_ubyte * 512))


_TIME_ERROR = 5


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _kernel_is_synchronised() -> bool:
    """Whether adjtimex(2), asked without changing anything, says that the clock is held."""
    try:
        state: int = _libc().adjtimex(ctypes.byref(_Timex()))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _TIME_ERROR
