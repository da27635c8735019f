"""Nhật ký: who did what and when, for those who look after the station."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit.acts import Act
from broadcaster.audit.recording import COMMAND
from broadcaster.audit.roots import newest_root
from broadcaster.inspection.trail_queries import Filter, address_of, people, trail_lines
from broadcaster.inspection.wording import WORDS, words_of_act
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

SHOWN = 50


@router.get("/audit")
def audit_page(
    *,
    request: Request,
    station: Annotated[Context, Depends(context)],
    _viewer: Annotated[Viewer, Depends(require(Right.SEE_AUDIT))],
    person: Annotated[str, Query(max_length=80)] = "",
    act: Annotated[str, Query(max_length=40)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """The newest entries first, as many as fit on a page; a day that is none shows all days."""
    wanted = Filter(
        person=person.replace("\0", ""),
        act=act if act in set(Act) else "",
        day=_day(day),
        before=before,
    )
    with station.database.reading() as session:
        # The trail of a database is the installation's own station's: nothing in it is another's.
        here = not station.is_elsewhere
        found = trail_lines(session, wanted, zone=station.zone, limit=SHOWN + 1) if here else []
        everybody = people(session, station_id=station.station_id)
        root = newest_root(session.connection()) if here else None
    shown = found[:SHOWN]
    return render(
        request,
        "inspection/pages/trail.html",
        lines=shown,
        wanted=wanted,
        people=everybody,
        acts=[(each.value, words) for each, words in WORDS.items()],
        words_of_act=words_of_act,
        address_of=address_of,
        command=COMMAND,
        root=root,
        kept_elsewhere=not here,
        root_day=date.fromisoformat(root.day) if root else None,
        earlier=shown[-1].number if len(found) > SHOWN else None,
        first_page=before is None,
    )


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
