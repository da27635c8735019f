"""The desk: every change of a bulletin, and who decided what about which words and which sound.

Invariant: a bulletin is approved only while the newest decision on its present rendition approves
it, was made by somebody who wrote none of it, and names exactly these words and this sound.
"""

from datetime import datetime

import structlog
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.audit import Act as AuditAct
from broadcaster.audit import record
from broadcaster.bulletins.deciding import TICK, decide
from broadcaster.bulletins.delivery import delivery_of, keep_delivery
from broadcaster.bulletins.errors import (
    EditedMeanwhile,
    ScriptChanged,
    SoundOverLimit,
    UnknownBulletin,
)
from broadcaster.bulletins.provenance import keep_provenance, provenance_of
from broadcaster.bulletins.recordings import (
    holding_recordings,
    take_present_recordings,
)
from broadcaster.bulletins.sound import NewContent
from broadcaster.bulletins.standing import (
    approved_rendition,
    authors_of,
    current_rendition,
    decisions_on,
    find_bulletin,
    held_bulletin,
    newest_bulletins,
    newest_decision,
    state_of,
    states_of,
)
from broadcaster.bulletins.states import Act, BulletinState, after
from broadcaster.bulletins.tables import (
    Bulletin,
    BulletinEdit,
    BulletinKind,
    Rendition,
)
from broadcaster.bulletins.texts import Written, sha256_of
from broadcaster.database import new_id

__all__ = [
    "approved_rendition",
    "as_written",
    "attach_rendition",
    "authors_of",
    "current_rendition",
    "decide",
    "decisions_on",
    "edit",
    "find_bulletin",
    "newest_bulletins",
    "renew",
    "state_of",
    "states_of",
    "submit",
    "version_of",
    "write_bulletin",
]

log = structlog.get_logger(__name__)


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
    _keep_beside_words(bulletin, written)
    session.add(bulletin)
    session.flush()
    _remember(session, bulletin, act=AuditAct.BULLETIN_WRITTEN, by=by, now=now)
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
    based_on: str = "",
    else_changed: bool = False,
) -> Bulletin:
    """Change a bulletin, which voids its approval and drops its sound; nothing new changes nothing.

    `based_on` is the version that its author began from (`version_of`); empty for whatever stands.
    `else_changed` says that something beside the words, which they do not tell, is another now.
    Raises EditedMeanwhile, and UnknownBulletin also for what is of another kind.
    """
    bulletin = held_bulletin(session, bulletin_id)
    if bulletin.kind != kind:
        raise UnknownBulletin
    if as_written(bulletin) == written and not else_changed:
        return bulletin
    if based_on and based_on != version_of(bulletin):
        raise EditedMeanwhile
    after(state_of(session, bulletin), Act.EDIT)
    bulletin.title, bulletin.script = written.title, written.script
    bulletin.topic, bulletin.priority = written.topic, written.priority
    _keep_beside_words(bulletin, written)
    bulletin.edited_at = now
    bulletin.rendition_id = None
    bulletin.submitted_at = None
    _remember(session, bulletin, act=AuditAct.BULLETIN_EDITED, by=by, now=now)
    log.info("bulletin_edited", bulletin_id=bulletin_id, by=by)
    return bulletin


def attach_rendition(
    session: Session,
    bulletin_id: str,
    *,
    sound: NewContent,
    now: datetime,
    by: str = "",
) -> Rendition:
    """Make this sound the bulletin's own, if its script is still the one that was read.

    `by` is whoever asked for it; empty for nobody, where the station makes it by itself.

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
    record(
        session,
        AuditAct.BULLETIN_RENDERED,
        by=by,
        about=bulletin.id,
        at=now,
        details={
            "rendition": rendition.id,
            "spoken_sha256": sha256_of(rendition.spoken),
            "audio_sha256": rendition.audio_sha256,
            "engine": rendition.engine,
        },
    )
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
        bulletin.submitted_at = max(now, newest.decided_at + TICK) if newest else now
        session.flush()
        record(
            session,
            AuditAct.BULLETIN_SUBMITTED,
            by=by,
            about=bulletin.id,
            at=now,
            details={"rendition": bulletin.rendition_id},
        )
        log.info("bulletin_submitted", bulletin_id=bulletin_id, by=by)
    return reached


def ask_anew(session: Session, bulletin_id: str, *, now: datetime) -> None:
    """What waits for a decision waits with something more in it: pages from before are stale."""
    bulletin = held_bulletin(session, bulletin_id)
    if bulletin.submitted_at is not None:
        bulletin.submitted_at = max(now, bulletin.submitted_at + TICK)
        session.flush()


def renew(session: Session, bulletin_id: str, *, by: str, now: datetime) -> None:
    """Let all be decided anew, words and sound staying what they are; raise UnknownBulletin.

    What waits for its first decision goes on waiting, with something more in it.
    """
    bulletin = held_bulletin(session, bulletin_id)
    present = current_rendition(session, bulletin)
    if present is None or newest_decision(session, bulletin) is None:
        ask_anew(session, bulletin_id, now=now)
        return
    after(state_of(session, bulletin), Act.RENDER)
    kept = present.model_dump(exclude={"id", "rendered_at"})
    again = Rendition(id=new_id("ren"), rendered_at=now, **kept)
    session.add(again)
    bulletin.rendition_id, bulletin.submitted_at = again.id, None
    session.flush()
    log.info("bulletin_renewed", bulletin_id=bulletin_id, rendition_id=again.id, by=by)


def _require_session_length(session: Session, bulletin: Bulletin) -> None:
    rendition = current_rendition(session, bulletin)
    if rendition is None:
        return
    later_ms = int(rendition.replay["duration_ms"]) if rendition.replay else 0
    longest_ms = session.get_one(Station, bulletin.station_id).longest_session_ms
    if max(rendition.duration_ms, later_ms) > longest_ms:
        raise SoundOverLimit


def version_of(bulletin: Bulletin) -> str:
    """What a form says that it began from."""
    return as_written(bulletin).version


def as_written(bulletin: Bulletin) -> Written:
    """What its author gave, as it is kept."""
    return Written(
        title=bulletin.title,
        script=bulletin.script,
        topic=bulletin.topic,
        priority=bulletin.priority,
        delivery=delivery_of(bulletin),
        provenance=provenance_of(bulletin),
    )


def _keep_beside_words(bulletin: Bulletin, written: Written) -> None:
    keep_delivery(bulletin, written.delivery)
    keep_provenance(bulletin, written.provenance)
    bulletin.search_text = written.search_text


def _remember(
    session: Session, bulletin: Bulletin, *, act: AuditAct, by: str, now: datetime
) -> None:
    record(
        session,
        act,
        by=by,
        about=bulletin.id,
        at=now,
        details={
            "script_sha256": sha256_of(bulletin.script),
            "priority": bulletin.priority,
            "kind": str(bulletin.kind),
        },
        private={"title": bulletin.title},
    )
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
