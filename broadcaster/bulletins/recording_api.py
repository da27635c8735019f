"""Recordings in other languages for programs: the same acts as on the bulletin's page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk, voicing
from broadcaster.bulletins.answers import BulletinAnswer, bulletin_answer
from broadcaster.bulletins.own_voice import bring_own_voice
from broadcaster.bulletins.recordings import Wanted, wanted_recordings
from broadcaster.bulletins.shown import shown
from broadcaster.bulletins.tables import BulletinRecording
from broadcaster.bulletins.texts import sha256_of
from broadcaster.bulletins.uploads import RECORDING_FIELD
from broadcaster.database.columns import to_ms
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

RECORDING_SCHEMA = {
    "type": "object",
    "required": [RECORDING_FIELD, "language", "village_id"],
    "properties": {
        RECORDING_FIELD: {"type": "string", "format": "binary"},
        "language": {"type": "string"},
        "village_id": {"type": "array", "items": {"type": "string"}},
        "script_sha256": {"type": "string", "description": "Of the words that were recorded."},
    },
}

SOUND_SCHEMA = {
    "type": "object",
    "required": [RECORDING_FIELD],
    "properties": {
        RECORDING_FIELD: {"type": "string", "format": "binary"},
        "script_sha256": {"type": "string", "description": "Of the words that were recorded."},
    },
}

api = APIRouter(prefix="/api/bulletins/{bulletin_id}", tags=["bulletins"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


class RecordingAnswer(BaseModel):
    """A recording that is there; `holds` is false where it was made for earlier words."""

    id: str
    holds: bool
    audio_url: str
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int
    recorded_at_ms: int


class WantedAnswer(BaseModel):
    """A language that a village must be able to hear, and what there is of this bulletin in it."""

    village_id: str
    village: str
    language: str
    missing: bool
    recording: RecordingAnswer | None


class RecordingList(BaseModel):
    """What each village wants; empty where all is in Vietnamese."""

    script_sha256: str = Field(description="Of the words as they stand, for recordings of them.")
    wanted: list[WantedAnswer]


class ConfirmationGiven(BaseModel):
    """The words that a recording still says."""

    model_config = ConfigDict(extra="forbid")

    script_sha256: str = ""


@api.get("/recordings", responses=problems(401, 403, 404, 422))
def recordings(station: Here, _viewer: Reader, bulletin_id: str) -> RecordingList:
    """What is there, what is missing, what was made for earlier words."""
    with station.database.reading() as session:
        return _list(session, station, bulletin_id)


@api.post(
    "/recordings",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": RECORDING_SCHEMA}},
        }
    },
)
async def bring(request: Request, station: Here, viewer: Writer, bulletin_id: str) -> RecordingList:
    """Master a recording of at most 50 MB and keep it for villages of one language."""
    await voicing.bring(request, station, bulletin_id, by=viewer.account_id)
    return await run_in_threadpool(_listed, station, bulletin_id)


@api.post(
    "/sound",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": SOUND_SCHEMA}},
        }
    },
)
async def bring_sound(
    request: Request, station: Here, viewer: Writer, bulletin_id: str
) -> BulletinAnswer:
    """Let a person's recording of at most 50 MB and 45 minutes be the bulletin's own sound."""
    await bring_own_voice(request, station, bulletin_id, by=viewer.account_id)
    return await run_in_threadpool(_bulletin, station, bulletin_id)


@api.post(
    "/recordings/{recording_id}/confirmation", responses=problems(400, 401, 403, 404, 409, 413, 422)
)
def confirm(
    station: Here, viewer: Writer, bulletin_id: str, recording_id: str, given: ConfirmationGiven
) -> RecordingList:
    """A recording made for earlier words still says the same."""
    voicing.confirm(
        station, bulletin_id, recording_id, script=given.script_sha256, by=viewer.account_id
    )
    return _listed(station, bulletin_id)


@api.delete("/recordings/{recording_id}", status_code=204, responses=problems(401, 403, 404, 422))
def remove(station: Here, viewer: Writer, bulletin_id: str, recording_id: str) -> None:
    """Play a recording no longer."""
    voicing.retire(station, bulletin_id, recording_id, by=viewer.account_id)


def _bulletin(station: Context, bulletin_id: str) -> BulletinAnswer:
    with station.database.reading() as session:
        row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        return bulletin_answer(shown(session, row))


def _listed(station: Context, bulletin_id: str) -> RecordingList:
    with station.database.reading() as session:
        return _list(session, station, bulletin_id)


def _list(session: Session, station: Context, bulletin_id: str) -> RecordingList:
    bulletin = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    wanted = [_wanted(each) for each in wanted_recordings(session, bulletin)]
    return RecordingList(script_sha256=sha256_of(bulletin.script), wanted=wanted)


def _wanted(wanted: Wanted) -> WantedAnswer:
    return WantedAnswer(
        village_id=wanted.village.id,
        village=wanted.village.name,
        language=wanted.language,
        missing=wanted.is_missing,
        recording=_answer(wanted.recording, holds=wanted.holds) if wanted.recording else None,
    )


def _answer(recording: BulletinRecording, *, holds: bool) -> RecordingAnswer:
    return RecordingAnswer(
        id=recording.id,
        holds=holds,
        audio_url=f"/audio/{recording.audio_sha256}.mp3",
        audio_sha256=recording.audio_sha256,
        audio_size_bytes=recording.audio_size_bytes,
        duration_ms=recording.duration_ms,
        recorded_at_ms=to_ms(recording.recorded_at),
    )
