"""One sentence in a voice that is perhaps not chosen yet, and who really said it."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request

from broadcaster.voices.credits import credit_of
from broadcaster.voices.house import HouseVoice
from playlists.render import Rendering

GREETING = "Kính chào bà con. Sáng mai, 7 giờ 30 phút, mời bà con đến nhà văn hóa thôn họp."


class Sayer(Protocol):
    """Whoever says a few written words and keeps the sound; the studio does."""

    def say(self, written: str, *, house: HouseVoice | None = None) -> Rendering:
        """The words' own sound, without chime. Raises LoaError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A sentence that was said: its sound, by whom, and whether another should have said it."""

    sentence: str
    audio_sha256: str
    duration_ms: int
    engine: str
    credit: str
    fell_back: bool

    @property
    def audio_url(self) -> str:
        """Where a browser hears it."""
        return f"/audio/{self.audio_sha256}.mp3"


def heard(sentence: str, *, house: HouseVoice, sayer: Sayer) -> Heard:
    """Has a sentence said. Raises LoaError: what stood against it."""
    sound = sayer.say(sentence, house=house)
    engine = f"{sound.engine} {sound.engine_version}"
    return Heard(
        sentence=sentence,
        audio_sha256=sound.sha256,
        duration_ms=sound.duration_ms,
        engine=engine,
        credit=credit_of(engine),
        fell_back=sound.engine != house.policy.preferred.engine,
    )


def sayer_of(request: Request) -> Sayer:
    """The studio of the app that serves this request (a FastAPI dependency)."""
    studio: Sayer = request.app.state.studio
    return studio
