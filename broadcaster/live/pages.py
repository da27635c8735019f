"""`/live`: ask for the microphone, speak, see every pole's state, stop; and who may at all."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from broadcaster.accounts.guard import require, require_to_read, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.step_up import NOT_PROVEN, can_prove
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.ledger.part_heard import part_heard, words_of_live_mark
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.reports import BroadcastReport
from broadcaster.ledger.wording import mark_of, words_of_code
from broadcaster.live.errors import LENGTHS_MIN, QuietReasonMissing, UnknownTalk
from broadcaster.live.forms import PermitForm, TalkForm
from broadcaster.live.permits import grant_permit, revoke_permit
from broadcaster.live.proof import is_speaker_asked, may_open, prove_speaker
from broadcaster.live.shown import TalkShown, live_page, talk_shown
from broadcaster.live.talks import ask_to_speak, find_talk, stop_talk
from broadcaster.schedule.choices import cluster_choices
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.schedule.timetable import wall_time
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Speaker = Annotated[Viewer, Depends(require(Right.SPEAK_LIVE))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.SPEAK_LIVE))]
Leader = Annotated[Viewer, Depends(require(Right.APPROVE_BULLETINS))]
Token = Annotated[str, Depends(token_of)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]

_TALK_FIELDS = frozenset({"title", "clusters", "minutes", "quiet_reason", "code"})
_PERMIT_FIELDS = frozenset({"account_id", "days"})


@router.get("/live")
def live(request: Request, station: Here, viewer: Onlooker) -> HTMLResponse:
    """Ask for the microphone; who speaks, who spoke, who may."""
    return _page(request, station, viewer)


@router.post("/live")
def ask(
    request: Request,
    station: Here,
    viewer: Speaker,
    token: Token,
    *,
    form: Annotated[TalkForm, Form()],
) -> Response:
    """Ask for the microphone, and go to it; or the form again with what is wrong."""
    try:
        prove_speaker(station, viewer, code=form.code, token=token)
        with station.database.writing() as session:
            talk = ask_to_speak(
                session,
                station=session.get_one(Station, station.station_id),
                viewer=viewer,
                title=form.title,
                cluster_ids=form.clusters,
                minutes=form.minutes,
                quiet_reason=form.quiet_reason,
                now=station.now(),
            )
            talk_id = talk.id
    except (BadInput, Conflict, *NOT_PROVEN) as refused:
        return _page(request, station, viewer, form=form, why=refused)
    return RedirectResponse(f"/live/{talk_id}", status_code=303)


@router.post("/live/permits")
def permit(
    request: Request, station: Here, viewer: Leader, form: Annotated[PermitForm, Form()]
) -> Response:
    """Let somebody speak live from now on."""
    try:
        with station.database.writing() as session:
            grant_permit(
                session,
                station_id=station.station_id,
                account_id=form.account_id,
                days=form.days,
                quiet_reason=form.permit_quiet_reason,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, permit_form=form, why=refused)
    return RedirectResponse("/live#permits", status_code=303)


@router.post("/live/permits/{permit_id}/revocation")
def revoke(station: Here, viewer: Leader, permit_id: Id) -> Response:
    """Take a permit back."""
    with station.database.writing() as session:
        revoke_permit(
            session,
            permit_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/live#permits", status_code=303)


@router.get("/live/{talk_id}")
def talk_page(request: Request, station: Here, viewer: Anyone, talk_id: Id) -> HTMLResponse:
    """One talk: its microphone for whoever asked for it, and what every pole says."""
    shown, report = _load(station, viewer, talk_id)
    return render(
        request,
        "live/pages/talk.html",
        talk=shown,
        live=_live(request, shown, report),
        may_speak=viewer.may(Right.SPEAK_LIVE) and shown.speaker_id == viewer.account_id,
        may_open=may_open(station, viewer),
        may_stop=viewer.may(Right.SPEAK_LIVE),
        may_open_bulletin=viewer.may(Right.SEE_STATION),
    )


@router.get("/broadcasts/talk-{rest}")
def talk_in_ledger(_viewer: Anyone, rest: Id) -> Response:
    """The ledger names a talk as it names every broadcast."""
    return RedirectResponse(f"/live/talk-{rest}", status_code=303)


@router.get("/live/{talk_id}/state")
def talk_state(request: Request, station: Here, viewer: Anyone, talk_id: Id) -> Response:
    """What every pole says, alone, or 204 while nothing has changed."""
    shown, report = _load(station, viewer, talk_id)
    return answer_live(request, _live(request, shown, report))


@router.post("/live/{talk_id}/stop")
def stop(station: Here, viewer: Speaker, talk_id: Id) -> Response:
    """Silence a talk, everywhere and at once."""
    with station.database.writing() as session:
        if find_talk(session, talk_id).station_id != station.station_id:
            raise UnknownTalk(talk_id)
        stop_talk(session, talk_id, by=viewer.account_id, now=station.now())
    return RedirectResponse(f"/live/{talk_id}", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    form: TalkForm | None = None,
    permit_form: PermitForm | None = None,
    why: LoaError | None = None,
) -> HTMLResponse:
    with station.database.reading() as session:
        shown = _shown(session, station, viewer)
    sentence = ""
    if why is not None:
        sentence = in_language(request, why)
    at_field = why is not None and why.field in _TALK_FIELDS | _PERMIT_FIELDS
    return render(
        request,
        "live/pages/live.html",
        status_code=why.status if why else 200,
        **shown,
        form=form or TalkForm(),
        permit_form=permit_form or PermitForm(),
        lengths=LENGTHS_MIN,
        asks_code=is_speaker_asked(station, viewer),
        has_code=can_prove(station, viewer),
        quiet_asked=isinstance(why, QuietReasonMissing),
        errors={why.field: sentence} if why and at_field else {},
        other_errors=[sentence] if why and not at_field else [],
        is_leader=viewer.may(Right.APPROVE_BULLETINS),
    )


def _shown(session: Session, station: Context, viewer: Viewer) -> dict[str, Any]:
    now = station.now()
    rules = session.get_one(Station, station.station_id)
    return {
        "page": live_page(
            session, station_id=station.station_id, account_id=viewer.account_id, now=now
        ),
        "clusters": cluster_choices(
            session, station_id=station.station_id, day=station.day_of(now)
        ),
        "now_local": wall_time(now.replace(second=0, microsecond=0), station.zone),
        "quiet_begins": rules.quiet_begins,
        "quiet_ends": rules.quiet_ends,
    }


def _load(
    station: Context, viewer: Viewer, talk_id: str
) -> tuple[TalkShown, BroadcastReport | None]:
    """A talk as this person may see it; raise UnknownTalk."""
    villages = viewer.villages_in_view()
    with station.database.reading() as session:
        talk = find_talk(session, talk_id)
        report = broadcast_report(session, talk_id, villages=villages)
        hidden = report is None and not viewer.may(Right.SEE_STATION)
        if talk.station_id != station.station_id or hidden:
            raise UnknownTalk(talk_id)
        return talk_shown(session, talk, now=station.now()), report


def _live(request: Request, shown: TalkShown, report: BroadcastReport | None) -> LivePart:
    settled = shown.is_over and (report is None or report.settled)
    return live_part(
        request,
        "live/pages/talk_state.html",
        address=f"/live/{shown.talk_id}/state",
        lasting=not settled,
        talk=shown,
        report=report,
        mark_of=mark_of,
        words_of_code=words_of_code,
        words_of_mark=words_of_live_mark,
        part_of=part_heard,
    )
