"""What people in villages said of hearing broadcasts, as JSON, in the scope of whoever asks."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.errors import NotFound
from broadcaster.hearing.queries import Word, word_named, words_since
from broadcaster.ledger.queries import Villages
from broadcaster.web.addresses import ID_PATTERN, Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["hearing"])

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
AnId = Annotated[str | None, Query(pattern=ID_PATTERN)]

LOOKED_BACK = timedelta(days=30)
LIMIT = 500


class HearingOut(BaseModel):
    """One person's word on a broadcast in a village: a person's, never a device's."""

    id: str
    broadcast_id: str
    title: str
    starts_at_ms: int | None = Field(description="Null where the ledger has no such play.")
    village_id: str
    village: str
    person: str = Field(description="Who said it, by name.")
    clear: bool = Field(description="Heard clearly; false: not heard.")
    said_at_ms: int
    note: str
    photo: str = Field(description="Where the photo is for a browser; empty where there is none.")


class HearingsOut(BaseModel):
    """Last words, the newest first."""

    hearings: list[HearingOut]


@api.get("/hearings", responses=problems(401, 403, 422))
def hearings(
    *,
    station: Here,
    viewer: Anyone,
    village_id: AnId = None,
    broadcast_id: AnId = None,
    clear: Annotated[bool | None, Query(description="Heard clearly, or not heard.")] = None,
    since: Annotated[
        date | None, Query(ge=date(2000, 1, 1), description="Thirty days ago where left out.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT)] = 100,
) -> HearingsOut:
    """Each person's last word on each broadcast in each village in view."""
    from_when = station.now() - LOOKED_BACK
    if since is not None:
        from_when = datetime.combine(since, time.min, tzinfo=station.zone)
    with station.database.reading() as session:
        found = words_since(
            session,
            from_when,
            villages=_narrowed(viewer.villages_in_view(), village_id),
            limit=limit,
            broadcast_id=broadcast_id,
            clear=clear,
        )
    return HearingsOut(hearings=[_out(word) for word in found])


@api.get("/hearings/{hearing_id}", responses=problems(401, 403, 404, 422))
def hearing(station: Here, viewer: Anyone, hearing_id: Id) -> HearingOut:
    """One word, though its person said another one since."""
    with station.database.reading() as session:
        found = word_named(session, hearing_id, villages=viewer.villages_in_view())
    if found is None:
        raise NotFound(hearing_id)
    return _out(found)


def _narrowed(in_view: Villages, village_id: str | None) -> Villages:
    """The villages in view, or the one of them that was asked for."""
    if village_id is None:
        return in_view
    return frozenset({village_id}) & (frozenset({village_id}) if in_view is None else in_view)


def _out(word: Word) -> HearingOut:
    return HearingOut(
        id=word.hearing_id,
        broadcast_id=word.broadcast_id,
        title=word.title,
        starts_at_ms=to_ms(word.starts_at) if word.starts_at else None,
        village_id=word.village_id,
        village=word.village,
        person=word.person,
        clear=word.clear,
        said_at_ms=to_ms(word.said_at),
        note=word.note,
        photo=word.photo_address,
    )
