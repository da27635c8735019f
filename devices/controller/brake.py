"""So many of a thing in a while and no more, so that nobody fills a disk with what he provokes."""

from collections import deque

from devices.controller.clock import Clock


class Brake:
    """Lets `limit` of a thing through in any `window_s`."""

    def __init__(self, *, clock: Clock, limit: int, window_s: float) -> None:
        self._clock = clock
        self._limit = limit
        self._window_us = round(window_s * 1e6)
        self._let_through_us: deque[int] = deque()

    def lets_through(self) -> bool:
        """Whether one more may pass; if so, it is counted."""
        now_us = self._clock.monotonic_us()
        while self._let_through_us and self._let_through_us[0] <= now_us - self._window_us:
            self._let_through_us.popleft()
        if len(self._let_through_us) >= self._limit:
            return False
        self._let_through_us.append(now_us)
        return True
