"""The station's time: the machine's clock, but not where it is suddenly another one.

What the station signs is believed: a loudspeaker's time never runs below signed time, so one plan
or one answer from a day ahead would keep all of them silent for a day. So each process that runs
goes on by the time that it had, by a clock that never steps, until the machine's is where it should
be, or the kernel says that a time server has set it. Who means the new time starts the station
again.
"""

import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger()

STEP_US = 5_000_000
"""What a time server moves between two looks is far less; what people set is more."""

ERROR_LIMIT_US = 5_000_000
"""What the kernel adds to its largest possible error in three hours that nothing sets its clock."""

_UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Kernel = tuple[int, int]
"""Its clock's status, and its largest possible error (µs)."""


class _Timex(ctypes.Structure):
    """The first fields of `struct timex`, with more than enough room for all others."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def kernels_clock() -> Kernel | None:
    """What the kernel says of its clock; None where it does not tell.

    Reading takes no privilege, and nothing is set: `modes` is 0 (adjtimex(2)).
    """
    told = _Timex()
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else (int(told.status), int(told.maxerror))


def is_held(told: Kernel) -> bool:
    """Whether something keeps the clock right, by what the kernel tells."""
    status, error_us = told
    return not status & _UNSYNCHRONISED and error_us <= ERROR_LIMIT_US


class KeptClock:
    """One process's time; to be looked at again and again, so that a step is seen as one."""

    def __init__(
        self,
        *,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
        running_us: Callable[[], int] = lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000,
        kernel: Callable[[], Kernel | None] = kernels_clock,
    ) -> None:
        self._wall_us, self._running_us, self._kernel = wall_us, running_us, kernel
        self._ahead_us = wall_us() - running_us()
        self._apart_us = 0

    def now(self) -> datetime:
        """What time it is."""
        running_us = self._running_us()
        ahead_us = self._wall_us() - running_us
        apart_us = ahead_us - self._ahead_us
        if abs(apart_us) > STEP_US and not self._is_set_right():
            if not self._apart_us:
                log.error("clock_stepped", by_s=round(apart_us / 1e6))
            self._apart_us = apart_us
        else:
            self._ahead_us, self._apart_us = ahead_us, 0
        return _EPOCH + timedelta(microseconds=running_us + self._ahead_us)

    def stepped(self) -> timedelta:
        """How far the machine's clock is from this time since it stepped; zero where it did not."""
        self.now()
        return timedelta(microseconds=self._apart_us)

    def _is_set_right(self) -> bool:
        told = self._kernel()
        return told is not None and is_held(told)


PROCESS_CLOCK = KeptClock()
"""This process's, looked at from its beginning."""
