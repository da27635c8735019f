"""Tiếp sóng: which programme, how long, what fills in; queued and decided as every bulletin is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.on_approval import decision_parts
from broadcaster.database.columns import to_ms
from broadcaster.errors import BadInput, LoaError
from broadcaster.playlists.offers import offers
from broadcaster.relays.desk import change_relay, find_relay, given_of, make_relay_anew, write_relay
from broadcaster.relays.forms import RelayForm, form_of
from broadcaster.relays.shown import relay_lines, relay_shown
from broadcaster.schedule.queue_pages import queue_panel
from broadcaster.sources.shown import choices_of, sources_shown
from broadcaster.sources.wording import LEVELS
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

DECISION_FIELDS = frozenset({"over_warnings", "over_missing", "comment"})

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


@router.get("/relays")
def relays(request: Request, station: Here, viewer: Reader) -> Response:
    """All relays, last edited first."""
    with station.database.reading() as session:
        lines = relay_lines(session, station_id=station.station_id)
    return render(
        request,
        "relays/pages/list.html",
        lines=lines,
        levels=LEVELS,
        may_write=viewer.may(Right.WRITE_BULLETINS),
    )


@router.get("/relays/new")
def new(request: Request, station: Here, _viewer: Writer) -> Response:
    """An empty form."""
    return _editor(request, station, RelayForm())


@router.post("/relays")
def create(
    request: Request, station: Here, viewer: Writer, form: Annotated[RelayForm, Form()]
) -> Response:
    """Keep a relay, or show the form again with what is wrong; then comes where and when."""
    try:
        with station.database.writing() as session:
            relay = write_relay(
                session,
                form.given(),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _editor(request, station, form, refused=refused)
    return _back_to(relay.id)


@router.get("/relays/{relay_id}")
def relay_page(request: Request, station: Here, viewer: Reader, relay_id: Id) -> Response:
    """One relay: what is approved of it, where and when, its decisions."""
    return _page(request, station, viewer, relay_id)


@router.get("/relays/{relay_id}/edit")
def editor(request: Request, station: Here, _viewer: Writer, relay_id: Id) -> Response:
    """What was asked for, to be changed."""
    with station.database.reading() as session:
        row = find_relay(session, relay_id, station_id=station.station_id)
        form = form_of(given_of(session, row))
    return _editor(request, station, form, relay_id=relay_id)


@router.post("/relays/{relay_id}")
def change(
    request: Request,
    station: Here,
    viewer: Writer,
    relay_id: Id,
    form: Annotated[RelayForm, Form()],
) -> Response:
    """Keep a change, which voids the approval, or show the form again with what is wrong."""
    try:
        with station.database.writing() as session:
            change_relay(
                session,
                relay_id,
                form.given(),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _editor(request, station, form, relay_id=relay_id, refused=refused)
    return _back_to(relay_id)


@router.post("/relays/{relay_id}/rendition")
def make_anew(request: Request, station: Here, viewer: Writer, relay_id: Id) -> Response:
    """Take source and what fills in as they are now."""
    try:
        with station.database.writing() as session:
            make_relay_anew(
                session,
                relay_id,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, relay_id, refused=refused)
    return _back_to(relay_id)


def answer_relay(
    request: Request, viewer: Viewer, relay_id: str, refused: LoaError, comment: str
) -> Response:
    """The relay's page with what was refused where bulletins are submitted and decided.

    Found at `app.state.relay_page`.
    """
    return _page(request, context(request), viewer, relay_id, refused=refused, comment=comment)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    relay_id: str,
    *,
    refused: LoaError | None = None,
    comment: str = "",
) -> Response:
    with station.database.reading() as session:
        row = find_relay(session, relay_id, station_id=station.station_id)
        relay = relay_shown(session, row)
        panel = queue_panel(request, session, row, viewer)
        in_decision = decision_parts(request, session, row)
        source = _source(session, station, relay.relay["source_id"])
    at_field = refused is not None and refused.field in DECISION_FIELDS
    told = _sentence(request, refused)
    return render(
        request,
        "relays/pages/relay.html",
        status_code=refused.status if refused else 200,
        relay=relay,
        bulletin=relay.base,
        row=relay.base.row,
        sound=relay.base.sound,
        source=source,
        panel=panel,
        decision_parts=in_decision,
        levels=LEVELS,
        errors={refused.field: told} if refused and at_field else {},
        trouble="" if at_field else told,
        comment=comment,
        own=viewer.account_id in relay.base.authors,
        may_write=viewer.may(Right.WRITE_BULLETINS),
        may_decide=viewer.may(Right.APPROVE_BULLETINS),
        submitted_at_ms=to_ms(row.submitted_at) if row.submitted_at else "",
    )


def _editor(
    request: Request,
    station: Context,
    form: RelayForm,
    *,
    relay_id: str = "",
    refused: BadInput | None = None,
) -> Response:
    with station.database.reading() as session:
        sources = sources_shown(session, station.station_id)
        offered = offers(session, station_id=station.station_id)
        longest_ms = session.get_one(Station, station.station_id).longest_session_ms
    allowed = [each for each in sources if each.host_allowed]
    return render(
        request,
        "relays/pages/editor.html",
        status_code=refused.status if refused else 200,
        form=form,
        relay_id=relay_id,
        sources=allowed,
        source_choices=choices_of(allowed),
        offered=offered,
        longest_minutes=longest_ms // 60_000,
        levels=LEVELS,
        errors={refused.field: _sentence(request, refused)} if refused else {},
    )


def _source(session: Session, station: Context, source_id: str) -> object:
    """The source as it is on the list now; None once it was retired."""
    found = sources_shown(session, station.station_id)
    return next((each for each in found if each.source_id == source_id), None)


def _back_to(relay_id: str) -> Response:
    return RedirectResponse(f"/relays/{relay_id}", status_code=303)


def _sentence(request: Request, refused: LoaError | None) -> str:
    if refused is None:
        return ""
    return in_language(request, refused)
