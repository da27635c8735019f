"""The desk: every change of a bulletin, and who decided what about which words and which sound.

Invariant: a bulletin is approved only while the newest decision on its present rendition approves
it, was made by somebody who wrote none of it, and names exactly these words and this sound.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from broadcaster.bulletins.errors import (
    COMMENT_LIMIT_CHARACTERS,
    CommentMissing,
    CommentTooLong,
    OwnBulletin,
    RenditionChanged,
    ScriptChanged,
    UnknownBulletin,
    WarningsUnresolved,
)
from broadcaster.bulletins.sound import NewSound
from broadcaster.bulletins.states import Act, BulletinState, after, state_from
from broadcaster.bulletins.tables import Approval, Bulletin, BulletinEdit, Rendition
from broadcaster.bulletins.texts import Written, as_kept, sha256_of
from broadcaster.database import new_id

log = structlog.get_logger(__name__)

_ID = re.compile(r"[a-z0-9-]{1,64}")
_TICK = timedelta(milliseconds=1)


def write_bulletin(
    session: Session, *, station_id: str, written: Written, by: str, now: datetime
) -> Bulletin:
    """Keep a new bulletin (`texts.checked` makes `written`)."""
    bulletin = Bulletin(
        id=new_id("bul"),
        station_id=station_id,
        title=written.title,
        script=written.script,
        topic=written.topic,
        priority=written.priority,
        author_id=by,
        created_at=now,
        edited_at=now,
    )
    session.add(bulletin)
    session.flush()
    _remember(session, bulletin, by=by, now=now)
    log.info("bulletin_written", bulletin_id=bulletin.id, by=by)
    return bulletin


def edit(
    session: Session, bulletin_id: str, *, written: Written, by: str, now: datetime
) -> Bulletin:
    """Change a bulletin, which voids its approval and drops its sound; nothing new changes nothing.

    Raises UnknownBulletin.
    """
    bulletin = _held(session, bulletin_id)
    if _as_written(bulletin) == written:
        return bulletin
    after(state_of(session, bulletin), Act.EDIT)
    bulletin.title, bulletin.script = written.title, written.script
    bulletin.topic, bulletin.priority = written.topic, written.priority
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
    bulletin = _held(session, bulletin_id)
    if sound.script_sha256 != sha256_of(bulletin.script):
        raise ScriptChanged
    present = current_rendition(session, bulletin)
    if present is not None and sound.is_that_of(present):
        return present
    after(state_of(session, bulletin), Act.RENDER)
    rendition = sound.as_rendition(id_=new_id("ren"), bulletin_id=bulletin.id, now=now)
    session.add(rendition)
    bulletin.rendition_id = rendition.id
    bulletin.submitted_at = None
    session.flush()
    log.info("bulletin_rendered", bulletin_id=bulletin.id, rendition_id=rendition.id)
    return rendition


def submit(session: Session, bulletin_id: str, *, by: str, now: datetime) -> BulletinState:
    """Ask for a decision; what waits or is approved already stays as it is.

    Raises ActOutOfPlace for a bulletin without sound, UnknownBulletin.
    """
    bulletin = _held(session, bulletin_id)
    state = state_of(session, bulletin)
    reached = after(state, Act.SUBMIT)
    if reached is not state:
        newest = _newest_decision(session, bulletin)
        bulletin.submitted_at = max(now, newest.decided_at + _TICK) if newest else now
        session.flush()
        log.info("bulletin_submitted", bulletin_id=bulletin_id, by=by)
    return reached


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
    comment: str = "",
) -> Approval:
    """Approve or return exactly these words and this sound.

    Raises RenditionChanged, ActOutOfPlace, OwnBulletin, WarningsUnresolved, CommentMissing,
    CommentTooLong, TextUnusable, UnknownBulletin.
    """
    bulletin = _held(session, bulletin_id)
    rendition = current_rendition(session, bulletin)
    shown = (rendition_id, spoken_sha256, audio_sha256)
    if rendition is None or shown != _identity(rendition):
        raise RenditionChanged
    after(state_of(session, bulletin), Act.APPROVE if approved else Act.RETURN)
    if by in authors_of(session, bulletin):
        raise OwnBulletin
    comment = _checked_comment(comment, needed=not approved)
    if approved and rendition.warnings and not over_warnings:
        raise WarningsUnresolved(field="over_warnings")
    decision = Approval(
        id=new_id("apr"),
        bulletin_id=bulletin.id,
        rendition_id=rendition_id,
        spoken_sha256=spoken_sha256,
        audio_sha256=audio_sha256,
        approver_id=by,
        approved=approved,
        over_warnings=approved and bool(rendition.warnings),
        comment=comment,
        decided_at=_after_all_before(session, bulletin, now=now),
    )
    session.add(decision)
    if not approved:
        bulletin.submitted_at = None
    session.flush()
    log.info("bulletin_decided", bulletin_id=bulletin_id, approved=approved, by=by)
    return decision


def find_bulletin(session: Session, bulletin_id: str, *, station_id: str) -> Bulletin:
    """A bulletin of this station; raise UnknownBulletin."""
    found = session.get(Bulletin, bulletin_id) if _ID.fullmatch(bulletin_id) else None
    if found is None or found.station_id != station_id:
        raise UnknownBulletin
    return found


def approved_rendition(session: Session, bulletin_id: str) -> Rendition | None:
    """The words and sound that may go on air now; None unless another person approved them."""
    bulletin = session.get(Bulletin, bulletin_id)
    rendition = current_rendition(session, bulletin) if bulletin else None
    if bulletin is None or rendition is None:
        return None
    decision = _newest_decision(session, bulletin)
    holds = (
        decision is not None
        and decision.approved
        and (decision.rendition_id, decision.spoken_sha256, decision.audio_sha256)
        == _identity(rendition)
        and rendition.script_sha256 == sha256_of(bulletin.script)
        and decision.approver_id not in authors_of(session, bulletin)
    )
    return rendition if holds else None


def current_rendition(session: Session, bulletin: Bulletin) -> Rendition | None:
    """The words and sound made from the script as it stands."""
    return session.get(Rendition, bulletin.rendition_id) if bulletin.rendition_id else None


def state_of(session: Session, bulletin: Bulletin) -> BulletinState:
    """Where a bulletin stands."""
    return states_of(session, [bulletin])[bulletin.id]


def states_of(session: Session, bulletins: Collection[Bulletin]) -> Mapping[str, BulletinState]:
    """Where bulletins stand, by id, in one query."""
    present = [each.rendition_id for each in bulletins if each.rendition_id]
    decided = session.exec(
        select(Approval.rendition_id, Approval.approved)
        .where(col(Approval.rendition_id).in_(present))
        .order_by(col(Approval.decided_at))
    ).all()
    newest = dict(decided)
    return {
        each.id: state_from(
            rendered=each.rendition_id is not None,
            submitted=each.submitted_at is not None,
            newest_decision_approves=newest.get(each.rendition_id or ""),
        )
        for each in bulletins
    }


def authors_of(session: Session, bulletin: Bulletin) -> frozenset[str]:
    """Everybody who ever wrote in this bulletin."""
    editors = session.exec(
        select(BulletinEdit.account_id).where(BulletinEdit.bulletin_id == bulletin.id)
    ).all()
    return frozenset(editors) | {bulletin.author_id}


def newest_bulletins(
    session: Session, *, station_id: str, limit: int, submitted: bool = False
) -> Sequence[Bulletin]:
    """A station's bulletins without their scripts, last edited first; or those once submitted."""
    wanted = select(Bulletin).where(Bulletin.station_id == station_id)
    if submitted:
        wanted = wanted.where(col(Bulletin.submitted_at).is_not(None))
    return session.exec(
        wanted.options(defer(Bulletin.script, raiseload=True))  # type: ignore[arg-type]
        .order_by(col(Bulletin.edited_at).desc(), col(Bulletin.id))
        .limit(limit)
    ).all()


