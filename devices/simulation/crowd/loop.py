"""The event loop of a crowd: few sockets a turn, so that what a message wakes is done soon after.

asyncio takes up all sockets that are ready before it goes on with anybody's work. With a thousand
devices and one order for all, each would begin only when the last had read and verified; here each
goes on after a handful of others, as if it had a machine of its own that is merely late.
"""

import asyncio
import math
import select
import selectors

SOCKETS_A_TURN = 8


class FairSelector(selectors.EpollSelector):
    """Tells of a few ready sockets at a time, those first that have waited longest."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait; the kernel's own queue turns, so that nobody is passed over."""
        wait_s = -1.0 if timeout is None else math.ceil(max(0.0, timeout) * 1_000) / 1_000
        keys = self.get_map()
        ready: list[tuple[selectors.SelectorKey, int]] = []
        try:
            found = self._selector.poll(wait_s, SOCKETS_A_TURN)  # type: ignore[attr-defined]
        except InterruptedError:
            return ready
        for number, events in found:
            key = keys.get(number)
            if key is not None:
                ready.append((key, _asked(events) & key.events))
        return ready


def _asked(events: int) -> int:
    """What asyncio may ask of a socket, told in its words; an error wakes both sides."""
    asked = 0
    if events & ~select.EPOLLIN:
        asked |= selectors.EVENT_WRITE
    if events & ~select.EPOLLOUT:
        asked |= selectors.EVENT_READ
    return asked


def fair_loop() -> asyncio.AbstractEventLoop:
    """A loop for one process of a crowd."""
    return asyncio.SelectorEventLoop(FairSelector())
