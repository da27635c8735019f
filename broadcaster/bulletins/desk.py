"""The desk: every change of a bulletin, and who decided what about which words and which sound.

Invariant: a bulletin is approved only while the newest decision on its present rendition approves
it, was made by somebody who wrote none of it, and names exactly these words and this sound.
"""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.bulletins.delivery import delivery_of, keep_delivery
from broadcaster.bulletins.doubts import unresolved
from broadcaster.bulletins.errors import (
    COMMENT_LIMIT_CHARACTERS,
    CommentMissing,
    CommentTooLong,
    NothingAccepted,
    OwnBulletin,
    PlaylistOutdated,
    RecordingsUnaccepted,
    RenditionChanged,
    ScriptChanged,
    SoundOverLimit,
    UnknownBulletin,
    WarningsUnresolved,
)
from broadcaster.bulletins.recordings import (
    holding_recordings,
    is_as_shown,
    missing_recordings,
    take_present_recordings,
)
from broadcaster.bulletins.sound import NewSound
from broadcaster.bulletins.standing import (
    approved_rendition,
    authors_of,
    current_rendition,
    decisions_on,
    find_bulletin,
    held_bulletin,
    identity,
    newest_bulletins,
    newest_decision,
    part_holds,
    state_of,
    states_of,
)
from broadcaster.bulletins.states import Act, BulletinState, after
from broadcaster.bulletins.tables import (
    Approval,
    Bulletin,
    BulletinEdit,
    BulletinKind,
    Rendition,
)
from broadcaster.bulletins.texts import Written, as_kept, sha256_of
from broadcaster.database import new_id
from broadcaster.database.columns import to_ms

__all__ = [
    "approved_rendition",
    "attach_rendition",
    "authors_of",
    "current_rendition",
    "decide",
    "decisions_on",
    "edit",
    "find_bulletin",
    "newest_bulletins",
    "state_of",
    "states_of",
    "submit",
    "write_bulletin",
]

log = structlog.get_logger(__name__)

_TICK = timedelta(milliseconds=1)


def write_bulletin(
    session: Session,
    *,
    station_id: str,
    written: Written,
    by: str,
    now: datetime,
    kind: BulletinKind = BulletinKind.ITEM,
) -> Bulletin:
    """Keep a new bulletin (`texts.checked` makes `written`)."""
    bulletin = Bulletin(
        id=new_id("bul"),
        station_id=station_id,
        title=written.title,
        script=written.script,
        topic=written.topic,
        priority=written.priority,
        kind=kind,
        author_id=by,
        created_at=now,
        edited_at=now,
    )
    keep_delivery(bulletin, written.delivery)
    session.add(bulletin)
    session.flush()
    _remember(session, bulletin, by=by, now=now)
    log.info("bulletin_written", bulletin_id=bulletin.id, by=by)
    return bulletin


def edit(
    session: Session,
    bulletin_id: str,
    *,
    written: Written,
    by: str,
    now: datetime,
    kind: BulletinKind = BulletinKind.ITEM,
) -> Bulletin:
    """Change a bulletin, which voids its approval and drops its sound; nothing new changes nothing.

    Raises UnknownBulletin, also for what is of another kind.
    """
    bulletin = held_bulletin(session, bulletin_id)
    if bulletin.kind != kind:
        raise UnknownBulletin
    if _as_written(bulletin) == written:
        return bulletin
    after(state_of(session, bulletin), Act.EDIT)
    bulletin.title, bulletin.script = written.title, written.script
    bulletin.topic, bulletin.priority = written.topic, written.priority
    keep_delivery(bulletin, written.delivery)
    bulletin.edited_at = now
    bulletin.rendition_id = None
    bulletin.submitted_at = None
    _remember(session, bulletin, by=by, now=now)
    log.info("bulletin_edited", bulletin_id=bulletin_id, by=by)
    return bulletin


def attach_rendition(
    session: Session, bulletin_id: str, *, sound: NewSound, now: datetime
) -> Rendition:
    """Make this sound the bulletin's own, if its script is still the one that was read.

    The same words and sound again are the rendition that is there, with what was decided on it;
    others take its place and the bulletin must be submitted anew. Raises ScriptChanged,
    UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    wished = (sha256_of(bulletin.script), delivery_of(bulletin))
    if (sound.script_sha256, sound.delivery) != wished:
        raise ScriptChanged
    recordings = sound.recordings or holding_recordings(session, bulletin)
    present = current_rendition(session, bulletin)
    if present is not None and sound.is_that_of(present) and present.recordings == recordings:
        return present
    after(state_of(session, bulletin), Act.RENDER)
    rendition = sound.as_rendition(id_=new_id("ren"), bulletin_id=bulletin.id, now=now)
    rendition.recordings = recordings
    session.add(rendition)
    bulletin.rendition_id = rendition.id
    bulletin.submitted_at = None
    session.flush()
    log.info("bulletin_rendered", bulletin_id=bulletin.id, rendition_id=rendition.id)
    return rendition


def submit(session: Session, bulletin_id: str, *, by: str, now: datetime) -> BulletinState:
    """Ask for a decision; what waits or is approved already stays as it is.

    Raises ActOutOfPlace for a bulletin without sound, SoundOverLimit, UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    state = state_of(session, bulletin)
    reached = after(state, Act.SUBMIT)
    _require_session_length(session, bulletin)
    if reached is not state:
        take_present_recordings(session, bulletin, now=now)
        newest = newest_decision(session, bulletin)
        bulletin.submitted_at = max(now, newest.decided_at + _TICK) if newest else now
        session.flush()
        log.info("bulletin_submitted", bulletin_id=bulletin_id, by=by)
    return reached


