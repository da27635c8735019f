"""What is kept of a new station's first days: that its list of what is to do was put away."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class SetUpPutAway(SQLModel, table=True):
    """Who put the list away, so that the first page no longer speaks of it."""

    __tablename__ = "set_up_put_away"

    station_id: str = Field(foreign_key="station.id", primary_key=True)
    by: str | None = Field(default=None, foreign_key="account.id")
    at: datetime = Field(sa_type=InstantColumn)
