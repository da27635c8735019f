"""Bulletins as the API answers them; instants are Unix milliseconds."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from broadcaster.bulletins.commenting import Comment
from broadcaster.bulletins.desk import version_of
from broadcaster.bulletins.doubts import needs_settling
from broadcaster.bulletins.shown import Decision, Heard, Line, Replay, Shown, Sound, Spoken
from broadcaster.bulletins.states import BulletinState
from broadcaster.database.columns import to_ms


class SpanAnswer(BaseModel):
    """A stretch of the written text, its spoken words, and the rule that made them."""

    start: int
    end: int
    written: str
    spoken: str
    rule: str


class WarningAnswer(BaseModel):
    """A place of the written text that the reading is unsure of."""

    start: int
    end: int
    written: str
    code: str
    message: str
    message_en: str
    suggestion: str
    needs_settling: bool = Field(
        description="False for print that is left out on purpose: it only informs."
    )


class ReplayAnswer(BaseModel):
    """What later broadcasts say: when the bulletin was issued, then its words."""

    spoken: str
    audio_url: str
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int


class SpokenAnswer(BaseModel):
    """What a village hears in another language; approved with the words."""

    village_id: str
    village: str
    language: str
    audio_url: str
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int


class PartAnswer(BaseModel):
    """A part of a playlist in its sound; `bulletin_id` is empty for the station's own pieces."""

    kind: str
    title: str
    start_ms: int
    end_ms: int
    bulletin_id: str
    rendition_id: str


class RelayAnswer(BaseModel):
    """What a relay passes on; its greatest length is the rendition's."""

    source_id: str
    source: str
    level: str
    url: str
    stall_timeout_ms: int
    fallback_bulletin_id: str | None


class RenditionAnswer(BaseModel):
    """Exact words and exact sound; what a decision names."""

    id: str
    spoken: str
    spoken_sha256: str
    reading: list[SpanAnswer]
    warnings: list[WarningAnswer]
    audio_url: str
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int
    loudness_lufs: float
    engine: str
    fell_back_from: str = Field(description="The voice that should have spoken; empty if it did.")
    replay: ReplayAnswer | None = Field(description="Null where later broadcasts say the same.")
    recordings: list[SpokenAnswer]
    parts: list[PartAnswer]
    relay: RelayAnswer | None = Field(description="Null for what is no relay.")
    rendered_at_ms: int


class DecisionAnswer(BaseModel):
    """What one person decided; `present` is false for words and sound that were replaced since."""

    approved: bool
    approver: str
    comment: str
    over_warnings: bool
    over_missing: bool
    decided_at_ms: int
    rendition_id: str
    present: bool


class CommentAnswer(BaseModel):
    """What somebody said while it waited; `present` is false for what was replaced since."""

    by: str
    comment: str
    commented_at_ms: int
    present: bool


class BulletinLine(BaseModel):
    """One bulletin in a list."""

    id: str
    title: str
    topic: str
    priority: int
    state: BulletinState
    author: str
    created_at_ms: int
    edited_at_ms: int
    submitted_at_ms: int | None
    duration_ms: int | None = Field(description="Of its sound; null without one.")
    warnings: int = Field(description="Places that an approver must hear and accept.")


class BulletinList(BaseModel):
    """Bulletins, last edited first."""

    bulletins: list[BulletinLine]


class DraftAnswer(BaseModel):
    """What a document says, to be checked and then written as a bulletin; nothing is kept."""

    title: str = Field(description="Its first line that is said.")
    script: str = Field(description="May be over the limit of one bulletin.")


class BulletinAnswer(BaseModel):
    """One bulletin with its words, its sound, all decisions and comments, newest first."""

    id: str
    title: str
    script: str
    topic: str
    priority: int
    repeat: str
    rate: float | None
    tells_issue: bool
    issued_at_ms: int | None
    vietnamese_only: bool
    contributor: str
    source: str
    valid_from: date | None
    valid_until: date | None
    version: str = Field(description="Of what is written; a change names it as `based_on`.")
    state: BulletinState
    author: str
    created_at_ms: int
    edited_at_ms: int
    submitted_at_ms: int | None
    rendition: RenditionAnswer | None
    decisions: list[DecisionAnswer]
    comments: list[CommentAnswer]


