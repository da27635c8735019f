"""Making a backup while the station runs: one file, sealed, read back before it counts."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import structlog

from broadcaster import __version__
from broadcaster.audit.ends import ENDS_FILE
from broadcaster.backup.backup_key import public_backup_key
from broadcaster.backup.contents import kept_files
from broadcaster.backup.errors import BackupBroken, BackupNotWritten, NoBackup
from broadcaster.backup.sealed_stream import SealedWriter, opened_again, read_header
from broadcaster.backup.snapshot import take_snapshot
from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.settings import Settings
from broadcaster.sounds.opening import sounds_in_bucket

log = structlog.get_logger()

ENDING = ".loabackup"
MANIFEST, DATABASE, STATE, SETTINGS = "manifest.json", "database.sqlite3.gz", "state", "loa.toml"
_DEFLATED_AT = 5
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL
_CUT_OFF_AFTER = timedelta(days=1)
_AT_ONCE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A backup that was written and read back."""

    file: Path
    octets: int
    files: int
    sha256: str
    in_bucket: int | None
    """How many sounds lie in the S3 store and not in the file; None where it was away, or none."""


def write_backup(
    database: Database, settings: Settings, folder: Path, *, station_id: str, now: datetime
) -> Written:
    """Write all of the station into a new file in a folder; raise BackupKeyMissing.

    Raises BackupNotWritten where it could not be written whole, or is not what was written. Sound
    that an S3 store keeps is left there; of one that does not answer nothing is believed.
    """
    elsewhere = sounds_in_bucket(settings)
    key = public_backup_key(settings.keys_dir)
    name = f"loa-{station_id}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{ENDING}"
    file, draft = folder / name, folder / f".{name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_away(folder, now=now)
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix=".loa-") as scratch,
            os.fdopen(os.open(draft, _NEW, 0o600), "w+b") as target,
        ):
            writer = SealedWriter(
                target, to=key, station=station_id, made_at_ms=to_ms(now), version=__version__
            )
            files = _fill(
                writer, database, settings, Path(scratch), station_id,
                in_bucket=elsewhere or frozenset(), now=now,
            )  # fmt: skip
            writer.close()
            target.flush()
            os.fsync(target.fileno())
            target.seek(0)
            opened_again(target, key=writer.key).end()
            target.seek(0)
            sha256 = hashlib.file_digest(target, "sha256").hexdigest()
            octets = target.tell()
        draft.rename(file)
    except (OSError, BackupBroken) as error:
        raise BackupNotWritten(str(error)) from error
    finally:
        draft.unlink(missing_ok=True)
    log.info("backed_up", file=file.name, octets=octets, files=files)
    return Written(
        file=file,
        octets=octets,
        files=files,
        sha256=sha256,
        in_bucket=None if elsewhere is None else len(elsewhere),
    )


def forget_older(folder: Path, *, station_id: str, keep: int) -> list[Path]:
    """Remove a station's oldest backups but the newest `keep`; those of others are not touched."""
    own = [file for file in sorted(folder.glob(f"*{ENDING}")) if _station_of(file) == station_id]
    gone = own[:-keep]
    for file in gone:
        file.unlink()
    return gone


def _fill(
    writer: SealedWriter,
    database: Database,
    settings: Settings,
    scratch: Path,
    station_id: str,
    *,
    in_bucket: frozenset[str],
    now: datetime,
) -> int:
    # A stream of members: `SealedWriter` has all of a file that a stream is written to.
    with tarfile.open(mode="w|", fileobj=writer, format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        manifest = {"station": station_id, "made_at_ms": to_ms(now), "version": __version__}
        _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest).encode()))
        own_settings = Path(os.environ.get("LOA_CONFIG", SETTINGS))
        if own_settings.is_file():
            _add(tar, SETTINGS, io.BytesIO(own_settings.read_bytes()))
        kept: set[PurePosixPath] = set()
        # Files that go away meanwhile are here before the database is; and those that come
        # meanwhile are looked for once more after it.
        _add_state(tar, settings, kept, in_bucket)
        # The trail's end may not be a later one than the database's: it comes before or not at all.
        ends = settings.keys_dir.resolve() / ENDS_FILE
        snapshot = scratch / "database.sqlite3"
        take_snapshot(database, snapshot)
        deflated = _deflated(snapshot)
        with deflated.open("rb") as file:
            _add(tar, DATABASE, file)
        _add_state(tar, settings, kept, in_bucket, without=ends)
        return len(kept)


def _add_state(
    tar: tarfile.TarFile,
    settings: Settings,
    kept: set[PurePosixPath],
    in_bucket: frozenset[str],
    *,
    without: Path | None = None,
) -> None:
    state = settings.state_dir.resolve()
    for place in kept_files(settings, in_bucket=in_bucket):
        if place in kept or state / place == without:
            continue
        with suppress(FileNotFoundError), (state / place).open("rb") as file:
            _add(tar, f"{STATE}/{place}", file)
            kept.add(place)


def _add(tar: tarfile.TarFile, name: str, file: BinaryIO) -> None:
    """Add as much of a file as it holds now: one that grows is cut, and stays readable."""
    begins = file.tell()
    member = tarfile.TarInfo(name)
    member.size = file.seek(0, os.SEEK_END) - begins
    member.mode = 0o600
    file.seek(begins)
    tar.addfile(member, file)


def _deflated(file: Path) -> Path:
    deflated = file.with_name(f"{file.name}.gz")
    with file.open("rb") as source, gzip.open(deflated, "wb", compresslevel=_DEFLATED_AT) as target:
        shutil.copyfileobj(source, target, _AT_ONCE)
    file.unlink()
    return deflated


def _clear_away(folder: Path, *, now: datetime) -> None:
    """Remove what backups left behind that were cut off, of which none lasts a day."""
    for draft in folder.glob(".loa-*"):
        with suppress(OSError):
            if draft.stat().st_mtime < (now - _CUT_OFF_AFTER).timestamp():
                if draft.is_dir():
                    shutil.rmtree(draft, ignore_errors=True)
                else:
                    draft.unlink()


def _station_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return read_header(opened)[0].station
    except (OSError, NoBackup):
        return ""
