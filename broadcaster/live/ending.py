"""What remains of a talk: how long it was, asked of every device; and its sound, as a bulletin."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session

from broadcaster.accounts.people import display_names
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import write_bulletin
from broadcaster.bulletins.tables import Rendition
from broadcaster.bulletins.texts import checked, sha256_of
from broadcaster.database import Database, new_id
from broadcaster.ledger.lengths import settle_length
from broadcaster.live.streams import RATE_HZ
from broadcaster.live.tables import LiveTalk
from broadcaster.live.talks import find_talk, orders_of_talk
from broadcaster.settings import Settings
from broadcaster.sounds.opening import open_sounds
from playlists.audio.audio_errors import AudioError, NothingToHear
from playlists.audio.encoding import measure_loudness
from playlists.audio.recording_errors import RecordingTooShort
from playlists.audio.recordings import Recording, master_recording
from playlists.audio.sounds import Sounds

log = structlog.get_logger()

ENGINE = "live"
UNMASTERED = "Bản ghi giữ nguyên như đã phát, chưa chỉnh được độ to."
_TITLE_ROOM = 120


def end_talk(
    session: Session,
    talk_id: str,
    *,
    because: str,
    said_ms: int,
    end_within: timedelta,
    now: datetime,
) -> LiveTalk:
    """Note that a talk is over, and how much was said; one that is over stays as it is.

    What was asked of its devices is from now on what was said: nobody knew it before.
    """
    talk = find_talk(session, talk_id)
    if talk.ended_at is not None:
        return talk
    talk.ended_at, talk.ended_because, talk.said_ms = now, because, said_ms
    session.flush()
    orders = [order.id for order in orders_of_talk(session, talk_id) if order.signed_at]
    settle_length(session, orders, asked_ms=max(said_ms, 1), end_due_at=now + end_within, now=now)
    record(
        session,
        Act.TALK_ENDED,
        by="",
        about=talk_id,
        at=now,
        details={"because": because, "said_ms": said_ms},
    )
    log.info(
        "live_talk_ended",
        talk_id=talk_id,
        by=talk.speaker_id,
        because=because,
        said_ms=said_ms,
    )
    return talk


def keep_what_was_said(
    database: Database, settings: Settings, talk_id: str, *, mp3: Path, now: datetime
) -> str | None:
    """Keep a talk's sound as a bulletin that waits for somebody to submit it; its id.

    What cannot be mastered is kept as it was sent, and says so: there is no other copy. None where
    nothing of it can be heard, or the disk takes nothing. No transaction is open meanwhile.
    """
    store, mastered = open_sounds(settings), True
    with database.reading() as session:
        said_ms = find_talk(session, talk_id).said_ms
    try:
        try:
            sound = master_recording(mp3, store=store)
        except (NothingToHear, RecordingTooShort):
            raise
        except AudioError as error:
            log.warning("live_talk_not_mastered", talk_id=talk_id, why=error.code)
            sound, mastered = _as_sent(mp3, store=store, said_ms=said_ms), False
    except AudioError as error:
        log.warning("live_talk_not_kept", talk_id=talk_id, why=error.code)
        return None
    with database.writing() as session:
        talk = find_talk(session, talk_id)
        bulletin_id = _draft(session, talk, sound, mastered=mastered, now=now)
        talk.bulletin_id = bulletin_id
    log.info("live_talk_kept", talk_id=talk_id, bulletin_id=bulletin_id, sha256=sound.sha256)
    return bulletin_id


def _as_sent(mp3: Path, *, store: Sounds, said_ms: int) -> Recording:
    """What was sent, untouched; raise AudioError."""
    measured = measure_loudness(mp3, sample_rate_hz=RATE_HZ)
    sha256 = store.put(mp3)
    return Recording(
        sha256=sha256,
        path=store.require(sha256),
        size_bytes=mp3.stat().st_size,
        duration_ms=said_ms,
        loudness_lufs=measured.loudness_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        sample_rate_hz=RATE_HZ,
    )


def _draft(
    session: Session, talk: LiveTalk, sound: Recording, *, mastered: bool, now: datetime
) -> str:
    """A bulletin with this sound, not yet submitted; its speaker cannot approve it."""
    zone = ZoneInfo(session.get_one(Station, talk.station_id).zone)
    at = (talk.starts_at or talk.asked_at).astimezone(zone)
    name = display_names(session, [talk.speaker_id])[talk.speaker_id]
    script = (
        f"Ghi âm buổi nói trực tiếp lúc {at:%H:%M} ngày {at:%d/%m/%Y}. Người nói: {name}. "
        f"Nội dung: {talk.title}."
    )
    if not mastered:
        script += f" {UNMASTERED}"
    written = checked(title=f"Ghi âm: {talk.title}"[:_TITLE_ROOM], script=script)
    bulletin = write_bulletin(
        session, station_id=talk.station_id, written=written, by=talk.speaker_id, now=now
    )
    rendition = Rendition(
        id=new_id("ren"),
        bulletin_id=bulletin.id,
        script_sha256=sha256_of(script),
        spoken=script,
        reading=[],
        warnings=[],
        audio_sha256=sound.sha256,
        audio_size_bytes=sound.size_bytes,
        duration_ms=sound.duration_ms,
        loudness_lufs=sound.loudness_lufs,
        engine=ENGINE,
        rendered_at=now,
    )
    session.add(rendition)
    bulletin.rendition_id = rendition.id
    session.flush()
    return bulletin.id