def line_answer(line: Line) -> BulletinLine:
    """A line of a list."""
    row = line.row
    return BulletinLine(
        id=row.id,
        title=row.title,
        topic=row.topic,
        priority=row.priority,
        state=line.state,
        author=line.author,
        created_at_ms=to_ms(row.created_at),
        edited_at_ms=to_ms(row.edited_at),
        submitted_at_ms=_ms(row.submitted_at),
        duration_ms=line.duration_ms,
        warnings=line.warnings,
    )


def bulletin_answer(bulletin: Shown) -> BulletinAnswer:
    """One bulletin."""
    row = bulletin.row
    return BulletinAnswer(
        id=row.id,
        title=row.title,
        script=row.script,
        topic=row.topic,
        priority=row.priority,
        repeat=row.repeat,
        rate=row.rate,
        tells_issue=row.tells_issue,
        issued_at_ms=_ms(row.issued_at),
        vietnamese_only=row.vietnamese_only,
        contributor=row.contributor,
        source=row.source,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        version=version_of(row),
        state=bulletin.state,
        author=bulletin.author,
        created_at_ms=to_ms(row.created_at),
        edited_at_ms=to_ms(row.edited_at),
        submitted_at_ms=_ms(row.submitted_at),
        rendition=_rendition(bulletin.sound) if bulletin.sound else None,
        decisions=[_decision(each) for each in bulletin.decisions],
        comments=[_comment(each) for each in bulletin.comments],
    )


def _rendition(sound: Sound) -> RenditionAnswer:
    row = sound.row
    return RenditionAnswer(
        id=row.id,
        spoken=row.spoken,
        spoken_sha256=sound.spoken_sha256,
        reading=[SpanAnswer.model_validate(span) for span in row.reading],
        warnings=[
            WarningAnswer(
                start=each.start,
                end=each.end,
                written=each.written,
                code=each.code,
                message=each.message_vi,
                message_en=each.message_en,
                suggestion=each.suggestion,
                needs_settling=needs_settling(each.code),
            )
            for each in sound.warnings
        ],
        audio_url=sound.audio_url,
        audio_sha256=row.audio_sha256,
        audio_size_bytes=row.audio_size_bytes,
        duration_ms=row.duration_ms,
        loudness_lufs=row.loudness_lufs,
        engine=row.engine,
        fell_back_from=row.fell_back_from,
        replay=_replay(sound.replay) if sound.replay else None,
        recordings=[_spoken(each) for each in sound.in_other_languages],
        parts=[PartAnswer.model_validate(part) for part in row.parts],
        relay=_relay(row.relay) if row.relay else None,
        rendered_at_ms=to_ms(row.rendered_at),
    )


def _relay(relay: dict[str, Any]) -> RelayAnswer:
    fallback = relay["fallback"]
    return RelayAnswer(
        source_id=relay["source_id"],
        source=relay["source"],
        level=relay["level"],
        url=relay["url"],
        stall_timeout_ms=relay["stall_timeout_ms"],
        fallback_bulletin_id=fallback["bulletin_id"] if fallback else None,
    )


def _replay(replay: Replay) -> ReplayAnswer:
    return ReplayAnswer(spoken=replay.spoken, **_sound_of(replay.heard))


def _spoken(spoken: Spoken) -> SpokenAnswer:
    return SpokenAnswer(
        village_id=spoken.village_id,
        village=spoken.village,
        language=spoken.language,
        **_sound_of(spoken.heard),
    )


def _sound_of(heard: Heard) -> dict[str, Any]:
    return {
        "audio_url": heard.audio_url,
        "audio_sha256": heard.audio_sha256,
        "audio_size_bytes": heard.audio_size_bytes,
        "duration_ms": heard.duration_ms,
    }


def _decision(decision: Decision) -> DecisionAnswer:
    return DecisionAnswer(
        approved=decision.approved,
        approver=decision.approver,
        comment=decision.comment,
        over_warnings=decision.over_warnings,
        over_missing=decision.over_missing,
        decided_at_ms=to_ms(decision.decided_at),
        rendition_id=decision.rendition_id,
        present=decision.present,
    )


def _comment(comment: Comment) -> CommentAnswer:
    return CommentAnswer(
        by=comment.by,
        comment=comment.comment,
        commented_at_ms=to_ms(comment.commented_at),
        present=comment.present,
    )


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)
