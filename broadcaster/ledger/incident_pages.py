"""The page of incidents: what was refused, or contradicts, and from whom it seemed to come."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.ledger.incident_queries import newest_incidents
from broadcaster.ledger.wording import words_of_incident
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

SHOWN = 50


@router.get("/incidents")
def incidents_page(
    request: Request,
    station: Annotated[Context, Depends(context)],
    _viewer: Annotated[Viewer, Depends(require(Right.SEE_DEVICES))],
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """Sự cố: the newest first, as many as fit on a page."""
    with station.database.reading() as session:
        found = newest_incidents(
            session,
            station_id=station.station_id,
            with_strangers=not station.is_elsewhere,
            limit=SHOWN + 1,
            before=before,
        )
    shown = found[:SHOWN]
    return render(
        request,
        "ledger/pages/incidents.html",
        incidents=shown,
        words_of_incident=words_of_incident,
        earlier=shown[-1].id if len(found) > SHOWN else None,
        first_page=before is None,
    )
