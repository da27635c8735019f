"""Where mastered audio is kept: each file under the SHA-256 of its bytes, written once, for good.

A file appears under its name only when all its bytes are on the disk; what is there already is
never overwritten, since the same name means the same bytes.
"""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from playlists.audio.audio_errors import (
    AudioMissing,
    AudioNameInvalid,
    AudioStoreError,
    AudioStoreFailed,
    AudioStoreFull,
)

log = structlog.get_logger()

CHUNK_BYTES = 1 << 20
READABLE = 0o644
INCOMING = ".incoming-"
ABANDONED_AFTER_S = 24 * 60 * 60
_NAME = re.compile(r"[0-9a-f]{64}")
# What file systems of memory cards and some network shares answer to a link.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class AudioStore:
    """A folder of audio by SHA-256. Several processes may use the same folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with disk_trouble_named():
            directory.mkdir(parents=True, exist_ok=True)
            _clear_away(directory)

    def put(self, audio: Path | bytes) -> str:
        """Keeps a copy of these bytes and returns their SHA-256 in hex.

        Raises AudioStoreFull or AudioStoreFailed; then nothing of it is left behind.
        """
        with disk_trouble_named():
            handle, name = tempfile.mkstemp(prefix=INCOMING, dir=self.directory)
            incoming = Path(name)
            try:
                sha256 = _write(handle, audio)
                self._adopt(incoming, sha256)
            finally:
                incoming.unlink(missing_ok=True)
        return sha256

    def path_of(self, sha256: str) -> Path:
        """Where this audio is, or would be. Raises AudioNameInvalid for anything but a SHA-256."""
        if not is_audio_name(sha256):
            raise AudioNameInvalid(repr(sha256[:80]))
        return self.directory / f"{sha256}.mp3"

    def exists(self, sha256: str) -> bool:
        """Whether this audio is kept. Raises AudioNameInvalid."""
        return self.path_of(sha256).is_file()

    def require(self, sha256: str) -> Path:
        """The path of audio that is kept. Raises AudioMissing or AudioNameInvalid."""
        path = self.path_of(sha256)
        if not path.is_file():
            raise AudioMissing(sha256)
        return path

    def names(self) -> list[str]:
        """The SHA-256 of everything that is kept, in order."""
        with disk_trouble_named():
            return sorted(
                file.stem for file in self.directory.glob("*.mp3") if is_audio_name(file.stem)
            )

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder beside the audio for files in the making; gone afterwards."""
        with disk_trouble_named():
            folder = tempfile.TemporaryDirectory(prefix=INCOMING, dir=self.directory)
        with folder as name:
            yield Path(name)

    def _adopt(self, incoming: Path, sha256: str) -> None:
        final = self.path_of(sha256)
        with suppress(FileExistsError):
            _name_once(incoming, final)
            log.info("audio_stored", sha256=sha256, size_bytes=final.stat().st_size)
        _sync_folder(self.directory)


def is_audio_name(name: str) -> bool:
    """Whether this is a SHA-256 in hex, as audio is named."""
    return _NAME.fullmatch(name) is not None


def _clear_away(directory: Path) -> None:
    """Removes what a killed writer left; what is young may belong to one still at work."""
    for left in directory.glob(f"{INCOMING}*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime < ABANDONED_AFTER_S:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def _name_once(incoming: Path, final: Path) -> None:
    """A link, unlike a rename, fails where the name is taken: the first writer's file stays."""
    try:
        os.link(incoming, final)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if not final.exists():
            incoming.rename(final)


def _write(handle: int, audio: Path | bytes) -> str:
    """Copies and hashes in one reading, so that the name is that of the bytes written."""
    digest = hashlib.sha256()
    with os.fdopen(handle, "wb") as file:
        for chunk in _chunks(audio):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fchmod(file.fileno(), READABLE)
        os.fsync(file.fileno())
    return digest.hexdigest()


def _chunks(audio: Path | bytes) -> Iterator[bytes]:
    if isinstance(audio, bytes):
        yield audio
        return
    with audio.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def _sync_folder(directory: Path) -> None:
    """Makes the new name itself survive a power cut."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def disk_trouble_named() -> Iterator[None]:
    """Turns what a disk refuses into AudioStoreFull or AudioStoreFailed."""
    try:
        yield
    except OSError as error:
        raise _named(error) from error


def _named(error: OSError) -> AudioStoreError:
    if error.errno in _FULL:
        return AudioStoreFull(str(error))
    return AudioStoreFailed(str(error))
