"""The month of a village on paper: each broadcast, what poles and people said, lines to sign."""

from collections import Counter
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.audit.tables import DailyRoot
from broadcaster.coverage.wording import words_of_period
from broadcaster.hearing.grades import Heard
from broadcaster.hearing.wording import HEARD
from broadcaster.ledger.periods import Period, month_of, read_period, written_period
from broadcaster.village.days import place_in_view, rows_of
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.phone import render_phone

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
NOT_HEARD = frozenset({Heard.NOT_HEARD, Heard.DISPUTED})


@router.get("/thon/{village_id}/thang")
def month_sheet(
    request: Request,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    period: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """One month; what is still to come is not on it."""
    today = station.today()
    month = month_of(read_period(period).first if period else today)
    in_view = viewer.villages_in_view()
    with station.database.reading() as session:
        place = place_in_view(session, station.station_id, village_id, villages=in_view)
        days = rows_of(session, village_id, month, zone=station.zone, now=station.now())
        about = session.get_one(Station, station.station_id)
        root = _newest_root(session)
    rows = [row for found in days.values() for row in found if row.starts_at <= station.now()]
    return render_phone(
        request,
        "village/pages/sheet.html",
        place=place,
        commune=about.commune,
        province=about.province,
        words=words_of_period(month),
        rows=rows,
        sums=Counter(row.mark for row in rows),
        heard_sums=Counter(row.heard for row in rows),
        not_heard=[row for row in rows if row.heard in NOT_HEARD],
        marks={row.mark for row in rows} | {pole.mark for row in rows for pole in row.poles},
        heard_words=HEARD,
        root=root,
        earlier=written_period(month_of(Period(date.min, month.first).last)),
        later=written_period(month_of(month.until)) if month.until <= today else None,
    )


def _newest_root(session: Session) -> DailyRoot | None:
    """The root that this sheet is an anchor for: `loa ledger verify --anchor` takes it."""
    return session.exec(select(DailyRoot).order_by(col(DailyRoot.day).desc()).limit(1)).first()
