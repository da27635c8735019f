"""A person's recording as a bulletin's own sound: their voice instead of one that reads.

It belongs to the script that was read aloud, goes through the same limits and the same mastering as
every recording, and whoever brings it has a part in the bulletin and cannot approve it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from broadcaster.bulletins import desk
from broadcaster.bulletins.delivery import Delivery, delivery_of
from broadcaster.bulletins.errors import UnknownBulletin, WishesNotRecorded, WordsRecordedChanged
from broadcaster.bulletins.studio import studio_of
from broadcaster.bulletins.tables import Bulletin, BulletinEdit, BulletinKind, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.bulletins.uploads import uploaded_sound
from broadcaster.errors import LoaError
from broadcaster.web.context import Context
from playlists.audio.recordings import Recording
from playlists.delivery import Repeat

RECORDED = "recorded"
"""What stands where a voice's name stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSound:
    """A script and a person's voice that says it; what of it is right, people must hear."""

    script: str
    delivery: Delivery
    recording: Recording
    recordings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def script_sha256(self) -> str:
        """The script."""
        return sha256_of(self.script)

    def is_that_of(self, rendition: Rendition) -> bool:
        """Whether a rendition is exactly this."""
        return (
            rendition.script_sha256 == self.script_sha256
            and rendition.audio_sha256 == self.recording.sha256
            and rendition.engine == RECORDED
        )

    def as_rendition(self, *, id_: str, bulletin_id: str, now: datetime) -> Rendition:
        """The row that keeps it for good."""
        return Rendition(
            id=id_,
            bulletin_id=bulletin_id,
            script_sha256=self.script_sha256,
            spoken=self.script,
            reading=[_as_written(self.script)],
            warnings=[],
            audio_sha256=self.recording.sha256,
            audio_size_bytes=self.recording.size_bytes,
            duration_ms=self.recording.duration_ms,
            loudness_lufs=self.recording.loudness_lufs,
            engine=RECORDED,
            recordings=self.recordings,
            rendered_at=now,
        )


async def bring_own_voice(request: Request, station: Context, bulletin_id: str, *, by: str) -> None:
    """Let the recording that a form brought be the bulletin's own sound.

    No transaction is open while it is mastered. Raises UnknownBulletin, WordsRecordedChanged,
    WishesNotRecorded, ScriptChanged, and what `uploads` and `Studio.record` raise.
    """
    try:
        bulletin = await run_in_threadpool(_to_be_read, station, bulletin_id)
    except LoaError:
        await request.close()  # the file that came along is not kept open
        raise
    studio = studio_of(request)
    async with uploaded_sound(request, store=studio.store) as given:
        if given.script_sha256 and given.script_sha256 != sha256_of(bulletin.script):
            raise WordsRecordedChanged
        recording = await run_in_threadpool(studio.record, given.path)
    sound = RecordedSound(
        script=bulletin.script, delivery=delivery_of(bulletin), recording=recording
    )
    await run_in_threadpool(_keep, station, bulletin_id, sound, by=by)


def _to_be_read(station: Context, bulletin_id: str) -> Bulletin:
    """The bulletin, before minutes go into its sound."""
    with station.database.reading() as session:
        found = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
    if found.kind != BulletinKind.ITEM:
        raise UnknownBulletin
    if found.repeat != Repeat.NONE or found.tells_issue:
        raise WishesNotRecorded(field="recording")
    return found


def _keep(station: Context, bulletin_id: str, sound: RecordedSound, *, by: str) -> None:
    now = station.now()
    with station.database.writing() as session:
        desk.attach_rendition(session, bulletin_id, sound=sound, now=now, by=by)
        bulletin = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        session.add(
            BulletinEdit(
                bulletin_id=bulletin_id,
                account_id=by,
                title=bulletin.title,
                script=bulletin.script,
                edited_at=now,
            )
        )


def _as_written(script: str) -> dict[str, object]:
    """One stretch of words that are said as they are written, as far as anybody knows."""
    return {
        "start": 0,
        "end": len(script),
        "written": script,
        "spoken": script,
        "rule": "words",
    }
