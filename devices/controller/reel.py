"""An order's sound as pieces of samples: from its beginning, or from where it goes on.

A place in it is an item and a number of samples of that item, so that what was cut goes on with
the very next sample, whatever the files' padding made of their stated lengths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.controller.decoder import Decoder
from devices.errors import AudioUndecodable
from devices.protocol.messages import Item

CHUNK_MS = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an order's sound: so many samples into an item."""

    item: int = 0
    samples: int = 0


BEGINNING = Place()


@dataclass(slots=True)
class Reel:
    """The decoder open and the first piece decoded: (item, samples) from a place on."""

    pieces: Iterator[tuple[int, bytes]]
    first: tuple[int, bytes]


def open_reel(paths: Sequence[Path], *, decoder: Decoder, begins: Place, rate_hz: int) -> Reel:
    """Open the decoder at a place and decode a piece; raise AudioUndecodable."""
    pieces = (
        (item, pcm)
        for item, path in enumerate(paths)
        if item >= begins.item
        for pcm in decoder.decode(
            path,
            rate_hz=rate_hz,
            chunk_ms=CHUNK_MS,
            skip_samples=begins.samples if item == begins.item else 0,
        )
        if pcm
    )
    first = next(pieces, None)
    if first is None:
        raise AudioUndecodable(paths[begins.item].name)
    return Reel(pieces=pieces, first=first)


def place_at(items: Sequence[Item], *, position_ms: int, rate_hz: int) -> Place:
    """The place that is `position_ms` into the items, by the lengths that the order states."""
    left_ms = position_ms
    for number, item in enumerate(items[:-1]):
        if left_ms < item.duration_ms:
            return Place(number, left_ms * rate_hz // 1_000)
        left_ms -= item.duration_ms
    return Place(len(items) - 1, left_ms * rate_hz // 1_000)
