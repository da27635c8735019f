"""Emergencies as they were ordered, who may order them, and the sounds that are kept ready."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcaster.database import InstantColumn


class EmergencyAuthorisation(SQLModel, table=True):
    """A leader's word that one person may order emergencies without another's approval.

    Rows are never changed but for their revocation: an order names the one that it stands on.
    """

    __tablename__ = "emergency_authorisation"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    granted_by: str = Field(foreign_key="account.id")
    granted_at: datetime = Field(sa_type=InstantColumn)
    revoked_by: str | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class EmergencySound(SQLModel, table=True):
    """The sound of exactly these words; once rendered it is never changed.

    Without `rendered_at` it is wanted and has not been made yet; `trouble` is the code of why the
    last attempt failed.
    """

    __tablename__ = "emergency_sound"

    script_sha256: str = Field(primary_key=True)
    script: str = Field(sa_type=Text)
    urgency: int = 0
    wanted_at: datetime = Field(sa_type=InstantColumn)
    spoken: str = Field(default="", sa_type=Text)
    audio_sha256: str = ""
    audio_size_bytes: int = 0
    duration_ms: int = 0
    engine: str = ""
    trouble: str = ""
    rendered_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)


class StoredWarning(SQLModel, table=True):
    """The spoken warning for one hazard that devices keep; the newest approved one is in force."""

    __tablename__ = "stored_warning"

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    hazard: str
    words: str = Field(sa_type=Text)
    script_sha256: str = Field(foreign_key="emergency_sound.script_sha256")
    written_by: str = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=InstantColumn)
    approved_by: str | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    retired_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class Emergency(SQLModel, table=True):
    """One emergency, or the drill of one: who ordered it, on which authorisation, in which words.

    `request_key` comes from the page that was confirmed, so that a second click raises no second
    one. After `repeats_until` nothing is repeated unless a person says that it lasts.
    `silenced_at` is set where what sounds was to fall silent as well.
    """

    id: str = Field(primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    request_key: str = Field(unique=True)
    hazard: str
    drill: bool = False
    words: str = Field(sa_type=Text)
    cadence: str
    given_by: str = Field(foreign_key="account.id")
    giver_name: str
    authorisation_id: str = Field(foreign_key="emergency_authorisation.id")
    raised_at: datetime = Field(sa_type=InstantColumn, index=True)
    repeats_until: datetime = Field(sa_type=InstantColumn)
    ending: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    ended_by: str | None = Field(default=None, foreign_key="account.id")
    silenced_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    final_words: str = Field(default="", sa_type=Text)
    final_authorisation_id: str | None = Field(
        default=None, foreign_key="emergency_authorisation.id"
    )
    review: str = ""
    review_note: str = Field(default="", sa_type=Text)
    reviewed_by: str | None = Field(default=None, foreign_key="account.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=InstantColumn)


class EmergencyPart(SQLModel, table=True):
    """What an emergency says: an alarm where its words wait for a voice, a message, a final notice.

    It is ordered from `starts_at` on, which is when its sound was there.
    """

    __tablename__ = "emergency_part"
    __table_args__ = (UniqueConstraint("emergency_id", "kind"),)

    id: str = Field(primary_key=True)
    emergency_id: str = Field(foreign_key="emergency.id", index=True)
    kind: str
    script_sha256: str = Field(foreign_key="emergency_sound.script_sha256")
    replay_sha256: str | None = Field(default=None, foreign_key="emergency_sound.script_sha256")
    starts_at: datetime | None = Field(default=None, sa_type=InstantColumn, index=True)


class EmergencyOrder(SQLModel, table=True):
    """The order by which one cluster's devices play a part; its repeats have the same id."""

    __tablename__ = "emergency_order"
    __table_args__ = (UniqueConstraint("part_id", "cluster_id"),)

    id: str = Field(primary_key=True)
    part_id: str = Field(foreign_key="emergency_part.id", index=True)
    cluster_id: str = Field(foreign_key="cluster.id", index=True)


class EmergencyEvent(SQLModel, table=True):
    """One line of the emergency log: who did what and when; only grows."""

    __tablename__ = "emergency_event"

    id: int | None = Field(default=None, primary_key=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    emergency_id: str | None = Field(default=None, foreign_key="emergency.id", index=True)
    at: datetime = Field(sa_type=InstantColumn)
    what: str
    account_id: str | None = Field(default=None, foreign_key="account.id")
    detail: str = ""
