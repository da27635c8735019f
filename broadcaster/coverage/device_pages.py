"""Devices as coverage sees them: on a map, by what worries, and along one broadcast's time."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import clusters_of
from broadcaster.coverage.map_places import MARKS_OF_VERDICTS, answer_places
from broadcaster.coverage.wording import VERDICTS, words_of_fault
from broadcaster.fleet.registry import device_ever
from broadcaster.hearing.grades import share_of
from broadcaster.hearing.queries import heard_by_village, words_on
from broadcaster.hearing.wording import HEARD
from broadcaster.ledger.device_plays import PLAYS_LIMIT, device_plays
from broadcaster.ledger.device_trends import (
    DeviceTrend,
    count_devices,
    device_trends,
    placed_devices,
    worrying_devices,
)
from broadcaster.ledger.part_heard import part_heard, words_of_live_kind, words_of_live_mark
from broadcaster.ledger.queries import Villages, broadcast_report
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.ledger.timelines import timelines
from broadcaster.ledger.wording import mark_of, words_of_code, words_of_kind
from broadcaster.live.tables import LiveTalk
from broadcaster.schedule.broadcast_facts import broadcast_facts
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import environment, frame_context, render
from broadcaster.web.language import language_of
from broadcaster.web.paging import ROWS, PageAsked, Paging, paging

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a timeline is of: a broadcast, or with `live` a talk."""

    broadcast_id: str
    title: str
    starts_at: datetime
    live: bool


Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Asked = Annotated[str, Query(max_length=100)]
Looker = Annotated[Viewer, Depends(require(Right.SEE_DEVICES))]


@router.get("/devices/map")
def map_page(request: Request, station: Here, viewer: Looker, page: PageAsked = 1) -> HTMLResponse:
    """Where the devices stand, and how each does; without a script it is a list of places."""
    live, parts = _map(request, station, viewer, page=page)
    return render(request, "coverage/pages/map.html", live=live, paging=parts)


@router.get("/devices/map/live")
def map_live(request: Request, station: Here, viewer: Looker, page: PageAsked = 1) -> Response:
    """The places alone, or 204 while nothing has changed."""
    return answer_live(request, _map(request, station, viewer, page=page)[0])


@router.get("/devices/map/places")
def map_places(request: Request, station: Here, viewer: Looker) -> Response:
    """All places at once, for the map of a fleet whose list has several parts.

    What has not changed since the browser last had it is not sent again: 304, by its ETag.
    """
    with station.database.reading() as session:
        placed = placed_devices(
            session,
            station_id=station.station_id,
            villages=viewer.villages_in_view(),
            now=station.now(),
        )
    return answer_places(request, placed)


@router.get("/devices/trends")
def trends_page(
    request: Request, station: Here, viewer: Looker, cluster: Asked = "", page: PageAsked = 1
) -> HTMLResponse:
    """Which devices are silent, fail again and again, or fade."""
    with station.database.reading() as session:
        clusters = clusters_of(session, station.station_id)
    return render(
        request,
        "coverage/pages/trends.html",
        live=_trends_part(request, station, viewer, cluster=cluster, page=page),
        clusters=clusters,
        cluster=cluster,
    )


@router.get("/devices/trends/live")
def trends_live(
    request: Request, station: Here, viewer: Looker, cluster: Asked = "", page: PageAsked = 1
) -> Response:
    """The list alone, or 204 while nothing has changed."""
    return answer_live(request, _trends_part(request, station, viewer, cluster=cluster, page=page))


@router.get("/devices/{device_id}/plays")
def plays_page(request: Request, station: Here, _viewer: Looker, device_id: Id) -> HTMLResponse:
    """What a device's trend is counted from: its plays, each with its signed statement."""
    live, name = _plays(request, station, device_id)
    return render(
        request, "coverage/pages/device_plays.html", live=live, device_id=device_id, name=name
    )


@router.get("/devices/{device_id}/plays/live")
def plays_live(request: Request, station: Here, _viewer: Looker, device_id: Id) -> Response:
    """The plays alone, or 204 while nothing has changed."""
    return answer_live(request, _plays(request, station, device_id)[0])


def trend_panel(request: Request, session: Session, device_id: str, viewer: Viewer) -> str:
    """Plays, faults and trend on a device's page (`app.state.device_panels`)."""
    station = context(request)
    trends = device_trends(
        session,
        station_id=station.station_id,
        villages=viewer.villages_in_view(),
        now=station.now(),
        only=device_id,
    )
    if not trends:
        return ""
    page = environment(language_of(request)).get_template("coverage/pages/device_trend.html")
    return Markup(  # noqa: S704 - our own template, escaped there
        page.render(
            {
                **frame_context(request),
                "each": trends[0],
                "verdicts": VERDICTS,
                "words_of_fault": words_of_fault,
            }
        )
    )


@router.get("/broadcasts/{broadcast_id}/timeline")
def timeline_page(
    request: Request, station: Here, viewer: Anyone, broadcast_id: Id
) -> HTMLResponse:
    """A broadcast as each device told it, statement by statement."""
    live, facts = _timeline(request, station, viewer, broadcast_id)
    return render(request, "coverage/pages/timeline.html", live=live, facts=facts)


