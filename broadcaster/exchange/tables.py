"""The link to the province's system, what waits to go up, and the bulletins that came down."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class ExchangeLink(SQLModel, table=True):
    """Where the province's system is and who we are there; its secret lies in the keys folder.

    Nothing goes out while `is_on` is false, and it cannot be set before a test that was answered
    (`tested_at`), which every change undoes. `since` is when it was first switched on: plays from
    then on are told. `cursor` is how far the province's list was read. `trouble` is the code of why
    the last round failed, since `trouble_since`; `next_try_at` is when it is tried again.
    """

    __tablename__ = "exchange_link"

    station_id: str = Field(foreign_key="station.id", primary_key=True)
    address: str
    source_id: str
    target_id: str = ""
    mapping: int
    saved_by: str | None = Field(default=None, foreign_key="account.id")
    saved_at: datetime = Field(sa_type=InstantColumn)
    tested_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    is_on: bool = False
    switched_by: str | None = Field(default=None, foreign_key="account.id")
    switched_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    since: datetime | None = Field(default=None, sa_type=InstantColumn)
    cursor: str = ""
    tried_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    answered_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    trouble: str = ""
    trouble_since: datetime | None = Field(default=None, sa_type=InstantColumn)
    failures: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class ExchangeMessage(SQLModel, table=True):
    """One thing that goes up, in the order of `id`, until the province acknowledged it.

    `key` is the same however often it is sent. `about` is what it is about: of statuses and
    schedules a newer one takes the place of what was not sent yet; play logs and receipts stay
    until they are acknowledged. `refusal` is what the province answered to what it will not take.
    """

    __tablename__ = "exchange_message"
    __table_args__ = (
        UniqueConstraint("station_id", "key"),
        Index("exchange_message_waiting", "station_id", "acknowledged_at", "id"),
        Index("exchange_message_about", "station_id", "about"),
    )

    id: int | None = Field(default=None, primary_key=True)
    station_id: str = Field(foreign_key="station.id")
    kind: str
    about: str
    key: str
    body: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=InstantColumn)
    acknowledged_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    refused_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    refusal: str = ""


class ExchangedPlay(SQLModel, table=True):
    """A play of the ledger as it was last put among what goes up: the instant of its folding."""

    __tablename__ = "exchanged_play"

    order_id: str = Field(primary_key=True)
    repeat: int = Field(primary_key=True)
    device_id: str = Field(foreign_key="device.id", primary_key=True)
    folded_at: datetime = Field(sa_type=InstantColumn)
    starts_at: datetime = Field(sa_type=InstantColumn, index=True)


class ReceivedBulletin(SQLModel, table=True):
    """One version of a bulletin of the province, or its withdrawal; none is ever kept twice.

    `content` is the document as it came, what nobody here understands included. `standing` is a
    `standing.Standing`; `reason` is why it cannot be taken here. `bulletin_id` is what was made of
    it. That an emergency was ordered by it is derived (`intake.emergency_of`), never written.
    """

    __tablename__ = "received_bulletin"
    __table_args__ = (UniqueConstraint("station_id", "remote_id", "version", "withdraws"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    remote_id: str
    version: int
    content: str = Field(sa_type=Text)
    mapping: int
    title: str = ""
    priority: int
    withdraws: bool = False
    received_at: datetime = Field(sa_type=InstantColumn, index=True)
    standing: str
    reason: str = ""
    bulletin_id: str | None = Field(default=None, foreign_key="bulletin.id", index=True)
    handled_by: str | None = Field(default=None, foreign_key="account.id")
    handled_at: datetime | None = Field(default=None, sa_type=InstantColumn)
