"""How files become samples, as a port: each play decodes for itself, unless a fleet shares it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from devices.controller.mp3 import decode, probe, sample_rate_hz


class Decoder(Protocol):
    """Reads verified audio files; each method raises AudioUndecodable."""

    def probe(self, path: Path) -> None:
        """Return if the file begins with sound that can be decoded."""
        ...

    def sample_rate_hz(self, path: Path) -> int:
        """The sampling frequency of a file."""
        ...

    def decode(
        self, path: Path, *, rate_hz: int, chunk_ms: int, skip_samples: int = 0
    ) -> Iterator[bytes]:
        """Yield a file's samples, mono, at a rate, without the first so many of them."""
        ...


class Mp3Decoder:
    """Decodes the file that is there, piece by piece."""

    def probe(self, path: Path) -> None:
        """Decode its beginning."""
        probe(path)

    def sample_rate_hz(self, path: Path) -> int:
        """What its first frame states."""
        return sample_rate_hz(path)

    def decode(
        self, path: Path, *, rate_hz: int, chunk_ms: int, skip_samples: int = 0
    ) -> Iterator[bytes]:
        """Decode as the pieces are asked for."""
        return decode(path, rate_hz=rate_hz, chunk_ms=chunk_ms, skip_samples=skip_samples)