def decisions_on(session: Session, bulletin: Bulletin) -> Sequence[Approval]:
    """All that was ever decided on a bulletin, newest first."""
    return session.exec(
        select(Approval)
        .where(Approval.bulletin_id == bulletin.id)
        .order_by(col(Approval.decided_at).desc())
    ).all()


def _held(session: Session, bulletin_id: str) -> Bulletin:
    """A bulletin that nobody else changes until this transaction ends."""
    if not _ID.fullmatch(bulletin_id):
        raise UnknownBulletin
    bulletin = session.get(Bulletin, bulletin_id, with_for_update=True)
    if bulletin is None:
        raise UnknownBulletin
    return bulletin


def _newest_decision(session: Session, bulletin: Bulletin) -> Approval | None:
    """On the present rendition; what was decided on others does not count any more."""
    return session.exec(
        select(Approval)
        .where(Approval.bulletin_id == bulletin.id, Approval.rendition_id == bulletin.rendition_id)
        .order_by(col(Approval.decided_at).desc())
        .limit(1)
    ).first()


def _after_all_before(session: Session, bulletin: Bulletin, *, now: datetime) -> datetime:
    """Decisions keep their order although two come at once, or the clock was set back."""
    newest = _newest_decision(session, bulletin)
    earliest = [newest.decided_at + _TICK] if newest else []
    submitted = [bulletin.submitted_at] if bulletin.submitted_at else []
    return max([now, *earliest, *submitted])


def _identity(rendition: Rendition) -> tuple[str, str, str]:
    return rendition.id, sha256_of(rendition.spoken), rendition.audio_sha256


def _as_written(bulletin: Bulletin) -> Written:
    return Written(
        title=bulletin.title,
        script=bulletin.script,
        topic=bulletin.topic,
        priority=bulletin.priority,
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
