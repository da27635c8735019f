"""Bulletins, the sound made of them, and the decisions of those who approve."""

from datetime import datetime

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


class Bulletin(SQLModel, table=True):
    """One item: script, topic, priority, author. Its state is derived from what happened to it."""

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    title: str
    script: str = Field(sa_type=Text)
    topic: str = ""
    priority: int = 3
    author_id: str = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=InstantColumn)
    edited_at: datetime = Field(sa_type=InstantColumn)
    rendition_id: str | None = Field(default=None)
    submitted_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class BulletinEdit(SQLModel, table=True):
    """What one person wrote at one time; only grows. Who ever wrote here may not approve."""

    __tablename__ = "bulletin_edit"

    id: int | None = Field(default=None, primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    account_id: str = Field(foreign_key="account.id")
    title: str
    script: str = Field(sa_type=Text)
    edited_at: datetime = Field(sa_type=InstantColumn)


class Rendition(SQLModel, table=True):
    """Exact words and exact sound made from one script; never changed, replaced by a new one."""

    id: str = Field(primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    script_sha256: str
    spoken: str = Field(sa_type=Text)
    reading: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    warnings: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    audio_sha256: str = Field(index=True)
    audio_size_bytes: int
    duration_ms: int
    loudness_lufs: float
    engine: str
    rendered_at: datetime = Field(sa_type=InstantColumn)


class Approval(SQLModel, table=True):
    """One person's decision on one rendition: these words, this sound."""

    id: str = Field(primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    rendition_id: str = Field(foreign_key="rendition.id", index=True)
    spoken_sha256: str
    audio_sha256: str
    approver_id: str = Field(foreign_key="account.id")
    approved: bool
    over_warnings: bool = False
    comment: str = Field(default="", sa_type=Text)
    decided_at: datetime = Field(sa_type=InstantColumn)
