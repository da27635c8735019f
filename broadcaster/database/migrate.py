"""Bringing a database to the schema of this version, and back (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from broadcaster.database.engine import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database, *, to: str = "head", at_once: bool = False) -> None:
    """Upgrade the schema to `to`, each step in its own transaction.

    With `at_once` all of them in one, or none: PostgreSQL undoes a changed table as it does a row.
    """
    with database.engine.connect() as connection:
        command.upgrade(_config(connection, at_once=at_once), to)


def undo_migrations(database: Database, *, to: str = "base") -> None:
    """Take the schema back to `to`."""
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), to)


def _config(connection: object = None, *, at_once: bool = False) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    config.attributes["at_once"] = at_once
    return config


def is_known_revision(revision: str) -> bool:
    """Whether this version has a step of that name: a newer one's it has not."""
    return any(script.revision == revision for script in _steps().walk_revisions())


def newest_revision() -> str:
    """The last step of this version."""
    return str(_steps().get_current_head())


def revision_of(database: Database) -> str | None:
    """The last step that was done in a database; nothing where none was."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _steps() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
