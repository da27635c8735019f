"""Who reads for a station at this moment, and how: what it asked for, resolved with what is there.

Resolved at each rendering, so that a voice that arrived meanwhile speaks from the next one on.
What was rendered before keeps its sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.voices.wishes import AUTOMATIC, VoiceWish, wish_of
from playlists.audio.mastering import Loudspeaker
from playlists.reading.sentences import Gaps
from playlists.speech.catalogue import shipped_catalogue
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.engines import ALWAYS_THERE, EngineName, VoiceChoice, VoicePolicy
from playlists.speech.errors import VoiceSettingsInvalid
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.piper import piper_is_here
from playlists.speech.voice_store import installed

LANGUAGE = "vi"
Kind = TypeVar("Kind", Accent, EngineName, Gaps, Loudspeaker)


@dataclass(frozen=True, slots=True)
class HouseVoice:
    """A station's voice, ready to be asked: `voices.speak(act, policy=house.policy)`.

    Its words are written ones: they are read aloud like a script.
    """

    policy: VoicePolicy
    settings: VoiceSettings
    gaps: Gaps
    loudspeaker: Loudspeaker
    ident_words: str
    closing_words: str
    automatic: bool


def house_voice(session: Session, *, station_id: str, voices_dir: Path) -> HouseVoice:
    """The voice that a station's next rendering uses. Raises VoiceSettingsInvalid."""
    return resolved(
        wish_of(session, station_id=station_id),
        station_name=session.get_one(Station, station_id).name,
        usable=usable_voices(voices_dir),
    )


def resolved(wish: VoiceWish, *, station_name: str, usable: Sequence[InstalledVoice]) -> HouseVoice:
    """What a station asked for, with the voices that could speak. Raises VoiceSettingsInvalid."""
    choice = chosen(wish.engine, wish.voice, usable=usable)
    return HouseVoice(
        policy=VoicePolicy(
            preferred=choice,
            fallback=ALWAYS_THERE if wish.fallback else None,
            text_may_leave=wish.text_may_leave,
        ),
        settings=VoiceSettings(
            accent=_one_of(Accent, wish.accent), rate=wish.rate, pitch=wish.pitch
        ),
        gaps=_one_of(Gaps, wish.gaps),
        loudspeaker=_one_of(Loudspeaker, wish.loudspeaker),
        ident_words=wish.ident_words or house_ident(station_name),
        closing_words=wish.closing_words or house_closing(station_name),
        automatic=wish.engine == AUTOMATIC,
    )


def chosen(engine: str, voice: str, *, usable: Sequence[InstalledVoice]) -> VoiceChoice:
    """The engine and voice that were asked for; asked for none, the best there is.

    What was asked for and is not there stays chosen: the policy's fallback says that it is away.
    Raises VoiceSettingsInvalid.
    """
    if engine == AUTOMATIC:
        return best(usable)
    asked = _one_of(EngineName, engine)
    return VoiceChoice(asked, voice if asked is EngineName.PIPER else "")


def reader(policy: VoicePolicy, *, usable: Sequence[InstalledVoice]) -> VoiceChoice | None:
    """Who reads by a policy with the voices that could speak; None: nobody."""
    asked = policy.preferred
    away = asked.engine is EngineName.PIPER and asked.voice not in {each.name for each in usable}
    return policy.fallback if away else asked


def best(usable: Sequence[InstalledVoice]) -> VoiceChoice:
    """A Vietnamese Piper voice, in the catalogue's order of liking, or else eSpeak NG."""
    liking = [voice.name for voice in shipped_catalogue().voice]
    liked = sorted(
        (voice.name for voice in usable if voice.language == LANGUAGE),
        key=lambda name: (liking.index(name) if name in liking else len(liking), name),
    )
    return VoiceChoice(EngineName.PIPER, liked[0]) if liked else ALWAYS_THERE


def usable_voices(voices_dir: Path) -> tuple[InstalledVoice, ...]:
    """The installed voices, none where the program that speaks with them is missing."""
    return installed(voices_dir) if piper_is_here() else ()


def house_ident(station_name: str) -> str:
    """How a station says who it is, unless it wrote its own words."""
    return f"Đây là {station_name}."


def house_closing(station_name: str) -> str:
    """How a station says goodbye, unless it wrote its own words."""
    return f"Chương trình của {station_name} đến đây là hết. Kính chào bà con."


def _one_of(kind: type[Kind], stored: str) -> Kind:
    try:
        return kind(stored)
    except ValueError as error:
        raise VoiceSettingsInvalid(f"{kind.__name__} {stored!r}") from error