@router.get("/broadcasts/{broadcast_id}/timeline/live")
def timeline_live(request: Request, station: Here, viewer: Anyone, broadcast_id: Id) -> Response:
    """The timeline alone, or 204 while nothing has changed."""
    return answer_live(request, _timeline(request, station, viewer, broadcast_id)[0])


def _map(
    request: Request, station: Context, viewer: Viewer, *, page: int
) -> tuple[LivePart, Paging]:
    """The devices with a place, then those without one, as one list in parts."""
    seen = viewer.villages_in_view()

    def some(session: Session, part: slice, *, is_placed: bool) -> list[DeviceTrend]:
        if part.start >= part.stop:
            return []
        return device_trends(
            session,
            station_id=station.station_id,
            villages=seen,
            now=station.now(),
            is_placed=is_placed,
            part=part,
        )

    with station.database.reading() as session:
        count = partial(count_devices, session, station_id=station.station_id, villages=seen)
        with_place = count(is_placed=True)
        parts = paging(request, count(), page=page, path="/devices/map")
        begins, ends = min(parts.begins, with_place), min(parts.ends, with_place)
        placed = some(session, slice(begins, ends), is_placed=True)
        unplaced = some(session, slice(parts.begins - begins, parts.ends - ends), is_placed=False)
    live = live_part(
        request,
        "coverage/pages/map_live.html",
        address=_live_address("/devices/map/live", parts),
        placed=placed,
        unplaced=unplaced,
        any_placed=with_place > 0,
        paging=parts,
        verdicts=VERDICTS,
        marks=MARKS_OF_VERDICTS,
        may_place=viewer.may(Right.ADMINISTER),
    )
    return live, parts


def _trends_part(
    request: Request, station: Context, viewer: Viewer, *, cluster: str, page: int
) -> LivePart:
    look = partial(
        worrying_devices,
        station_id=station.station_id,
        villages=viewer.villages_in_view(),
        now=station.now(),
        cluster_id=cluster,
    )
    with station.database.reading() as session:
        found = look(session, part=slice((page - 1) * ROWS, page * ROWS))
        parts = paging(request, found.total, page=page, path="/devices/trends")
        if parts.page != page:
            found = look(session, part=parts.part())
    return live_part(
        request,
        "coverage/pages/trends_live.html",
        address=_live_address("/devices/trends/live", parts),
        worrying=found.devices,
        paging=parts,
        good=found.good,
        verdicts=VERDICTS,
        words_of_fault=words_of_fault,
    )


def _live_address(path: str, parts: Paging) -> str:
    return replace(parts, path=path).address(parts.page)


def _plays(request: Request, station: Context, device_id: str) -> tuple[LivePart, str]:
    with station.database.reading() as session:
        device = device_ever(session, device_id, station_id=station.station_id)
        plays = device_plays(session, device.id, now=station.now())
    live = live_part(
        request,
        "coverage/pages/device_plays_live.html",
        address=f"/devices/{device.id}/plays/live",
        device_id=device.id,
        plays=plays,
        limit=PLAYS_LIMIT,
        mark_of=mark_of,
        words_of_code=words_of_code,
    )
    return live, device.name


def _timeline(
    request: Request, station: Context, viewer: Viewer, broadcast_id: str
) -> tuple[LivePart, Told]:
    villages = viewer.villages_in_view()
    with station.database.reading() as session:
        report = broadcast_report(session, broadcast_id, villages=villages)
        facts = _told(session, station, broadcast_id, report=report, villages=villages)
        told = timelines(session, broadcast_id, villages=villages)
        words = words_on(session, broadcast_id, villages=villages)
    heard = heard_by_village(words)
    asked = {each.village_id: each.residents for each in report.villages} if report else {}
    live = live_part(
        request,
        "coverage/pages/timeline_live.html",
        address=f"/broadcasts/{broadcast_id}/timeline/live",
        lasting=report is None or not report.settled,
        facts=facts,
        report=report,
        told=told,
        words=words,
        heard=heard,
        heard_words=HEARD,
        heard_share=share_of(asked, heard),
        mark_of=mark_of,
        words_of_code=words_of_code,
        words_of_kind=words_of_live_kind if facts.live else words_of_kind,
        words_of_mark=words_of_live_mark if facts.live else _no_words_of_its_own,
        part_of=part_heard,
    )
    return live, facts


def _no_words_of_its_own(_mark: str) -> None:
    """A recording is told by the marks' own words."""


def _told(
    session: Session,
    station: Context,
    broadcast_id: str,
    *,
    report: BroadcastReport | None,
    villages: Villages,
) -> Told:
    """What the ledger has in view, whichever room it came from; else what is only planned."""
    if report is not None:
        live = session.get(LiveTalk, broadcast_id) is not None
        return Told(report.broadcast_id, report.title, report.starts_at, live=live)
    found = broadcast_facts(session, broadcast_id, station_id=station.station_id, villages=villages)
    return Told(found.broadcast_id, found.title, found.starts_at, live=False)
