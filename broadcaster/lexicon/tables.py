"""The commune's own words; a changed reading is a new row, so that it stays known who said what."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn

_IN_USE = text("retired_at IS NULL")


class LexiconEntry(SQLModel, table=True):
    """How one written form is read at one station; in use until it is retired."""

    __tablename__ = "lexicon_entry"
    __table_args__ = (
        Index(
            "ix_lexicon_entry_in_use",
            "station_id",
            "written",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
    )

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id")
    written: str
    spoken: str
    note: str = ""
    created_by: str | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=InstantColumn)
    retired_by: str | None = Field(default=None, foreign_key="account.id")
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)
