"""Answering a resident's word, and drafting a bulletin from the answer.

Answers to citizens' feedback are aired (Decree 49/2024/NĐ-CP); whether this one is, a person says.
What is drafted is a bulletin like any other: another person approves it.
"""

from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.queries import villages_at
from broadcaster.areas.tables import Station, Village
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import write_bulletin
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import checked
from broadcaster.feedback.errors import NoAnswerYet, NoSuchFeedback
from broadcaster.feedback.giving import as_words
from broadcaster.feedback.tables import Feedback, FeedbackAnswer

log = structlog.get_logger(__name__)

TOPIC = "Trả lời ý kiến bà con"


def answer(
    session: Session, feedback_id: str, words: str, *, station_id: str, by: str, now: datetime
) -> FeedbackAnswer:
    """Answer; an answer given before stays, and the new one is what people read.

    Raises NoSuchFeedback, WordsMissing, WordsTooLong.
    """
    said = _held(session, feedback_id, station_id=station_id)
    given = FeedbackAnswer(
        feedback_id=said.id, words=as_words(words), answered_by=by, answered_at=now
    )
    session.add(given)
    session.flush()
    record(session, Act.FEEDBACK_ANSWERED, by=by, about=said.id, at=now)
    log.info("feedback_answered", feedback_id=said.id, by=by)
    return given


def draft_bulletin(
    session: Session, feedback_id: str, *, station_id: str, by: str, now: datetime
) -> Bulletin:
    """The bulletin of the newest answer: drafted once, then the one that is there.

    The resident's own words are not read out: they may name people. Raises NoSuchFeedback,
    NoAnswerYet.
    """
    said = _held(session, feedback_id, station_id=station_id)
    if said.bulletin_id is not None:
        return session.get_one(Bulletin, said.bulletin_id)
    newest = newest_answer(session, said.id)
    if newest is None:
        raise NoAnswerYet
    village = session.get_one(Village, said.village_id)
    station = session.get_one(Station, station_id)
    bulletin = write_bulletin(
        session,
        station_id=station.id,
        written=checked(
            title=f"Trả lời ý kiến bà con {village.name}",
            script=f"{station.name} trả lời ý kiến của bà con {village.name}.\n{newest.words}",
            topic=TOPIC,
        ),
        by=by,
        now=now,
    )
    said.bulletin_id = bulletin.id
    session.flush()
    details = {"bulletin": bulletin.id}
    record(session, Act.FEEDBACK_DRAFTED, by=by, about=said.id, at=now, details=details)
    return bulletin


def newest_answer(session: Session, feedback_id: str) -> FeedbackAnswer | None:
    """What people read as the station's answer."""
    return session.exec(
        select(FeedbackAnswer)
        .where(FeedbackAnswer.feedback_id == feedback_id)
        .order_by(col(FeedbackAnswer.id).desc())
        .limit(1)
    ).first()


def _held(session: Session, feedback_id: str, *, station_id: str) -> Feedback:
    """A word, held until the transaction ends: two who draft at once draft one bulletin."""
    said = session.exec(
        select(Feedback)
        .where(Feedback.id == feedback_id, col(Feedback.village_id).in_(villages_at(station_id)))
        .with_for_update()
    ).first()
    if said is None:
        raise NoSuchFeedback
    return said
