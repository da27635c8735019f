"""Sentences that were said before, kept by (words, engine, version, settings).

A convenience, never a truth: a damaged entry is a miss, and a full disk only means that the
sentence will be said again next time.
"""

import hashlib
import json
import os
import struct
import tempfile
import zlib
from pathlib import Path

import structlog

from playlists.pcm import Pcm
from playlists.speech.engine import Engine, VoiceSettings

log = structlog.get_logger()

_HEAD = struct.Struct(">4sII")
_MARK = b"Loa1"


def sentence_key(sentence: str, *, engine: Engine, settings: VoiceSettings) -> str:
    """The name of a sentence as this engine says it; any difference to the ear is in it."""
    parts = [engine.name, engine.version, settings.fingerprint(), sentence]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class SentenceCache:
    """A folder of sentences. Several processes may use the same folder."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, key: str) -> Pcm | None:
        """The sentence's sound, or None when it is not here or damaged."""
        try:
            data = self._path(key).read_bytes()
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
