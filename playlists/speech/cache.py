"""Sentences that were said before, kept by (words, engine, version, settings).

A convenience, never a truth: a damaged entry is a miss, and a full disk only means that the
sentence will be said again next time. What was unused for longest is forgotten first.
"""

import hashlib
import json
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from playlists.audio.pcm import Pcm
from playlists.speech.engine import Engine, VoiceSettings

log = structlog.get_logger()

# Raise it when what is done around the engines, not in them, changes how a sentence sounds.
RECIPE = 3
# About 3 hours of speech at 22,050 Hz; a commune airs less than that in new words in a week.
LIMIT_BYTES = 512 * 1024 * 1024
KEPT_SHARE = 0.8
_HEAD = struct.Struct(">4sII")
_MARK = b"Loa1"


def sentence_key(sentence: str, *, engine: Engine, settings: VoiceSettings) -> str:
    """The name of a sentence as this engine says it; any difference to the ear is in it."""
    parts = [RECIPE, engine.name, engine.version, settings.fingerprint(), sentence]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class SentenceCache:
    """A folder of sentences. Several processes may use the same folder."""

    def __init__(self, directory: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._directory = directory
        self._limit_bytes = limit_bytes

    def find(self, key: str) -> Pcm | None:
        """The sentence's sound, or None when it is not here or damaged."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return _unpack(data)

    def keep(self, key: str, pcm: Pcm) -> None:
        """Keeps the sound if it can; a disk that refuses is logged and forgiven."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, _pack(pcm))
        except OSError as error:
            log.warning("sentence_not_cached", key=key, reason=str(error))

    def trim(self) -> int:
        """Forgets the sentences unused for longest once the folder is over its limit.

        Returns how many were forgotten. Files that a killed writer left are entries like others.
        """
        entries = sorted(self._entries())
        excess_bytes = sum(size for _, size, _ in entries) - self._limit_bytes
        if excess_bytes <= 0:
            return 0
        excess_bytes += round(self._limit_bytes * (1 - KEPT_SHARE))
        forgotten = 0
        for _, size, path in entries:
            if excess_bytes <= 0:
                break
            path.unlink(missing_ok=True)
            excess_bytes -= size
            forgotten += 1
        log.info("sentence_cache_trimmed", forgotten=forgotten)
        return forgotten

    def _entries(self) -> Iterator[tuple[int, int, Path]]:
        """When each file was last used, its size, and its path."""
        for path in self._directory.glob("*/*"):
            # Another process may trim the same folder at the same time.
            with suppress(OSError):
                seen = path.stat()
                yield seen.st_mtime_ns, seen.st_size, path

    def _path(self, key: str) -> Path:
        return self._directory / key[:2] / f"{key}.pcm"


def _pack(pcm: Pcm) -> bytes:
    return _HEAD.pack(_MARK, pcm.sample_rate_hz, _checksum(pcm)) + pcm.samples


def _checksum(pcm: Pcm) -> int:
    return zlib.crc32(pcm.samples, pcm.sample_rate_hz)


def _unpack(data: bytes) -> Pcm | None:
    if len(data) < _HEAD.size:
        return None
    mark, sample_rate_hz, checksum = _HEAD.unpack_from(data)
    try:
        pcm = Pcm(samples=data[_HEAD.size :], sample_rate_hz=sample_rate_hz)
    except ValueError:
        return None
    return pcm if mark == _MARK and checksum == _checksum(pcm) else None


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".incoming-", dir=path.parent)
    incoming = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        incoming.replace(path)
    finally:
        incoming.unlink(missing_ok=True)
