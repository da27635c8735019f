"""Making bulletins and sounds for tests of the desk, without a voice."""

import hashlib
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from broadcaster.bulletins import desk
from broadcaster.bulletins.delivery import AS_WRITTEN, Delivery
from broadcaster.bulletins.sound import NewSound, Take
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.bulletins.texts import checked, sha256_of
from playlists.reading import Reading, Span, Warning_
from playlists.render import Rendering
from tests.broadcaster.small_station import STATION_ID

SCRIPT = "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em."


def made_sound(
    script: str,
    *,
    warns: bool = False,
    left_out: bool = False,
    take: str = "",
    delivery: Delivery = AS_WRITTEN,
    replay: str = "",
) -> NewSound:
    """What a studio would make of a script; another `take` sounds different.

    `replay` is what later broadcasts say first, in three seconds.
    """
    warning = Warning_(0, 4, script[:4], "unknown_word", "Chưa rõ cách đọc.", "Unsure.", "bốn")
    print_only = Warning_(0, 0, "XÃ THƯỢNG", "left_out", "Không đọc.", "Not read.", "")
    reading = Reading(
        text=script,
        spoken=script.lower(),
        spans=(Span(0, len(script), script, script.lower(), "words"),),
        warnings=(*([warning] if warns else []), *([print_only] if left_out else [])),
    )
    rendering = _rendered(script + take, duration_ms=6_000)
    later = _rendered(replay + script + take, duration_ms=9_000)
    return NewSound(
        script_sha256=sha256_of(script),
        delivery=delivery,
        reading=reading,
        take=Take(spoken=reading.spoken, rendering=rendering),
        replay=Take(spoken=replay + reading.spoken, rendering=later) if replay else None,
    )


def _rendered(words: str, *, duration_ms: int) -> Rendering:
    return Rendering(
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        path=Path("unused.mp3"),
        size_bytes=8 * duration_ms,
        duration_ms=duration_ms,
        loudness_lufs=-16.1,
        true_peak_dbtp=-1.5,
        sample_rate_hz=24_000,
        engine="tones",
        engine_version="1",
        cue_points=(),
        sentences_synthesised=1,
        sentences_from_cache=0,
    )


def write(session: Session, *, by: str, now: datetime, script: str = SCRIPT) -> Bulletin:
    """A new bulletin."""
    written = checked(title="Lịch tiêm", script=script)
    return desk.write_bulletin(session, station_id=STATION_ID, written=written, by=by, now=now)


def decide(
    session: Session,
    rendition: Rendition,
    *,
    approved: bool,
    by: str,
    now: datetime,
    comment: str = "Cần sửa.",
    over_warnings: bool = False,
    over_missing: bool = False,
) -> Approval:
    """Decide on a rendition as it was shown."""
    return desk.decide(
        session,
        rendition.bulletin_id,
        rendition_id=rendition.id,
        spoken_sha256=sha256_of(rendition.spoken),
        audio_sha256=rendition.audio_sha256,
        approved=approved,
        by=by,
        now=now,
        comment=comment,
        over_warnings=over_warnings,
        over_missing=over_missing,
    )
