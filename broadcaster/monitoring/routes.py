"""`/health/live`, `/health/ready` for who restarts and balances; `/metrics` for who watches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from starlette.responses import Response

from broadcaster.accounts.guard import open_to_all, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio
from broadcaster.monitoring.exposition import CONTENT_TYPE, written
from broadcaster.monitoring.measuring import families
from broadcaster.web.context import Context, context
from playlists.audio.bucket_store import BucketStore

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Watcher = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]
_NO_STORE = {"Cache-Control": "no-store"}


@router.get("/health/live", dependencies=[Depends(open_to_all)])
async def live() -> Response:
    """That the site's process answers: when it does not, start it again."""
    return JSONResponse({"status": "live"}, headers=_NO_STORE)


@router.get("/health/ready", dependencies=[Depends(open_to_all)])
def ready(request: Request, station: Here) -> Response:
    """That the database answers as well: while it does not, send people elsewhere.

    An S3 store that is away is told and is no reason to: every site would be left.
    """
    try:
        with station.database.reading() as session:
            session.exec(select(Station.id).limit(1)).one()
    except SQLAlchemyError:
        return JSONResponse({"status": "not_ready"}, status_code=503, headers=_NO_STORE)
    return JSONResponse({"status": "ready", **_of_sounds(request)}, headers=_NO_STORE)


def _of_sounds(request: Request) -> dict[str, str]:
    """Whether the S3 store answers, where there is one."""
    studio = getattr(request.app.state, "studio", None)
    if not isinstance(studio, Studio) or not isinstance(studio.store, BucketStore):
        return {}
    return {"audio": "ready" if studio.store.answers() else "away"}


@router.get("/metrics")
def metrics(station: Here, _viewer: Watcher) -> Response:
    """How the station stands, in Prometheus's text format."""
    with station.database.reading() as session:
        text = written(
            families(
                session,
                station_id=station.station_id,
                state_dir=station.settings.state_dir,
                now=station.now(),
            )
        )
    return PlainTextResponse(text, headers={**_NO_STORE, "Content-Type": CONTENT_TYPE})
