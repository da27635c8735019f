"""Installed voices: a folder for each, which appears whole or not at all.

A voice's receipt holds the hashes of the bytes that were installed; whoever speaks with the voice
checks them again. What a broken download left waits in `.incoming` for the next attempt.
"""

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import structlog

from playlists.speech.catalogue import (
    RECEIPT,
    Catalogue,
    CatalogueVoice,
    VoiceFile,
    shipped_catalogue,
)
from playlists.speech.installed_voice import InstalledVoice, VoiceFiles
from playlists.speech.piper_config import check_config
from playlists.speech.store_errors import (
    VoiceFileWrong,
    VoiceInstallBusy,
    VoiceNotInstalled,
    VoiceStoreError,
    VoiceStoreFailed,
    VoiceStoreFull,
)
from playlists.speech.voice_download import ATTEMPTS, Fetching, fetch, file_sha256
from playlists.speech.voice_source import source_at

log = structlog.get_logger()

INCOMING = ".incoming"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

Progress = Callable[[int, int], None]


class _Receipt(msgspec.Struct, frozen=True):
    name: str
    language: str
    licence: str
    credit: str
    model: str
    config: str
    model_sha256: str
    config_sha256: str


def install(
    name: str,
    *,
    source: str | Path,
    into: Path,
    on_progress: Progress | None = None,
    catalogue: Catalogue | None = None,
    wait: Callable[[float], None] = time.sleep,
    attempts: int = ATTEMPTS,
) -> InstalledVoice:
    """Fetches a voice of the catalogue from a base URL or a folder, proves it and installs it.

    A voice that is installed and undamaged is left as it is. `on_progress` hears (bytes there,
    bytes in all); what it raises ends the download. `attempts` may fail in a row without a piece
    gained. Raises VoiceStoreError; then no installed voice has changed, and an interrupted download
    goes on where it stopped.
    """
    voice = (catalogue or shipped_catalogue()).find(name)
    told = on_progress or (lambda _done, _total: None)
    with _disk_trouble_named(), _staging(voice, into=into) as staging:
        there = _undamaged(voice, into=into)
        if there is None:
            _check_room(voice, staging)
            how = _fetching(voice, source, told=told, wait=wait, attempts=attempts)
            fetched = _fetch(voice, staging, into=into, how=how)
            there = _publish(voice, fetched, staging, into=into)
            log.info("voice_installed", voice=name, model_sha256=there.files.model_sha256)
    told(voice.size_bytes, voice.size_bytes)
    return there


def installed(into: Path) -> tuple[InstalledVoice, ...]:
    """The voices in this folder by name; what has no readable receipt is none."""
    receipts = sorted(into.glob(f"*/{RECEIPT}"))
    return tuple(voice for path in receipts if (voice := _read_receipt(path)))


def find(name: str, *, into: Path) -> InstalledVoice:
    """The installed voice of this name. Raises VoiceNotInstalled."""
    for voice in installed(into):
        if voice.name == name:
            return voice
    raise VoiceNotInstalled(repr(name[:80]))


def remove(name: str, *, into: Path) -> None:
    """Takes a voice and its pinned hashes away. Raises VoiceNotInstalled or VoiceStoreFailed."""
    folder = find(name, into=into).files.model.parent
    with _disk_trouble_named():
        # The receipt goes first: what is half removed is no voice any more.
        (folder / RECEIPT).unlink()
        shutil.rmtree(folder)
    log.info("voice_removed", voice=name)


