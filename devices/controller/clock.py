"""The clock as a port: what time it is, how time passes, and a wait that ends on the instant."""

import asyncio
import time
from typing import Protocol

# The event loop's timers are a millisecond coarse, so the last stretch is slept by the kernel,
# which wakes within tens of microseconds. Spinning would be as sharp, but two dozen controllers
# on two cores would then hold each other up.
_KERNEL_SLEEP_US = 10_000
_LONGEST_SLEEP_S = 30.0


class Clock(Protocol):
    """Wall time to plan by, monotonic time to measure by, both in microseconds."""

    def now_us(self) -> int:
        """Unix time."""
        ...

    def monotonic_us(self) -> int:
        """Time that never steps, from an arbitrary origin."""
        ...

    async def wait_until_us(self, at_us: int) -> None:
        """Return as soon after the Unix instant `at_us` as this clock can."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        """Unix time."""
        return time.time_ns() // 1_000

    def monotonic_us(self) -> int:
        """Time since an arbitrary origin that never steps."""
        return time.monotonic_ns() // 1_000

    async def wait_until_us(self, at_us: int) -> None:
        """Wait in naps, so that a stepped wall clock is noticed, then sleep the end precisely."""
        left_us = at_us - self.now_us()
        while left_us > _KERNEL_SLEEP_US:
            await asyncio.sleep(min((left_us - _KERNEL_SLEEP_US) / 1e6, _LONGEST_SLEEP_S))
            left_us = at_us - self.now_us()
        if left_us > 0:
            time.sleep(left_us / 1e6)  # noqa: ASYNC251 — at most 10 ms, and that is the point


class LoopClock:
    """A clock that follows the event loop's time: exact under a loop whose time is simulated."""

    def __init__(self, *, epoch_us: int, loop: asyncio.AbstractEventLoop) -> None:
        self._epoch_us = epoch_us
        self._loop = loop

    def now_us(self) -> int:
        """Unix time: the loop's time since `epoch_us`."""
        return self._epoch_us + self.monotonic_us()

    def monotonic_us(self) -> int:
        """The loop's time."""
        return round(self._loop.time() * 1e6)

    async def wait_until_us(self, at_us: int) -> None:
        """Sleep on the loop."""
        await asyncio.sleep(max(0, at_us - self.now_us()) / 1e6)


def now_ms(clock: Clock) -> int:
    """Unix time in milliseconds."""
    return clock.now_us() // 1_000
