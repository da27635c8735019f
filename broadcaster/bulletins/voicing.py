"""Recordings brought in, confirmed and taken back, as pages and programs do it alike."""

from fastapi import Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import UnknownBulletin, WordsRecordedChanged
from broadcaster.bulletins.recordings import (
    Recorded,
    confirm_recording,
    keep_recording,
    retire_recording,
)
from broadcaster.bulletins.studio import studio_of
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.bulletins.texts import sha256_of
from broadcaster.bulletins.uploads import UploadedRecording, uploaded_recording
from broadcaster.web.context import Context


async def bring(request: Request, station: Context, bulletin_id: str, *, by: str) -> None:
    """Keep the recording that a form brought, for each village that was chosen, or for none.

    No transaction is open while the recording is mastered. Raises UnknownBulletin,
    WordsRecordedChanged, LanguageNotSpoken, and what `uploads` and `Studio.record` raise.
    """
    await run_in_threadpool(_require, station, bulletin_id)
    studio = studio_of(request)
    async with uploaded_recording(request, store=studio.store) as given:
        sound = await run_in_threadpool(studio.record, given.path)
        await run_in_threadpool(_keep, station, bulletin_id, given, sound=sound, by=by)


def confirm(station: Context, bulletin_id: str, recording_id: str, *, script: str, by: str) -> None:
    """Say that a recording holds for the script that was shown, by its hash; empty: as it stands.

    Raises UnknownBulletin, WordsRecordedChanged, RecordingMissing.
    """
    with station.database.writing() as session:
        _as_shown(session, station, bulletin_id, script)
        confirm_recording(session, bulletin_id, recording_id, by=by, now=station.now())


def retire(station: Context, bulletin_id: str, recording_id: str, *, by: str) -> None:
    """No longer play a recording. Raises UnknownBulletin, RecordingMissing."""
    with station.database.writing() as session:
        desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        retire_recording(session, bulletin_id, recording_id, by=by, now=station.now())


def _require(station: Context, bulletin_id: str) -> None:
    """That it is a bulletin with words of its own, before minutes go into its sound."""
    with station.database.reading() as session:
        found = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    if found.kind != BulletinKind.ITEM:
        raise UnknownBulletin


def _keep(
    station: Context, bulletin_id: str, given: UploadedRecording, *, sound: Recorded, by: str
) -> None:
    with station.database.writing() as session:
        _as_shown(session, station, bulletin_id, given.script_sha256)
        for village_id in given.village_ids:
            keep_recording(
                session,
                bulletin_id,
                village_id=village_id,
                language=given.language,
                sound=sound,
                by=by,
                now=station.now(),
            )


def _as_shown(session: Session, station: Context, bulletin_id: str, script: str) -> Bulletin:
    bulletin = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    if script and script != sha256_of(bulletin.script):
        raise WordsRecordedChanged
    return bulletin
