"""Playlists for programs: the same acts as on the pages, under the same rights.

A playlist is submitted and decided as every bulletin: `/api/bulletins/{id}/submission` and
`/api/bulletins/{id}/decisions` with the playlist's id.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.desk import newest_bulletins
from broadcaster.bulletins.errors import TITLE_LIMIT_CHARACTERS, TOPIC_LIMIT_CHARACTERS
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.bulletins.tables import BulletinKind
from broadcaster.bulletins.texts import NORMAL, PRIORITY
from broadcaster.playlists.answers import (
    PlaylistAnswer,
    PlaylistList,
    playlist_answer,
    playlist_line_answer,
)
from broadcaster.playlists.desk import (
    change_playlist,
    find_playlist,
    make_playlist_sound,
    write_playlist,
)
from broadcaster.playlists.errors import PARTS_LIMIT
from broadcaster.playlists.parts import (
    LONGEST_MS,
    SHORTEST_MS,
    SOURCE_LIMIT_CHARACTERS,
    GivenPart,
    given_part,
)
from broadcaster.playlists.shown import playlist_lines, playlist_shown
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems
from playlists.playlist import PartKind

NEWEST = 100

api = APIRouter(prefix="/api/playlists", tags=["playlists"])

Here = Annotated[Context, Depends(context)]
TheStudio = Annotated[Studio, Depends(studio_of)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


class ItemGiven(BaseModel):
    """One part. What its kind needs is told in a sentence, so the desk checks it."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(
        description="A relay is answered with 422: it has a schedule of its own.",
        json_schema_extra={"enum": [each.value for each in PartKind]},
    )
    bulletin_id: str = Field(default="", description="Of a bulletin; its sound is the approved.")
    duration_ms: int = Field(
        default=0,
        description="Of music or a pause.",
        json_schema_extra={"minimum": SHORTEST_MS, "maximum": LONGEST_MS},
    )
    source: str = Field(
        default="",
        description="Of relay slots in playlists of former times; not used any more.",
        json_schema_extra={"maxLength": SOURCE_LIMIT_CHARACTERS},
    )


class PlaylistGiven(BaseModel):
    """What an author places, in order."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(json_schema_extra={"minLength": 1, "maxLength": TITLE_LIMIT_CHARACTERS})
    topic: str = Field(default="", json_schema_extra={"maxLength": TOPIC_LIMIT_CHARACTERS})
    priority: int = Field(
        default=NORMAL,
        description="2 priority, 3 normal; 1, an emergency, is not made here.",
        json_schema_extra={"enum": [PRIORITY, NORMAL]},
    )
    items: list[ItemGiven] = Field(json_schema_extra={"minItems": 1, "maxItems": PARTS_LIMIT})

    def parts(self) -> list[GivenPart]:
        """The parts; raise PartUnusable or RelayInPlaylist, naming the first that is wrong."""
        return [
            given_part(
                position,
                kind=each.kind,
                bulletin_id=each.bulletin_id,
                duration_ms=each.duration_ms,
            )
            for position, each in enumerate(self.items, start=1)
        ]


@api.get("", responses=problems(401, 403, 422))
def playlists(
    station: Here,
    _viewer: Reader,
    limit: Annotated[int, Query(ge=1, le=NEWEST)] = NEWEST,
) -> PlaylistList:
    """The newest playlists without their parts, last edited first."""
    with station.database.reading() as session:
        newest = newest_bulletins(
            session, station_id=station.station_id, limit=limit, kind=BulletinKind.PLAYLIST
        )
        lines = playlist_lines(session, newest)
    return PlaylistList(playlists=[playlist_line_answer(line) for line in lines])


@api.post("", status_code=201, responses=problems(400, 401, 403, 413, 422))
def create(station: Here, viewer: Writer, given: PlaylistGiven) -> PlaylistAnswer:
    """Keep a playlist's parts; its sound is made by `POST …/rendition`."""
    parts = given.parts()
    with station.database.writing() as session:
        row = write_playlist(
            session,
            station_id=station.station_id,
            title=given.title,
            topic=given.topic,
            priority=given.priority,
            parts=parts,
            by=viewer.account_id,
            now=station.now(),
        )
        return _answer(session, station, row.id)


@api.get("/{playlist_id}", responses=problems(401, 403, 404, 422))
def playlist(station: Here, _viewer: Reader, playlist_id: str) -> PlaylistAnswer:
    """One playlist with its parts, its sound and all decisions.

    It is submitted by `POST /api/bulletins/{id}/submission` and decided by
    `POST /api/bulletins/{id}/decisions`, as every bulletin.
    """
    with station.database.reading() as session:
        return _answer(session, station, playlist_id)


@api.put("/{playlist_id}", responses=problems(400, 401, 403, 404, 413, 422))
def change(station: Here, viewer: Writer, playlist_id: str, given: PlaylistGiven) -> PlaylistAnswer:
    """Change a playlist. Any change voids an approval and drops the sound."""
    parts = given.parts()
    with station.database.writing() as session:
        change_playlist(
            session,
            playlist_id,
            station_id=station.station_id,
            title=given.title,
            topic=given.topic,
            priority=given.priority,
            parts=parts,
            by=viewer.account_id,
            now=station.now(),
        )
        return _answer(session, station, playlist_id)


@api.post("/{playlist_id}/rendition", responses=problems(401, 403, 404, 409, 422, 503))
def make_sound(
    station: Here, studio: TheStudio, viewer: Writer, playlist_id: str
) -> PlaylistAnswer:
    """Make one sound of the parts, of approved bulletins only; the same again changes nothing."""
    make_playlist_sound(
        station.database,
        studio,
        playlist_id,
        station_id=station.station_id,
        now=station.now(),
        by=viewer.account_id,
    )
    with station.database.reading() as session:
        return _answer(session, station, playlist_id)


def _answer(session: Session, station: Context, playlist_id: str) -> PlaylistAnswer:
    row = find_playlist(session, playlist_id, station_id=station.station_id)
    return playlist_answer(playlist_shown(session, row))
