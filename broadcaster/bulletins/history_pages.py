"""A bulletin's history: every version, and what changed in the one that is looked at."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import UnknownBulletin
from broadcaster.bulletins.history import version_shown, versions_of
from broadcaster.bulletins.tables import BulletinKind
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)


@router.get("/bulletins/{bulletin_id}/history")
def history(
    request: Request,
    station: Annotated[Context, Depends(context)],
    viewer: Annotated[Viewer, Depends(require(Right.SEE_STATION))],
    bulletin_id: str,
    version: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """All versions, newest first, and one of them word by word against the one before."""
    with station.database.reading() as session:
        row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        if row.kind != BulletinKind.ITEM:
            raise UnknownBulletin
        versions = versions_of(session, row)
        newest = versions[0].version_id if versions else 0
        chosen = version_shown(session, row, versions, version or newest)
    return render(
        request,
        "bulletins/pages/history.html",
        row=row,
        versions=versions,
        chosen=chosen,
        may_write=viewer.may(Right.WRITE_BULLETINS),
    )