def ask_anew(session: Session, bulletin_id: str, *, now: datetime) -> None:
    """What waits for a decision waits with something more in it: pages from before are stale."""
    bulletin = held_bulletin(session, bulletin_id)
    if bulletin.submitted_at is not None:
        bulletin.submitted_at = max(now, bulletin.submitted_at + _TICK)
        session.flush()


def decide(
    session: Session,
    bulletin_id: str,
    *,
    rendition_id: str,
    spoken_sha256: str,
    audio_sha256: str,
    approved: bool,
    by: str,
    now: datetime,
    over_warnings: bool = False,
    over_missing: bool = False,
    comment: str = "",
    submitted_at_ms: int | None = None,
) -> Approval:
    """Approve or return exactly these words and this sound.

    With `submitted_at_ms` only what was asked then: a wish for quiet hours asks anew.

    Raises RenditionChanged, ActOutOfPlace, OwnBulletin, PlaylistOutdated, WarningsUnresolved,
    RecordingsUnaccepted, NothingAccepted, CommentMissing, CommentTooLong, TextUnusable,
    UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    rendition = current_rendition(session, bulletin)
    shown = (rendition_id, spoken_sha256, audio_sha256)
    if rendition is None or shown != identity(rendition):
        raise RenditionChanged
    asked_at_ms = to_ms(bulletin.submitted_at) if bulletin.submitted_at else None
    if submitted_at_ms not in {None, asked_at_ms}:
        raise RenditionChanged
    after(state_of(session, bulletin), Act.APPROVE if approved else Act.RETURN)
    if by in authors_of(session, bulletin):
        raise OwnBulletin
    if approved and not all(part_holds(session, part) for part in rendition.parts):
        raise PlaylistOutdated
    if approved and not is_as_shown(session, bulletin, rendition):
        raise RenditionChanged
    comment = _checked_comment(comment, needed=not approved)
    doubted = bool(unresolved(rendition))
    lacking = bool(missing_recordings(session, bulletin))
    if approved:
        _require_accepted(
            doubted=doubted and not over_warnings, lacking=lacking and not over_missing
        )
    decision = Approval(
        id=new_id("apr"),
        bulletin_id=bulletin.id,
        rendition_id=rendition_id,
        spoken_sha256=spoken_sha256,
        audio_sha256=audio_sha256,
        approver_id=by,
        approved=approved,
        over_warnings=approved and doubted,
        over_missing=approved and lacking,
        comment=comment,
        decided_at=_after_all_before(session, bulletin, now=now),
    )
    session.add(decision)
    if not approved:
        bulletin.submitted_at = None
    session.flush()
    log.info("bulletin_decided", bulletin_id=bulletin_id, approved=approved, by=by)
    return decision


def _require_accepted(*, doubted: bool, lacking: bool) -> None:
    """Raises what names exactly what the approver did not accept."""
    if doubted and lacking:
        raise NothingAccepted(field="over_warnings")
    if doubted:
        raise WarningsUnresolved(field="over_warnings")
    if lacking:
        raise RecordingsUnaccepted(field="over_missing")


def _require_session_length(session: Session, bulletin: Bulletin) -> None:
    rendition = current_rendition(session, bulletin)
    if rendition is None:
        return
    later_ms = int(rendition.replay["duration_ms"]) if rendition.replay else 0
    longest_ms = session.get_one(Station, bulletin.station_id).longest_session_ms
    if max(rendition.duration_ms, later_ms) > longest_ms:
        raise SoundOverLimit


def _after_all_before(session: Session, bulletin: Bulletin, *, now: datetime) -> datetime:
    """Decisions keep their order although two come at once, or the clock was set back."""
    newest = newest_decision(session, bulletin)
    earliest = [newest.decided_at + _TICK] if newest else []
    submitted = [bulletin.submitted_at] if bulletin.submitted_at else []
    return max([now, *earliest, *submitted])


def _as_written(bulletin: Bulletin) -> Written:
    return Written(
        title=bulletin.title,
        script=bulletin.script,
        topic=bulletin.topic,
        priority=bulletin.priority,
        delivery=delivery_of(bulletin),
    )


def _remember(session: Session, bulletin: Bulletin, *, by: str, now: datetime) -> None:
    session.add(
        BulletinEdit(
            bulletin_id=bulletin.id,
            account_id=by,
            title=bulletin.title,
            script=bulletin.script,
            edited_at=now,
        )
    )
    session.flush()


def _checked_comment(comment: str, *, needed: bool) -> str:
    kept = as_kept(comment, field="comment").strip()
    if needed and not kept:
        raise CommentMissing(field="comment")
    if len(kept) > COMMENT_LIMIT_CHARACTERS:
        raise CommentTooLong(field="comment")
    return kept
