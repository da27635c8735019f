"""The programmes that may be relayed, and what was found when somebody last tried each."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class SourceLevel(StrEnum):
    """Whose programme it is; districts' stations that are left speak for a region now."""

    NATIONAL = "national"
    PROVINCE = "province"
    DISTRICT = "district"


class SourceKind(StrEnum):
    """How it comes, as whoever entered it believes; a device goes by the bytes alone."""

    STREAM = "stream"
    HLS = "hls"


class RelaySource(SQLModel, table=True):
    """A public programme; one that was retired is relayed no more, and stays for the record.

    `found` is a `trial.Found` as `trial.as_kept` writes it.
    """

    __tablename__ = "relay_source"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    name: str
    level: str
    kind: str
    url: str
    added_by: str = Field(foreign_key="account.id")
    added_at: datetime = Field(sa_type=InstantColumn)
    changed_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    checked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    found: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
