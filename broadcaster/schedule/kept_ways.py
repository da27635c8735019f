"""What shall make way for a newcomer is kept with it until somebody approves it.

What is approved keeps its place for what nobody approved: that one might never be. So the choice
stands beside the newcomer's occurrence, and `making_way` does it in the decision that approves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, select

from broadcaster.schedule.placing import Choice
from broadcaster.schedule.tables import MakingWay


def keep_ways(
    session: Session,
    schedule_id: str,
    waits: Mapping[str, Sequence[str]],
    choice: Choice,
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep for each occurrence which schedules make way for it, and how."""
    session.add_all(
        MakingWay(
            schedule_id=schedule_id,
            occurrence=occurrence,
            choice=choice,
            others=" ".join(others),
            chosen_by=by,
            chosen_at=now,
        )
        for occurrence, others in waits.items()
    )
    session.flush()


def kept_ways(session: Session, schedule_id: str) -> Sequence[MakingWay]:
    """What is kept for a schedule: what is dropped first, then what moves, each by its day."""
    rows = session.exec(select(MakingWay).where(MakingWay.schedule_id == schedule_id)).all()
    return sorted(rows, key=lambda row: (row.choice != Choice.OVERWRITE, row.occurrence))


def forget_ways(session: Session, schedule_id: str, occurrence: str | None = None) -> None:
    """Who is put elsewhere takes nobody's place by what was chosen before."""
    for row in kept_ways(session, schedule_id):
        if occurrence in (None, row.occurrence):
            session.delete(row)
    session.flush()
