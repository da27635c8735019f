"""The report as data: one period, one scope, every figure from the database by scoped queries.

What the coverage ledger counts is taken from it as it stands; nothing here counts coverage anew
that the ledger counts already. Nobody is ever called a listener.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.reports.broadcasts import AiredBroadcast, Count, aired, count_all, counted
from broadcaster.reports.coverage import (
    PeriodCoverage,
    asked_broadcasts,
    ids_asked,
    period_coverage,
)
from broadcaster.reports.emergencies import EmergencyLine, emergency_log
from broadcaster.reports.errors import PeriodNotBegun, ReportTooLong
from broadcaster.reports.opinions import Opinions, opinions
from broadcaster.reports.poles import PlayTally, PoleLine, all_together, pole_lines
from broadcaster.reports.repairs import Repairs, repairs
from broadcaster.reports.scopes import Scope, own_parts
from broadcaster.web.context import Context

LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose report it is."""

    station: str
    commune: str
    province: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a report tells.

    `is_over` is whether the period has ended: until then its figures are those of `made_at`. What
    is about the whole station is None or empty in a contributor's or a campaign's report. `poles`
    may be only the first of `pole_count`, and so may the coverage's villages; every sum is of all.
    """

    place: Place
    period: Period
    scope: Scope
    made_at: datetime
    is_over: bool
    rehearsal: bool
    broadcasts: Sequence[AiredBroadcast]
    total: Count
    by_topic: Sequence[Count]
    by_urgency: Sequence[Count]
    plays: PlayTally
    coverage: PeriodCoverage
    poles: Sequence[PoleLine]
    pole_count: int
    emergencies: Sequence[EmergencyLine]
    repairs: Repairs | None
    opinions: Opinions | None


def make_report(
    session: Session,
    period: Period,
    scope: Scope,
    *,
    station: Context,
    in_view: Villages,
    first: int | None = None,
) -> Report:
    """The report of a period; raise PeriodNotBegun, ReportTooLong.

    `first` bounds how many poles and villages have a line of their own: a province has thousands.
    """
    now = station.now()
    today = station.day_of(now)
    if period.first > today:
        raise PeriodNotBegun(field="period")
    if period.until - period.first > LONGEST:
        raise ReportTooLong(field="period")
    villages = scope.villages(in_view)
    own_ms = own_parts(session, scope, period, station=station)
    own = None if own_ms is None else frozenset(own_ms)
    asked = asked_broadcasts(session, period, villages=villages, broadcasts=own)
    broadcasts = aired(session, asked, own_ms=own_ms)
    ids = ids_asked(period, villages=villages, broadcasts=own)
    poles, pole_count = pole_lines(session, ids, villages=villages, first=first)
    whole = not scope.picks_broadcasts
    held = session.get_one(Station, station.station_id)
    return Report(
        place=Place(station=held.name, commune=held.commune, province=held.province),
        period=period,
        scope=scope,
        made_at=now,
        is_over=period.until <= today,
        rehearsal=station.rehearsal,
        broadcasts=broadcasts,
        total=count_all(broadcasts),
        by_topic=counted(broadcasts, by=lambda each: each.topic),
        by_urgency=counted(broadcasts, by=lambda each: each.urgency),
        plays=all_together(session, ids, villages=villages),
        coverage=period_coverage(
            session, period, villages=villages, broadcasts=own, zone=station.zone, first=first
        ),
        poles=poles,
        pole_count=pole_count,
        emergencies=emergency_log(
            session, period, broadcasts,
            station_id=station.station_id, villages=villages, zone=station.zone,
        ) if whole else (),
        repairs=repairs(
            session, period, station_id=station.station_id, villages=villages, zone=station.zone
        ) if whole else None,
        opinions=opinions(
            session, period, station_id=station.station_id,
            villages=villages, zone=station.zone, now=now,
        ) if whole else None,
    )  # fmt: skip
