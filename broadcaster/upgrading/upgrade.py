"""`loa upgrade`: the order of things; nothing of the station changes before the last of them."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.engine import make_url

import broadcaster.schema  # noqa: F401 - every table must be known
from broadcaster import __version__
from broadcaster.audit import Act, keep_trail, pen_on_disk, record
from broadcaster.backup.contents import UPGRADING
from broadcaster.backup.snapshot import alone, bring_up
from broadcaster.backup.writing import Written, forget_older, write_backup
from broadcaster.checkup.finding import Level
from broadcaster.checkup.station import check_database
from broadcaster.database import connect
from broadcaster.database.migrate import is_known_revision, newest_revision, revision_of
from broadcaster.errors import LoaError
from broadcaster.inspection.ledger_command import Wish, told, verified_station
from broadcaster.processes.errors import DiskFull, NotFounded
from broadcaster.settings import Settings
from broadcaster.upgrading.errors import DatabaseOfNewerVersion, UpgradeFailed, UpgradeUnverified
from broadcaster.upgrading.held import held

log = structlog.get_logger()

_TIMES_ITS_SIZE = 3
"""The copy, what a step or the backup makes beside it, and the journal of its way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What came of it."""

    before: str
    after: str
    backup: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What whoever upgrades wants: where backups go, how many stay, and what may not hold."""

    folder: Path
    keep: int = 0
    despite_ledger: bool = False


def upgrade(settings: Settings, how: How, *, now: datetime, progress: Console) -> Upgraded | None:
    """Bring the station's database to this version; nothing where it is there already.

    Raises NotFounded, StationRuns, DatabaseOfNewerVersion, BackupKeyMissing, BackupNotWritten,
    DiskFull, UpgradeFailed, UpgradeUnverified; the database is as it was then.
    """
    before, station_id = _found(settings)
    if before == newest_revision():
        return None
    if not is_known_revision(before):
        raise DatabaseOfNewerVersion(before)
    with held(settings.database) as own, _scratch(settings) as scratch:
        copy = scratch / "copy.sqlite3"
        own.copy_to(copy)
        written = _backed_up(copy, settings, how, station_id=station_id, now=now)
        came = Upgraded(before=before, after=newest_revision(), backup=written)
        try:
            bring_up(copy)
            _record(settings, f"sqlite:///{copy}", about=station_id, came=came, now=now)
            _refuse_what_does_not_hold(copy, settings, how, now=now, progress=progress)
            own.bring_up(copy)
        except LoaError:
            raise
        except Exception as error:
            log.debug("upgrade_failed", error=str(error))
            raise UpgradeFailed(_in_a_line(error)) from error
    if make_url(settings.database).get_backend_name() != "sqlite":
        # SQLite's came with the copy; a server did its own steps.
        _record(settings, settings.database, about=station_id, came=came, now=now)
    if how.keep:
        forget_older(how.folder, station_id=station_id, keep=how.keep)
    return came


def _found(settings: Settings) -> tuple[str, str]:
    """At which step the database is, and whose; raise NotFounded. Nothing of it is changed."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NotFounded
    database = connect(settings.database)
    try:
        revision = revision_of(database)
        if revision is None:
            raise NotFounded
        with database.engine.connect() as connection:
            station_id = connection.execute(text("SELECT id FROM station")).scalar()
        if station_id is None:
            raise NotFounded
        return revision, str(station_id)
    finally:
        database.dispose()


@contextmanager
def _scratch(settings: Settings) -> Iterator[Path]:
    """A folder for the copy, in the state folder: it holds all that the database does."""
    folder = settings.state_dir / UPGRADING
    shutil.rmtree(folder, ignore_errors=True)  # of one that was cut off
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        needed = _TIMES_ITS_SIZE * Path(str(url.database)).stat().st_size
        if shutil.disk_usage(settings.state_dir).free < needed:
            raise DiskFull
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _backed_up(
    copy: Path, settings: Settings, how: How, *, station_id: str, now: datetime
) -> Written:
    database = connect(f"sqlite:///{copy}")
    try:
        return write_backup(database, settings, how.folder, station_id=station_id, now=now)
    finally:
        alone(database)


def _record(settings: Settings, url: str, *, about: str, came: Upgraded, now: datetime) -> None:
    """Write into the trail what was backed up, and from where to where the database came."""
    database = connect(url)
    try:
        keep_trail(database, pen_on_disk(settings.keys_dir))
        with database.writing() as session:
            record(
                session, Act.STATION_BACKED_UP, by=None, about=about, at=now,
                details={"octets": came.backup.octets, "sha256": came.backup.sha256},
            )  # fmt: skip
            record(
                session, Act.STATION_UPGRADED, by=None, about=about, at=now,
                details={"before": came.before, "after": came.after, "version": __version__},
            )  # fmt: skip
    finally:
        if database.engine.dialect.name == "sqlite":
            alone(database)
        else:
            database.dispose()


def _refuse_what_does_not_hold(
    copy: Path, settings: Settings, how: How, *, now: datetime, progress: Console
) -> None:
    """Pages, references, ledger: raise UpgradeUnverified with all that does not hold."""
    with closing(sqlite3.connect(copy)) as connection:
        strays = connection.execute("PRAGMA foreign_key_check").fetchall()
    wrong = [f"{table}: {parent}" for table, _, parent, _ in strays]
    database = connect(f"sqlite:///{copy}")
    try:
        wrong += [
            f"{each.vi} / {each.en}" for each in check_database(database) if each.level is Level.ILL
        ]
        if not how.despite_ledger:
            verdict = verified_station(database, settings, Wish(), now=now, progress=progress)
            if not verdict.holds:
                wrong.append(told(verdict, as_json=False))
    finally:
        alone(database)
    if wrong:
        raise UpgradeUnverified("\n".join(wrong))


def _in_a_line(error: Exception) -> str:
    """What failed, for whoever maintains this: the kind, and its first words."""
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"
