"""What is done to the calendar as a whole: days copied, and the station's rules decided."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.calendar.copying import LONGEST_DAYS, copy_days
from broadcaster.calendar.pages import answer_calendar
from broadcaster.calendar.spans import FIRST_DAY, LAST_DAY, View, shown
from broadcaster.errors import BadInput
from broadcaster.schedule.air_rules import SessionsUnusable, decide_rules, station_air_rules
from broadcaster.schedule.queue_form import RepeatsUnreadable, read_number
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import language_of

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Ruler = Annotated[Viewer, Depends(require(Right.DECIDE_AIR_RULES))]


class DayUnreadable(BadInput):
    """What should be a day is none."""

    code = "day_unreadable"
    message_vi = "Ngày chưa đúng. Hãy chọn lại ngày."
    message_en = "The day cannot be read. Choose it again."


class CopyForm(BaseModel):
    """Which days are copied where, as typed."""

    model_config = ConfigDict(frozen=True)

    source: str = ""
    target: str = ""
    view: str = View.DAY
    cluster: str = ""


class RulesForm(BaseModel):
    """The station's rules, as typed."""

    model_config = ConfigDict(frozen=True)

    sessions_a_day: str = ""
    weekdays_only: str = ""


@router.post("/schedule/copy")
def copy(
    request: Request,
    station: Here,
    viewer: Scheduler,
    form: Annotated[CopyForm, Form()],
) -> Response:
    """Copy the shown day or week to another; the answer says what could not be copied, and why."""
    view = View.WEEK if form.view == View.WEEK else View.DAY
    source = target = station.today()
    try:
        source, target = _day(form.source, "source"), _day(form.target, "target")
        days = LONGEST_DAYS if view is View.WEEK else 1
        source, target = shown(view, source).first, shown(view, target).first
        with station.database.writing() as session:
            copied = copy_days(
                session,
                source=source,
                target=target,
                days=days,
                cluster_id=form.cluster,
                by=viewer.account_id,
                now=station.now(),
                station=session.get_one(Station, station.station_id),
            )
    except BadInput as refused:
        return answer_calendar(
            request, station, viewer, shown(view, source), cluster=form.cluster,
            shown_besides={
                "errors": {"target": _sentence(request, refused)}, "copying": form.target,
            },
            status_code=refused.status,
        )  # fmt: skip
    return answer_calendar(
        request, station, viewer, shown(view, target), cluster=form.cluster,
        shown_besides={
            "copied": copied,
            "refused": [(each, _sentence(request, each.why)) for each in copied.left],
        },
    )  # fmt: skip


@router.get("/schedule/rules")
def rules_page(request: Request, station: Here, viewer: Reader) -> Response:
    """Quy định phát: what the commune decided of its air time."""
    with station.database.reading() as session:
        rules = station_air_rules(session, session.get_one(Station, station.station_id))
    form = RulesForm(
        sessions_a_day=str(rules.sessions_a_day or ""),
        weekdays_only="yes" if rules.weekdays_only else "",
    )
    return _answer_rules(request, station, viewer, form)


@router.post("/schedule/rules")
def decide(
    request: Request,
    station: Here,
    viewer: Ruler,
    form: Annotated[RulesForm, Form()],
) -> Response:
    """Keep what the commune decided."""
    try:
        with station.database.writing() as session:
            decide_rules(
                session,
                station_id=station.station_id,
                sessions_a_day=_sessions(form.sessions_a_day),
                weekdays_only=form.weekdays_only == "yes",
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _answer_rules(request, station, viewer, form, refused=refused)
    return RedirectResponse("/schedule/calendar", status_code=303)


def _answer_rules(
    request: Request,
    station: Context,
    viewer: Viewer,
    form: RulesForm,
    *,
    refused: BadInput | None = None,
) -> Response:
    with station.database.reading() as session:
        row = session.get_one(Station, station.station_id)
        quiet, longest_ms = (row.quiet_begins, row.quiet_ends), row.longest_session_ms
    return render(
        request,
        "calendar/pages/rules.html",
        status_code=refused.status if refused else 200,
        form=form,
        may_rule=viewer.may(Right.DECIDE_AIR_RULES),
        errors={refused.field: _sentence(request, refused)} if refused else {},
        quiet_begins=quiet[0],
        quiet_ends=quiet[1],
        longest_session_ms=longest_ms,
    )


def _sessions(typed: str) -> int:
    try:
        given = read_number(typed, empty=0)
    except RepeatsUnreadable:
        raise SessionsUnusable(field="sessions_a_day") from None
    if typed.strip() and not given:
        raise SessionsUnusable(field="sessions_a_day")
    return given


def _day(typed: str, field: str) -> date:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise DayUnreadable(field=field) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DayUnreadable(field=field)
    return day


def _sentence(request: Request, refused: object) -> str:
    return str(getattr(refused, "message_vi" if language_of(request) == "vi" else "message_en", ""))
