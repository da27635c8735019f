"""One entry of the calendar: moved, repeated, left out; what stands against it said beforehand.

Dragging to another hour sends the same form as the page has, so there is one way and one set of
rules. A dragged edge only fills the form in: how often something plays is said by a person.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.calendar.move_form import MoveForm
from broadcaster.calendar.spans import View
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.schedule.air_rules import RULES_BROKEN
from broadcaster.schedule.conflict_shown import in_the_way
from broadcaster.schedule.errors import OccurrenceGone, SlotTaken
from broadcaster.schedule.listing import line_of
from broadcaster.schedule.moving import (
    begins_at,
    find_schedule,
    length_of,
    move_schedule,
    next_occurrence,
    skip,
)
from broadcaster.schedule.not_planned import steps_of
from broadcaster.schedule.series import Scope
from broadcaster.schedule.tables import Schedule
from broadcaster.schedule.timetable import wall_time
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]

_FIELDS = frozenset({"starts_local", "times", "override_reason", "scope"})


class EntryAsked(BaseModel):
    """Which occurrence, where it or its edge was dragged to, and which calendar to go back to."""

    model_config = ConfigDict(frozen=True)

    at: str = ""
    to: str = ""
    ends: str = ""
    view: str = ""
    cluster: str = ""


@router.get("/schedules/{schedule_id}")
def entry_page(
    request: Request,
    station: Here,
    _viewer: Scheduler,
    schedule_id: Id,
    asked: Annotated[EntryAsked, Query()],
) -> Response:
    """One occurrence, or the next, with the form that moves it, filled in as it was dragged."""
    with station.database.reading() as session:
        schedule = find_schedule(session, schedule_id, station_id=station.station_id)
        at = asked.at or next_occurrence(session, schedule, zone=station.zone, now=station.now())
        begins = begins_at(session, schedule, at, zone=station.zone, now=station.now())
        form = MoveForm(
            at=at,
            starts_local=asked.to or wall_time(begins, station.zone),
            times=str(schedule.times),
            every_min=str(schedule.every_min or ""),
            override_reason=schedule.override_reason,
            view=asked.view,
            cluster=asked.cluster,
        )
        if asked.ends:
            form = form.stretched(asked.ends, length=length_of(session, schedule))
    return _answer(request, station, schedule_id, form, dragged=bool(asked.ends))


@router.post("/schedules/{schedule_id}/move")
def move(
    request: Request,
    station: Here,
    viewer: Scheduler,
    schedule_id: Id,
    form: Annotated[MoveForm, Form()],
) -> Response:
    """Move it and go back to the calendar, or say what stands against it and offer the ways out."""
    try:
        with station.database.writing() as session:
            schedule = find_schedule(session, schedule_id, station_id=station.station_id)
            was = wall_time(
                begins_at(session, schedule, form.at, zone=station.zone, now=station.now()),
                station.zone,
            )
            repeats = (schedule.times, schedule.every_min)
            asked = form.move(schedule_id)
            once = not schedule.recurrence
            moved = move_schedule(
                session,
                asked,
                by=viewer.account_id,
                now=station.now(),
                station=session.get_one(Station, station.station_id),
            )
            moved_id, starts_local = moved.id, moved.starts_local
    except OccurrenceGone:
        raise
    except (BadInput, Conflict) as refused:
        return _answer(request, station, schedule_id, form, refused=refused)
    alone = moved_id != schedule_id
    occurrence = starts_local if once or alone or asked.scope is Scope.ALL else form.at
    found = {"moved": moved_id, "at": occurrence}
    if not alone and asked.scope is Scope.ONE:
        found |= {"was": was, "was_times": str(repeats[0]), "was_every": str(repeats[1] or "")}
    return RedirectResponse(_calendar(form, found, day=asked.to_local[:10]), status_code=303)


@router.post("/schedules/{schedule_id}/skip")
def leave_out(
    station: Here,
    viewer: Scheduler,
    schedule_id: Id,
    form: Annotated[MoveForm, Form()],
) -> Response:
    """Let one occurrence not play, and go back to the calendar."""
    with station.database.writing() as session:
        skip(
            session,
            schedule_id,
            form.at,
            by=viewer.account_id,
            now=station.now(),
            station=session.get_one(Station, station.station_id),
        )
    return RedirectResponse(_calendar(form, {}, day=form.at[:10]), status_code=303)


def _answer(
    request: Request,
    station: Context,
    schedule_id: str,
    form: MoveForm,
    *,
    refused: LoaError | None = None,
    dragged: bool = False,
) -> Response:
    sentence = "" if refused is None else in_language(request, refused)
    with station.database.reading() as session:
        shown = _shown(session, station, schedule_id, form)
        way = (
            in_the_way(session, refused.clashing, zone=station.zone)
            if isinstance(refused, SlotTaken)
            else []
        )
    at_field = refused is not None and refused.field in _FIELDS and not way
    return render(
        request,
        "calendar/pages/entry.html",
        status_code=refused.status if refused else 200,
        form=form,
        dragged=dragged,
        in_way=way,
        choices=refused.choices if isinstance(refused, SlotTaken) else (),
        free_at=refused.free_at if isinstance(refused, SlotTaken) else None,
        once_approved=refused.once_approved if isinstance(refused, SlotTaken) else False,
        reason_asked=isinstance(refused, RULES_BROKEN),
        errors={refused.field: sentence} if refused and at_field else {},
        other_errors=[sentence] if refused and not at_field and not way else [],
        back=_calendar(form, {}, day=form.at[:10]),
        **shown,
    )


def _shown(
    session: Session, station: Context, schedule_id: str, form: MoveForm
) -> Mapping[str, Any]:
    schedule: Schedule = find_schedule(session, schedule_id, station_id=station.station_id)
    bulletin = session.get_one(Bulletin, schedule.bulletin_id)
    rules = session.get_one(Station, station.station_id)
    line = line_of(session, schedule_id, zone=station.zone)
    days = station.settings.plan_days
    return {
        "schedule_id": schedule_id,
        "line": line,
        "steps": steps_of(session, [line], station=rules, now=station.now(), days=days),
        "plan_days": days,
        "begins": begins_at(session, schedule, form.at, zone=station.zone, now=station.now()),
        "length_ms": length_of(session, schedule) // timedelta(milliseconds=1),
        "title": bulletin.title,
        "bulletin_id": bulletin.id,
        "priority": bulletin.priority,
        "is_relay": bulletin.kind == BulletinKind.RELAY,
        "repeats": schedule.recurrence != "",
        "quiet_begins": rules.quiet_begins,
        "quiet_ends": rules.quiet_ends,
    }


def _calendar(form: MoveForm, more: Mapping[str, str], *, day: str) -> str:
    view = form.view if form.view in set(View) else View.WEEK
    asked = {"view": str(view), "day": day, "cluster": form.cluster, **more}
    return f"/schedule/calendar?{urlencode({name: said for name, said in asked.items() if said})}"
