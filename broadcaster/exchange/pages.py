"""Trao đổi với tỉnh: the link, what waits to go up, what came down and what people do with it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.emergency.authorising import authorisation_of
from broadcaster.emergency.errors import NOTE_LIMIT_CHARACTERS, WORDS_LIMIT_CHARACTERS
from broadcaster.emergency.forms import REAL
from broadcaster.errors import BadInput, Conflict, LoaError, Unavailable
from broadcaster.exchange.codes import REFUSALS, TOPICS
from broadcaster.exchange.link import resend_refused, save_link, switch, try_link
from broadcaster.exchange.relaying import take_up
from broadcaster.exchange.shown import ReceivedShown, exchange_shown, received_shown
from broadcaster.exchange.standing import STATES
from broadcaster.exchange.taking import dismiss, find_received
from broadcaster.exchange.wording import KINDS, OUTGOING, PRIORITIES, TROUBLES
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Sounds = Annotated[Studio, Depends(studio_of)]


class LinkForm(BaseModel):
    """Where the province's system is, as somebody typed it; the secret is never shown again."""

    model_config = ConfigDict(frozen=True)

    address: str = ""
    source_id: str = ""
    target_id: str = ""
    secret: str = ""


class SwitchForm(BaseModel):
    """On, or off when nothing is said."""

    model_config = ConfigDict(frozen=True)

    on: bool = False


class DismissalForm(BaseModel):
    """Why nothing more is done here."""

    model_config = ConfigDict(frozen=True)

    reason: str = ""


@router.get("/exchange")
def exchange_page(request: Request, station: Here, viewer: Reader) -> Response:
    """The link and both ways."""
    return _page(request, station, viewer)


@router.post("/exchange/link")
def keep_link(
    request: Request, station: Here, viewer: Admin, form: Annotated[LinkForm, Form()]
) -> Response:
    """Keep where it is; switched off until it was tested."""
    try:
        with station.database.writing() as session:
            save_link(
                session,
                address=form.address,
                source_id=form.source_id,
                target_id=form.target_id,
                secret=form.secret,
                keys_dir=station.settings.keys_dir,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, form=form, refused=refused)
    return _back()


@router.post("/exchange/test")
def test_connection(request: Request, station: Here, viewer: Admin) -> Response:
    """Ask whether the province's system is there and knows us."""
    wrong = try_link(
        station.database,
        keys_dir=station.settings.keys_dir,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )
    return _page(request, station, viewer, found=wrong) if wrong else _back()


