"""Whether the station shares what it broadcast beyond its loudspeakers, and what it keeps back."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class PublicChannel(SQLModel, table=True):
    """A leader's word on the channels that anybody may read; without a row they are closed."""

    __tablename__ = "public_channel"

    station_id: str = Field(foreign_key="station.id", primary_key=True)
    is_open: bool
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime = Field(sa_type=InstantColumn)


class WithheldBulletin(SQLModel, table=True):
    """A bulletin that was said in the villages and is not repeated to the world."""

    __tablename__ = "withheld_bulletin"

    bulletin_id: str = Field(foreign_key="bulletin.id", primary_key=True)
    withheld_by: str = Field(foreign_key="account.id")
    withheld_at: datetime = Field(sa_type=InstantColumn)
