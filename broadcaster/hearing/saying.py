"""Saying that one heard a broadcast, or not, and taking back what was written beside it.

Invariant: a word is only ever added. Note and photo lie beside it and may be erased; that is an
act of its own, and the word stays.
"""

from collections.abc import Collection
from datetime import datetime

import structlog
from sqlmodel import Session, col, delete, select

from broadcaster.areas.queries import villages_at
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.errors import NotFound
from broadcaster.hearing.errors import NOTE_LIMIT_CHARACTERS, NoteTooLong, NotOnAirYet
from broadcaster.hearing.photos import Photo
from broadcaster.hearing.tables import Hearing, HearingNote, HearingPhoto
from broadcaster.ledger.tables import PlayShare

log = structlog.get_logger(__name__)


def say(
    session: Session,
    *,
    broadcast_id: str,
    village_id: str,
    clear: bool,
    note: str = "",
    photo: Photo | None = None,
    by: str,
    own_villages: Collection[str],
    now: datetime,
) -> Hearing:
    """Keep that somebody in a village of theirs heard a broadcast clearly, or did not hear it.

    Raises NotFound for another village and for what never was for this one; NotOnAirYet,
    NoteTooLong.
    """
    starts_at = _starts_at(session, broadcast_id, village_id)
    if starts_at is None or village_id not in own_villages:
        raise NotFound(broadcast_id)
    if starts_at > now:
        raise NotOnAirYet
    written = as_note(note)
    word = Hearing(
        id=new_id("hear"),
        broadcast_id=broadcast_id,
        village_id=village_id,
        account_id=by,
        clear=clear,
        said_at=now,
    )
    session.add(word)
    session.flush()
    if written:
        session.add(HearingNote(hearing_id=word.id, note=written))
    if photo is not None:
        session.add(
            HearingPhoto(
                hearing_id=word.id,
                jpeg=photo.jpeg,
                width_px=photo.width_px,
                height_px=photo.height_px,
            )
        )
    session.flush()
    record(
        session,
        Act.HEARING_SAID,
        by=by,
        about=broadcast_id,
        at=now,
        details={"hearing": word.id, "village": village_id, "clear": clear},
    )
    log.info("hearing_said", hearing_id=word.id, broadcast_id=broadcast_id, clear=clear)
    return word


def erase_words(
    session: Session,
    hearing_id: str,
    *,
    station_id: str,
    by: str,
    may_erase_all: bool,
    now: datetime,
) -> Hearing:
    """Erase note and photo beside a word of one's own, or of anybody where that is allowed.

    Erased twice they are gone. Raises NotFound.
    """
    word = session.exec(
        select(Hearing).where(
            Hearing.id == hearing_id, col(Hearing.village_id).in_(villages_at(station_id))
        )
    ).first()
    if word is None or not (may_erase_all or word.account_id == by):
        raise NotFound(hearing_id)
    session.exec(delete(HearingNote).where(col(HearingNote.hearing_id) == word.id))
    session.exec(delete(HearingPhoto).where(col(HearingPhoto.hearing_id) == word.id))
    record(
        session,
        Act.HEARING_WORDS_ERASED,
        by=by,
        about=word.broadcast_id,
        at=now,
        details={"hearing": word.id},
    )
    return word


def as_note(given: str) -> str:
    """A note as it is kept; raise NoteTooLong."""
    kept = given.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    kept = "".join(sign for sign in kept if not "\ud800" <= sign <= "\udfff")
    if len(kept) > NOTE_LIMIT_CHARACTERS:
        raise NoteTooLong(field="note")
    return kept


def _starts_at(session: Session, broadcast_id: str, village_id: str) -> datetime | None:
    """When what was for this village began; None where nothing was."""
    return session.exec(
        select(PlayShare.starts_at)
        .where(PlayShare.broadcast_id == broadcast_id, PlayShare.village_id == village_id)
        .order_by(col(PlayShare.starts_at))
        .limit(1)
    ).first()
