"""The words of the station in this folder, for a command that must answer at once.

Reaching the database as the station does takes longer than reading a whole bulletin; so where it
is a SQLite file, one query is asked of it directly, and nothing where no station was founded.
"""

import os
import sqlite3
import tomllib
from pathlib import Path
from urllib.parse import quote

Words = list[tuple[str, str]]
_IN_USE = "SELECT written, spoken FROM lexicon_entry WHERE retired_at IS NULL"


class OwnWordsNotRead(Exception):
    """The station's words cannot be had now; the nation's lexicon can still be read with."""


def own_words() -> Words:
    """Written forms and readings in use; empty without a station. Raises OwnWordsNotRead."""
    url, file = _database()
    if url:
        return _over_the_network()
    if not file.is_file():
        return []
    try:
        return _in_file(file)
    except sqlite3.Error as error:
        if "no such table" in str(error):
            return []
        raise OwnWordsNotRead(str(error)) from error


def _database() -> tuple[str, Path]:
    """As `settings` would say, without what its checks take."""
    given: dict[str, object] = {}
    config = Path(os.environ.get("LOA_CONFIG", "loa.toml"))
    if config.is_file():
        try:
            given = tomllib.loads(config.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise OwnWordsNotRead(str(error)) from error
    url = os.environ.get("LOA_DATABASE_URL") or str(given.get("database_url", ""))
    state = os.environ.get("LOA_STATE_DIR") or str(given.get("state_dir", "var"))
    return url, Path(state) / "station.sqlite3"


def _in_file(file: Path) -> Words:
    connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, timeout=5)
    try:
        return list(connection.execute(_IN_USE))
    finally:
        connection.close()


def _over_the_network() -> Words:
    from sqlalchemy.exc import SQLAlchemyError
    from sqlmodel import Session, text

    from broadcaster.database import connect
    from broadcaster.settings import load_settings

    database = connect(load_settings().database)
    try:
        with Session(database.engine) as session:
            return [(row[0], row[1]) for row in session.connection().execute(text(_IN_USE))]
    except SQLAlchemyError as error:
        raise OwnWordsNotRead(str(error)) from error
    finally:
        database.dispose()
