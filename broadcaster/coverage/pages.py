"""The pages of coverage: a period with its goal, a village's days, and who reached it."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.coverage.figures import period_figures, villages_asked
from broadcaster.coverage.history import VillageHistory, village_history, weeks_of
from broadcaster.coverage.wording import (
    MARKS,
    Words,
    mark_of_coverage,
    parts_of,
    short_words_of_period,
    words_of_period,
)
from broadcaster.ledger.period_queries import GOAL, By, covered, topics_in
from broadcaster.ledger.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Period,
    between,
    month_of,
    one_year,
    quarter,
    read_period,
    written_period,
)
from broadcaster.ledger.share_queries import village_shares
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.paging import PageAsked, paging

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Asked = Annotated[str, Query(max_length=40)]
Day = Annotated[date | None, Query(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
PLAYS_SHOWN = 5
"""Plays of each pole on one page, at first: a village's signal is weak."""
PLAYS_OF_ALL = 2_000
"""Plays of each pole where somebody asked for all of them."""

Topics = Annotated[list[str] | None, Query(max_length=200)]


@router.get("/ledger/coverage")
def coverage_page(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    period: Asked = "",
    first: date | None = None,
    last: date | None = None,
    topic: Topics = None,
    page: PageAsked = 1,
) -> HTMLResponse:
    """A period by topic and by village: how far the goal is, and what stands behind it."""
    asked = _period(station, period, first=first, last=last)
    with station.database.reading() as session:
        villages = viewer.villages_in_view()
        known = topics_in(session, asked, villages=villages)
    return render(
        request,
        "coverage/pages/coverage.html",
        live=_figures(request, station, viewer, asked, topic, page=page),
        period=asked,
        words=words_of_period(asked),
        written=written_period(asked),
        neighbours=_neighbours(asked),
        shown_topics=topic,
        known_topics=known,
    )


@router.get("/ledger/coverage/live")
def coverage_live(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    period: Asked = "",
    topic: Topics = None,
    page: PageAsked = 1,
) -> Response:
    """The figures alone, or 204 while nothing has changed."""
    asked = _period(station, period)
    return answer_live(request, _figures(request, station, viewer, asked, topic, page=page))


@router.get("/ledger/villages/{village_id}")
def village_page(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    period: Asked = "",
    day: Day = None,
) -> HTMLResponse:
    """A village's month as a calendar; under it the words and the sound of one day."""
    month = _month(station, period, day=day)
    history = _history(station, viewer, village_id, month)
    chosen = day if day in history.days else max(history.days, default=None)
    return render(
        request,
        "coverage/pages/village.html",
        live=_calendar(request, station, history, chosen=chosen),
        history=history,
        words=words_of_period(month),
        written=written_period(month),
        chosen=chosen,
        items=history.days[chosen] if chosen else (),
        earlier=written_period(month_of(Period(date.min, month.first).last)),
        later=written_period(month_of(month.until)) if month.until <= station.today() else None,
    )


@router.get("/ledger/villages/{village_id}/live")
def village_live(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    period: Asked = "",
    day: Day = None,
) -> Response:
    """The calendar alone, or 204 while nothing has changed."""
    month = _month(station, period, day=day)
    history = _history(station, viewer, village_id, month)
    return answer_live(request, _calendar(request, station, history, chosen=day))


@router.get("/ledger/villages/{village_id}/shares")
def shares_page(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    period: Asked = "",
    topic: Topics = None,
    all: bool = False,  # noqa: A002 - the word in the address
) -> HTMLResponse:
    """Who reached a village in a period: each pole's share, its plays, its signed statements."""
    asked = _period(station, period)
    history = _history(station, viewer, village_id, Period(asked.first, asked.first))
    return render(
        request,
        "coverage/pages/shares.html",
        live=_shares(request, station, viewer, history, period=asked, topics=topic, every=all),
        history=history,
        words=words_of_period(asked),
        written=written_period(asked),
        shown_topics=topic,
    )


