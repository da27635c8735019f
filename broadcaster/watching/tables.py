"""What is, or was, wrong: one row from its begin to its end, with what was told of both."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class WatchedTrouble(SQLModel, table=True):
    """One trouble: `key` names what it is about among its kind, `name` is what people call that.

    Of each kind and key one is open at a time. A begin or an end that nobody waits to be told of
    counts as told.
    """

    __tablename__ = "watched_trouble"
    __table_args__ = (Index("watched_trouble_open", "station_id", "ended_at"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id")
    kind: str
    key: str
    name: str
    began_at: datetime = Field(sa_type=InstantColumn)
    ended_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    began_told_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    ended_told_at: datetime | None = Field(default=None, sa_type=InstantColumn)
