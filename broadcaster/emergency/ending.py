"""What becomes of an emergency after it was ordered: prolonged, ended, and looked at by another."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Village
from broadcaster.bulletins.texts import as_kept, sha256_of
from broadcaster.database.columns import to_ms
from broadcaster.emergency.authorising import authorisation_of, held_authorisation
from broadcaster.emergency.cadence import DRILLED_FOR, REPEATED_FOR
from broadcaster.emergency.errors import (
    NOTE_LIMIT_CHARACTERS,
    AlreadyEnded,
    AlreadyReviewed,
    NotAuthorised,
    NoteMissing,
    OwnEmergency,
    UnknownEmergency,
    UnknownEnding,
    UnknownVerdict,
)
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.log import Act, note
from broadcaster.emergency.raising import (
    NEEDED_FIRST,
    PartKind,
    add_part,
    checked_words,
    start_ready_parts,
)
from broadcaster.emergency.sounds import want
from broadcaster.emergency.tables import Emergency, EmergencyEvent, EmergencyOrder, EmergencyPart
from broadcaster.emergency.words import message_script, mistake_words, over_words

REVIEW_WITHIN = timedelta(hours=24)


class Ending(StrEnum):
    """How it ends: with a final notice, with a correction, or without a word."""

    OVER = "over"
    MISTAKE = "mistake"
    SILENCE = "silence"


def offered_words(ending: Ending, hazard: str, *, commune: str) -> str:
    """The product's own words for an ending, to start from; silence has none."""
    match ending:
        case Ending.OVER:
            return over_words(HAZARDS[hazard], commune=commune)
        case Ending.MISTAKE:
            return mistake_words(HAZARDS[hazard], commune=commune)
        case Ending.SILENCE:
            return ""


def says_own_words(ending: str, words: str, *, hazard: str, commune: str) -> bool:
    """Whether an ending makes poles say what somebody wrote, and not what is offered."""
    if ending not in {Ending.OVER, Ending.MISTAKE}:
        return False
    offered = offered_words(Ending(ending), hazard, commune=commune)
    return as_kept(words, field="words").strip() != offered.strip()


class Verdict(StrEnum):
    """What whoever reviewed it found."""

    RIGHT = "right"
    WRONG = "wrong"


def find_emergency(session: Session, emergency_id: str, *, station_id: str) -> Emergency:
    """An emergency of this station; raise UnknownEmergency."""
    found = session.get(Emergency, emergency_id)
    if found is None or found.station_id != station_id:
        raise UnknownEmergency(emergency_id)
    return found


def emergency_in_view(
    session: Session, emergency_id: str, *, station_id: str, villages: frozenset[str] | None
) -> Emergency:
    """The same for a person who sees these villages only; `None` sees all of them."""
    found = find_emergency(session, emergency_id, station_id=station_id)
    if villages is not None and not _concerns(session, emergency_id, villages):
        raise UnknownEmergency(emergency_id)
    return found


def running_in_view(
    session: Session, *, station_id: str, villages: frozenset[str] | None
) -> Sequence[Emergency]:
    """What nobody has ended and concerns one of these villages, the newest first."""
    return [
        each
        for each in running(session, station_id=station_id)
        if villages is None or _concerns(session, each.id, villages)
    ]


def _concerns(session: Session, emergency_id: str, villages: frozenset[str]) -> bool:
    """Whether a cluster of one of these villages was warned."""
    warned = clusters_of_emergency(session, emergency_id)
    theirs = session.exec(select(Village.cluster_id).where(col(Village.id).in_(villages))).all()
    return not set(warned).isdisjoint(theirs)


def running(session: Session, *, station_id: str) -> Sequence[Emergency]:
    """What nobody has ended, the newest first."""
    return session.exec(
        select(Emergency)
        .where(Emergency.station_id == station_id, col(Emergency.ended_at).is_(None))
        .order_by(col(Emergency.raised_at).desc())
    ).all()


def emergency_log(session: Session, *, station_id: str, limit: int = 100) -> Sequence[Emergency]:
    """All emergencies, the newest first."""
    return session.exec(
        select(Emergency)
        .where(Emergency.station_id == station_id)
        .order_by(col(Emergency.raised_at).desc())
        .limit(limit)
    ).all()


def to_review(session: Session, *, station_id: str) -> Sequence[Emergency]:
    """What no second person has looked at, the oldest first."""
    return session.exec(
        select(Emergency)
        .where(Emergency.station_id == station_id, col(Emergency.reviewed_at).is_(None))
        .order_by(col(Emergency.raised_at))
    ).all()


def review_due(emergency: Emergency) -> datetime:
    """By when a second person must have looked at it."""
    return emergency.raised_at + REVIEW_WITHIN


