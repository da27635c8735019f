"""A database whose pages a dying disk spoilt: told apart from a busy one, with what to do now."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.checkup.finding import Level
from broadcaster.checkup.station import check_database
from broadcaster.database import Database
from broadcaster.database.spoilt import is_spoilt
from broadcaster.ledger.storage import Reason, reason_of
from broadcaster.settings import Settings
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.small_station import SmallStation, browser, found_station
from tests.trail import connect

PAGE_BYTES = 4096


def spoil(file: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    with file.open("r+b") as spoilt:
        spoilt.seek((page - 1) * PAGE_BYTES)
        spoilt.write(b"\xa5" * PAGE_BYTES)


@pytest.fixture
def state(sqlite_url: str, tmp_path: Path) -> Path:
    """The folder of a station that was founded and stopped."""
    folder = tmp_path / "var"
    folder.mkdir()
    file = folder / "station.sqlite3"
    Path(sqlite_url.removeprefix("sqlite:///")).rename(file)
    database = connect(f"sqlite:///{file}")
    found_station(database, state_dir=folder)
    database.dispose()
    return folder


@pytest.fixture
def database(state: Path) -> Database:
    """Its database."""
    return connect(f"sqlite:///{state / 'station.sqlite3'}")


def error_of(database: Database, statement: str) -> DBAPIError:
    """What SQLAlchemy makes of it."""
    with pytest.raises(DBAPIError) as caught, database.engine.connect() as connection:
        connection.execute(text(statement))
    return caught.value


def test_the_ingest_and_the_doctor_know_it(state: Path, database: Database) -> None:
    """Each with what to do; the poles keep what they have to say."""
    database.dispose()
    spoil(state / "station.sqlite3", "confirmation")
    error = error_of(database, "SELECT * FROM confirmation")
    (finding,) = check_database(database)

    assert is_spoilt(error)
    assert reason_of(error) is Reason.SPOILT
    assert finding.level is Level.ILL
    assert "loa restore" in finding.remedy_vi


def test_whoever_opens_a_page_is_told_what_to_do(
    state: Path, database: Database, tmp_path: Path
) -> None:
    """Instead of “something failed, try again”: trying again does not mend it."""
    station = SmallStation(database, Settings(state_dir=state))
    app = create_app(
        station.context,
        studio=Studio(voices=OneVoice(ToneEngine()), store=AudioStore(tmp_path / "audio")),
    )
    operator = browser(app, token=station.session_of("bien-tap", Role.OPERATOR))
    assert operator.get("/bulletins").status_code == 200
    database.dispose()
    spoil(state / "station.sqlite3", "account")
    answer = operator.get("/bulletins")

    assert answer.status_code == 503
    assert "loa restore" in answer.text


def test_a_command_says_it_in_a_sentence(state: Path, database: Database) -> None:
    """Both languages, no traceback."""
    database.dispose()
    spoil(state / "station.sqlite3", "station")
    ended = subprocess.run(
        [sys.executable, "-m", "broadcaster", "ledger", "export", str(state / "out")],
        env=os.environ | {"LOA_STATE_DIR": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "bị hỏng" in ended.stderr
    assert "spoilt" in ended.stderr


def test_what_is_only_busy_or_away_is_not_spoilt(database: Database) -> None:
    """Waiting mends those."""
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    gone = OperationalError("", {}, psycopg.OperationalError("the connection is lost"))

    assert not is_spoilt(OperationalError("", {}, locked))
    assert not is_spoilt(gone)
    assert not is_spoilt(error_of(database, "SELECT * FROM nowhere"))


def test_postgresql_says_it_by_its_own_codes() -> None:
    """`data_corrupted`, `index_corrupted`."""
    for known in (psycopg.errors.DataCorrupted(), psycopg.errors.IndexCorrupted()):
        assert is_spoilt(DBAPIError("", {}, known))
