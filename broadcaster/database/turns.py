"""Turns at SQLite's one place to write: who writes in bulk gives way to whoever saves a page.

SQLite lets nobody queue. Two processes that write without end would leave a page only the moments
in which neither looks; so they take turns among themselves, by a lock on a file beside the
database, and each keeps its turn a moment longer than it writes. It is a courtesy and no promise:
whoever does not get a turn in time writes without one.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LEFT_FREE_S = 0.003
"""How long nobody writes in bulk after a turn: longer than who waits takes to look again."""

_WAITED_FOR_S = 0.2
_LOOKED_AGAIN_S = 0.001


class Turns:
    """The turns of one database file; without a file there is nothing to wait for."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._descriptor: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Write within a turn, and leave the place free for a moment afterwards."""
        has_turn = self._take()
        try:
            yield
        finally:
            if self._file is not None:
                time.sleep(LEFT_FREE_S)
            if has_turn and self._descriptor is not None:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give up the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _take(self) -> bool:
        descriptor = self._opened()
        if descriptor is None:
            return False
        deadline_s = time.monotonic() + _WAITED_FOR_S
        while time.monotonic() < deadline_s:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            time.sleep(_LOOKED_AGAIN_S)
        return False

    def _opened(self) -> int | None:
        if self._descriptor is None and self._file is not None:
            # A full disk takes no new file.
            with suppress(OSError):
                self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._descriptor
