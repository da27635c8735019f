"""Lịch: the calendar by day, week and month, as a list that everybody can read.

The list is all there is without JavaScript; with it the same entries are drawn and can be dragged.
"""

import secrets
from datetime import date
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import clusters_of
from broadcaster.areas.tables import Station
from broadcaster.calendar.api import calendar_out
from broadcaster.calendar.entries import entries_between
from broadcaster.calendar.observances import kept_days, lunar_short
from broadcaster.calendar.spans import FIRST_DAY, LAST_DAY, Shown, View, shown
from broadcaster.calendar.undoing import moved_lately
from broadcaster.schedule.air_rules import station_air_rules
from broadcaster.schedule.timetable import wall_time
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import translate
from broadcaster.web.security import CONTENT_SECURITY_POLICY

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]


class CalendarAsked(BaseModel):
    """What the calendar's address may say: which days, of which cluster, and what just moved."""

    model_config = ConfigDict(frozen=True)

    view: View = View.WEEK
    day: date | None = Field(default=None, ge=FIRST_DAY, le=LAST_DAY)
    cluster: str = ""
    moved: str = ""
    at: str = ""
    was: str = ""
    was_times: str = Field(default="", max_length=2)
    was_every: str = Field(default="", max_length=4)


@router.get("/schedule/calendar")
def calendar_page(
    request: Request,
    station: Here,
    viewer: Reader,
    asked: Annotated[CalendarAsked, Query()],
) -> HTMLResponse:
    """The calendar around a day; what was just moved is named, so that it can be undone."""
    today = station.today()
    moved = moved_lately(
        station, asked.moved, at=asked.at, was=asked.was, was_times=asked.was_times,
        was_every=asked.was_every,
    )  # fmt: skip
    return answer_calendar(
        request, station, viewer, shown(asked.view, asked.day or today), cluster=asked.cluster,
        shown_besides={"moved": moved},
    )  # fmt: skip


def answer_calendar(
    request: Request,
    station: Context,
    viewer: Viewer,
    seen: Shown,
    *,
    cluster: str,
    shown_besides: dict[str, object],
    status_code: int = 200,
) -> HTMLResponse:
    """The calendar's page, with whatever an act on it has to say."""
    begins, ends = seen.instants(station.zone)
    now = station.now()
    nonce = secrets.token_urlsafe(16)
    with station.database.reading() as session:
        row = session.get_one(Station, station.station_id)
        clusters = [(each.id, each.name) for each in clusters_of(session, row.id)]
        chosen = cluster if cluster in dict(clusters) else ""
        entries = entries_between(
            session, station=row, begins=begins, ends=ends, now=now, cluster_id=chosen,
            plan_days=station.settings.plan_days,
        )  # fmt: skip
        rules = _rules(session, row)
    by_day = {
        day: list(of_day)
        for day, of_day in groupby(entries, key=lambda each: station.day_of(each.begins))
    }
    kept = list(kept_days(seen.days[0], seen.days[-1]))
    drawn = calendar_out(entries, seen.days, station, named=lambda name: translate(request, name))
    return render(
        request,
        "calendar/pages/calendar.html",
        status_code=status_code,
        # FullCalendar writes its own style sheet; the page lets in that one and no other.
        headers={
            "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; style-src 'self' "
            f"'nonce-{nonce}'"
        },
        nonce=nonce,
        drawn=drawn.model_dump(mode="json"),
        seen=seen,
        views=View,
        cluster=chosen,
        clusters=clusters,
        days=[
            (day, lunar_short(day), [each for each in kept if each.day == day], by_day.get(day, []))
            for day in seen.days
        ],
        now_local=wall_time(now, station.zone),
        today_date=station.day_of(now),
        may_schedule=viewer.may(Right.SCHEDULE_BROADCASTS),
        may_rule=viewer.may(Right.DECIDE_AIR_RULES),
        **rules,
        **{
            "errors": {},
            "moved": None,
            "copied": None,
            "refused": (),
            "copying": None,
            **shown_besides,
        },
    )


def _rules(session: Session, station: Station) -> dict[str, object]:
    rules = station_air_rules(session, station)
    return {
        "quiet_begins": station.quiet_begins,
        "quiet_ends": station.quiet_ends,
        "sessions_a_day": rules.sessions_a_day,
        "weekdays_only": rules.weekdays_only,
        "longest_session_ms": station.longest_session_ms,
    }
