"""Broadcasts, their reports and devices, and schedules, as JSON; rights and scopes as the pages."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import find_bulletin, submit
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.schedule.broadcast_facts import BroadcastFacts, broadcast_facts
from broadcaster.schedule.day import broadcasts_between, day_of, places_in_view
from broadcaster.schedule.listing import line_of, open_lines
from broadcaster.schedule.making_way import ways_of, ways_shown, ways_version
from broadcaster.schedule.queueing import cancel_schedule, queue_bulletin
from broadcaster.schedule.shapes import (
    BroadcastOut,
    Broadcasts,
    Devices,
    NewSchedule,
    ReportOut,
    ScheduleOut,
    Schedules,
    WayOut,
    Ways,
    device_out,
    report_out,
)
from broadcaster.schedule.stopping import stop_broadcast
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api")

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
StationViewer = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]


FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


@api.get("/broadcasts", tags=["broadcasts"], responses=problems(401, 403, 422))
def broadcasts(
    station: Here,
    viewer: Anyone,
    day: Annotated[
        date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="Local day; today by default.")
    ] = None,
    days: Annotated[int, Query(ge=1, le=31)] = 1,
) -> Broadcasts:
    """The broadcasts of one or more local days, cluster by cluster."""
    today = station.today()
    first = station.now() + timedelta(days=((day or today) - today).days)
    begins, _ = day_of(first, zone=station.zone)
    villages = viewer.villages_in_view()
    with station.database.reading() as session:
        places = places_in_view(session, station_id=station.station_id, villages=villages)
        found = broadcasts_between(
            session,
            cluster_ids=[place.cluster_id for place in places],
            begins=begins,
            ends=day_of(first + timedelta(days=days), zone=station.zone)[0],
            villages=villages,
        )
    return Broadcasts(broadcasts=[BroadcastOut.of(airing) for airing in found])


@api.get("/broadcasts/{broadcast_id}", tags=["broadcasts"], responses=problems(401, 403, 404, 422))
def broadcast(station: Here, viewer: Anyone, broadcast_id: Id) -> ReportOut:
    """One broadcast: its words and sound, and its report as the ledger has it now."""
    with station.database.reading() as session:
        return report_out(*_load(session, station, viewer, broadcast_id))


@api.get(
    "/broadcasts/{broadcast_id}/devices",
    tags=["broadcasts"],
    responses=problems(401, 403, 404, 422),
)
def devices(station: Here, viewer: Anyone, broadcast_id: Id) -> Devices:
    """Every device of one broadcast with its state and the address of its evidence."""
    with station.database.reading() as session:
        _, report = _load(session, station, viewer, broadcast_id)
    plays = report.devices if report is not None else ()
    return Devices(devices=[device_out(play) for play in plays])


@api.get("/schedules", tags=["schedules"], responses=problems(401, 403))
def schedules(station: Here, _viewer: StationViewer) -> Schedules:
    """The schedules that may still play, oldest first."""
    with station.database.reading() as session:
        lines = open_lines(session, station_id=station.station_id, zone=station.zone)
    return Schedules(schedules=[ScheduleOut.of(line) for line in lines])


@api.post(
    "/schedules",
    tags=["schedules"],
    status_code=201,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def schedule(station: Here, viewer: Scheduler, wish: NewSchedule) -> ScheduleOut:
    """Queue a bulletin for clusters and submit it for approval."""
    now = station.now()
    with station.database.writing() as session:
        bulletin = find_bulletin(session, wish.bulletin_id, station_id=station.station_id)
        kept = queue_bulletin(
            session,
            wish.queueing(bulletin.id),
            by=viewer.account_id,
            now=now,
            station=session.get_one(Station, station.station_id),
        )
        submit(session, bulletin.id, by=viewer.account_id, now=now)
        session.flush()
        return ScheduleOut.of(line_of(session, kept.id, zone=station.zone))


@api.get(
    "/bulletins/{bulletin_id}/ways",
    tags=["schedules"],
    responses=problems(401, 403, 404, 422),
)
def ways(station: Here, _viewer: StationViewer, bulletin_id: Id) -> Ways:
    """What makes way for a bulletin once it is approved, as all stands now."""
    with station.database.reading() as session:
        bulletin = find_bulletin(session, bulletin_id, station_id=station.station_id)
        rules = session.get_one(Station, station.station_id)
        found = ways_of(session, bulletin.id, station=rules, now=station.now())
        shown = ways_shown(session, found, zone=station.zone)
    return Ways(version=ways_version(found), ways=[WayOut.of(each) for each in shown])


@api.delete(
    "/schedules/{schedule_id}",
    tags=["schedules"],
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
def withdraw(station: Here, viewer: Scheduler, schedule_id: Id) -> None:
    """Withdraw a schedule and its broadcasts that have not begun."""
    with station.database.writing() as session:
        cancel_schedule(
            session,
            schedule_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.post(
    "/broadcasts/{broadcast_id}/stop",
    tags=["broadcasts"],
    status_code=204,
    responses=problems(401, 403, 404, 409, 422),
)
def stop(station: Here, viewer: Scheduler, broadcast_id: Id) -> None:
    """Silence a broadcast that is on air, everywhere and at once."""
    with station.database.writing() as session:
        stop_broadcast(
            session,
            broadcast_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


def _load(
    session: Session, station: Context, viewer: Viewer, broadcast_id: str
) -> tuple[BroadcastFacts, BroadcastReport | None]:
    villages = viewer.villages_in_view()
    facts = broadcast_facts(session, broadcast_id, station_id=station.station_id, villages=villages)
    return facts, broadcast_report(session, broadcast_id, villages=villages)
