"""One broadcast: what was to be heard, who was reached, every device's word; live while it runs."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.reports import BroadcastReport, PlayRow
from broadcaster.ledger.wording import bar_part_of, mark_of, words_of_code
from broadcaster.schedule.broadcast_facts import BroadcastFacts, broadcast_facts
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.schedule.programme import PartReached, parts_reached
from broadcaster.schedule.today import overall_mark
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]

LIVE_AFTER_END = timedelta(minutes=10)

_Loaded = tuple[BroadcastFacts, BroadcastReport | None, tuple[PartReached, ...]]


# Where a room above shows what the ledger counts like a broadcast (`app.state.shown_elsewhere`).
ShownElsewhere = Callable[[Session, str], str | None]


@router.get("/broadcasts/{broadcast_id}")
def broadcast_page(request: Request, station: Here, viewer: Anyone, broadcast_id: Id) -> Response:
    """One broadcast with its words, its sound, its devices and its coverage."""
    look: ShownElsewhere | None = getattr(request.app.state, "shown_elsewhere", None)
    if look is not None:
        with station.database.reading() as session:
            elsewhere = look(session, broadcast_id)
        if elsewhere is not None:
            return RedirectResponse(elsewhere, status_code=303)
    facts, report, programme = _load(station, viewer, broadcast_id)
    return render(
        request,
        "schedule/pages/broadcast.html",
        live=_live(request, station, facts, report, programme),
        facts=facts,
        may_open_bulletin=viewer.may(Right.SEE_STATION),
        may_stop=viewer.may(Right.SCHEDULE_BROADCASTS) and facts.may_be_on_air(station.now()),
        may_cancel=viewer.may(Right.SCHEDULE_BROADCASTS) and facts.starts_at > station.now(),
    )


@router.get("/broadcasts/{broadcast_id}/live")
def broadcast_live(request: Request, station: Here, viewer: Anyone, broadcast_id: Id) -> Response:
    """The live part of the page alone, or 204 while nothing has changed."""
    facts, report, programme = _load(station, viewer, broadcast_id)
    return answer_live(request, _live(request, station, facts, report, programme))


def resident_parts(coverage: Coverage) -> dict[str, float]:
    """Residents by the parts of the bar; all that has not ended is shown as planned, no more."""
    return {
        "confirmed": coverage.confirmed,
        "relayed": coverage.relayed,
        "partial": coverage.partial,
        "failed": coverage.failed,
        "not_confirmed": coverage.not_confirmed,
        "unverifiable": coverage.unverifiable,
        "planned": coverage.pending,
    }


def device_parts(plays: Collection[PlayRow]) -> dict[str, int]:
    """Devices by the parts of the bar."""
    parts: dict[str, int] = {}
    for play in plays:
        part = bar_part_of(play.state)
        parts[part] = parts.get(part, 0) + 1
    return parts


def _load(station: Context, viewer: Viewer, broadcast_id: str) -> _Loaded:
    with station.database.reading() as session:
        return _load_from(session, station, viewer, broadcast_id)


def _load_from(session: Session, station: Context, viewer: Viewer, broadcast_id: str) -> _Loaded:
    villages = viewer.villages_in_view()
    facts = broadcast_facts(session, broadcast_id, station_id=station.station_id, villages=villages)
    report = broadcast_report(session, broadcast_id, villages=villages)
    return facts, report, parts_reached(session, broadcast_id, villages=villages)


def _live(
    request: Request,
    station: Context,
    facts: BroadcastFacts,
    report: BroadcastReport | None,
    programme: tuple[PartReached, ...],
) -> LivePart:
    now = station.now()
    settled = report is not None and report.settled and now > facts.ends_at + LIVE_AFTER_END
    devices = device_parts(report.devices) if report else {}
    return live_part(
        request,
        "schedule/pages/broadcast_live.html",
        address=f"/broadcasts/{facts.broadcast_id}/live",
        lasting=not settled and not facts.is_cancelled(),
        facts=facts,
        report=report,
        programme=programme,
        mark=overall_mark(devices),
        devices=devices,
        resident_parts=resident_parts,
        device_parts=device_parts,
        mark_of=mark_of,
        words_of_code=words_of_code,
    )
