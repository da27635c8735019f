"""Bulletins, the sound made of them, and the decisions of those who approve."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from broadcaster.database import InstantColumn


def _json() -> Column[Any]:
    return Column(JSON, nullable=False)


class BulletinKind(StrEnum):
    """What is written, read, approved and put on air as a whole."""

    ITEM = "item"
    PLAYLIST = "playlist"
    RELAY = "relay"


class Bulletin(SQLModel, table=True):
    """One item: script, topic, priority, author. Its state is derived from what happened to it.

    A playlist is kept as one too, because it is approved and goes on air in the same way: its
    script lists its parts, which stand in `playlist_item`. So is a relay of a public programme: its
    script says what is relayed, from where and how long. `issued_at` is when the words are said
    to have been issued; without it, when they were last edited. `search_text` is derived: title,
    script and names without diacritics (`folding`), written with every edit.
    """

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    title: str
    script: str = Field(sa_type=Text)
    topic: str = ""
    priority: int = 3
    kind: str = BulletinKind.ITEM
    repeat: str = "none"
    tells_issue: bool = False
    issued_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    rate: float | None = None
    vietnamese_only: bool = False
    contributor: str = ""
    source: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    search_text: str = Field(default="", sa_type=Text)
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


class BulletinDraft(SQLModel, table=True):
    """What one person typed and has not saved as a bulletin: theirs alone, kept while they type.

    `bulletin_id` is the bulletin that it changes, or None for a new one. `revision` counts what was
    kept, so that two windows on one draft notice each other.
    """

    __tablename__ = "bulletin_draft"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id")
    account_id: str = Field(foreign_key="account.id", index=True)
    bulletin_id: str | None = Field(default=None, foreign_key="bulletin.id")
    given: dict[str, str] = Field(sa_column=_json())
    revision: int
    saved_at: datetime = Field(sa_type=InstantColumn)


class BulletinTemplate(SQLModel, table=True):
    """A pattern of the station's own, with [[blanks]] to fill."""

    __tablename__ = "bulletin_template"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    title: str
    script: str = Field(sa_type=Text)
    topic: str = ""
    priority: int = 3
    contributor: str = ""
    kept_by: str = Field(foreign_key="account.id")
    kept_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class BulletinRecording(SQLModel, table=True):
    """A bulletin's words spoken by a person in another language, for one village.

    It belongs to the script that it was made for: once that is edited, somebody must say that it
    still holds, or record anew. The newest for a village and language counts.
    """

    __tablename__ = "bulletin_recording"

    id: str = Field(primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    village_id: str = Field(foreign_key="village.id")
    language: str
    script_sha256: str
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int
    recorded_by: str = Field(foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class Rendition(SQLModel, table=True):
    """Exact words and exact sound made from one script; never changed, replaced by a new one.

    `replay` is the sound of a later broadcast, which first says when the bulletin was issued;
    `recordings` are those of other languages; `parts` is what a playlist is made of. All of it is
    what a decision approves. `fell_back_from` names the voice that should have spoken. Of a relay
    `duration_ms` is its greatest length, the audio what fills in when nothing comes (or ''), and
    `relay` what is relayed; what is said there nobody knows beforehand.
    """

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
    fell_back_from: str = ""
    cue_points: list[list[int]] = Field(default_factory=list, sa_column=_json())
    replay: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    recordings: list[dict[str, Any]] = Field(default_factory=list, sa_column=_json())
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_column=_json())
    relay: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    rendered_at: datetime = Field(sa_type=InstantColumn)


class BulletinComment(SQLModel, table=True):
    """What somebody said about a rendition that waited for its decision; only grows."""

    __tablename__ = "bulletin_comment"

    id: int | None = Field(default=None, primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    rendition_id: str = Field(foreign_key="rendition.id", index=True)
    account_id: str = Field(foreign_key="account.id")
    comment: str = Field(sa_type=Text)
    commented_at: datetime = Field(sa_type=InstantColumn)


class Approval(SQLModel, table=True):
    """One person's decision on one rendition: these words, this sound.

    `over_warnings` and `over_missing` say what was accepted besides: that readings are unsure, and
    that recordings are missing.
    """

    id: str = Field(primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    rendition_id: str = Field(foreign_key="rendition.id", index=True)
    spoken_sha256: str
    audio_sha256: str
    approver_id: str = Field(foreign_key="account.id")
    approved: bool
    over_warnings: bool = False
    over_missing: bool = False
    comment: str = Field(default="", sa_type=Text)
    decided_at: datetime = Field(sa_type=InstantColumn)
