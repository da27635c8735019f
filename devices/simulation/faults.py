"""Faults as wrapped ports."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from devices.controller.audio_source import AudioSource, Block


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
