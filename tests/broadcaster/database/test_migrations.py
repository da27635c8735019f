"""Migrations lead to the schema that the code expects, and back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlmodel import SQLModel

from broadcaster.database import Database
from broadcaster.database.migrate import migrate, undo_migrations


def test_migrated_is_what_the_code_expects(database: Database) -> None:
    """Nothing is left for Alembic to generate."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrations_can_be_undone_and_done_again(database: Database) -> None:
    """Back to nothing, and forward again."""
    undo_migrations(database)

    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}

    migrate(database)

    assert "confirmation" in inspect(database.engine).get_table_names()
