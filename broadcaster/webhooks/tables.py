"""Addresses that are told of events, the events, and how each delivery stands."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class Webhook(SQLModel, table=True):
    """An address that an admin had told of some kinds of events; one that was retired never again.

    `kinds` are words with spaces between. The secret is sealed under a key outside the database.
    """

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    name: str
    url: str
    kinds: str
    sealed_secret: str
    added_by: str | None = Field(default=None, foreign_key="account.id")
    added_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class WebhookEvent(SQLModel, table=True):
    """Something that happened, once: kind and key name it, so that no second look tells it anew.

    `body` is what is sent, byte for byte the same each time.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("station_id", "kind", "key"),)

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id")
    kind: str
    key: str
    body: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=InstantColumn, index=True)


class WebhookDelivery(SQLModel, table=True):
    """One event for one address; `trouble` is the code of why the last attempt failed."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("webhook_delivery_due", "state", "next_at"),
    )

    id: str = Field(primary_key=True)
    webhook_id: str = Field(foreign_key="webhook.id")
    event_id: str = Field(foreign_key="webhook_event.id", index=True)
    state: str
    attempts: int = 0
    next_at: datetime = Field(sa_type=InstantColumn)
    last_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    trouble: str = ""


class WebhookDevice(SQLModel, table=True):
    """What was last told of a device: silent or not."""

    __tablename__ = "webhook_device"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    silent: bool
