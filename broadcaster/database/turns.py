"""Turns at SQLite's one place to write: who writes in bulk gives way to whoever saves a page.

SQLite lets nobody queue. Two processes that write without end would leave a page only the moments
in which neither looks; so they take turns among themselves, by a lock on a file beside the
database, and after each turn nobody begins one for a moment: until when stands in the file. It is a
courtesy and no promise: whoever does not get a turn in time writes without one.
"""

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LEFT_FREE_S = 0.003
"""How long nobody writes in bulk after a turn: longer than who waits takes to look again."""

_FREE_UNTIL = struct.Struct("<d")
"""On the clock that all processes of a machine share (`time.monotonic`, s)."""

_WAITED_FOR_S = 0.2
_LOOKED_AGAIN_S = LEFT_FREE_S
"""As often as that nothing is lost by it: the place is left free for as long anyway."""


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
            if self._descriptor is not None:
                self._leave_free(self._descriptor)
                if has_turn:
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
                time.sleep(self._left_free_s(descriptor))
                return True
            time.sleep(_LOOKED_AGAIN_S)
        return False

    @staticmethod
    def _leave_free(descriptor: int) -> None:
        # A full disk may have no place for it.
        with suppress(OSError):
            os.pwrite(descriptor, _FREE_UNTIL.pack(time.monotonic() + LEFT_FREE_S), 0)

    @staticmethod
    def _left_free_s(descriptor: int) -> float:
        """How long the place is still left free; never longer than that, whatever the file says."""
        with suppress(OSError, struct.error):
            (until_s,) = _FREE_UNTIL.unpack(os.pread(descriptor, _FREE_UNTIL.size, 0))
            # What was written before the machine started again says nothing; NaN neither.
            left_s: float = until_s - time.monotonic()
            return left_s if 0 < left_s <= LEFT_FREE_S else 0.0
        return 0.0

    def _opened(self) -> int | None:
        if self._descriptor is None and self._file is not None:
            # A full disk takes no new file.
            with suppress(OSError):
                self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._descriptor
