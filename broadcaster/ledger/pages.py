"""The ledger's pages: the days with what was confirmed, and down to one signed statement."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import from_ms
from broadcaster.errors import NotFound
from broadcaster.ledger.days import LedgerDay, days_of
from broadcaster.ledger.evidence import Evidence, device_evidence
from broadcaster.ledger.queries import plays_today
from broadcaster.ledger.wording import words_of_code, words_of_kind, words_of_sink
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from devices.errors import MalformedMessage
from devices.protocol.messages import Confirmation, decode

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]

DAYS_SHOWN = 7
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


@router.get("/ledger")
def ledger_page(
    request: Request,
    station: Here,
    viewer: Anyone,
    until: Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)] = None,
) -> HTMLResponse:
    """Sổ độ phủ: seven days, newest first, each broadcast with its coverage."""
    today = station.now().astimezone(station.zone).date()
    last = min(until or today, today)
    first = last - timedelta(days=DAYS_SHOWN - 1)
    return render(
        request,
        "ledger/pages/ledger.html",
        days=_days(station, viewer, first=first, last=last),
        first=first,
        last=last,
        earlier=first - timedelta(days=1),
        later=last + timedelta(days=DAYS_SHOWN) if last < today else None,
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
    return render(
        request,
        "ledger/pages/evidence.html",
        evidence=found,
        said=statement_of(found),
        kind_words=words_of_kind(found.statement.kind),
        words_of_code=words_of_code,
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
