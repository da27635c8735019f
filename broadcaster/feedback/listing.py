"""Residents' feedback as it is read: by the staff, by a village's head, and at the poster."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, func, select

from broadcaster.accounts.people import display_names
from broadcaster.areas.tables import Village
from broadcaster.feedback.tables import Feedback, FeedbackAnswer, Poster
from broadcaster.fleet.tables import Device
from broadcaster.ledger.queries import Villages


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One word of a resident with the station's answer (or '')."""

    feedback_id: str
    village_id: str
    village: str
    pole: str
    entered_by: str
    words: str
    erased: bool
    received_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    bulletin_id: str | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.answer and not self.erased


def feedback_in_view(
    session: Session,
    *,
    villages: Villages,
    limit: int,
    before: datetime | None = None,
    waiting: bool | None = None,
    feedback_id: str | None = None,
) -> list[Spoken]:
    """What residents of villages in view said, the newest first.

    `waiting` leaves those that wait for an answer, or those that do not; an id leaves that one.
    """
    wanted = (
        select(Feedback, Village.name, Device.name)
        .join(Village, col(Village.id) == col(Feedback.village_id))
        .join(Poster, col(Poster.code) == col(Feedback.poster_code), isouter=True)
        .join(Device, col(Device.id) == col(Poster.device_id), isouter=True)
        .order_by(col(Feedback.received_at).desc(), col(Feedback.id).desc())
        .limit(limit)
    )
    if villages is not None:
        wanted = wanted.where(col(Feedback.village_id).in_(villages))
    if before is not None:
        wanted = wanted.where(col(Feedback.received_at) < before)
    if waiting is not None:
        is_waiting = _is_waiting()
        wanted = wanted.where(is_waiting if waiting else ~is_waiting)
    if feedback_id is not None:
        wanted = wanted.where(col(Feedback.id) == feedback_id)
    rows = session.exec(wanted).all()
    answers = _answers(session, [said.id for said, _, _ in rows])
    people = {each.answered_by for each in answers.values()}
    people |= {said.entered_by for said, _, _ in rows if said.entered_by}
    names = display_names(session, people)
    return [
        Spoken(
            feedback_id=said.id,
            village_id=said.village_id,
            village=village,
            pole=pole or "",
            entered_by=names.get(said.entered_by or "", ""),
            words=said.words,
            erased=said.erased_at is not None,
            received_at=said.received_at,
            answer=answers[said.id].words if said.id in answers else "",
            answered_by=names.get(answers[said.id].answered_by, "") if said.id in answers else "",
            answered_at=answers[said.id].answered_at if said.id in answers else None,
            bulletin_id=said.bulletin_id,
        )
        for said, village, pole in rows
    ]


def answers_in(session: Session, village_id: str, *, limit: int) -> list[FeedbackAnswer]:
    """The newest answer to each word of a village, the last given first: what posters show."""
    newest = (
        select(func.max(col(FeedbackAnswer.id)))
        .join(Feedback, col(Feedback.id) == col(FeedbackAnswer.feedback_id))
        .where(Feedback.village_id == village_id)
        .group_by(col(FeedbackAnswer.feedback_id))
    )
    return list(
        session.exec(
            select(FeedbackAnswer)
            .where(col(FeedbackAnswer.id).in_(newest))
            .order_by(col(FeedbackAnswer.answered_at).desc(), col(FeedbackAnswer.id).desc())
            .limit(limit)
        ).all()
    )


def open_count(session: Session) -> int:
    """How many words wait for an answer."""
    return session.exec(select(func.count()).select_from(Feedback).where(_is_waiting())).one()


def _is_waiting() -> ColumnElement[bool]:
    """The condition on a word that nobody has answered it, and that it was not erased."""
    answered = select(FeedbackAnswer.feedback_id)
    return and_(col(Feedback.id).not_in(answered), col(Feedback.erased_at).is_(None))


def _answers(session: Session, feedback_ids: Iterable[str]) -> dict[str, FeedbackAnswer]:
    """The newest answer to each: later rows take the place of earlier ones."""
    rows = session.exec(
        select(FeedbackAnswer)
        .where(col(FeedbackAnswer.feedback_id).in_(list(feedback_ids)))
        .order_by(col(FeedbackAnswer.id))
    )
    return {row.feedback_id: row for row in rows}
