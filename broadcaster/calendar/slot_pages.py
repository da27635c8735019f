"""An empty slot of the calendar, filled: picked by hand, or by a link of its day.

The same wish as from a bulletin's page, under the same rules; what is in the way is said first.
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import find_bulletin
from broadcaster.calendar.ready import OFFERED, ready_bulletins
from broadcaster.calendar.slot_form import SlotAsked, SlotForm, first_guess
from broadcaster.calendar.spans import View
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.schedule.air_rules import RULES_BROKEN, station_quiet_hours
from broadcaster.schedule.choices import cluster_choices
from broadcaster.schedule.conflict_shown import in_the_way
from broadcaster.schedule.errors import SlotTaken
from broadcaster.schedule.moving import next_occurrence
from broadcaster.schedule.submission import queue_and_submit
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]

LONGEST_QUERY = 200
_FIELDS = frozenset(
    {"bulletin_id", "clusters", "starts_local", "repeat", "last_day", "times", "override_reason"}
)


@router.get("/schedule/slot")
def slot(
    request: Request,
    station: Here,
    _viewer: Scheduler,
    asked: Annotated[SlotAsked, Query()],
) -> Response:
    """The form for a slot: its start and its cluster are those that were picked."""
    now_local = station.now().astimezone(station.zone)
    with station.database.reading() as session:
        quiet = station_quiet_hours(session.get_one(Station, station.station_id))
    guessed = first_guess(asked.day_asked or now_local.date(), now_local=now_local, quiet=quiet)
    filled = asked.model_copy(
        update={
            "starts_local": asked.starts_local or guessed,
            "clusters": asked.clusters or ((asked.cluster,) if asked.cluster else ()),
            "q": asked.q[:LONGEST_QUERY].strip(),
        }
    )
    return _answer(request, station, filled)


@router.post("/schedule/slot")
def fill(
    request: Request, station: Here, viewer: Scheduler, form: Annotated[SlotForm, Form()]
) -> Response:
    """Queue what was chosen and go back to the calendar, or say what stands against it."""
    try:
        wish = form.chosen()
        with station.database.writing() as session:
            find_bulletin(session, wish.bulletin_id, station_id=station.station_id)
            kept = queue_and_submit(
                session, station=station, form=form, bulletin_id=wish.bulletin_id, by=viewer
            )
            at = next_occurrence(session, kept, zone=station.zone, now=station.now())
            filled = {"moved": kept.id, "at": at}
    except (BadInput, Conflict) as refused:
        return _answer(request, station, form, refused=refused)
    return RedirectResponse(_calendar(form, filled, day=at[:10]), status_code=303)


def _answer(
    request: Request, station: Context, form: SlotForm, *, refused: LoaError | None = None
) -> Response:
    sentence = "" if refused is None else in_language(request, refused)
    taken = refused if isinstance(refused, SlotTaken) else None
    at_field = refused is not None and refused.field in _FIELDS and taken is None
    day = form.day(today=station.today())
    with station.database.reading() as session:
        shown = _shown(session, station, form, day=day)
        in_way = in_the_way(session, taken.clashing, zone=station.zone) if taken else []
    return render(
        request,
        "calendar/pages/slot.html",
        status_code=refused.status if refused else 200,
        form=form,
        day=day,
        stretch=form.stretch(),
        in_way=in_way,
        choices=taken.choices if taken else (),
        once_approved=taken.once_approved if taken else False,
        free_at=taken.free_at if taken else None,
        reason_asked=isinstance(refused, RULES_BROKEN),
        errors={refused.field: sentence} if refused and at_field else {},
        other_errors=[sentence] if refused and not at_field and taken is None else [],
        back=_calendar(form, {}, day=day.isoformat()),
        **shown,
    )


def _shown(session: Session, station: Context, form: SlotForm, *, day: date) -> dict[str, Any]:
    rules = session.get_one(Station, station.station_id)
    ready = ready_bulletins(
        session, station_id=rules.id, day=day, query=form.q, chosen=form.bulletin_id
    )
    return {
        "decided": [each for each in ready if each.plays_at_once],
        "undecided": [each for each in ready if not each.plays_at_once],
        "more_to_find": form.q != "" or len(ready) >= OFFERED,
        "clusters": cluster_choices(session, station_id=rules.id, day=day),
        "quiet_begins": rules.quiet_begins,
        "quiet_ends": rules.quiet_ends,
    }


def _calendar(form: SlotForm, more: dict[str, str], *, day: str) -> str:
    view = form.view if form.view in set(View) else View.WEEK
    asked = {"view": str(view), "day": day, "cluster": form.cluster, **more}
    return f"/schedule/calendar?{urlencode({name: said for name, said in asked.items() if said})}"
