"""Decoding a file once for all who play it at the same time.

A file is known by its inode and its time of writing, not by its name: a device whose copy rotted
hears what rotted.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devices.controller.decoder import Decoder
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.simulation.crowd.files import FileState, state_of

KEPT_BYTES = 64_000_000
"""How much sound is kept for those who may still come; whoever plays holds on to his own."""


@dataclass(slots=True)
class _Tape:
    """What was decoded of a file so far, and where more comes from."""

    more: Iterator[bytes]
    pieces: list[bytes] = field(default_factory=list)

    def piece(self, number: int) -> bytes | None:
        """A piece, decoded if nobody was there before; None behind the end."""
        while number >= len(self.pieces):
            pcm = next(self.more, None)
            if pcm is None:
                return None
            self.pieces.append(pcm)
        return self.pieces[number]

    @property
    def size_bytes(self) -> int:
        """What it takes to keep it."""
        return sum(len(piece) for piece in self.pieces)


class SharedDecoder:
    """A decoder that remembers."""

    def __init__(self, decoder: Decoder, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._decoder = decoder
        self._kept_bytes = kept_bytes
        self._probed: set[FileState] = set()
        self._rates: dict[FileState, int] = {}
        self._tapes: OrderedDict[tuple[FileState, int, int], _Tape] = OrderedDict()

    def probe(self, path: Path) -> None:
        """Decode its beginning, once."""
        state = state_of(path)
        if state not in self._probed:
            self._decoder.probe(path)
            self._probed.add(state)

    def sample_rate_hz(self, path: Path) -> int:
        """Its rate, read once."""
        state = state_of(path)
        if state not in self._rates:
            self._rates[state] = self._decoder.sample_rate_hz(path)
        return self._rates[state]

    def decode(
        self, path: Path, *, rate_hz: int, chunk_ms: int, skip_samples: int = 0
    ) -> Iterator[bytes]:
        """Yield the pieces; whoever is the first to need one decodes it."""
        tape = self._tape(path, rate_hz=rate_hz, chunk_ms=chunk_ms)
        frames = rate_hz * chunk_ms // 1_000
        number, left_out = divmod(skip_samples, frames)
        while (pcm := tape.piece(number)) is not None:
            yield pcm[left_out * BYTES_PER_SAMPLE :]
            number, left_out = number + 1, 0

    def _tape(self, path: Path, *, rate_hz: int, chunk_ms: int) -> _Tape:
        key = state_of(path), rate_hz, chunk_ms
        tape = self._tapes.get(key)
        if tape is None:
            self._forget()
            tape = _Tape(self._decoder.decode(path, rate_hz=rate_hz, chunk_ms=chunk_ms))
            self._tapes[key] = tape
        self._tapes.move_to_end(key)
        return tape

    def _forget(self) -> None:
        """Let go of what was used longest ago."""
        while sum(tape.size_bytes for tape in self._tapes.values()) > self._kept_bytes:
            self._tapes.popitem(last=False)