def clusters_of_emergency(session: Session, emergency_id: str) -> Sequence[str]:
    """The clusters that were warned."""
    return session.exec(
        select(EmergencyOrder.cluster_id)
        .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
        .where(
            EmergencyPart.emergency_id == emergency_id,
            EmergencyPart.kind == PartKind.MESSAGE,
        )
        .order_by(col(EmergencyOrder.cluster_id))
    ).all()


def prolong(
    session: Session, emergency_id: str, *, station_id: str, by: str, now: datetime
) -> Emergency:
    """Let it be said again for as long once more; raise NotAuthorised or AlreadyEnded."""
    emergency = _open_one(session, emergency_id, station_id=station_id)
    held_authorisation(session, by, station_id=station_id)
    emergency.repeats_until = now + (DRILLED_FOR if emergency.drill else REPEATED_FOR)
    note(
        session, Act.PROLONGED, station_id=station_id, at=now, by=by, emergency_id=emergency_id,
        details={"repeats_until_ms": to_ms(emergency.repeats_until)},
    )  # fmt: skip
    return emergency


def end_emergency(
    session: Session,
    emergency_id: str,
    *,
    ending: str,
    words: str,
    station_id: str,
    by: str,
    oversees: bool,
    now: datetime,
) -> Emergency:
    """Repeat it no more. A danger that is over is heard out; the two other ways silence it at once.

    Words are for the authorised only; whoever oversees emergencies may silence one without words.
    Raises UnknownEnding, AlreadyEnded, NotAuthorised, or what `checked_words` raises.
    """
    if ending not in set(Ending):
        raise UnknownEnding(field="ending")
    emergency = _open_one(session, emergency_id, station_id=station_id)
    if ending == Ending.SILENCE:
        if not oversees and authorisation_of(session, by, station_id=station_id) is None:
            raise NotAuthorised
    else:
        authorisation = held_authorisation(session, by, station_id=station_id)
        emergency.final_words = checked_words(words)
        emergency.final_authorisation_id = authorisation.id
    emergency.ending, emergency.ended_at, emergency.ended_by = ending, now, by
    if ending != Ending.OVER:
        emergency.silenced_at = now
    act = Act.SILENCED if ending == Ending.SILENCE else Act.ENDED
    note(
        session, act, station_id=station_id, at=now, by=by, emergency_id=emergency_id,
        detail=ending,
        details={"ending": ending, "words_sha256": sha256_of(emergency.final_words)},
        private={"words": emergency.final_words},
    )  # fmt: skip
    if emergency.final_words:
        script = message_script(emergency.final_words, drill=emergency.drill)
        sound = want(session, script, urgency=NEEDED_FIRST, now=now)
        clusters = clusters_of_emergency(session, emergency_id)
        add_part(session, emergency, PartKind.FINAL, sound, clusters=clusters)
    session.flush()
    start_ready_parts(session, now=now)
    return emergency


def review(
    session: Session,
    emergency_id: str,
    *,
    verdict: str,
    remark: str,
    station_id: str,
    by: str,
    now: datetime,
) -> Emergency:
    """Keep what a second person found; once, and never by whoever had a word in it (`spoke_in`).

    Raises UnknownVerdict, NoteMissing, OwnEmergency or AlreadyReviewed.
    """
    emergency = find_emergency(session, emergency_id, station_id=station_id)
    if by in spoke_in(session, emergency):
        raise OwnEmergency
    if emergency.reviewed_at is not None:
        raise AlreadyReviewed
    if verdict not in set(Verdict):
        raise UnknownVerdict(field="verdict")
    kept = as_kept(remark, field="note").strip()[:NOTE_LIMIT_CHARACTERS]
    if verdict == Verdict.WRONG and not kept:
        raise NoteMissing(field="note")
    emergency.review, emergency.review_note = verdict, kept
    emergency.reviewed_by, emergency.reviewed_at = by, now
    note(
        session, Act.REVIEWED, station_id=station_id, at=now, by=by, emergency_id=emergency_id,
        detail=verdict, details={"verdict": verdict}, private={"note": kept},
    )  # fmt: skip
    return emergency


def spoke_in(session: Session, emergency: Emergency) -> frozenset[str]:
    """Whose word poles said: who ordered it, let it go on for another day, or worded its end.

    Each of them would judge their own order. Who ended it in silence said nothing, and is mostly
    the leader who saw that it was wrong: that look is what a review is, and in a commune with two
    leaders nobody else would be left.
    """
    prolonged = session.exec(
        select(EmergencyEvent.account_id).where(
            EmergencyEvent.emergency_id == emergency.id, EmergencyEvent.what == Act.PROLONGED
        )
    ).all()
    worded = emergency.ended_by if emergency.final_words else None
    return frozenset(each for each in (emergency.given_by, *prolonged, worded) if each)


def _open_one(session: Session, emergency_id: str, *, station_id: str) -> Emergency:
    emergency = find_emergency(session, emergency_id, station_id=station_id)
    if emergency.ended_at is not None:
        raise AlreadyEnded
    return emergency
