"""One file of a voice, fetched piece by piece, resumed after every break, and proven at its end."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from playlists.speech.catalogue import VoiceFile
from playlists.speech.store_errors import VoiceFileWrong, VoiceSourceBroken
from playlists.speech.voice_source import Download, VoiceSource

log = structlog.get_logger()

ATTEMPTS = 6
PIECE_BYTES = 64 * 1024
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a file is fetched: from where, with what pauses after a break, and who is told.

    `attempts` may fail in a row without a piece gained; then somebody must look at the connection.
    """

    source: VoiceSource
    path: str
    wait: Callable[[float], None]
    told: Callable[[int], None]
    attempts: int = ATTEMPTS

    def after(self, done_bytes: int) -> "Fetching":
        """The same for the next file, when so many bytes are there already."""
        return replace(self, told=lambda done: self.told(done_bytes + done))


def fetch(file: VoiceFile, part: Path, *, how: Fetching) -> str:
    """Brings the file to `part`, which may hold its beginning; returns its SHA-256.

    Raises VoiceSourceMissing, VoiceSourceBroken (the beginning is kept) or VoiceFileWrong.
    """
    resumed = _size(part) > 0
    _complete(file, part, how=how)
    sha256 = file_sha256(part)
    if resumed and not _published(sha256, file):
        # The beginning may be of another revision, or of a disk that lost power.
        part.unlink()
        _complete(file, part, how=how)
        sha256 = file_sha256(part)
    if not _published(sha256, file):
        part.unlink()
        raise VoiceFileWrong(f"{file.name} has SHA-256 {sha256}")
    return sha256


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _published(sha256: str, file: VoiceFile) -> bool:
    return not file.sha256 or sha256 in file.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _complete(file: VoiceFile, part: Path, *, how: Fetching) -> None:
    """Goes on until all bytes are there, however often the connection breaks on the way."""
    failures = 0
    while (before := _size(part)) != file.size_bytes:
        try:
            _continue(file, part, how=how)
        except VoiceSourceBroken as error:
            failures = 0 if _size(part) >= before + PIECE_BYTES else failures + 1
            log.info("voice_download_broke", file=file.name, reason=error.detail)
            if failures >= how.attempts:
                raise
            how.wait(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** max(0, failures - 1)))


def _continue(file: VoiceFile, part: Path, *, how: Fetching) -> None:
    offset = _size(part)
    if offset > file.size_bytes:
        part.unlink()
        offset = 0
    with how.source.open(how.path, file.name, offset=offset) as download:
        _write(download, file, part, told=how.told)
    if _size(part) < file.size_bytes:
        raise VoiceSourceBroken(f"{file.name} ended after {_size(part)} bytes")


def _write(download: Download, file: VoiceFile, part: Path, *, told: Callable[[int], None]) -> None:
    if download.total not in {None, file.size_bytes}:
        raise VoiceFileWrong(f"{file.name} has {download.total} bytes at the source")
    with part.open("r+b" if part.exists() else "w+b") as stream:
        if download.offset > _size(part):
            raise VoiceSourceBroken("the source left a piece out")
        stream.seek(download.offset)
        stream.truncate()
        for chunk in download.chunks:
            stream.write(chunk[: file.size_bytes - stream.tell()])
            told(stream.tell())
            if stream.tell() == file.size_bytes:
                return
