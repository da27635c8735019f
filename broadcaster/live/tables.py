"""Who may speak live, what was spoken, and the order by which each cluster hears it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class LivePermit(SQLModel, table=True):
    """A leader's word that somebody else may speak live without each time being approved.

    With a `quiet_reason` in quiet hours as well: the leader is the person named there. It holds at
    the leader's station and at no other; without one (of a station that is gone) nowhere.
    """

    __tablename__ = "live_permit"

    id: str = Field(primary_key=True)
    station_id: str | None = Field(default=None, foreign_key="station.id", index=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    granted_by: str = Field(foreign_key="account.id")
    granted_at: datetime = Field(sa_type=InstantColumn)
    valid_until: datetime = Field(sa_type=InstantColumn)
    quiet_reason: str = ""
    revoked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    revoked_by: str | None = Field(default=None, foreign_key="account.id")


class LiveTalk(SQLModel, table=True):
    """Somebody at the microphone, once: asked for, begun by a sender, on air, ended.

    `starts_at` is set where its orders are signed. `said_ms` is what was sent, and what is asked of
    every device; `beat_at` is when its sender last said that it lives.
    """

    __tablename__ = "live_talk"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    title: str
    speaker_id: str = Field(foreign_key="account.id")
    permit_id: str = Field(foreign_key="live_permit.id")
    longest_ms: int
    override_person: str | None = None
    override_by: str | None = Field(default=None, foreign_key="account.id")
    override_reason: str | None = None
    asked_at: datetime = Field(sa_type=InstantColumn)
    begun_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    starts_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    beat_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    said_ms: int = 0
    stopped_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    stopped_by: str | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)
    ended_because: str = ""
    bulletin_id: str | None = Field(default=None, foreign_key="bulletin.id")


class LiveOrder(SQLModel, table=True):
    """The order by which one cluster's devices hear a talk.

    `live` is what the order says of its stream, once a sender has made one; it holds no secret.
    """

    __tablename__ = "live_order"
    __table_args__ = (UniqueConstraint("talk_id", "cluster_id"),)

    id: str = Field(primary_key=True)
    talk_id: str = Field(foreign_key="live_talk.id", index=True)
    cluster_id: str = Field(foreign_key="cluster.id", index=True)
    live: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    signed_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    stop_signed_at: datetime | None = Field(default=None, sa_type=InstantColumn)
