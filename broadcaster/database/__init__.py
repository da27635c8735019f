"""The database: how it is reached, how instants and ids are kept, how it is migrated."""

from broadcaster.database.columns import InstantColumn, new_id
from broadcaster.database.engine import Database, connect

__all__ = ["Database", "InstantColumn", "connect", "new_id"]
