"""Schedules as people plan them, and broadcasts as absolute instants."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class Schedule(SQLModel, table=True):
    """When a bulletin plays: once at an instant, as soon as approved, or by a recurrence rule.

    `starts_local` is wall time in the station's zone (`2026-11-22T17:00`), empty for *as soon as
    approved*; `recurrence` is an RFC 5545 RRULE value, empty for once. It is closed once no
    further occurrence will come (`planned`, `missed` or `ended`). Each occurrence plays `times`,
    every `every_min` minutes. `override_rules` names what a leader is asked to allow; an approval
    before `override_asked_at` did not allow it.
    """

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    starts_local: str = ""
    recurrence: str = ""
    times: int = 1
    every_min: int = 0
    override_reason: str = ""
    override_rules: str = ""
    override_asked_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    override_by: str | None = Field(default=None, foreign_key="account.id")
    created_by: str = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=InstantColumn)
    changed_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    cancelled_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    cancelled_by: str | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    closed_because: str = ""


class ScheduleCluster(SQLModel, table=True):
    """A cluster in which a schedule plays."""

    __tablename__ = "schedule_cluster"

    schedule_id: str = Field(foreign_key="schedule.id", primary_key=True)
    cluster_id: str = Field(foreign_key="cluster.id", primary_key=True)


class ScheduleException(SQLModel, table=True):
    """An occurrence that begins at another time than its rule says, or is left out.

    Wall time both; `moved_to` is empty for what is left out. RFC 5545 has EXDATE and RECURRENCE-ID
    for it.
    """

    __tablename__ = "schedule_exception"

    schedule_id: str = Field(foreign_key="schedule.id", primary_key=True)
    occurrence: str = Field(primary_key=True)
    moved_to: str = ""
    changed_by: str = Field(foreign_key="account.id")
    changed_at: datetime = Field(sa_type=InstantColumn)


class MakingWay(SQLModel, table=True):
    """What one occurrence of a schedule takes the place of, once its bulletin is approved.

    `choice` says how the others go, `others` names their schedules, divided by blanks. What is done
    is no row any more: the trail has it.
    """

    __tablename__ = "making_way"

    schedule_id: str = Field(foreign_key="schedule.id", primary_key=True)
    occurrence: str = Field(primary_key=True)
    choice: str
    others: str
    chosen_by: str = Field(foreign_key="account.id")
    chosen_at: datetime = Field(sa_type=InstantColumn)


class StationRules(SQLModel, table=True):
    """What the commune decided of air time beside quiet hours and the length of a session.

    Without a row it decided nothing; `sessions_a_day` is 0 for no such limit.
    """

    __tablename__ = "station_rules"

    station_id: str = Field(foreign_key="station.id", primary_key=True)
    sessions_a_day: int = 0
    weekdays_only: bool = False
    decided_by: str = Field(foreign_key="account.id")
    decided_at: datetime = Field(sa_type=InstantColumn)


class Broadcast(SQLModel, table=True):
    """One occurrence of a schedule: an absolute instant with an explicit *not after*.

    `occurs_at` is when the schedule wished it, `starts_at` when there was room. Title, words and
    sound are those approved when it was planned and stay as they were: the main sound, the
    recordings that follow it where their language is spoken, and the cue points of a playlist.
    `slot_ms` is the time that all of it takes on the cluster where it takes longest. Of a relay
    `relay` says what is passed on, for `duration_ms` at most; its audio only fills in. What was
    stopped stays in the plan with its stop beside it, until no device would begin it any more.
    """

    __table_args__ = (
        Index(
            "one_live_broadcast_an_occurrence",
            "schedule_id",
            "occurs_at",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    schedule_id: str = Field(foreign_key="schedule.id", index=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    rendition_id: str = Field(foreign_key="rendition.id")
    title: str
    topic: str = ""
    priority: int
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int
    slot_ms: int
    is_replay: bool = False
    recordings: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    cues: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    relay: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    occurs_at: datetime = Field(sa_type=InstantColumn)
    starts_at: datetime = Field(sa_type=InstantColumn, index=True)
    not_after: datetime = Field(sa_type=InstantColumn)
    override_person: str | None = None
    override_reason: str | None = None
    override_by: str | None = Field(default=None, foreign_key="account.id")
    planned_at: datetime = Field(sa_type=InstantColumn)
    cancelled_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    withdrawn_by_person: bool = False
    stopped_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    stopped_by: str | None = Field(default=None, foreign_key="account.id")


class BroadcastOrder(SQLModel, table=True):
    """The order by which one cluster's devices play a broadcast."""

    __tablename__ = "broadcast_order"
    __table_args__ = (UniqueConstraint("broadcast_id", "cluster_id"),)

    id: str = Field(primary_key=True)
    broadcast_id: str = Field(foreign_key="broadcast.id", index=True)
    cluster_id: str = Field(foreign_key="cluster.id", index=True)