@contextmanager
def _staging(voice: CatalogueVoice, *, into: Path) -> Iterator[Path]:
    """The folder where this voice is put together, for one process at a time."""
    folder = into / INCOMING / voice.name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{voice.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise VoiceInstallBusy(voice.name) from error
        yield folder


def _check_room(voice: CatalogueVoice, staging: Path) -> None:
    there = sum(path.stat().st_size for path in staging.iterdir())
    free = shutil.disk_usage(staging).free
    if free < voice.size_bytes - there:
        raise VoiceStoreFull(f"{free} bytes free, {voice.size_bytes - there} needed")


def _fetching(
    voice: CatalogueVoice,
    source: str | Path,
    *,
    told: Progress,
    wait: Callable[[float], None],
    attempts: int,
) -> Fetching:
    return Fetching(
        source=source_at(source),
        path=voice.path,
        wait=wait,
        told=lambda done: told(done, voice.size_bytes),
        attempts=attempts,
    )


def _fetch(voice: CatalogueVoice, staging: Path, *, into: Path, how: Fetching) -> VoiceFiles:
    """Both files, proven, in the staging folder: the small one first: it shows a wrong source."""
    before = _read_receipt(into / voice.name / RECEIPT)
    pinned = before.files.config_sha256 if before else None
    config, model = staging / voice.config.name, staging / voice.model.name
    config_sha256 = fetch(voice.config, config, how=how)
    try:
        _check_pin(voice.config, config_sha256, pinned=pinned)
        check_config(config.read_bytes(), voice=voice)
    except VoiceFileWrong:
        config.unlink()
        raise
    model_sha256 = fetch(voice.model, model, how=how.after(voice.config.size_bytes))
    return VoiceFiles(
        model=model, config=config, model_sha256=model_sha256, config_sha256=config_sha256
    )


def _check_pin(file: VoiceFile, sha256: str, *, pinned: str | None) -> None:
    """A file whose hash nobody published stays the one that was installed first."""
    if pinned and not file.sha256 and sha256 != pinned:
        raise VoiceFileWrong(f"{file.name} has SHA-256 {sha256}, but {pinned} is pinned")


def _publish(
    voice: CatalogueVoice, fetched: VoiceFiles, staging: Path, *, into: Path
) -> InstalledVoice:
    """Puts the finished folder under the voice's name."""
    receipt = _Receipt(
        name=voice.name,
        language=voice.language,
        licence=voice.licence,
        credit=voice.credit,
        model=voice.model.name,
        config=voice.config.name,
        model_sha256=fetched.model_sha256,
        config_sha256=fetched.config_sha256,
    )
    (staging / RECEIPT).write_bytes(msgspec.json.encode(receipt))
    for path in (fetched.model, fetched.config, staging / RECEIPT, staging):
        _sync(path)
    final, old = into / voice.name, staging.parent / f"{voice.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if final.exists():
        final.rename(old)
    staging.rename(final)
    _sync(into)
    shutil.rmtree(old, ignore_errors=True)
    return _voice(receipt, folder=final)


def _undamaged(voice: CatalogueVoice, *, into: Path) -> InstalledVoice | None:
    """The voice as it is installed, if its bytes still are what its receipt says."""
    there = _read_receipt(into / voice.name / RECEIPT)
    if there is None:
        return None
    files = there.files
    pairs = ((files.model, files.model_sha256), (files.config, files.config_sha256))
    if all(path.is_file() and file_sha256(path) == sha256 for path, sha256 in pairs):
        return there
    return None


def _read_receipt(path: Path) -> InstalledVoice | None:
    try:
        receipt = msgspec.json.decode(path.read_bytes(), type=_Receipt)
    except (OSError, msgspec.MsgspecError):
        return None
    return _voice(receipt, folder=path.parent) if receipt.name == path.parent.name else None


def _voice(receipt: _Receipt, *, folder: Path) -> InstalledVoice:
    return InstalledVoice(
        name=receipt.name,
        language=receipt.language,
        licence=receipt.licence,
        credit=receipt.credit,
        files=VoiceFiles(
            model=folder / receipt.model,
            config=folder / receipt.config,
            model_sha256=receipt.model_sha256,
            config_sha256=receipt.config_sha256,
        ),
    )


def _sync(path: Path) -> None:
    """Makes a file or a folder's names survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _disk_trouble_named() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _named(error) from error


def _named(error: OSError) -> VoiceStoreError:
    return (VoiceStoreFull if error.errno in _FULL else VoiceStoreFailed)(str(error))
