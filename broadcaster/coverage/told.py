"""What was to be heard in what the ledger counts, whichever room it came from.

A bulletin's broadcast, a part of an emergency or its drill, somebody at the microphone.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from broadcaster.bulletins.tables import Rendition
from broadcaster.emergency.tables import EmergencyPart, EmergencySound
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.tables import PLAYS
from broadcaster.live.tables import LiveTalk
from broadcaster.schedule.tables import Broadcast


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Title, length, words and the address of their sound.

    Words and address are '' where nobody knew them beforehand; so is the title of what no device
    was there to play.
    """

    title: str = ""
    duration_ms: int = 0
    spoken: str = ""
    audio_address: str = ""


def told_of(session: Session, broadcast_id: str) -> Told:
    """What was to be heard once; of live speech its words are not known."""
    return told_among(session, [broadcast_id])[broadcast_id]


def told_among(session: Session, broadcast_ids: Collection[str]) -> dict[str, Told]:
    """What was to be heard in each of these, from the records of its day."""
    told = {
        broadcast.id: _of_broadcast(broadcast, rendition)
        for broadcast, rendition in session.exec(
            select(Broadcast, Rendition)
            .join(Rendition, col(Rendition.id) == col(Broadcast.rendition_id))
            .where(col(Broadcast.id).in_(broadcast_ids))
        )
    }
    others = set(broadcast_ids) - told.keys()
    if others:
        told |= _elsewhere(session, others)
    return told


def _of_broadcast(broadcast: Broadcast, rendition: Rendition) -> Told:
    """A replay first tells when it was issued; of a relay nobody knows the sound."""
    spoken = rendition.spoken
    if broadcast.is_replay and rendition.replay:
        spoken = str(rendition.replay["spoken"])
    return Told(
        title=broadcast.title,
        duration_ms=broadcast.duration_ms,
        spoken=spoken,
        audio_address="" if broadcast.relay else _address(broadcast.audio_sha256),
    )


def _elsewhere(session: Session, ids: Collection[str]) -> dict[str, Told]:
    titles = _titles(session, ids)
    told = {each: Told(title=titles.get(each, "")) for each in ids}
    for part_id, sound in session.exec(
        select(EmergencyPart.id, EmergencySound)
        .join(
            EmergencySound,
            col(EmergencySound.script_sha256) == col(EmergencyPart.script_sha256),
        )
        .where(col(EmergencyPart.id).in_(ids))
    ):
        told[part_id] = Told(
            title=titles.get(part_id, ""),
            duration_ms=sound.duration_ms,
            spoken=sound.spoken or sound.script,
            audio_address=_address(sound.audio_sha256),
        )
    for talk in session.exec(select(LiveTalk).where(col(LiveTalk.id).in_(ids))):
        told[talk.id] = Told(title=talk.title, duration_ms=talk.said_ms)
    return told


def _titles(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Titles as the orders of the day bore them."""
    rows = connection_of(session).execute(
        select_rows(PLAYS.c.broadcast_id, PLAYS.c.title)
        .where(PLAYS.c.broadcast_id.in_(ids))
        .distinct()
    )
    return {row.broadcast_id: row.title for row in rows}


def _address(sha256: str) -> str:
    return f"/audio/{sha256}.mp3" if sha256 else ""
