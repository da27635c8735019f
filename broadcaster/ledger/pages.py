"""The ledger's pages: the days with what was confirmed, and down to one signed statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import village_count, villages_of
from broadcaster.database.columns import from_ms
from broadcaster.errors import NotFound
from broadcaster.ledger.broadcast_lines import plays_today
from broadcaster.ledger.days import LedgerDay, days_of
from broadcaster.ledger.evidence import Evidence, device_evidence
from broadcaster.ledger.item_queries import items_of_play
from broadcaster.ledger.items import Part, part_of
from broadcaster.ledger.wording import words_of_code, words_of_kind, words_of_part, words_of_sink
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.paging import PageAsked, paging
from devices.errors import MalformedMessage
from devices.protocol.messages import Confirmation, Item, decode

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]

OrderItems = Callable[[Session, str], Sequence[Item]]
"""What an order was planned to play; whoever plans says so (`app.state.order_items`)."""

DAYS_SHOWN = 7
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class ToldPart:
    """A part that a statement names, counted from 0, and what its order calls it."""

    item: int
    cue: int | None
    part: Part | None


@router.get("/ledger")
def ledger_page(
    request: Request,
    station: Here,
    viewer: Anyone,
    until: Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)] = None,
    page: PageAsked = 1,
) -> HTMLResponse:
    """Sổ độ phủ: seven days, newest first, each broadcast with its coverage."""
    today = station.today()
    last = min(until or today, today)
    first = last - timedelta(days=DAYS_SHOWN - 1)
    seen = viewer.villages_in_view()
    with station.database.reading() as session:
        known = village_count(session, station.station_id, only=seen)
        parts = paging(request, known, page=page, path="/ledger")
        places = villages_of(session, station.station_id, only=seen, part=parts.part())
    return render(
        request,
        "ledger/pages/ledger.html",
        days=_days(station, viewer, first=first, last=last),
        places=[(village.id, village.name) for village in places],
        paging=parts,
        first=first,
        last=last,
        earlier=first - timedelta(days=1),
        later=last + timedelta(days=DAYS_SHOWN) if last < today else None,
        may_see_audit=viewer.may(Right.SEE_AUDIT),
    )


@router.get("/evidence/{device_id}/{epoch}/{seq}")
def evidence_page(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    device_id: Id,
    epoch: Id,
    seq: Annotated[int, Path(ge=1, le=2**53 - 1)],
) -> HTMLResponse:
    """One signed statement of one device, examined as the page is made."""
    with station.database.reading() as session:
        found = device_evidence(session, device_id, epoch, seq, villages=viewer.villages_in_view())
        if found is None:
            raise NotFound(device_id)
        order_id = found.order_id or ""
        items = _items_of(request, session, order_id)
        begun = items_of_play(session, (order_id, found.repeat, device_id))
    said = statement_of(found)
    return render(
        request,
        "ledger/pages/evidence.html",
        evidence=found,
        said=said,
        told=told_part(said, items),
        begun=[(each, part_of(items, item=each.item, cue=each.cue)) for each in begun],
        kind_words=words_of_kind(found.statement.kind),
        words_of_code=words_of_code,
        words_of_part=words_of_part,
        words_of_sink=words_of_sink,
        instant_of_ms=from_ms,
        instant_of_us=lambda at_us: from_ms(at_us // 1000),
    )


def statement_of(evidence: Evidence) -> Confirmation | None:
    """What the entry says; None where its bytes are not what the contract has."""
    try:
        return decode(evidence.statement.entry, Confirmation)
    except MalformedMessage:
        return None


def told_part(said: Confirmation | None, items: Sequence[Item]) -> ToldPart | None:
    """The part that a statement names; None where it names none, or the one that all plays have."""
    if said is None or not (said.item or said.cue is not None):
        return None
    item = said.item or 0
    return ToldPart(item, said.cue, part_of(items, item=item, cue=said.cue))


def _items_of(request: Request, session: Session, order_id: str) -> Sequence[Item]:
    look: OrderItems = getattr(request.app.state, "order_items", _no_items)
    return look(session, order_id)


def _no_items(_session: Session, _order_id: str) -> Sequence[Item]:
    """Nobody knows what was planned: parts are told by number."""
    return ()


def midnight(day: date, *, zone: tzinfo) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time.min, tzinfo=zone)


def _days(station: Context, viewer: Viewer, *, first: date, last: date) -> list[LedgerDay]:
    with station.database.reading() as session:
        lines = plays_today(
            session,
            since=midnight(first, zone=station.zone),
            until=min(midnight(last + timedelta(days=1), zone=station.zone), station.now()),
            villages=viewer.villages_in_view(),
        )
    return days_of(lines, zone=station.zone)
