"""`loa upgrade`: a database of an older version becomes one of this, or stays as it was."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from nacl.public import PrivateKey
from rich.console import Console
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.audit.acts import Act
from broadcaster.backup.backup_key import public_backup_key
from broadcaster.backup.contents import BESIDE_A_DATABASE
from broadcaster.backup.errors import BackupKeyMissing
from broadcaster.backup.restoring import restore
from broadcaster.backup.snapshot import alone, fill
from broadcaster.commands import app
from broadcaster.database import Database
from broadcaster.database.migrate import migrate, newest_revision, revision_of, undo_migrations
from broadcaster.errors import LoaError
from broadcaster.processes.errors import NotFounded
from broadcaster.settings import Settings
from broadcaster.upgrading.errors import (
    DatabaseOfNewerVersion,
    StationRuns,
    UpgradeFailed,
    UpgradeUnverified,
)
from broadcaster.upgrading.upgrade import How, upgrade
from tests.broadcaster.backup.scene import AFTER, Lived, live
from tests.conftest import BOTH
from tests.postgres import RunningPostgres
from tests.trail import acts_of, connect

OLDER = "0044"
"""Several steps before this version's, the last of which makes tables."""

IN_THE_WAY = "share_post"
"""A table that a later step makes: where one of that name is already, that step fails."""


@dataclass(frozen=True)
class Older:
    """A station with a day behind it, of an older version: files to copy, and who reads them."""

    files: Path
    backup_key: PrivateKey
    on_server: str


@pytest.fixture(scope="module")
def older(
    sqlite_template: Path,
    postgres_server: RunningPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Older]:
    """Made once, in a file and on a server; every test has copies of its own."""
    folder = tmp_path_factory.mktemp("older")
    file = folder / "station.sqlite3"
    shutil.copy(sqlite_template, file)
    station = live(connect(f"sqlite:///{file}"), folder)
    alone(station.database)
    shutil.move(folder / "state", folder / "files")
    name = postgres_server.create_database()
    fill(postgres_server.url(name), file)
    for url in (postgres_server.url(name), f"sqlite:///{file}"):
        database = connect(url)
        undo_migrations(database, to=OLDER)
        if url.startswith("sqlite"):
            alone(database)
        database.dispose()
    shutil.move(file, folder / "files" / file.name)
    yield Older(folder / "files", station.key, name)
    postgres_server.drop_database(name)


@pytest.fixture(params=BOTH)
def lived(
    request: pytest.FixtureRequest,
    older: Older,
    postgres_server: RunningPostgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lived]:
    """The older station in a folder of this test's own; nobody has its database open."""
    state = tmp_path / "state"
    shutil.copytree(older.files, state)
    url, on_server = f"sqlite:///{state / 'station.sqlite3'}", ""
    if request.param == "postgres":
        (state / "station.sqlite3").unlink()
        on_server = postgres_server.create_database(template=older.on_server)
        url = postgres_server.url(on_server)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(state))
    monkeypatch.setenv("LOA_DATABASE_URL", url)
    database, settings = connect(url), Settings(state_dir=state, database_url=url)
    yield Lived(database, settings, older.backup_key, tmp_path / "backups")
    database.dispose()
    if on_server:
        postgres_server.drop_database(on_server)


IN_A_FILE = pytest.mark.parametrize("lived", ["sqlite"], indirect=True)
"""Where the kind of database makes no difference."""


def loa(*arguments: str) -> Result:
    """One command to its end."""
    with capture_logs():
        return CliRunner().invoke(app, [*arguments])


def told_by(ended: Result) -> str:
    """The reason that a refused command gives."""
    assert isinstance(ended.exception, LoaError), ended.exception
    return ended.exception.detail


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, and with them which columns there are."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
            found[table] = [tuple(rows.keys()), *sorted(map(tuple, rows), key=repr)]
    database.dispose()
    return found


def put_in_the_way(database: Database) -> None:
    """Make a later step fail after others before it were done."""
    with database.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {IN_THE_WAY} (id INTEGER)"))
    database.dispose()


def left(station: Lived) -> list[str]:
    """What lies in the state folder, but what any look at a database leaves beside it."""
    state = station.settings.state_dir
    return sorted(
        str(each.relative_to(state))
        for each in state.rglob("*")
        if not each.name.endswith(BESIDE_A_DATABASE)
    )


