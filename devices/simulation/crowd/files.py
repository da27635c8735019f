"""Which bytes a path stands for, without reading them; and their hash, once for all who ask."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from devices.controller.audio_store import HashOf, hash_of


class FileState(NamedTuple):
    """A file as the kernel knows it; bytes that changed have another one."""

    device: int
    inode: int
    size_bytes: int
    written_ns: int


def state_of(path: Path) -> FileState:
    """The state of a file, the same for all its hard links; raise OSError without one."""
    stat = path.stat()
    return FileState(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)


class KnownHashes:
    """Hashes each file once, however many ask for it at the same time."""

    def __init__(self, hash_of: HashOf = hash_of) -> None:
        self._hash_of = hash_of
        self._known: dict[FileState, asyncio.Future[str]] = {}

    async def of(self, path: Path) -> str:
        """The SHA-256 of a file in hex."""
        state = state_of(path)
        known = self._known.get(state)
        if known is None:
            known = asyncio.ensure_future(self._hash_of(path))
            self._known[state] = known
        # Whoever asked first may be cancelled; the others still wait for it.
        return await asyncio.shield(known)
