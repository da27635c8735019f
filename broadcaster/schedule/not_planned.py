"""What has not become a broadcast, and why: said in the words of the state that it is in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, exists, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.standing import approved_rendition, states_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.schedule.finding_room import Cause, asked_of, room_for
from broadcaster.schedule.listing import ScheduleLine
from broadcaster.schedule.tables import Broadcast, Schedule
from broadcaster.schedule.taken import Standing, open_schedules, standing_schedules


class Step(StrEnum):
    """What comes next for a schedule that has no broadcast."""

    UNSENT = "unsent"
    RETURNED = "returned"
    WAITING = "waiting"
    AGAIN = "again"
    """It was approved, and what it is made of is not what was approved any more."""
    FAR = "far"
    SOON = "soon"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWish:
    """An approved wish within reach that found no room; `wished` is None for *as soon as approved*.

    `occurrence` is empty for that too.
    """

    schedule_id: str
    bulletin_id: str
    title: str
    wished: datetime | None
    occurrence: str
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A time that went by today without a broadcast, and nothing was scheduled in its place."""

    schedule_id: str
    bulletin_id: str
    title: str


def steps_of(
    session: Session, lines: Iterable[ScheduleLine], *, station: Station, now: datetime, days: int
) -> Mapping[str, tuple[Step, Cause | None]]:
    """What comes next for each of these schedules that is open and has no broadcast, by id."""
    silent = [line for line in lines if not line.broadcasts and not line.closed_because]
    ids = {line.bulletin_id for line in silent}
    bulletins = session.exec(select(Bulletin).where(col(Bulletin.id).in_(ids))).all()
    states = states_of(session, bulletins)
    standing: Mapping[str, Standing] = {}
    if any(states[line.bulletin_id] is BulletinState.APPROVED for line in silent):
        found = standing_schedules(session, station=station, after=now)
        standing = {each.schedule.id: each for each in found}
    return {
        line.schedule_id: _step(
            session, states[line.bulletin_id], standing.get(line.schedule_id),
            station=station, now=now, days=days,
        )
        for line in silent
    }  # fmt: skip


def held_wishes(
    session: Session, *, station: Station, now: datetime, days: int, limit: int = 10
) -> list[HeldWish]:
    """The approved wishes of the next `days` that found no room, the soonest first."""
    candidates = [
        each
        for each in open_schedules(session, station=station)
        if each.rule is None or _in_reach(each, now=now, days=days)
    ]
    states = states_of(session, [each.bulletin for each in candidates])
    found: list[HeldWish] = []
    for each in candidates:
        if states[each.bulletin.id] is BulletinState.APPROVED:
            rendition = approved_rendition(session, each.bulletin.id)
            if rendition is not None:
                found += _held(session, each, rendition, station=station, now=now, days=days)
    return sorted(found, key=lambda held: (held.wished or now, held.title))[:limit]


def missed_since(
    session: Session, *, station_id: str, begins: datetime, limit: int = 10
) -> list[Missed]:
    """What was missed since an instant and has no schedule that was made after that."""
    later = Schedule.__table__.alias("later")  # type: ignore[attr-defined]
    rows = session.exec(
        select(Schedule.id, Bulletin.id, Bulletin.title)
        .join(Bulletin, col(Bulletin.id) == col(Schedule.bulletin_id))
        .where(
            Schedule.station_id == station_id,
            col(Schedule.cancelled_at).is_(None),
            Schedule.closed_because == "missed",
            col(Schedule.closed_at) >= begins,
            ~exists().where(
                later.c.bulletin_id == col(Schedule.bulletin_id),
                later.c.cancelled_at.is_(None),
                later.c.created_at >= col(Schedule.closed_at),
            ),
            ~exists().where(
                col(Broadcast.schedule_id) == col(Schedule.id),
                col(Broadcast.cancelled_at).is_(None),
            ),
        )
        .order_by(col(Schedule.closed_at), col(Schedule.id))
        .limit(limit)
    ).all()
    return [Missed(schedule_id=id_, bulletin_id=bulletin, title=title)
            for id_, bulletin, title in rows]  # fmt: skip


def _step(
    session: Session,
    state: BulletinState,
    standing: Standing | None,
    *,
    station: Station,
    now: datetime,
    days: int,
) -> tuple[Step, Cause | None]:
    if state is BulletinState.SUBMITTED:
        return Step.WAITING, None
    if state is BulletinState.RETURNED:
        return Step.RETURNED, None
    if state is not BulletinState.APPROVED or standing is None:
        return Step.UNSENT, None
    rendition = approved_rendition(session, standing.bulletin.id)
    if rendition is None:
        return Step.AGAIN, None
    if standing.rule is not None and not _in_reach(standing, now=now, days=days):
        return Step.FAR, None
    held = _held(session, standing, rendition, station=station, now=now, days=days)
    return (Step.HELD, held[0].cause) if held else (Step.SOON, None)


def _held(
    session: Session,
    standing: Standing,
    rendition: Rendition,
    *,
    station: Station,
    now: datetime,
    days: int,
) -> list[HeldWish]:
    """The first wish of a schedule that finds no room; a series is named once."""
    asked = asked_of(session, standing.schedule, rendition)
    wishes: Sequence[tuple[datetime, str]] = [(now, "")]
    if standing.rule is not None:
        reach = standing.wished(after=now, until=now + timedelta(days=days))
        wishes = [(play.at, play.occurrence) for play in reach]
    for at, occurrence in wishes:
        cause = room_for(session, asked, wished=at, station=station)
        if isinstance(cause, Cause):
            held = HeldWish(
                schedule_id=standing.schedule.id,
                bulletin_id=standing.bulletin.id,
                title=standing.bulletin.title,
                wished=at if occurrence else None,
                occurrence=occurrence,
                cause=cause,
            )
            return [held]
    return []


def _in_reach(standing: Standing, *, now: datetime, days: int) -> bool:
    return bool(standing.wished(after=now, until=now + timedelta(days=days)))
