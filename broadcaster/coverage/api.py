"""Coverage as JSON, with the rights and the scopes of the pages."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.coverage.figures import Figure, figures_by
from broadcaster.coverage.history import village_history
from broadcaster.coverage.shapes import (
    AlertOut,
    Alerts,
    DevicePlayOut,
    DevicePlays,
    FigureOut,
    HeardOut,
    HistoryOut,
    PeriodOut,
    ShareOut,
    Shares,
    TimelineOut,
    Timelines,
    TrendOut,
    Trends,
)
from broadcaster.fleet.registry import device_ever
from broadcaster.hearing.queries import heard_over
from broadcaster.ledger.alert_queries import open_alerts
from broadcaster.ledger.device_plays import device_plays
from broadcaster.ledger.device_trends import device_trends
from broadcaster.ledger.errors import PeriodTooLong
from broadcaster.ledger.period_queries import GOAL, By, asked_in
from broadcaster.ledger.periods import Period, month_of, one_year, read_period, written_period
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.share_queries import village_shares
from broadcaster.ledger.timelines import timelines
from broadcaster.schedule.broadcast_facts import broadcast_facts
from broadcaster.web.addresses import ID_PATTERN, Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["coverage"])

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Looker = Annotated[Viewer, Depends(require(Right.SEE_DEVICES))]
Asked = Annotated[
    str,
    Query(
        max_length=40,
        description="`2026`, `2026-H1`, `2026-Q3`, `2026-11`, `2026-11-22`, or two joined by `..`.",
    ),
]
DAYS_AT_ONCE = timedelta(days=92)
Topics = Annotated[list[str] | None, Query(max_length=200, description="None: all topics.")]
InCluster = Annotated[
    str, Query(pattern=ID_PATTERN, description="Only villages that were asked in it; none: all.")
]


@api.get("/coverage", responses=problems(400, 401, 403, 422))
def coverage(
    *,
    station: Here,
    viewer: Anyone,
    period: Asked = "",
    topic: Topics = None,
    by: By = By.STATION,
    cluster: InCluster = "",
) -> PeriodOut:
    """Mean coverage and reach of a period, by default of this year, as far as the caller sees."""
    asked = read_period(period) if period else one_year(station.today().year)
    with station.database.reading() as session:
        villages = viewer.villages_in_view()
        if cluster:
            within = asked_in(session, asked, villages=villages, topics=topic, cluster_id=cluster)
            villages = frozenset(within)
        found = figures_by(session, asked, by, topics=topic, villages=villages)
        residents = sum(each.covered.coverage.asked for each in found)
        heard = heard_over(session, asked, asked=residents, villages=villages, topics=topic)
    figures = [
        Figure(name="" if by is By.STATION else each.name, covered=each.covered) for each in found
    ]
    return PeriodOut(
        first=asked.first,
        last=asked.last,
        goal=GOAL,
        by=by,
        figures=[
            FigureOut.of(figure, evidence=_evidence_of(figure, asked, by, topic, cluster))
            for figure in figures
        ],
        heard=HeardOut.of(heard),
    )


def _evidence_of(
    figure: Figure, period: Period, by: By, topics: list[str] | None, cluster: str
) -> str:
    """One step down: from the whole to villages, from a village to its poles and their words."""
    if by is By.CLUSTER:
        cluster = figure.covered.key
    if by is By.TOPIC:
        topics = [figure.covered.key]
    asked = [("period", written_period(period)), *(("topic", each) for each in topics or ())]
    if by is By.VILLAGE:
        return f"/api/villages/{quote(figure.covered.key)}/shares?{urlencode(asked)}"
    asked += [("cluster", cluster)] if cluster else []
    return f"/api/coverage?{urlencode([*asked, ('by', By.VILLAGE)])}"


@api.get("/villages/{village_id}/days", responses=problems(400, 401, 403, 404, 422))
def days(station: Here, viewer: Anyone, village_id: Id, period: Asked = "") -> HistoryOut:
    """A village's days, at most 92, by default of this month: what was confirmed, words, sound."""
    asked = read_period(period) if period else month_of(station.today())
    if asked.until - asked.first > DAYS_AT_ONCE:
        raise PeriodTooLong(field="period")
    with station.database.reading() as session:
        return HistoryOut.of(
            village_history(
                session,
                village_id,
                asked,
                station_id=station.station_id,
                zone=station.zone,
                villages=viewer.villages_in_view(),
            )
        )


@api.get("/villages/{village_id}/shares", responses=problems(400, 401, 403, 404, 422))
def shares(
    *,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    period: Asked = "",
    topic: Topics = None,
) -> Shares:
    """Who reached a village in a period, down to the signed statements."""
    asked = read_period(period) if period else one_year(station.today().year)
    villages = viewer.villages_in_view()
    with station.database.reading() as session:
        place = village_history(
            session,
            village_id,
            Period(asked.first, asked.first),
            station_id=station.station_id,
            zone=station.zone,
            villages=villages,
        )
        found = village_shares(
            session, village_id, asked, zone=station.zone, villages=villages, topics=topic
        )
    return Shares(
        village_id=village_id, name=place.name, shares=[ShareOut.of(line) for line in found]
    )


@api.get("/broadcasts/{broadcast_id}/timeline", responses=problems(401, 403, 404, 422))
def timeline(station: Here, viewer: Anyone, broadcast_id: Id) -> Timelines:
    """Every statement of every device in view on a broadcast, a talk or an emergency's part."""
    villages = viewer.villages_in_view()
    with station.database.reading() as session:
        report = broadcast_report(session, broadcast_id, villages=villages)
        if report is None:
            broadcast_facts(session, broadcast_id, station_id=station.station_id, villages=villages)
        told = timelines(session, broadcast_id, villages=villages)
    return Timelines(
        devices=[
            TimelineOut.of(play, told.get((play.order_id, play.repeat, play.device_id), ()))
            for play in (report.devices if report is not None else ())
        ]
    )


@api.get("/device-trends", responses=problems(401, 403))
def trends(station: Here, viewer: Looker) -> Trends:
    """Every device in service: where it stands, how long it is silent, how it does."""
    with station.database.reading() as session:
        found = device_trends(
            session,
            station_id=station.station_id,
            villages=viewer.villages_in_view(),
            now=station.now(),
        )
    return Trends(devices=[TrendOut.of(each) for each in found])


@api.get("/devices/{device_id}/plays", responses=problems(401, 403, 404, 422))
def plays(station: Here, _viewer: Looker, device_id: Id) -> DevicePlays:
    """A device's plays of the last 56 days, each with its signed statement."""
    with station.database.reading() as session:
        device = device_ever(session, device_id, station_id=station.station_id)
        found = device_plays(session, device.id, now=station.now())
    return DevicePlays(
        device_id=device.id,
        name=device.name,
        plays=[DevicePlayOut.of(device.id, each) for each in found],
    )


@api.get("/alerts", responses=problems(401, 403, 422))
def alerts(
    station: Here, viewer: Anyone, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Alerts:
    """The alerts that stand open, of devices in view."""
    with station.database.reading() as session:
        found = open_alerts(session, villages=viewer.villages_in_view(), limit=limit)
    return Alerts(alerts=[AlertOut.of(each) for each in found])