@router.get("/ledger/villages/{village_id}/shares/live")
def shares_live(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    period: Asked = "",
    topic: Topics = None,
    all: bool = False,  # noqa: A002 - the word in the address
) -> Response:
    """The shares alone, or 204 while nothing has changed."""
    asked = _period(station, period)
    history = _history(station, viewer, village_id, Period(asked.first, asked.first))
    return answer_live(
        request, _shares(request, station, viewer, history, period=asked, topics=topic, every=all)
    )


def _shares(
    request: Request,
    station: Context,
    viewer: Viewer,
    history: VillageHistory,
    *,
    period: Period,
    topics: list[str] | None,
    every: bool,
) -> LivePart:
    with station.database.reading() as session:
        shares = village_shares(
            session,
            history.village_id,
            period,
            zone=station.zone,
            villages=viewer.villages_in_view(),
            topics=topics,
            plays_limit=PLAYS_OF_ALL if every else PLAYS_SHOWN,
        )
        own = frozenset({history.village_id})
        figures = covered(session, period, villages=own, topics=topics, by=By.STATION)
    address = _address(f"/ledger/villages/{history.village_id}/shares/live", period, topics)
    return live_part(
        request,
        "coverage/pages/shares_live.html",
        address=f"{address}&all=true" if every else address,
        lasting=period.until > station.today(),
        history=history,
        shares=shares,
        figure=figures[0] if figures else None,
        written=written_period(period),
        shown_topics=topics,
        marks=MARKS,
        parts_of=parts_of,
    )


def _figures(
    request: Request,
    station: Context,
    viewer: Viewer,
    period: Period,
    topics: list[str] | None,
    *,
    page: int,
) -> LivePart:
    seen = viewer.villages_in_view()
    with station.database.reading() as session:
        asked = villages_asked(session, period, topics=topics, villages=seen)
        parts = paging(request, len(asked), page=page, path="/ledger/coverage")
        figures = period_figures(
            session, period, topics=topics, villages=seen, told=asked[parts.part()]
        )
    address = _address("/ledger/coverage/live", period, topics)
    return live_part(
        request,
        "coverage/pages/coverage_live.html",
        address=f"{address}&page={parts.page}" if parts.page > 1 else address,
        paging=parts,
        lasting=period.until > station.today(),
        figures=figures,
        goal=GOAL,
        written=written_period(period),
        parts_of=parts_of,
    )


def _calendar(
    request: Request, station: Context, history: VillageHistory, *, chosen: date | None
) -> LivePart:
    address = _address(f"/ledger/villages/{history.village_id}/live", history.period, None)
    return live_part(
        request,
        "coverage/pages/village_live.html",
        address=f"{address}&day={chosen}" if chosen else address,
        lasting=history.period.first <= station.today() < history.period.until,
        history=history,
        weeks=weeks_of(history.period),
        chosen=chosen,
        items=history.days.get(chosen, ()) if chosen else (),
        mark_of_coverage=mark_of_coverage,
        parts_of=parts_of,
    )


def _history(station: Context, viewer: Viewer, village_id: str, period: Period) -> VillageHistory:
    with station.database.reading() as session:
        return village_history(
            session,
            village_id,
            period,
            station_id=station.station_id,
            zone=station.zone,
            villages=viewer.villages_in_view(),
        )


def _period(
    station: Context, written: str, *, first: date | None = None, last: date | None = None
) -> Period:
    """What was asked for: two days, or a period as addresses write it; else this year."""
    if first and last:
        return between(first, last)
    return read_period(written) if written else one_year(station.today().year)


def _month(station: Context, written: str, *, day: date | None) -> Period:
    return month_of(read_period(written).first if written else day or station.today())


def _neighbours(period: Period) -> list[tuple[str, Words]]:
    """Periods that somebody may want next: the years around, its quarters, its months."""
    year = period.first.year
    near = [
        one_year(year - 1),
        one_year(year),
        one_year(year + 1),
        *(quarter(year, number) for number in (1, 2, 3, 4)),
        *(month_of(date(year, month, 1)) for month in range(1, 13)),
    ]
    return [(written_period(each), short_words_of_period(each)) for each in near]


def _address(path: str, period: Period, topics: list[str] | None) -> str:
    asked = [("period", written_period(period)), *(("topic", each) for each in topics or ())]
    return f"{path}?{urlencode(asked)}"
