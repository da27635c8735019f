"""A schedule's own rule and its exceptions, kept as a person and its place settled them."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from broadcaster.schedule.occurrences import instant_of, read_local
from broadcaster.schedule.settling import Settled
from broadcaster.schedule.tables import Schedule, ScheduleException
from broadcaster.schedule.timetable import Rule, plays_of, wall_time


def settle_own(
    session: Session,
    schedule: Schedule,
    rule: Rule,
    settled: Settled,
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep a schedule's rule, its own occurrences moved as far as was settled."""
    session.flush()
    exceptions = dict(rule.exceptions)
    if not rule.recurrence and settled.own:
        (later,) = settled.own.values()
        begins = instant_of(read_local(rule.starts_local), rule.zone) + later
        rule = replace(rule, starts_local=wall_time(begins, rule.zone))
    else:
        for occurrence, later in settled.own.items():
            begins = plays_of(rule, occurrence)[0].at + later
            exceptions[occurrence] = wall_time(begins, rule.zone)
    schedule.starts_local, schedule.recurrence = rule.starts_local, rule.recurrence
    schedule.times, schedule.every_min = rule.times, rule.every_min
    kept = session.exec(
        select(ScheduleException).where(ScheduleException.schedule_id == schedule.id)
    ).all()
    for row in kept:
        if exceptions.get(row.occurrence) != row.moved_to:
            session.delete(row)
    session.flush()
    had = {row.occurrence: row.moved_to for row in kept}
    session.add_all(
        ScheduleException(
            schedule_id=schedule.id,
            occurrence=occurrence,
            moved_to=to,
            changed_by=by,
            changed_at=now,
        )
        for occurrence, to in exceptions.items()
        if had.get(occurrence) != to
    )
    session.flush()
