"""Sounds of exact words: wanted in a transaction, made outside of any, and never changed after.

Whoever might need words soon wants them early: when somebody is authorised, and while a page asks
whether it is really meant. What is there already goes out with the very first order.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database import Database
from broadcaster.emergency.tables import EmergencySound
from broadcaster.errors import LoaError

log = structlog.get_logger()

NEEDED_NOW, NEEDED_SOON, NEEDED_SOME_DAY = 2, 1, 0
AGAIN_AFTER = timedelta(seconds=5)


def want(session: Session, script: str, *, urgency: int, now: datetime) -> EmergencySound:
    """The sound of a script, rendered or to be rendered; the higher urgency holds."""
    digest = sha256_of(script)
    found = session.get(EmergencySound, digest)
    if found is None:
        found = EmergencySound(script_sha256=digest, script=script, urgency=urgency, wanted_at=now)
        session.add(found)
        session.flush()
    found.urgency = max(found.urgency, urgency)
    return found


def rendered(session: Session, digests: Iterable[str]) -> Mapping[str, EmergencySound]:
    """Those of these scripts whose sound is there, by digest."""
    rows = session.exec(
        select(EmergencySound).where(
            col(EmergencySound.script_sha256).in_(set(digests)),
            col(EmergencySound.rendered_at).is_not(None),
        )
    ).all()
    return {row.script_sha256: row for row in rows}


def waiting(session: Session, *, now: datetime) -> Sequence[EmergencySound]:
    """What has no sound, the most urgent first; what failed a moment ago waits a little."""
    rows = session.exec(
        select(EmergencySound)
        .where(col(EmergencySound.rendered_at).is_(None))
        .order_by(col(EmergencySound.urgency).desc(), col(EmergencySound.wanted_at))
    ).all()
    return [row for row in rows if not row.trouble or now - row.wanted_at >= AGAIN_AFTER]


def make(database: Database, studio: Studio, sound: EmergencySound, *, now: datetime) -> bool:
    """Render one sound and keep it; return whether it is there. Slow: not inside a transaction."""
    try:
        spoken = studio.read(sound.script).spoken
        rendering = studio.say(sound.script)
    except LoaError as error:
        log.warning("emergency_sound_failed", script=sound.script_sha256, code=error.code)
        with database.writing() as session:
            row = session.get_one(EmergencySound, sound.script_sha256)
            row.trouble, row.wanted_at = error.code, now
        return False
    with database.writing() as session:
        row = session.get_one(EmergencySound, sound.script_sha256)
        if row.rendered_at is None:
            row.spoken, row.audio_sha256 = spoken, rendering.sha256
            row.audio_size_bytes, row.duration_ms = rendering.size_bytes, rendering.duration_ms
            row.engine = f"{rendering.engine} {rendering.engine_version}".strip()
            row.trouble, row.rendered_at = "", now
    return True
