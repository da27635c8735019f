"""What an order sounds like, in pieces, from any place on: the port, and recordings on the disk."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from devices.controller.audio_store import AudioStore
from devices.controller.decoder import Decoder
from devices.controller.reel import Place, Reel, open_reel, place_at
from devices.errors import AudioUndecodable
from devices.protocol.messages import Item


class Piece(Struct, frozen=True):
    """Some samples, and the item of the order that they belong to; None for none of them.

    An empty one says only that time has passed.
    """

    item: int | None
    pcm: bytes


class Programme(Protocol):
    """An order's own sound. Each method raises AudioUndecodable where there is none."""

    @property
    def ending(self) -> str | None:
        """What `finished` says of it beside that it was heard to its end."""
        ...

    def rate_hz(self) -> int:
        """The rate in which it comes, for a sink that takes any."""
        ...

    def place_at(self, position_ms: int, *, rate_hz: int) -> Place:
        """The place that is so far into it."""
        ...

    async def open(self, place: Place, *, rate_hz: int) -> None:
        """Be ready to sound from a place on."""
        ...

    def pieces(self) -> AsyncGenerator[Piece, None]:
        """Sound from the place for which it was opened."""
        ...

    async def close(self) -> None:
        """Let go of whatever it holds."""
        ...


@dataclass(slots=True)
class Recording:
    """The items of an order, verified files on the disk."""

    items: Sequence[Item]
    store: AudioStore
    decoder: Decoder
    ending: str | None = None
    _reel: Reel | None = None

    def rate_hz(self) -> int:
        """That of the first item."""
        try:
            return self.decoder.sample_rate_hz(self._paths()[0])
        except OSError as error:
            raise AudioUndecodable(str(error)) from error

    def place_at(self, position_ms: int, *, rate_hz: int) -> Place:
        """By the lengths that the order states."""
        return place_at(self.items, position_ms=position_ms, rate_hz=rate_hz)

    async def open(self, place: Place, *, rate_hz: int) -> None:
        """Open the decoder, and decode a piece."""
        try:
            self._reel = open_reel(
                self._paths(), decoder=self.decoder, begins=place, rate_hz=rate_hz
            )
        except OSError as error:
            raise AudioUndecodable(str(error)) from error

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        """One file after the other, without a gap."""
        if self._reel is None:
            return
        yield Piece(*self._reel.first)
        try:
            for item, pcm in self._reel.pieces:
                yield Piece(item, pcm)
        except OSError as error:
            raise AudioUndecodable(str(error)) from error

    async def close(self) -> None:
        """Let go of the decoder."""
        self._reel = None

    def _paths(self) -> Sequence[Path]:
        return [self.store.path(item.sha256) for item in self.items]
