"""The exchange for programs: how it stands, and the same acts on what came as on the pages.

An emergency of the province is ordered by `POST /api/emergencies` with `exchange-<id>` as its key.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.exchange.relaying import take_up
from broadcaster.exchange.shapes import ExchangeOut, ReceivedDismissal, ReceivedOut, TakenOut
from broadcaster.exchange.shown import exchange_shown, line_of
from broadcaster.exchange.taking import dismiss
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/exchange", tags=["exchange"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Sounds = Annotated[Studio, Depends(studio_of)]


@api.get("", responses=problems(401, 403))
def exchange(station: Here, _viewer: Reader) -> ExchangeOut:
    """How the link stands, what waits to go up, what came down."""
    with station.database.reading() as session:
        shown = exchange_shown(
            session, station_id=station.station_id, keys_dir=station.settings.keys_dir
        )
    return ExchangeOut.of(shown)


@api.post(
    "/received/{received_id}/taking",
    status_code=201,
    responses=problems(401, 403, 404, 409, 422, 503),
)
def take_one(station: Here, viewer: Writer, studio: Sounds, received_id: Id) -> TakenOut:
    """Make a bulletin or a relay of it; it waits for its approval as every other."""
    return TakenOut.of(take_up(station, studio, received_id, by=viewer.account_id))


@api.post("/received/{received_id}/dismissal", responses=problems(401, 403, 404, 409, 413, 422))
def dismiss_one(
    station: Here, viewer: Giver, received_id: Id, given: ReceivedDismissal
) -> ReceivedOut:
    """Do nothing more with it here, and say why."""
    with station.database.writing() as session:
        row = dismiss(
            session,
            received_id,
            reason=given.reason,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return ReceivedOut.of(line_of(session, row))
