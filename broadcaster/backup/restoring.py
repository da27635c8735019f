"""Making a station of a backup: all of it is looked at beside, and only what is whole takes place.

The database comes last: until it is there no command takes what is there for a station.
"""

import gzip
import hashlib
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import structlog
from nacl.public import PrivateKey
from sqlalchemy.engine import make_url
from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, keep_trail_on_disk, record
from broadcaster.backup.errors import BackupBroken, StationPresent
from broadcaster.backup.sealed_stream import OpenHeader, SealedReader, opened
from broadcaster.backup.snapshot import bring_up, check_snapshot, fill, is_empty
from broadcaster.backup.writing import DATABASE, MANIFEST, SETTINGS, STATE
from broadcaster.database import connect
from broadcaster.fleet.credentials import write_registry
from broadcaster.keys import keep_from_others, load_keys
from broadcaster.settings import Settings

log = structlog.get_logger()

RESTORED_SETTINGS = "loa.toml.restored"
_AT_ONCE = 1024 * 1024
_AUDIO = re.compile(r"audio/([0-9a-f]{64})\.[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of a backup."""

    header: OpenHeader
    station_name: str
    files: int
    settings_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A backup's own files while they lie beside: its database and its state folder."""

    header: OpenHeader
    files: int
    snapshot: Path
    state: Path


def restore(file: Path, settings: Settings, *, key: PrivateKey, now: datetime) -> Restored:
    """Make the station of a backup, where the settings say that it lives; raise StationPresent.

    Raises NoBackup, WrongBackupKey, BackupBroken, BackupOfNewerVersion, KeyUnreadable; nothing is
    changed then.
    """
    _refuse_present(settings)
    keep_from_others(settings.state_dir)
    with unpacked(file, beside=settings.state_dir, key=key) as found:
        header, files, snapshot, state = found.header, found.files, found.snapshot, found.state
        is_server = make_url(settings.database).get_backend_name() != "sqlite"
        if is_server:
            fill(settings.database, snapshot)
        _take_place(state, settings.state_dir)
        own = _settings_beside(state.parent, settings)
        if not is_server:
            place = Path(str(make_url(settings.database).database))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(snapshot, place)
    station_name = _record(settings, header, now=now)
    log.info("restored", station=header.station, made_at_ms=header.made_at_ms, files=files)
    return Restored(header=header, station_name=station_name, files=files, settings_file=own)


@contextmanager
def unpacked(file: Path, *, beside: Path, key: PrivateKey) -> Iterator[Unpacked]:
    """What is in a backup, looked at and brought to this version's schema; gone afterwards.

    It lies in a folder of its own within `beside`. Raises NoBackup, WrongBackupKey, BackupBroken,
    BackupOfNewerVersion, KeyUnreadable.
    """
    with (
        file.open("rb") as source,
        tempfile.TemporaryDirectory(dir=beside, prefix=".restoring-") as name,
    ):
        header, reader = opened(source, with_key=key)
        folder = Path(name)
        files = _unpack(reader, folder)
        snapshot = folder / "database.sqlite3"
        check_snapshot(snapshot)
        load_keys(folder / STATE / "keys")
        bring_up(snapshot)
        yield Unpacked(header=header, files=files, snapshot=snapshot, state=folder / STATE)


def _refuse_present(settings: Settings) -> None:
    if settings.keys_dir.exists() or settings.audio_dir.exists() or not is_empty(settings.database):
        raise StationPresent(str(settings.state_dir))


def _unpack(reader: SealedReader, beside: Path) -> int:
    """Write what is in it beside; how many files of the state folder there were."""
    (beside / STATE).mkdir()
    names: set[str] = set()
    try:
        with tarfile.open(mode="r|", fileobj=reader) as tar:  # type: ignore[call-overload]
            for member in tar:
                _unpack_one(tar, member, beside)
                names.add(member.name)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupBroken(str(error)[:200]) from error
    reader.end()
    if not {MANIFEST, DATABASE} <= names:
        raise BackupBroken
    return sum(each.startswith(f"{STATE}/") for each in names)


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, beside: Path) -> None:
    place = PurePosixPath(member.name)
    content = tar.extractfile(member) if member.isreg() else None
    is_ours = member.name in {MANIFEST, DATABASE, SETTINGS} or place.parts[:1] == (STATE,)
    if content is None or not is_ours or place.is_absolute() or ".." in place.parts:
        raise BackupBroken(member.name)
    if member.name == DATABASE:
        with (
            gzip.open(content) as inflated,
            (beside / "database.sqlite3").open("xb") as target,
        ):
            shutil.copyfileobj(inflated, target, _AT_ONCE)
        return
    target_file = beside / place
    target_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with target_file.open("xb") as target:
        target_file.chmod(0o600)
        while octets := content.read(_AT_ONCE):
            digest.update(octets)
            target.write(octets)
    named = _AUDIO.fullmatch(str(place.relative_to(STATE))) if place.parts[0] == STATE else None
    if named is not None and digest.hexdigest() != named[1]:
        raise BackupBroken(member.name)


def _take_place(state: Path, state_dir: Path) -> None:
    """Move what was unpacked to where it belongs; another device's disk is no obstacle."""
    for each in sorted(state.iterdir()):
        target = state_dir / each.name
        if target.is_dir() and each.is_dir():
            _take_place(each, target)
        else:
            shutil.move(each, target)


def _settings_beside(beside: Path, settings: Settings) -> Path | None:
    """The settings as they were, for a person to compare: paths of another machine rule nothing."""
    found = beside / SETTINGS
    if not found.exists():
        return None
    target = settings.state_dir / RESTORED_SETTINGS
    shutil.move(found, target)
    return target


def _record(settings: Settings, header: OpenHeader, *, now: datetime) -> str:
    """Write into the trail that the station was restored, and as of when; the station's name."""
    database = connect(settings.database)
    try:
        keep_trail_on_disk(database, settings.keys_dir)
        with database.writing() as session:
            station = session.exec(select(Station).where(Station.id == header.station)).one()
            # What a broker lets in is made of the database, and it may be the first to start.
            write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
            record(
                session, Act.STATION_RESTORED, by=None, about=station.id, at=now,
                details={"made_at_ms": header.made_at_ms, "version": header.version},
            )  # fmt: skip
            return station.name
    finally:
        database.dispose()
