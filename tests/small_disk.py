"""A small disk of its own, to be filled: a real one, which only root may mount."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_BLOCK_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk that is filled with nothing, and emptied of it."""

    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Leave no room on it."""
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"\0" * _BLOCK_BYTES)

    def free(self) -> None:
        """Take away what it was filled with."""
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk of this size on a new folder; raise CalledProcessError where one may not."""
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "loa-test", folder],
        check=True,
    )
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: what still holds a file open there ends a moment later.
        subprocess.run(["umount", "--lazy", os.fspath(folder)], check=True)
