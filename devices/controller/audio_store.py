"""The device's audio on disk: named by its hash, whole or not there, bounded in size."""

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

AUDIO_FOLDER = "audio"
LIMIT_BYTES = 2_000_000_000
RESERVE_BYTES = 50_000_000
_READ_BYTES = 1_048_576


HashOf = Callable[[Path], Awaitable[str]]


async def hash_of(path: Path) -> str:
    """The SHA-256 of a file in hex, giving way to other work between megabytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            digest.update(block)
            await asyncio.sleep(0)
    return digest.hexdigest()


class AudioStore:
    """A folder of `{sha256}.mp3`, and `{sha256}.part` while one is on its way."""

    def __init__(
        self, folder: Path, *, limit_bytes: int = LIMIT_BYTES, hash_of: HashOf = hash_of
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._hash_of = hash_of

    def path(self, sha256: str) -> Path:
        """Where the whole file is or would be."""
        return self._folder / f"{sha256}.mp3"

    def part(self, sha256: str) -> Path:
        """Where it is gathered."""
        return self._folder / f"{sha256}.part"

    def drop_longer_part(self, sha256: str, *, size_bytes: int) -> None:
        """Delete what cannot become a file of this size: it takes the room of all that could."""
        part = self.part(sha256)
        if part.exists() and part.stat().st_size > size_bytes:
            part.unlink()

    async def is_good(self, sha256: str) -> bool:
        """Whether the whole file is there and its bytes hash to its name; a bad one is deleted."""
        if not self.path(sha256).exists():
            return False
        # A card that cannot be read, or not written any more, has no good file.
        with contextlib.suppress(OSError):
            if await self._hash_of(self.path(sha256)) == sha256:
                return True
            self.path(sha256).unlink(missing_ok=True)
        return False

    async def adopt(self, sha256: str) -> bool:
        """Make the gathered file whole if its bytes hash to its name; otherwise delete it."""
        part = self.part(sha256)
        if await self._hash_of(part) != sha256:
            part.unlink(missing_ok=True)
            return False
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(self.path(sha256))
        return True

    def make_room(self, size_bytes: int, *, planned: Collection[str]) -> bool:
        """Delete what no plan needs, oldest first, until `size_bytes` more fit; say if they do.

        Audio leaves the rest of the device some of the disk: a full one would silence its journal.
        """
        files = [(path, path.stat()) for path in self._folder.iterdir()]
        used = sum(stat.st_size for _, stat in files)
        spare = shutil.disk_usage(self._folder).free - RESERVE_BYTES
        room = min(self._limit_bytes - used, spare)
        for path, stat in sorted(files, key=lambda file: file[1].st_mtime_ns):
            if size_bytes <= room:
                break
            if path.stem not in planned:
                room += stat.st_size
                path.unlink()
        return size_bytes <= room
