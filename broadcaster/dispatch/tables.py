"""The outbox: what was signed for clusters and devices, and whether the broker has it."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class SignedPlan(SQLModel, table=True):
    """A plan as it was signed; versions are unique in a cluster and only grow."""

    __tablename__ = "signed_plan"

    cluster_id: str = Field(foreign_key="cluster.id", primary_key=True)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    orders_sha256: str
    key_id: str = ""
    message: str = Field(sa_type=Text)
    signed_at: datetime = Field(sa_type=InstantColumn)
    published_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)


class SignedConfig(SQLModel, table=True):
    """A device's configuration as it was signed; an empty message takes back what is retained."""

    __tablename__ = "signed_config"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    config_sha256: str
    key_id: str
    message: str = Field(sa_type=Text)
    signed_at: datetime = Field(sa_type=InstantColumn)
    published_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)


class SignedNow(SQLModel, table=True):
    """A message of the fast path as it was signed: not retained, and of no use after a while.

    The sequence only grows in a station. What it says stands in the plan as well: `says` is
    `order` or `stop`.
    """

    __tablename__ = "signed_now"

    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    cluster_id: str = Field(foreign_key="cluster.id")
    order_id: str = Field(index=True)
    says: str = Field(default="stop", sa_column_kwargs={"server_default": "stop"})
    message: str = Field(sa_type=Text)
    signed_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn)
    published_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)


class ScheduleLead(SQLModel, table=True):
    """Which process leads a station's schedule: its term, and the signs of life asked and given.

    `holder` is empty while nobody leads. Terms only grow.
    """

    __tablename__ = "schedule_lead"

    station_id: str = Field(foreign_key="station.id", primary_key=True)
    holder: str
    term: int = Field(default=0, sa_type=BigInteger)
    asked: int = Field(default=0, sa_type=BigInteger)
    answered: int = Field(default=0, sa_type=BigInteger)


class RefusedOrder(SQLModel, table=True):
    """What looked approved and was not signed: no entry of the audit trail stands behind it.

    `about` is a broadcast, a part of an emergency or a talk. It is settled once it is signed after
    all.
    """

    __tablename__ = "refused_order"

    about: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    title: str
    because: str
    refused_at: datetime = Field(sa_type=InstantColumn)
    settled_at: datetime | None = Field(default=None, sa_type=InstantColumn)
