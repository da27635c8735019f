"""What residents said in a period and what became of it: counts by village, and the answers given.

Residents' own words stay out of reports: they name people unasked. Answers are public anyway.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Village
from broadcaster.feedback.tables import Feedback, FeedbackAnswer
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.schedule.tables import Broadcast


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageOpinions:
    """One village: words received in the period, and of these answered, waiting, erased, on air."""

    village_id: str
    name: str
    received: int
    answered: int
    waiting: int
    erased: int
    aired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """The newest answer to one word received in the period."""

    village: str
    received_at: datetime
    answered_at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """All of it; a word counts in the period in which it came."""

    by_village: Sequence[VillageOpinions]
    answers: Sequence[AnswerGiven]


def opinions(
    session: Session,
    period: Period,
    *,
    station_id: str,
    villages: Villages,
    zone: tzinfo,
    now: datetime,
) -> Opinions:
    """What residents of villages in view said, and what was answered until now."""
    begins, ends = period.instants(zone=zone)
    wanted = (
        select(Feedback, Village)
        .join(Village, col(Village.id) == col(Feedback.village_id))
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(
            Cluster.station_id == station_id,
            Feedback.received_at >= begins,
            Feedback.received_at < ends,
        )
        .order_by(
            col(Cluster.position), col(Village.position), col(Village.id),
            col(Feedback.received_at), col(Feedback.id),
        )
    )  # fmt: skip
    if villages is not None:
        wanted = wanted.where(col(Feedback.village_id).in_(villages))
    rows = session.exec(wanted).all()
    answers = _answers(session, [said.id for said, _ in rows])
    drafted = {said.bulletin_id for said, _ in rows if said.bulletin_id}
    aired = set(
        session.exec(
            select(Broadcast.bulletin_id).where(
                col(Broadcast.bulletin_id).in_(drafted),
                Broadcast.starts_at <= now,
                col(Broadcast.cancelled_at).is_(None),
            )
        )
    )
    by_village: dict[str, list[tuple[Feedback, Village]]] = defaultdict(list)
    for said, village in rows:
        by_village[village.id].append((said, village))
    return Opinions(
        by_village=[_village(same, answers, aired) for same in by_village.values()],
        answers=[
            AnswerGiven(
                village=village.name,
                received_at=said.received_at,
                answered_at=answers[said.id].answered_at,
                words=answers[said.id].words,
            )
            for said, village in rows
            if said.id in answers
        ],
    )


def _village(
    same: Sequence[tuple[Feedback, Village]],
    answers: dict[str, FeedbackAnswer],
    aired: set[str],
) -> VillageOpinions:
    said = [each for each, _ in same]
    answered = [each for each in said if each.id in answers]
    gone = [each for each in said if each.id not in answers and each.erased_at is not None]
    return VillageOpinions(
        village_id=same[0][1].id,
        name=same[0][1].name,
        received=len(said),
        answered=len(answered),
        waiting=len(said) - len(answered) - len(gone),
        erased=len(gone),
        aired=sum(each.bulletin_id in aired for each in said),
    )


def _answers(session: Session, feedback_ids: Sequence[str]) -> dict[str, FeedbackAnswer]:
    rows = session.exec(
        select(FeedbackAnswer)
        .where(col(FeedbackAnswer.feedback_id).in_(feedback_ids))
        .order_by(col(FeedbackAnswer.id))
    )
    return {row.feedback_id: row for row in rows}