def test_an_older_database_is_backed_up_brought_up_and_verified(
    lived: Lived, tmp_path: Path
) -> None:
    """The ledger holds, the trail says what was done, and the backup is of the older version."""
    before, files = contents(lived.database), left(lived)

    ended = loa("upgrade", "backups", "--keep", "3")

    assert ended.exit_code == 0, ended.exception
    assert f"{OLDER} → {newest_revision()}" in ended.stdout
    assert revision_of(lived.database) == newest_revision()
    assert left(lived) == files
    assert loa("ledger", "verify").exit_code == 0
    (act,) = acts_of(lived.database, Act.STATION_UPGRADED)
    assert act.details["before"] == OLDER
    assert len(acts_of(lived.database, Act.STATION_BACKED_UP)) == 1
    (file,) = (tmp_path / "backups").iterdir()
    again = _restored(file, lived, tmp_path)
    kept = contents(again)
    assert kept["confirmation"][1:] == before["confirmation"][1:]
    assert (acts_of(again, Act.STATION_UPGRADED), len(kept["account"])) == (
        [],
        len(before["account"]),
    )
    again.dispose()

    assert loa("upgrade", "backups").stdout.startswith("● Cơ sở dữ liệu đã đúng phiên bản")
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_what_fails_half_way_leaves_all_as_it_was(lived: Lived, tmp_path: Path) -> None:
    """The reason is told, the backup stands, and nothing else of the station has changed."""
    put_in_the_way(lived.database)
    before, files = contents(lived.database), left(lived)

    ended = loa("upgrade", "backups")

    assert isinstance(ended.exception, UpgradeFailed)
    assert IN_THE_WAY in told_by(ended)
    assert contents(lived.database) == before
    assert left(lived) == files
    assert len(list((tmp_path / "backups").iterdir())) == 1


@pytest.mark.parametrize("lived", BOTH[1:], indirect=True)
def test_a_server_that_fails_where_the_copy_did_not_leaves_all_as_it_was(lived: Lived) -> None:
    """The steps on a server are one transaction: what the first of them made is gone."""
    put_in_the_way(lived.database)
    before = contents(lived.database)

    with pytest.raises(ProgrammingError, match=IN_THE_WAY):
        migrate(lived.database, at_once=True)

    assert contents(lived.database) == before


def test_beside_a_running_station_nothing_is_begun(lived: Lived, tmp_path: Path) -> None:
    """Somebody who has the database open could write into what is being copied."""
    with lived.database.reading() as session:
        session.execute(text("SELECT name FROM station")).one()
    # It does nothing now, and may do something the next moment.
    ended = loa("upgrade", "backups")

    assert isinstance(ended.exception, StationRuns)
    assert not (tmp_path / "backups").exists()


@IN_A_FILE
def test_without_a_backup_key_nothing_is_begun_and_one_can_be_made(lived: Lived) -> None:
    """To make the key leaves the database at its older version."""
    (lived.settings.keys_dir / "backup.pub").unlink()

    assert isinstance(loa("upgrade", "backups").exception, BackupKeyMissing)
    assert loa("backup-key").exit_code == 0
    assert revision_of(lived.database) == OLDER
    lived.database.dispose()
    assert public_backup_key(lived.settings.keys_dir)
    assert loa("upgrade", "backups").exit_code == 0


@IN_A_FILE
def test_a_ledger_that_does_not_hold_is_not_upgraded_unasked(lived: Lived) -> None:
    """All findings are told; whoever knows that it was so before says so."""
    with lived.database.engine.begin() as connection:
        connection.execute(text("UPDATE play SET played_ms = played_ms + 1"))
    lived.database.dispose()
    before = contents(lived.database)

    ended = loa("upgrade", "backups")

    assert isinstance(ended.exception, UpgradeUnverified)
    assert told_by(ended).startswith("✕")
    assert contents(lived.database) == before
    assert loa("upgrade", "backups", "--despite-ledger").exit_code == 0
    assert revision_of(lived.database) == newest_revision()


@IN_A_FILE
def test_a_database_of_a_newer_version_is_left_alone(lived: Lived) -> None:
    """This version knows neither its tables nor the way back."""
    with lived.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    lived.database.dispose()

    ended = loa("upgrade", "backups")

    assert isinstance(ended.exception, DatabaseOfNewerVersion)
    assert told_by(ended) == "9999"


def test_where_no_station_is_none_is_made(tmp_path: Path) -> None:
    """No empty database either."""
    settings = Settings(state_dir=tmp_path / "nothing")
    with pytest.raises(NotFounded):
        upgrade(settings, How(folder=tmp_path), now=AFTER, progress=Console(stderr=True))

    assert not (tmp_path / "nothing").exists()


def _restored(file: Path, lived: Lived, tmp_path: Path) -> Database:
    """A station made of the backup, in another folder."""
    url = f"sqlite:///{tmp_path / 'restored' / 'station.sqlite3'}"
    restored = Settings(state_dir=tmp_path / "restored", database_url=url)
    restore(file, restored, key=lived.key, now=AFTER)
    return connect(url)
