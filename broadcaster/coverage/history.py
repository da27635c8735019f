"""A village's days, with the words and the sound behind each broadcast; a month as a calendar."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Village
from broadcaster.coverage.told import Told, told_among
from broadcaster.errors import NotFound
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.village_days import VillageDay
from broadcaster.ledger.village_history import village_month


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """One broadcast in one village: when, what, whom it reached, the words and the sound.

    Words and the sound's address are '' where nobody knew them beforehand: of live speech, relays.
    """

    broadcast_id: str
    title: str
    topic: str
    starts_at: datetime
    duration_ms: int
    coverage: Coverage
    spoken: str
    audio_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageHistory:
    """One village over a period: `days` holds those on which it was asked."""

    village_id: str
    name: str
    cluster_name: str
    period: Period
    days: Mapping[date, Sequence[HistoryItem]]
    coverages: Mapping[date, Coverage]


def village_history(
    session: Session,
    village_id: str,
    period: Period,
    *,
    station_id: str,
    zone: tzinfo,
    villages: Villages,
) -> VillageHistory:
    """What was on air in a village; raise NotFound for one that is not there or not in view."""
    place = _place(session, village_id, station_id=station_id, villages=villages)
    days = village_month(session, village_id, period, zone=zone, villages=villages)
    told = told_among(session, {each.broadcast_id for day in days for each in day.broadcasts})
    return VillageHistory(
        village_id=village_id,
        name=place[0],
        cluster_name=place[1],
        period=period,
        days={
            day.day: [_item(each, told[each.broadcast_id]) for each in day.broadcasts]
            for day in days
        },
        coverages={day.day: day.coverage for day in days},
    )


def weeks_of(month: Period) -> list[list[date | None]]:
    """The days of a month in weeks from Monday on; None where a week lies outside it."""
    first = month.first
    return [
        [date(first.year, first.month, day) if day else None for day in week]
        for week in calendar.Calendar().monthdayscalendar(first.year, first.month)
    ]


def month_before(month: Period) -> date:
    """A day of the month before."""
    return month.first - timedelta(days=1)


def _place(
    session: Session, village_id: str, *, station_id: str, villages: Villages
) -> tuple[str, str]:
    wanted = (
        select(Village.name, Cluster.name)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Village.id == village_id, Cluster.station_id == station_id)
    )
    if villages is not None:
        wanted = wanted.where(col(Village.id).in_(villages))
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound(village_id)
    return found


def _item(day: VillageDay, told: Told) -> HistoryItem:
    return HistoryItem(
        broadcast_id=day.broadcast_id,
        title=told.title or day.topic,
        topic=day.topic,
        starts_at=day.starts_at,
        duration_ms=told.duration_ms,
        coverage=day.coverage,
        spoken=told.spoken,
        audio_address=told.audio_address,
    )
