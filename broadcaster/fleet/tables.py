"""The device registry: keys, clusters, villages reached, and what devices last said."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Device(SQLModel, table=True):
    """A loudspeaker controller, known by the public key it signs with."""

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    cluster_id: str = Field(foreign_key="cluster.id", index=True)
    name: str
    public_key: str = Field(unique=True)
    broker_salt: str
    broker_verifier: str
    simulated: bool = False
    enrolled_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class DeviceShare(SQLModel, table=True):
    """The share of a village's residents that a device reaches, from one day until another.

    The shares in a village sum to 1, unverifiable wired and FM poles included.
    """

    __tablename__ = "device_share"

    id: int | None = Field(default=None, primary_key=True)
    device_id: str | None = Field(default=None, foreign_key="device.id", index=True)
    village_id: str = Field(foreign_key="village.id", index=True)
    share: float = Field(gt=0, le=1)
    valid_from: date
    valid_until: date | None = None


class DeviceStatus(SQLModel, table=True):
    """The newest signed status of a device: a projection, rebuilt by the next one that comes."""

    __tablename__ = "device_status"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    online: bool
    boot: str
    software: str
    plan_version: int = Field(sa_type=BigInteger)
    said_at: datetime = Field(sa_type=InstantColumn)
    received_at: datetime = Field(sa_type=InstantColumn)
