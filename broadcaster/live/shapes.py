"""Live talks and permits as programs give and get them; instants are Unix milliseconds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.database.columns import to_ms
from broadcaster.live.errors import LENGTHS_MIN, LONGEST_PERMIT_DAYS, TITLE_LIMIT_CHARACTERS
from broadcaster.live.shown import PermitShown, TalkShown
from broadcaster.web.addresses import ID_PATTERN

QUIET_REASON_LIMIT_CHARACTERS = 300


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTalk(_Given):
    """Who is to hear what, for how long at most. Limits are told in a sentence."""

    title: str = Field(json_schema_extra={"minLength": 1, "maxLength": TITLE_LIMIT_CHARACTERS})
    cluster_ids: list[str] = Field(json_schema_extra={"minItems": 1})
    minutes: int = Field(
        description="After so many the loudspeakers fall silent by themselves.",
        json_schema_extra={"enum": list(LENGTHS_MIN)},
    )
    quiet_reason: str = Field(
        default="",
        description="Why it may be heard in quiet hours; only a leader gives one here.",
        json_schema_extra={"maxLength": QUIET_REASON_LIMIT_CHARACTERS},
    )
    code: str = Field(
        default="",
        description="A code of the second factor, where this session has proven none in its shift.",
        max_length=60,
    )


class NewPermit(_Given):
    """Whom a leader lets speak, for how many days, and why in quiet hours too."""

    account_id: str = Field(pattern=ID_PATTERN)
    days: int = Field(json_schema_extra={"minimum": 1, "maximum": LONGEST_PERMIT_DAYS})
    quiet_reason: str = Field(
        default="",
        description="With one, in quiet hours as well.",
        json_schema_extra={"maxLength": QUIET_REASON_LIMIT_CHARACTERS},
    )


class TalkOut(BaseModel):
    """A live talk; its microphone is opened on the page `/live/{id}`, or by `loa live`."""

    id: str
    title: str
    speaker: str
    clusters: list[str] = Field(description="By name.")
    cluster_ids: list[str]
    state: str = Field(json_schema_extra={"enum": ["asked", "opening", "on_air", "over"]})
    longest_ms: int
    said_ms: int = Field(description="How much was sent; of a running talk as of a second ago.")
    asked_at_ms: int
    starts_at_ms: int | None
    ended_at_ms: int | None
    ended_because: str = Field(description="Empty while it is not over.")
    override_person: str | None = Field(description="Who allowed it in quiet hours.")
    override_reason: str | None
    bulletin_id: str | None = Field(description="Where what was said is kept, to be approved.")

    @classmethod
    def of(cls, shown: TalkShown, *, cluster_ids: Sequence[str], ended_because: str) -> Self:
        """A talk as it is shown."""
        return cls(
            id=shown.talk_id,
            title=shown.title,
            speaker=shown.speaker,
            clusters=list(shown.clusters),
            cluster_ids=list(cluster_ids),
            state=shown.state,
            longest_ms=shown.longest_ms,
            said_ms=shown.said_ms,
            asked_at_ms=to_ms(shown.asked_at),
            starts_at_ms=_ms(shown.starts_at),
            ended_at_ms=_ms(shown.ended_at),
            ended_because=ended_because,
            override_person=shown.override_person,
            override_reason=shown.override_reason,
            bulletin_id=shown.bulletin_id,
        )


class Talks(BaseModel):
    """What is on air live, if anything is, and the last talks that are over, newest first."""

    running: TalkOut | None
    over: list[TalkOut]
    may_speak: bool = Field(description="Whether a leader's permit lets you.")
    permit_until_ms: int | None


class PermitOut(BaseModel):
    """A permit that holds."""

    id: str
    name: str
    granted_by: str
    valid_until_ms: int
    quiet_reason: str = Field(description="Empty where it does not hold in quiet hours.")

    @classmethod
    def of(cls, shown: PermitShown) -> Self:
        """A permit as it is shown."""
        return cls(
            id=shown.permit_id,
            name=shown.name,
            granted_by=shown.granted_by,
            valid_until_ms=to_ms(shown.valid_until),
            quiet_reason=shown.quiet_reason,
        )


class CandidateOut(BaseModel):
    """Somebody whom you, as a leader, could let speak."""

    account_id: str
    name: str


class Permits(BaseModel):
    """All that hold, the oldest first."""

    permits: list[PermitOut]
    candidates: list[CandidateOut] = Field(description="Empty for whoever is no leader.")


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)
