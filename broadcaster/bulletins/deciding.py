"""Deciding: one person approves or returns exactly these words and this sound.

Nobody decides on what they wrote, and nothing is approved that is no longer what was shown, or of
which what is unsure or missing was not accepted in so many words.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlmodel import Session, col

from broadcaster.audit import Act as AuditAct
from broadcaster.audit import record
from broadcaster.audit.tables import ENTRIES
from broadcaster.bulletins.commenting import checked_comment
from broadcaster.bulletins.doubts import unresolved
from broadcaster.bulletins.errors import (
    CommentMissing,
    NothingAccepted,
    OwnBulletin,
    OwnReading,
    PlaylistOutdated,
    RecordingsUnaccepted,
    RelayOutdated,
    RenditionChanged,
    WarningsUnresolved,
)
from broadcaster.bulletins.recordings import is_as_shown, missing_recordings
from broadcaster.bulletins.standing import (
    authors_of,
    current_rendition,
    held_bulletin,
    identity,
    newest_decision,
    part_holds,
    relay_holds,
    rendition_sha256,
    state_of,
)
from broadcaster.bulletins.states import Act, after
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.database import new_id
from broadcaster.database.columns import to_ms
from broadcaster.lexicon.tables import LexiconEntry

log = structlog.get_logger(__name__)

TICK = timedelta(milliseconds=1)


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

    Raises RenditionChanged, ActOutOfPlace, OwnBulletin, OwnReading, PlaylistOutdated,
    RelayOutdated, WarningsUnresolved, RecordingsUnaccepted, NothingAccepted, CommentMissing,
    CommentTooLong, TextUnusable, UnknownBulletin.
    """
    bulletin = held_bulletin(session, bulletin_id)
    shown = (rendition_id, spoken_sha256, audio_sha256)
    rendition = _as_shown(session, bulletin, shown, submitted_at_ms=submitted_at_ms)
    after(state_of(session, bulletin), Act.APPROVE if approved else Act.RETURN)
    if by in authors_of(session, bulletin):
        raise OwnBulletin
    if approved and _says_their_own(session, bulletin, rendition, by=by):
        raise OwnReading
    if approved:
        _require_holding(session, bulletin, rendition)
    comment = checked_comment(comment)
    if not approved and not comment:
        raise CommentMissing(field="comment")
    doubted = approved and bool(unresolved(rendition))
    lacking = approved and bool(missing_recordings(session, bulletin))
    _require_accepted(doubted=doubted and not over_warnings, lacking=lacking and not over_missing)
    decision = Approval(
        id=new_id("apr"),
        bulletin_id=bulletin.id,
        rendition_id=rendition_id,
        spoken_sha256=spoken_sha256,
        audio_sha256=audio_sha256,
        approver_id=by,
        approved=approved,
        over_warnings=doubted,
        over_missing=lacking,
        comment=comment,
        decided_at=_after_all_before(session, bulletin, now=now),
    )
    session.add(decision)
    if not approved:
        bulletin.submitted_at = None
    session.flush()
    _record(session, decision, whole=rendition_sha256(rendition), now=now)
    return decision


def _says_their_own(session: Session, bulletin: Bulletin, rendition: Rendition, *, by: str) -> bool:
    """Whether this sound says a word as its approver taught it, and nobody else sent it here.

    A reading is what poles say, so it takes two as well: whoever taught it, and whoever submitted
    the sound, who saw script and spoken words side by side. With one person in both places nobody
    but the approver would ever have heard of it.
    """
    submitted = session.execute(
        select(ENTRIES.c.person)
        .where(ENTRIES.c.about == bulletin.id, ENTRIES.c.act == AuditAct.BULLETIN_SUBMITTED)
        .order_by(ENTRIES.c.number.desc())
        .limit(1)
    ).scalar()
    if submitted != by:
        return False
    taught = session.execute(
        select(col(LexiconEntry.written)).where(
            col(LexiconEntry.station_id) == bulletin.station_id,
            col(LexiconEntry.created_by) == by,
            col(LexiconEntry.created_at) <= rendition.rendered_at,
            or_(
                col(LexiconEntry.retired_at).is_(None),
                col(LexiconEntry.retired_at) > rendition.rendered_at,
            ),
        )
    ).scalars()
    script = bulletin.script.casefold()
    return any(written.casefold() in script for written in taught)


def _as_shown(
    session: Session,
    bulletin: Bulletin,
    shown: tuple[str, str, str],
    *,
    submitted_at_ms: int | None,
) -> Rendition:
    """The present words and sound, if they and what was asked are what was shown."""
    rendition = current_rendition(session, bulletin)
    if rendition is None or shown != identity(rendition):
        raise RenditionChanged
    asked_at_ms = to_ms(bulletin.submitted_at) if bulletin.submitted_at else None
    if submitted_at_ms not in {None, asked_at_ms}:
        raise RenditionChanged
    return rendition


def _require_holding(session: Session, bulletin: Bulletin, rendition: Rendition) -> None:
    """Raises where what it is made of is no longer what it was made from."""
    if not all(part_holds(session, part) for part in rendition.parts):
        raise PlaylistOutdated
    if not relay_holds(session, rendition):
        raise RelayOutdated
    if not is_as_shown(session, bulletin, rendition):
        raise RenditionChanged


def _require_accepted(*, doubted: bool, lacking: bool) -> None:
    """Raises what names exactly what the approver did not accept."""
    if doubted and lacking:
        raise NothingAccepted(field="over_warnings")
    if doubted:
        raise WarningsUnresolved(field="over_warnings")
    if lacking:
        raise RecordingsUnaccepted(field="over_missing")


def _after_all_before(session: Session, bulletin: Bulletin, *, now: datetime) -> datetime:
    """Decisions keep their order although two come at once, or the clock was set back."""
    newest = newest_decision(session, bulletin)
    earliest = [newest.decided_at + TICK] if newest else []
    submitted = [bulletin.submitted_at] if bulletin.submitted_at else []
    return max([now, *earliest, *submitted])


def _record(session: Session, decision: Approval, *, whole: str, now: datetime) -> None:
    record(
        session,
        AuditAct.BULLETIN_APPROVED if decision.approved else AuditAct.BULLETIN_RETURNED,
        by=decision.approver_id,
        about=decision.bulletin_id,
        at=now,
        details={
            "rendition": decision.rendition_id,
            "spoken_sha256": decision.spoken_sha256,
            "audio_sha256": decision.audio_sha256,
            "rendition_sha256": whole,
            "over_warnings": decision.over_warnings,
            "over_missing": decision.over_missing,
        },
        private={"comment": decision.comment},
    )
    log.info(
        "bulletin_decided",
        bulletin_id=decision.bulletin_id,
        approved=decision.approved,
        by=decision.approver_id,
    )
