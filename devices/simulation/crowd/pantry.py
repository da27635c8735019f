"""Audio for many devices: fetched and hashed once in a process, handed to each as a hard link.

Each device asks when it would ask, and keeps a folder of its own. One whose line spoils or slows
what comes, or whose disk is full, gets the bytes themselves.
"""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from devices.controller.audio_source import AudioSource, Block
from devices.controller.audio_store import AudioStore
from devices.errors import AudioFetchFailed
from devices.simulation.faults.audio import TROUBLES
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

_BLOCK_BYTES = 65_536
_LIMIT_BYTES = 500_000_000


class Pantry:
    """The audio of one station, as it was fetched for the first who asked."""

    def __init__(self, store: AudioStore, source: AudioSource) -> None:
        self._store = store
        self._source = source
        self._coming: dict[str, asyncio.Task[Path | None]] = {}

    async def whole(self, sha256: str) -> Path | None:
        """The verified file; None when what the station has is not what its name says.

        Raises AudioFetchFailed.
        """
        coming = self._coming.get(sha256)
        if coming is None:
            coming = asyncio.create_task(self._bring(sha256), name=f"pantry {sha256}")
            self._coming[sha256] = coming
            coming.add_done_callback(lambda _: self._coming.pop(sha256, None))
        try:
            return await asyncio.shield(coming)
        except AudioFetchFailed as error:
            raise AudioFetchFailed(error.detail) from error

    async def _bring(self, sha256: str) -> Path | None:
        if not await self._store.is_good(sha256):
            await self._gather(sha256)
            if not await self._store.adopt(sha256):
                return None
        return self._store.path(sha256)

    async def _gather(self, sha256: str) -> None:
        with self._store.part(sha256).open("wb") as file:
            async with aclosing(self._source.fetch(sha256, offset=0)) as blocks:
                async for block in blocks:
                    file.seek(block.offset)
                    file.write(block.data)
                    if block.offset > _LIMIT_BYTES:
                        raise AudioFetchFailed("longer than any audio may be")


class LinkedStore(AudioStore):
    """A device's own folder, in which whole files are links to what is on the disk already."""

    async def adopt(self, sha256: str) -> bool:
        """Take a link as it is, if its bytes hash to its name; see to all else as usual."""
        part = self.part(sha256)
        if not _is_linked(part) or await self._hash_of(part) != sha256:
            return await super().adopt(sha256)
        part.replace(self.path(sha256))
        return True


class HandedOver:
    """One device's way to the pantry, as an audio source."""

    def __init__(
        self, pantry: Pantry, *, source: AudioSource, store: AudioStore, conditions: Conditions
    ) -> None:
        self._pantry = pantry
        self._source = source
        self._store = store
        self._conditions = conditions

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Put the whole file where it is gathered and yield nothing, or yield its bytes."""
        if FaultKind.DISK_FULL in self._conditions.active:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole = await self._pantry.whole(sha256)
        if whole is None:
            async with aclosing(self._source.fetch(sha256, offset=offset)) as fetched:
                async for block in fetched:
                    yield block
        elif self._conditions.active & TROUBLES or not _linked(whole, self._store.part(sha256)):
            for block in _blocks(whole, offset=offset):
                yield block


def _linked(whole: Path, part: Path) -> bool:
    """Put a hard link in place of what was gathered; return whether the disk can."""
    draft = part.with_suffix(".link")
    try:
        draft.unlink(missing_ok=True)
        os.link(whole, draft)
        draft.replace(part)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK}:
            raise
        return False
    return True


def _is_linked(path: Path) -> bool:
    return path.stat().st_nlink > 1


def _blocks(path: Path, *, offset: int) -> list[Block]:
    data = path.read_bytes()
    return [
        Block(offset=at, data=data[at : at + _BLOCK_BYTES])
        for at in range(offset, len(data), _BLOCK_BYTES)
    ]
