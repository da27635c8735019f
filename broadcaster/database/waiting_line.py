"""Who stands in line within one process to write: first come, first served.

SQLite lets nobody queue, and of several threads at a lock Python wakes whichever it likes. In a
crowd somebody would be passed over until their time is up.
"""

import threading
from collections import deque


class WaitingLine:
    """A line before one place; whoever leaves hands the place to whoever has stood longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._standing: deque[threading.Lock] = deque()

    def __len__(self) -> int:
        """How many stand in line."""
        return len(self._standing)

    def take(self, *, within_s: float) -> bool:
        """Take the place, or stand in line for so long; say whether it was got."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Lock()
            called.acquire()
            self._standing.append(called)
        try:
            if called.acquire(timeout=max(within_s, 0)):
                return True
        except BaseException:
            # Told to stop while it waited: the place may be its own already, and is nobody's then.
            if not self._has_gone(called):
                self.leave()
            raise
        return not self._has_gone(called)

    def leave(self) -> None:
        """Give up the place."""
        with self._guard:
            if self._standing:
                self._standing.popleft().release()
            else:
                self._is_taken = False

    def _has_gone(self, called: threading.Lock) -> bool:
        """Step out of the line; not if the place was handed over while it turned to go."""
        with self._guard:
            if called in self._standing:
                self._standing.remove(called)
                return True
        return False


class Place:
    """One transaction's place: taken as it begins to write, given up once, when it is over."""

    def __init__(self, line: WaitingLine) -> None:
        self._line = line
        self._is_held = False

    def take(self, *, within_s: float) -> bool:
        """As `WaitingLine.take`; whoever holds it already has it."""
        self._is_held = self._is_held or self._line.take(within_s=within_s)
        return self._is_held

    def leave(self) -> None:
        """Give it up, if it was ever taken."""
        if self._is_held:
            self._is_held = False
            self._line.leave()
