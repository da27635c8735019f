"""`/thon`: a village's week, one broadcast with its words, and what its people say."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.coverage.told import told_of
from broadcaster.errors import LoaError
from broadcaster.hearing.grades import Heard
from broadcaster.hearing.queries import earlier_words
from broadcaster.hearing.wording import HEARD
from broadcaster.ledger.periods import FIRST_YEAR, LAST_YEAR, Period
from broadcaster.ledger.wording import words_of_code
from broadcaster.village.days import (
    Place,
    Row,
    place_in_view,
    places_in_view,
    row_of,
    rows_of,
    week_of,
)
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.language import in_language
from broadcaster.web.paging import PageAsked, paging
from broadcaster.web.phone import render_phone

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Day = Annotated[date | None, Query(ge=date(FIRST_YEAR, 1, 8), le=date(LAST_YEAR, 12, 20))]


@router.get("/thon")
def villages_page(request: Request, station: Here, viewer: Anyone, page: PageAsked = 1) -> Response:
    """The villages in view, part by part; whoever has one only is led there."""
    with station.database.reading() as session:
        places = places_in_view(session, station.station_id, villages=viewer.villages_in_view())
    if len(places) == 1:
        return RedirectResponse(f"/thon/{places[0].village_id}", status_code=303)
    parts = paging(request, len(places), page=page)
    return render_phone(
        request, "village/pages/villages.html", places=places[parts.part()], paging=parts
    )


@router.get("/thon/{village_id}")
def week_page(
    request: Request, station: Here, viewer: Anyone, village_id: Id, day: Day = None
) -> Response:
    """One week: what, when, on which poles, and whether people heard it."""
    today = station.today()
    week = week_of(day or today)
    with station.database.reading() as session:
        place = _place(session, station, viewer, village_id)
        days = rows_of(session, village_id, week, zone=station.zone, now=station.now())
    this_week = week_of(today)
    return render_phone(
        request,
        "village/pages/week.html",
        place=place,
        week=week,
        is_this_week=week == this_week,
        days=_today_first(days, today) if week == this_week else sorted(days.items()),
        earlier=Period(date.min, week.first).last,
        later=week.until,
        marks=_marks(row for rows in days.values() for row in rows),
        heard_words=HEARD,
        unsaid=Heard.UNSAID,
        may_say=village_id in viewer.village_ids,
    )


@router.get("/thon/{village_id}/phat/{broadcast_id}")
def broadcast_page(
    request: Request,
    station: Here,
    viewer: Anyone,
    village_id: Id,
    broadcast_id: Id,
    *,
    said: str = "",
) -> Response:
    """One broadcast: read it, hear it again, and say whether it was heard."""
    return answer_broadcast(request, station, viewer, village_id, broadcast_id, sent=bool(said))


def answer_broadcast(
    request: Request,
    station: Context,
    viewer: Viewer,
    village_id: str,
    broadcast_id: str,
    *,
    sent: bool = False,
    refused: LoaError | None = None,
    heard: str | None = None,
    note: str | None = None,
) -> Response:
    """The page of one broadcast, with what was refused and what was chosen and typed.

    Where nothing was (None), the form begins with the viewer's last word: whoever only changes
    the choice keeps the note.
    """
    may_erase_all = viewer.may(Right.ADMINISTER)
    with station.database.reading() as session:
        place = _place(session, station, viewer, village_id)
        row = row_of(session, village_id, broadcast_id, now=station.now())
        told = told_of(session, broadcast_id)
        earlier = earlier_words(
            session,
            village_id,
            broadcast_id,
            account_id=None if may_erase_all else viewer.account_id,
        )
    own = next((word for word in row.words if word.account_id == viewer.account_id), None)
    if own is not None:
        heard = ("clear" if own.clear else "not") if heard is None else heard
        note = own.note if note is None else note
    sentence = ""
    if refused is not None:
        sentence = in_language(request, refused)
    return render_phone(
        request,
        "village/pages/broadcast.html",
        status_code=refused.status if refused else 200,
        place=place,
        row=row,
        told=told,
        earlier=earlier,
        sent=sent and own is not None,
        refused=sentence,
        heard=heard or "",
        note=note or "",
        marks=_marks([row]),
        heard_words=HEARD,
        unsaid=Heard.UNSAID,
        words_of_code=words_of_code,
        may_say=viewer.may(Right.REPORT_HEARING)
        and village_id in viewer.village_ids
        and row.starts_at <= station.now(),
        may_erase_all=may_erase_all,
        may_erase=viewer.may(Right.ERASE_HEARING_WORDS),
        viewer_id=viewer.account_id,
    )


def _place(session: Session, station: Context, viewer: Viewer, village_id: str) -> Place:
    return place_in_view(
        session, station.station_id, village_id, villages=viewer.villages_in_view()
    )


def _marks(rows: Iterable[Row]) -> set[str]:
    """The marks that a page shows of these rows."""
    found = {"unverifiable"}
    for row in rows:
        found |= {row.mark, *(pole.mark for pole in row.poles)}
    return found


def _today_first(days: Mapping[date, list[Row]], today: date) -> list[tuple[date, list[Row]]]:
    """Today, then back to Monday, then on to Sunday: what people ask about stands on top."""
    over = sorted(((day, rows) for day, rows in days.items() if day <= today), reverse=True)
    ahead = sorted((day, rows) for day, rows in days.items() if day > today)
    return over + ahead
