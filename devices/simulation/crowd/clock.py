"""The machine's clock for many controllers on one loop: no wait holds the others up."""

import asyncio
import time

_LONGEST_SLEEP_S = 30.0


class LoopTimedClock:
    """Real time; the last milliseconds of a wait are the loop's own, so starts are coarser.

    A pole's own clock sleeps them in the kernel, which would stop everybody else here.
    """

    def now_us(self) -> int:
        """Unix time."""
        return time.time_ns() // 1_000

    def monotonic_us(self) -> int:
        """Time since an arbitrary origin that never steps."""
        return time.monotonic_ns() // 1_000

    async def wait_until_us(self, at_us: int) -> None:
        """Wait in naps, so that a stepped wall clock is noticed."""
        left_us = at_us - self.now_us()
        while left_us > 0:
            await asyncio.sleep(min(left_us / 1e6, _LONGEST_SLEEP_S))
            left_us = at_us - self.now_us()
