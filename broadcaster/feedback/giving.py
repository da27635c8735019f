"""Taking a resident's word: from a poster, or written down by the village head."""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.queries import villages_at
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.feedback.errors import (
    WORDS_LIMIT_CHARACTERS,
    NoSuchFeedback,
    PosterGone,
    WordsMissing,
    WordsTooLong,
)
from broadcaster.feedback.tables import Feedback, Poster

log = structlog.get_logger(__name__)

SAME_WORDS_WITHIN = timedelta(days=1)


def open_poster(session: Session, code: str) -> Poster:
    """A poster by which people may write; raise PosterGone."""
    poster = session.get(Poster, code)
    if poster is None or poster.retired_at is not None:
        raise PosterGone
    return poster


def give(
    session: Session,
    *,
    village_id: str,
    words: str,
    now: datetime,
    poster: Poster | None = None,
    by: str | None = None,
) -> Feedback:
    """Keep what was said; the same words again within a day are the ones that are there.

    `by` is the village head who writes it down; of a resident nothing is known. Raises
    WordsMissing, WordsTooLong.
    """
    written = as_words(words)
    before = session.exec(
        select(Feedback).where(
            Feedback.village_id == village_id,
            Feedback.words == written,
            col(Feedback.received_at) > now - SAME_WORDS_WITHIN,
        )
    ).first()
    if before is not None:
        return before
    said = Feedback(
        id=new_id("fb"),
        village_id=village_id,
        poster_code=poster.code if poster else None,
        entered_by=by,
        words=written,
        received_at=now,
    )
    session.add(said)
    session.flush()
    details = {"village": village_id, "poster": poster.code if poster else None}
    record(session, Act.FEEDBACK_GIVEN, by=by or "", about=said.id, at=now, details=details)
    log.info("feedback_given", feedback_id=said.id, village_id=village_id)
    return said


def erase(session: Session, feedback_id: str, *, station_id: str, by: str, now: datetime) -> None:
    """Erase the words, which may name people; that something was said stays. Twice is once."""
    said = session.exec(
        select(Feedback).where(
            Feedback.id == feedback_id, col(Feedback.village_id).in_(villages_at(station_id))
        )
    ).first()
    if said is None:
        raise NoSuchFeedback
    if said.erased_at is not None:
        return
    said.words, said.erased_at = "", now
    session.flush()
    record(session, Act.FEEDBACK_ERASED, by=by, about=said.id, at=now)


def as_words(given: str) -> str:
    """Words as they are kept: text, and one kind of line end."""
    unified = given.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        sign for sign in unified if (sign.isprintable() or sign == "\n") and not _is_half(sign)
    ).strip()
    if not kept:
        raise WordsMissing(field="words")
    if len(kept) > WORDS_LIMIT_CHARACTERS:
        raise WordsTooLong(field="words")
    return kept


def _is_half(sign: str) -> bool:
    return "\ud800" <= sign <= "\udfff"
