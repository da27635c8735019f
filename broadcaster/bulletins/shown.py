"""Bulletins as pages and the API show them: read in a few queries, values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.bulletins.commenting import Comment, comments_on
from broadcaster.bulletins.doubts import needs_settling, sentence_around
from broadcaster.bulletins.sentences import HeardSentence, heard_sentences
from broadcaster.bulletins.side_by_side import SideBySide, side_by_side
from broadcaster.bulletins.standing import (
    authors_of,
    current_rendition,
    decisions_on,
    states_of,
)
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.bulletins.texts import sha256_of

PEOPLES_VOICES = frozenset({"recorded", "live"})


@dataclass(frozen=True, slots=True)
class Warned:
    """A place that the reading is unsure of, in both languages; `number` counts from 1."""

    number: int
    start: int
    end: int
    written: str
    code: str
    message_vi: str
    message_en: str
    suggestion: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound beside the bulletin's own: of later broadcasts, or of another language."""

    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int

    @property
    def audio_url(self) -> str:
        """Where it is heard."""
        return f"/audio/{self.audio_sha256}.mp3"


@dataclass(frozen=True, slots=True)
class Replay:
    """What later broadcasts say, and its sound."""

    spoken: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one village hears in another language."""

    village_id: str
    village: str
    language: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class Sound:
    """A rendition: the words as they are spoken, and where they are heard."""

    row: Rendition
    spoken_sha256: str
    audio_url: str
    warnings: tuple[Warned, ...]

    @property
    def text(self) -> str:
        """The written text that was read."""
        return "".join(str(span["written"]) for span in self.row.reading)

    @property
    def sides(self) -> SideBySide:
        """Written and spoken in step; made anew each time."""
        return side_by_side(self.row.reading, self.warnings, spoken=self.row.spoken)

    @property
    def replay(self) -> Replay | None:
        """What later broadcasts say, where that is something else."""
        kept = self.row.replay
        return Replay(kept["spoken"], _heard(kept)) if kept else None

    @property
    def replay_begins(self) -> str:
        """What later broadcasts say before the words; all that they say where it is not that."""
        spoken = self.replay.spoken if self.replay else ""
        return spoken.removesuffix(self.row.spoken.lstrip()).strip()

    @property
    def in_other_languages(self) -> list[Spoken]:
        """The recordings that were approved, or will be, with these words."""
        return [
            Spoken(each["village_id"], each["village"], each["language"], _heard(each))
            for each in self.row.recordings
        ]

    @property
    def sentences(self) -> tuple[HeardSentence, ...]:
        """Each sentence with its place in the sound."""
        return heard_sentences(self.row.spoken, self.row.cue_points)

    @property
    def is_persons_voice(self) -> bool:
        """Whether a person speaks: no machine knows whether they say the script."""
        return self.row.engine in PEOPLES_VOICES

    @property
    def doubts(self) -> list[Warned]:
        """What an approver must hear and accept."""
        return [warning for warning in self.warnings if needs_settling(warning.code)]

    @property
    def left_out(self) -> list[Warned]:
        """Print that is not read; it only informs."""
        return [warning for warning in self.warnings if not needs_settling(warning.code)]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided, on these words or on older ones."""

    approved: bool
    approver_id: str
    approver: str
    comment: str
    over_warnings: bool
    over_missing: bool
    decided_at: datetime
    rendition_id: str
    present: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One bulletin with all that its page says; decisions and comments newest first."""

    row: Bulletin
    state: BulletinState
    author: str
    authors: frozenset[str]
    sound: Sound | None
    decisions: tuple[Decision, ...]
    comments: tuple[Comment, ...]

    @property
    def said(self) -> list[Decision | Comment]:
        """Decisions and comments in one row, newest first; a comment comes before a decision."""
        return sorted(
            [*self.decisions, *self.comments],
            key=lambda each: (
                (each.decided_at, 1) if isinstance(each, Decision) else (each.commented_at, 0)
            ),
            reverse=True,
        )

    @property
    def approval_voided(self) -> bool:
        """Whether an approval was lost because words or sound changed since."""
        return self.state is not BulletinState.APPROVED and any(
            decision.approved and not decision.present for decision in self.decisions
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One bulletin in a list."""

    row: Bulletin
    state: BulletinState
    author: str
    duration_ms: int | None
    warnings: int


def shown(session: Session, bulletin: Bulletin) -> Shown:
    """A bulletin with its state, its sound and its decisions."""
    decided = decisions_on(session, bulletin)
    names = display_names(session, {bulletin.author_id, *(each.approver_id for each in decided)})
    rendition = current_rendition(session, bulletin)
    return Shown(
        row=bulletin,
        state=states_of(session, [bulletin])[bulletin.id],
        author=names.get(bulletin.author_id, ""),
        authors=authors_of(session, bulletin),
        sound=sound_of(rendition) if rendition else None,
        decisions=tuple(
            Decision(
                approved=each.approved,
                approver_id=each.approver_id,
                approver=names.get(each.approver_id, ""),
                comment=each.comment,
                over_warnings=each.over_warnings,
                over_missing=each.over_missing,
                decided_at=each.decided_at,
                rendition_id=each.rendition_id,
                present=each.rendition_id == bulletin.rendition_id,
            )
            for each in decided
        ),
        comments=tuple(comments_on(session, bulletin)),
    )


def lines_of(session: Session, bulletins: Sequence[Bulletin]) -> list[Line]:
    """Bulletins as lines of a list, in the order given."""
    states = states_of(session, bulletins)
    names = display_names(session, {each.author_id for each in bulletins})
    sounds = _sounds(session, [each.rendition_id for each in bulletins if each.rendition_id])
    lines = []
    for each in bulletins:
        duration_ms, warnings = sounds.get(each.rendition_id or "", (None, 0))
        author = names.get(each.author_id, "")
        lines.append(Line(each, states[each.id], author, duration_ms, warnings))
    return lines


def sound_of(rendition: Rendition) -> Sound:
    """A rendition as it is shown."""
    written = "".join(str(span["written"]) for span in rendition.reading)
    warnings = tuple(
        _warned(number, cast("dict[str, Any]", warning), written=written)
        for number, warning in enumerate(rendition.warnings, start=1)
    )
    return Sound(
        row=rendition,
        spoken_sha256=sha256_of(rendition.spoken),
        audio_url=f"/audio/{rendition.audio_sha256}.mp3" if rendition.audio_sha256 else "",
        warnings=warnings,
    )


def _heard(kept: Mapping[str, Any]) -> Heard:
    return Heard(kept["audio_sha256"], kept["audio_size_bytes"], kept["duration_ms"])


def _warned(number: int, warning: dict[str, Any], *, written: str) -> Warned:
    sentence = sentence_around(written, warning["start"], warning["end"])
    return Warned(number=number, sentence=sentence, **warning)


def _sounds(session: Session, ids: Sequence[str]) -> Mapping[str, tuple[int | None, int]]:
    rows = session.exec(
        select(Rendition.id, Rendition.duration_ms, Rendition.warnings).where(
            col(Rendition.id).in_(ids)
        )
    )
    return {
        id_: (duration_ms, sum(needs_settling(str(each["code"])) for each in warnings))
        for id_, duration_ms, warnings in rows
    }
