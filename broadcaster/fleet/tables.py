"""The device registry: keys, clusters, villages reached, and what devices last said."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Device(SQLModel, table=True):
    """A loudspeaker controller, known by the public key it signs with.

    Where it stands, in degrees (WGS 84), is known only where somebody entered it.
    """

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    cluster_id: str = Field(foreign_key="cluster.id", index=True)
    name: str
    public_key: str = Field(unique=True)
    broker_salt: str
    broker_verifier: str
    simulated: bool = False
    latitude: float | None = None
    longitude: float | None = None
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
    number: int = Field(default=0, sa_type=BigInteger)
    will: int = Field(default=0, sa_type=BigInteger)
    plan_version: int = Field(sa_type=BigInteger)
    config_version: int = Field(default=0, sa_type=BigInteger)
    keyring_serial: int = Field(default=0, sa_type=BigInteger)
    now_sequence: int = Field(default=0, sa_type=BigInteger)
    seq: int = Field(default=0, sa_type=BigInteger)
    epoch: str | None = None
    key_id: str | None = None
    clock_offset_ms: int | None = Field(default=None, sa_type=BigInteger)
    clock_uncertainty_ms: int | None = Field(default=None, sa_type=BigInteger)
    clock_source: str | None = None
    audit_day: str = ""
    audit_root: str = ""
    said_at: datetime = Field(sa_type=InstantColumn)
    received_at: datetime = Field(sa_type=InstantColumn)


class DeviceHealth(SQLModel, table=True):
    """What a device last said that it measured: a projection, and no evidence of anything.

    Coverage never looks at it. What the device could not measure is not in `said`.
    """

    __tablename__ = "device_health"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    said: dict[str, Any] = Field(sa_type=JSON)
    said_at: datetime = Field(sa_type=InstantColumn)
    received_at: datetime = Field(sa_type=InstantColumn)


class DeviceSetting(SQLModel, table=True):
    """How one device is to differ from the others; without a row it does not.

    `volume` holds bands of the day (`begins`, `ends`, `percent`); `stagger_ms` delays a far pole
    on purpose, so that it and its neighbour are not heard as an echo.
    """

    __tablename__ = "device_setting"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    volume: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    stagger_ms: int = 0
    changed_by: str | None = Field(default=None, foreign_key="account.id")
    changed_at: datetime = Field(sa_type=InstantColumn)


class RelayHost(SQLModel, table=True):
    """A host whose public programme devices may pass on, and who allowed it."""

    __tablename__ = "relay_host"

    station_id: str = Field(foreign_key="station.id", primary_key=True)
    host: str = Field(primary_key=True)
    added_by: str | None = Field(default=None, foreign_key="account.id")
    added_at: datetime = Field(sa_type=InstantColumn)


class DeviceSuccession(SQLModel, table=True):
    """A device whose place another one took: its own history stays under its own id."""

    __tablename__ = "device_succession"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    into_device_id: str = Field(foreign_key="device.id", index=True)
    at: datetime = Field(sa_type=InstantColumn)


class JoinedDevice(SQLModel, table=True):
    """A device of a station that was joined to this one: it speaks to that one until enrolled here.

    What it signed names that station and `signed_as`, which is its id there. Its key is pinned to
    that station's root, so another id is enrolled at the same pole and takes its place.
    """

    __tablename__ = "joined_device"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    joined_station_id: str = Field(foreign_key="joined_station.id", index=True)
    signed_as: str
    joined_at: datetime = Field(sa_type=InstantColumn)


class VillagePlace(SQLModel, table=True):
    """The middle of a village, in degrees (WGS 84), as somebody entered it."""

    __tablename__ = "village_place"

    village_id: str = Field(foreign_key="village.id", primary_key=True)
    latitude: float
    longitude: float


class DeviceSelfTest(SQLModel, table=True):
    """The newest self-test that somebody asked of a device; what it found is in its health."""

    __tablename__ = "device_self_test"

    device_id: str = Field(foreign_key="device.id", primary_key=True)
    asked_at: datetime = Field(sa_type=InstantColumn)
    asked_by: str | None = Field(default=None, foreign_key="account.id")
    sent_at: datetime | None = Field(default=None, sa_type=InstantColumn)