@router.post("/exchange/switch")
def switch_link(
    request: Request, station: Here, viewer: Admin, form: Annotated[SwitchForm, Form()]
) -> Response:
    """Let things go up and come down, or not."""
    try:
        with station.database.writing() as session:
            switch(
                session,
                is_on=form.on,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except Conflict as refused:
        return _page(request, station, viewer, wrong=refused)
    return _back()


@router.post("/exchange/resending")
def resend(station: Here, viewer: Admin) -> Response:
    """Send once more what the province would not take."""
    with station.database.writing() as session:
        resend_refused(
            session, station_id=station.station_id, by=viewer.account_id, now=station.now()
        )
    return _back()


@router.get("/exchange/received/{received_id}")
def received_page(request: Request, station: Here, viewer: Reader, received_id: Id) -> Response:
    """One bulletin of the province in full, and what may be done with it."""
    return _received(request, station, viewer, received_id)


@router.post("/exchange/received/{received_id}/taking")
def take_one(
    request: Request, station: Here, viewer: Writer, studio: Sounds, received_id: Id
) -> Response:
    """Make a bulletin or a relay of it, which waits for its approval as every other."""
    try:
        made = take_up(station, studio, received_id, by=viewer.account_id)
    except (BadInput, Conflict, Unavailable) as refused:
        return _received(request, station, viewer, received_id, refused=refused)
    if made.not_queued is not None:
        return _received(request, station, viewer, received_id, not_queued=made.not_queued)
    home = "relays" if made.is_relay else "bulletins"
    return RedirectResponse(f"/{home}/{made.bulletin_id}", status_code=303)


@router.post("/exchange/received/{received_id}/dismissal")
def dismiss_one(
    request: Request,
    station: Here,
    viewer: Giver,
    received_id: Id,
    form: Annotated[DismissalForm, Form()],
) -> Response:
    """Do nothing more with it here, and say why."""
    try:
        with station.database.writing() as session:
            dismiss(
                session,
                received_id,
                reason=form.reason,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, Conflict) as refused:
        return _received(request, station, viewer, received_id, refused=refused)
    return _back()


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    form: LinkForm | None = None,
    refused: BadInput | None = None,
    wrong: LoaError | None = None,
    found: LoaError | None = None,
) -> Response:
    """With what was refused at its field, or by itself; `found` is what a test was to find out."""
    with station.database.reading() as session:
        shown = exchange_shown(
            session, station_id=station.station_id, keys_dir=station.settings.keys_dir
        )
    link = shown.link
    kept = (
        LinkForm(address=link.address, source_id=link.source_id, target_id=link.target_id)
        if link
        else LinkForm()
    )
    error = refused or wrong
    return render(
        request,
        "exchange/pages/exchange.html",
        status_code=error.status if error else 200,
        shown=shown,
        link=link,
        form=form or kept,
        waiting=[each for each in shown.lines if each.waits],
        others=[each for each in shown.lines if not each.waits],
        is_anything_refused=any(each.refused for each in shown.outgoing),
        may_change=viewer.may(Right.ADMINISTER),
        wrong=in_language(request, told) if (told := wrong or found) else "",
        errors={refused.field or "address": in_language(request, refused)} if refused else {},
        outgoing_words=OUTGOING,
        troubles=TROUBLES,
        states=STATES,
        priorities=PRIORITIES,
    )


def _received(
    request: Request,
    station: Context,
    viewer: Viewer,
    received_id: str,
    *,
    refused: LoaError | None = None,
    not_queued: LoaError | None = None,
) -> Response:
    """With what was refused; or with why a relay that was taken has no hour yet."""
    with station.database.reading() as session:
        row = find_received(session, received_id, station_id=station.station_id)
        shown = received_shown(session, row)
        names = display_names(session, {row.handled_by} if row.handled_by else set())
        is_authorised = (
            viewer.may(Right.RAISE_EMERGENCIES)
            and authorisation_of(session, viewer.account_id, station_id=station.station_id)
            is not None
        )
    waits = shown.line.waits
    is_emergency = shown.line.is_emergency
    return render(
        request,
        "exchange/pages/received.html",
        status_code=refused.status if refused else 200,
        shown=shown,
        line=shown.line,
        row=row,
        foreign=shown.foreign,
        words=_offered(shown),
        mode=REAL,
        may_take=waits
        and not is_emergency
        and not row.withdraws
        and viewer.may(Right.WRITE_BULLETINS),
        may_order=waits and is_emergency and not row.withdraws and is_authorised,
        may_dismiss=waits and viewer.may(Right.RAISE_EMERGENCIES),
        note_limit=NOTE_LIMIT_CHARACTERS,
        names=names,
        refused=in_language(request, refused) if refused else "",
        not_queued=in_language(request, not_queued) if not_queued else "",
        states=STATES,
        priorities=PRIORITIES,
        kinds=KINDS,
        topics=TOPICS,
        refusals=REFUSALS,
    )


def _offered(shown: ReceivedShown) -> str:
    """Words to start an order from; none where they would have to be cut."""
    words = shown.foreign.words.strip() if shown.foreign else ""
    return words if len(words) <= WORDS_LIMIT_CHARACTERS else ""


def _back() -> Response:
    return RedirectResponse("/exchange", status_code=303)
