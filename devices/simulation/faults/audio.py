"""The way to the station's audio as its conditions make it: cut, slow, or with a wrong byte."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from devices.controller.audio_source import AudioSource, Block
from devices.errors import AudioFetchFailed
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

TROUBLES = frozenset({FaultKind.OFFLINE, FaultKind.SLOW_LINK, FaultKind.CORRUPT_DOWNLOAD})
"""What does something to audio on its way."""


class TroubledSource:
    """A source behind a bad line."""

    def __init__(self, source: AudioSource, *, conditions: Conditions) -> None:
        self._source = source
        self._conditions = conditions

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Yield what comes through."""
        self._check_line()
        source = self._source
        if FaultKind.CORRUPT_DOWNLOAD in self._conditions.active:
            source = CorruptingSource(source)
        async with aclosing(source.fetch(sha256, offset=offset)) as blocks:
            async for block in blocks:
                await self._trickle(len(block.data))
                self._check_line()
                yield block

    def _check_line(self) -> None:
        if FaultKind.OFFLINE in self._conditions.active:
            raise AudioFetchFailed("the line is cut")

    async def _trickle(self, size_bytes: int) -> None:
        bytes_per_s = self._conditions.settings(FaultKind.SLOW_LINK).get("bytes_per_s")
        if bytes_per_s:
            await asyncio.sleep(size_bytes / bytes_per_s)


class CorruptingSource:
    """Audio that comes out with one byte flipped, each time it is fetched."""

    def __init__(self, source: AudioSource) -> None:
        self._source = source

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Yield what the source yields, its first byte wrong."""
        spoilt = False
        async with aclosing(self._source.fetch(sha256, offset=offset)) as blocks:
            async for block in blocks:
                if spoilt or not block.data:
                    yield block
                    continue
                spoilt = True
                yield Block(offset=block.offset, data=flip_first_byte(block.data))


def flip_first_byte(data: bytes) -> bytes:
    """The same bytes, every bit of the first one turned."""
    return bytes([data[0] ^ 0xFF]) + data[1:]
