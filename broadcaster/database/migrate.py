"""Bringing a database to the schema of this version, and back (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from broadcaster.database.engine import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database, *, to: str = "head") -> None:
    """Upgrade the schema to `to`, each step in its own transaction."""
    with database.engine.connect() as connection:
        command.upgrade(_config(connection), to)


def undo_migrations(database: Database, *, to: str = "base") -> None:
    """Take the schema back to `to`."""
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), to)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def is_known_revision(revision: str) -> bool:
    """Whether this version has a step of that name: a newer one's it has not."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return any(
        script.revision == revision
        for script in ScriptDirectory.from_config(config).walk_revisions()
    )
