"""Queueing a bulletin from its page, and withdrawing what was queued.

The form is a panel of the bulletin's page; a refused one comes back complete on a page of its own,
each sentence at its field.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import approved_rendition, find_bulletin
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.schedule.air_rules import RULES_BROKEN, station_quiet_hours
from broadcaster.schedule.choices import cluster_choices
from broadcaster.schedule.conflict_shown import in_the_way
from broadcaster.schedule.errors import InQuietHours, SlotTaken
from broadcaster.schedule.listing import lines_of_bulletin
from broadcaster.schedule.making_way import ways_by_schedule
from broadcaster.schedule.not_planned import steps_of
from broadcaster.schedule.queue_form import WHEN_APPROVED, QueueForm
from broadcaster.schedule.queueing import cancel_broadcast, cancel_schedule
from broadcaster.schedule.quiet_hours import QuietHours
from broadcaster.schedule.stopping import stop_broadcast
from broadcaster.schedule.submission import queue_and_submit
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import environment, frame_context, render
from broadcaster.web.language import in_language, language_of, safe_next, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]

_FIELDS = frozenset(
    {"clusters", "when", "starts_local", "repeat", "last_day", "times", "override_reason"}
)


def queue_panel(request: Request, session: Session, bulletin: Bulletin, viewer: Viewer) -> str:
    """Where and when, as a panel of the bulletin's page (`app.state.bulletin_panels`)."""
    station = context(request)
    page = environment(language_of(request)).get_template("schedule/pages/queue_form.html")
    shown = panel_context(session, station=station, bulletin=bulletin, viewer=viewer)
    return Markup(page.render({**frame_context(request), **shown}))  # noqa: S704 - our own template, escaped there


@router.post("/bulletins/{bulletin_id}/queue")
def queue(
    request: Request,
    station: Here,
    viewer: Scheduler,
    bulletin_id: Id,
    form: Annotated[QueueForm, Form()],
) -> Response:
    """Queue a bulletin and submit it for approval, or show the form again with what is wrong."""
    form = form.with_way_chosen()
    try:
        with station.database.writing() as session:
            queue_and_submit(
                session, station=station, form=form, bulletin_id=bulletin_id, by=viewer
            )
    except (BadInput, Conflict) as refused:
        return _refused(request, station, viewer, bulletin_id=bulletin_id, form=form, why=refused)
    return RedirectResponse(f"/bulletins/{bulletin_id}#queue", status_code=303)


@router.post("/schedules/{schedule_id}/cancel")
def cancel(
    station: Here,
    viewer: Scheduler,
    schedule_id: Id,
    after: Annotated[str, Form(alias="next")] = "/schedule",
) -> Response:
    """Withdraw a schedule and its broadcasts that have not begun."""
    with station.database.writing() as session:
        cancel_schedule(
            session,
            schedule_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(safe_next(after), status_code=303)


@router.post("/broadcasts/{broadcast_id}/cancel")
def cancel_one(station: Here, viewer: Scheduler, broadcast_id: Id) -> Response:
    """Withdraw one broadcast that has not begun; the others of its schedule stay."""
    with station.database.writing() as session:
        cancel_broadcast(
            session,
            broadcast_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/broadcasts/{broadcast_id}", status_code=303)


@router.post("/broadcasts/{broadcast_id}/stop")
def stop(station: Here, viewer: Scheduler, broadcast_id: Id) -> Response:
    """Silence a broadcast that is on air, everywhere and at once."""
    with station.database.writing() as session:
        stop_broadcast(
            session,
            broadcast_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/broadcasts/{broadcast_id}", status_code=303)


def panel_context(
    session: Session,
    *,
    station: Context,
    bulletin: Bulletin,
    viewer: Viewer,
    form: QueueForm | None = None,
) -> dict[str, Any]:
    """What the form's template needs."""
    rules = session.get_one(Station, station.station_id)
    lines = lines_of_bulletin(session, bulletin.id, zone=station.zone)
    days = station.settings.plan_days
    return {
        "bulletin_id": bulletin.id,
        "lines": lines,
        "steps": steps_of(session, lines, station=rules, now=station.now(), days=days),
        "ways": ways_by_schedule(session, bulletin.id, station=rules, now=station.now()),
        "plan_days": days,
        "rendered": bulletin.rendition_id is not None,
        # To queue a relay is to ask for a new decision, so its button says so.
        "approved": bulletin.kind != BulletinKind.RELAY
        and approved_rendition(session, bulletin.id) is not None,
        "may_queue": viewer.may(Right.SCHEDULE_BROADCASTS),
        "clusters": cluster_choices(
            session,
            station_id=station.station_id,
            day=station.today(),
        ),
        "form": form or QueueForm(),
        "quiet_begins": rules.quiet_begins,
        "quiet_ends": rules.quiet_ends,
        "quiet_asked": False,
        "after_quiet": None,
        "in_way": [],
        "open_ways": (),
        "once_approved": False,
        "free_at": None,
        "errors": {},
        "other_errors": [],
    }


def _refused(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    bulletin_id: Id,
    form: QueueForm,
    why: LoaError,
) -> Response:
    asked_now = isinstance(why, InQuietHours) and form.when == WHEN_APPROVED
    taken = why if isinstance(why, SlotTaken) else None
    # What stands in the way is told once, in a box of its own with the ways out.
    at_field = why.field in _FIELDS and taken is None
    with station.database.reading() as session:
        bulletin = find_bulletin(session, bulletin_id, station_id=station.station_id)
        shown = panel_context(session, station=station, bulletin=bulletin, viewer=viewer, form=form)
        quiet = station_quiet_hours(session.get_one(Station, station.station_id))
        if taken is not None:
            shown |= {
                "in_way": in_the_way(session, taken.clashing, zone=station.zone),
                "open_ways": taken.choices,
                "once_approved": taken.once_approved,
                "free_at": taken.free_at,
            }
    now = station.now().astimezone(station.zone)
    sentence = _of_the_night(request, quiet, now) if asked_now else in_language(request, why)
    shown |= {
        "after_quiet": quiet.end_after(now) if asked_now else None,
        "bulletin_title": bulletin.title,
        "quiet_asked": isinstance(why, RULES_BROKEN),
        "errors": {why.field: sentence} if at_field else {},
        "other_errors": [] if at_field or taken is not None else [sentence],
    }
    return render(request, "schedule/pages/queue.html", status_code=why.status, **shown)


def _of_the_night(request: Request, quiet: QuietHours, now: datetime) -> str:
    """Why nothing plays right away, for somebody who chose no hour."""
    if quiet.covers(now):
        return translate(request, "Bây giờ là giờ yên lặng. Hãy chọn một trong hai cách dưới đây.")
    return translate(
        request, "Sắp đến giờ yên lặng, phát ngay sẽ lấn vào. Hãy chọn một trong hai cách dưới đây."
    )
