"""Enrolment codes: one for each device that is to come, and what became of it."""

from datetime import datetime

from sqlalchemy import JSON, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class ExpectedDevice(SQLModel, table=True):
    """A device that is to come, as lists of the commune tell it: no key, no code, no login.

    `shares` maps villages to the shares of their residents (0 to 1) that it is to reach. The row
    goes when a device of this id is let in.
    """

    __tablename__ = "expected_device"

    device_id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    cluster_id: str = Field(foreign_key="cluster.id")
    name: str
    latitude: float | None = None
    longitude: float | None = None
    shares: dict[str, float] = Field(default_factory=dict, sa_type=JSON)
    note: str = Field(default="", sa_type=Text)
    entered_by: str | None = Field(default=None, foreign_key="account.id")
    entered_at: datetime = Field(sa_type=InstantColumn)


class EnrolmentCode(SQLModel, table=True):
    """A single-use code, never the code itself: its name, and the keys made from its secret.

    The first request that proves the code is bound to it. The proof keys are forgotten when the
    code's day is over; the row stays as the record of who let which device in.
    """

    __tablename__ = "enrolment_code"

    code_id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    device_id: str = Field(index=True)
    device_name: str
    cluster_id: str = Field(foreign_key="cluster.id")
    village_id: str | None = Field(default=None, foreign_key="village.id")
    share: float | None = None
    device_proof_key: str = ""
    station_proof_key: str = ""
    made_by: str = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=InstantColumn)
    expires_at: datetime = Field(sa_type=InstantColumn, index=True)
    request: str = Field(default="", sa_type=Text)
    device_key: str = ""
    fingerprint: str = ""
    software: str = ""
    hardware: str = ""
    came_from: str = ""
    asked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    decided_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    outcome: str = ""
