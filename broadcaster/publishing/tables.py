"""Whether the station shares what it broadcast beyond its loudspeakers, and what it keeps back."""

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
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


class OutletAccount(SQLModel, table=True):
    """A station's account at a network; without a row nothing is ever posted there.

    What is secret is sealed under a key outside the database. `trouble` is the code of why it
    cannot be used until an admin enters it anew, `detail` what the network said. `renewed_at` is
    when its tokens were last exchanged.
    """

    __tablename__ = "outlet_account"
    __table_args__ = (UniqueConstraint("station_id", "outlet"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    outlet: str
    public_name: str
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    entered_by: str | None = Field(default=None, foreign_key="account.id")
    entered_at: datetime = Field(sa_type=InstantColumn)
    renewed_at: datetime = Field(sa_type=InstantColumn)
    trouble: str = ""
    detail: str = ""
    trouble_since: datetime | None = Field(default=None, sa_type=InstantColumn)


class SharePost(SQLModel, table=True):
    """One bulletin at one network, as a leader decided: its words then, and how far it is.

    `wanted` is false once it was withdrawn; what is there already is then taken down. `next_at` is
    when something is to be done next, `sent_at` when it was sent last. `token` is the network's for
    what it has accepted, `post_id` its name of what is there.
    """

    __tablename__ = "share_post"
    __table_args__ = (UniqueConstraint("bulletin_id", "outlet"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    bulletin_id: str = Field(foreign_key="bulletin.id")
    outlet: str
    form: str
    title: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    state: str
    wanted: bool
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime = Field(sa_type=InstantColumn)
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    posted_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    token: str = ""
    post_id: str = ""
    post_address: str = ""
    trouble: str = ""
    detail: str = ""
