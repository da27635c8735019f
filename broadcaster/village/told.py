"""The words and the sound of what was for a village, whichever room it came from."""

from dataclasses import dataclass

from sqlmodel import Session

from broadcaster.bulletins.tables import Rendition
from broadcaster.emergency.tables import EmergencyPart, EmergencySound
from broadcaster.schedule.tables import Broadcast


@dataclass(frozen=True, slots=True)
class Told:
    """Words and the address of their sound; each is '' where nobody knew it beforehand."""

    spoken: str
    audio_address: str


def told_of(session: Session, broadcast_id: str) -> Told:
    """What was to be heard; of live speech nothing is known."""
    broadcast = session.get(Broadcast, broadcast_id)
    if broadcast is not None:
        rendition = session.get_one(Rendition, broadcast.rendition_id)
        spoken = rendition.spoken
        if broadcast.is_replay and rendition.replay:
            spoken = str(rendition.replay["spoken"])
        return Told(spoken, "" if broadcast.relay else _address(broadcast.audio_sha256))
    part = session.get(EmergencyPart, broadcast_id)
    if part is not None:
        sound = session.get_one(EmergencySound, part.script_sha256)
        return Told(sound.spoken or sound.script, _address(sound.audio_sha256))
    return Told("", "")


def _address(sha256: str) -> str:
    return f"/audio/{sha256}.mp3" if sha256 else ""
