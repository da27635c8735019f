"""The studio: makes words and sound of a script. Slow; never called inside a transaction."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Request

from broadcaster.bulletins.delivery import AS_WRITTEN, Delivery, delivery_of, issue_told
from broadcaster.bulletins.errors import (
    PlaylistNotComposed,
    RecordingNotUsed,
    ScriptNotReadable,
    SoundNotMade,
    SpokenOverLimit,
    StudioBusy,
    UnknownBulletin,
)
from broadcaster.bulletins.sound import NewSound, Take
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.bulletins.texts import sha256_of
from broadcaster.errors import LoaError
from broadcaster.settings import Settings
from broadcaster.sounds.opening import open_sounds
from broadcaster.voices.house import HouseVoice
from broadcaster.voices.station_house import house_without_wishes
from playlists.audio.audio_errors import NothingToHear, PlaylistRefused
from playlists.audio.mastering import Loudspeaker, band_of
from playlists.audio.recording_errors import RecordingRefused
from playlists.audio.recordings import Recording, master_recording
from playlists.audio.sounds import Sounds
from playlists.delivery import delivered, replayed
from playlists.errors import PlaylistsError, ScriptRefused
from playlists.playlist import Part
from playlists.playlist_rendering import PlaylistRendering, render_playlist
from playlists.reading import Lexicon, Reading, national_lexicon, read_aloud
from playlists.reading.sentences import Gaps, split_sentences
from playlists.render import Rendering, render
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.engines import House, Result, Spoke, VoicePolicy, Voices

RENDERS_AT_ONCE = 2
# Two hours at a voice's own speed. A page of long numbers is half a day, and would hold a place
# here as long as that.
SPOKEN_LIMIT_WORDS = 30_000
# Whoever waits holds one of the site's threads; longer, and other pages would wait with them.
_BUSY_AFTER_S = 20.0
_REMEMBERED = 64
_Told = TypeVar("_Told", bound=LoaError)
_Refused = ScriptNotReadable | PlaylistNotComposed | RecordingNotUsed


class Speaker(Protocol):
    """The voices of a station."""

    def speak(self, act: Callable[[Engine], Result], *, policy: VoicePolicy) -> Spoke[Result]:
        """Does `act` with the preferred voice, or all of it with the fallback."""
        ...


class _SaidJustNow:
    """The few sounds that were made last, by what was said how; may be shared by threads."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], Rendering] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> Rendering | None:
        """What was made of it, if that is not long ago."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: tuple[object, ...], made: Rendering) -> None:
        """Remember it instead of the oldest."""
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


class Studio:
    """A station's voices and audio store; may be shared by threads. Found at `app.state.studio`.

    `lexicon` and `house` are asked at each reading and rendering, so that a word or a voice
    chosen now holds for the next script.
    """

    def __init__(
        self,
        *,
        voices: Speaker,
        store: Sounds,
        cache_dir: Path | None = None,
        lexicon: Callable[[], Lexicon] = national_lexicon,
        house: Callable[[], HouseVoice] = house_without_wishes,
        busy_after_s: float = _BUSY_AFTER_S,
    ) -> None:
        self.store = store
        self._voices = voices
        self._cache_dir = cache_dir
        self._lexicon = lexicon
        self._house = house
        self._busy_after_s = busy_after_s
        self._said = _SaidJustNow()
        self._places = threading.BoundedSemaphore(RENDERS_AT_ONCE)

    def read(self, script: str) -> Reading:
        """The words that a voice shall say; raise ScriptNotReadable with the reason."""
        try:
            return read_aloud(script, self._lexicon())
        except PlaylistsError as error:
            raise _told(error) from error

    def make(
        self, script: str, *, delivery: Delivery = AS_WRITTEN, issued: datetime | None = None
    ) -> NewSound:
        """Read and render; raise ScriptNotReadable, SpokenOverLimit, SoundNotMade or StudioBusy.

        With `issued`, an aware time in the station's zone, also what later broadcasts will say.
        """
        reading = self.read(script)
        spoken = delivered(reading.spoken, repeat=delivery.repeat)
        if len(spoken.split()) > SPOKEN_LIMIT_WORDS:
            raise SpokenOverLimit
        with self._place():
            house = self._house()

            def takes(engine: Engine) -> tuple[Take, Take | None]:
                first = self._take(spoken, engine=engine, house=house, rate=delivery.rate)
                if issued is None:
                    return first, None
                later = replayed(spoken, issued=issued)
                return first, self._take(later, engine=engine, house=house, rate=delivery.rate)

            spoke = self._voices.speak(takes, policy=house.policy)
        take, replay = spoke.result
        return NewSound(
            script_sha256=sha256_of(script),
            delivery=delivery,
            reading=reading,
            take=take,
            replay=replay,
            fell_back_from=str(house.policy.preferred) if spoke.reason else "",
        )

    def say(
        self, written: str, *, house: HouseVoice | None = None, rate: float | None = None
    ) -> Rendering:
        """A few words by themselves, without chime; raise as `make` does.

        With `house`, in a voice that is only being tried. What was said just now is said again at
        once.
        """
        spoken = self.read(written).spoken
        if len(spoken.split()) > SPOKEN_LIMIT_WORDS:
            raise SpokenOverLimit
        wished = house or self._house()
        before = self._said.get(key := (spoken, repr(wished), rate))
        if before is not None and before.path.is_file():
            return before
        with self._place():
            spoke = self._voices.speak(
                lambda engine: self._take(
                    spoken, engine=engine, house=wished, rate=rate, chime=False
                ),
                policy=wished.policy,
            )
        if not spoke.reason:  # another voice spoke instead: the wished one is asked again
            self._said.keep(key, spoke.result.rendering)
        return spoke.result.rendering

    def ident_words(self) -> str:
        """How the station says who it is."""
        return self._house().ident_words

    def closing_words(self) -> str:
        """How the station says goodbye."""
        return self._house().closing_words

    def compose(self, parts: Sequence[Part], *, station: str, longest_ms: int) -> PlaylistRendering:
        """One sound of a playlist's parts; raise PlaylistNotComposed, SoundNotMade, StudioBusy.

        The station's tune and music grow from its id.
        """
        with self._place():
            return render_playlist(
                parts,
                store=self.store,
                station=station,
                band=band_of(Loudspeaker(self._house().loudspeaker)),
                longest_ms=longest_ms,
            )

    def record(self, source: Path) -> Recording:
        """A person's recording, as loud as speech.

        Raises RecordingNotUsed, SoundNotMade or StudioBusy.
        """
        with self._place():
            loudspeaker = Loudspeaker(self._house().loudspeaker)
            try:
                return master_recording(source, store=self.store, band=band_of(loudspeaker))
            except NothingToHear as silent:
                raise _as(RecordingNotUsed, silent) from silent

    def _take(
        self,
        spoken: str,
        *,
        engine: Engine,
        house: HouseVoice,
        rate: float | None,
        chime: bool = True,
    ) -> Take:
        own = house.settings
        settings = VoiceSettings(accent=own.accent, rate=rate or own.rate, pitch=own.pitch)
        rendering = render(
            split_sentences(spoken, gaps=Gaps(house.gaps)),
            engine=engine,
            store=self.store,
            settings=settings,
            cache_dir=self._cache_dir,
            chime=chime,
            band=band_of(Loudspeaker(house.loudspeaker)),
        )
        return Take(spoken=spoken, rendering=rendering)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Room to work, and the voice's errors in the station's words."""
        if not self._places.acquire(timeout=self._busy_after_s):
            raise StudioBusy
        try:
            yield
        except PlaylistsError as error:
            raise _told(error) from error
        finally:
            self._places.release()


@contextmanager
def open_studio(
    settings: Settings,
    *,
    lexicon: Callable[[], Lexicon] = national_lexicon,
    house: Callable[[], HouseVoice] | None = None,
) -> Iterator[Studio]:
    """The studio that an installation's settings describe; its voices end with it."""
    with Voices(House(voices_dir=settings.voices_dir)) as voices:
        yield Studio(
            voices=voices,
            store=open_sounds(settings),
            cache_dir=settings.state_dir / "sentences",
            lexicon=lexicon,
            house=house or (lambda: house_without_wishes(settings.voices_dir)),
        )


def sound_of_bulletin(studio: Studio, bulletin: Bulletin, *, zone: ZoneInfo) -> NewSound:
    """The sound of a bulletin as its author wishes it; raise as `Studio.make` does.

    Raises UnknownBulletin for a playlist, whose script is no words to be said.
    """
    if bulletin.kind != BulletinKind.ITEM:
        raise UnknownBulletin
    issued = issue_told(bulletin)
    return studio.make(
        bulletin.script,
        delivery=delivery_of(bulletin),
        issued=issued.astimezone(zone) if issued else None,
    )


def studio_of(request: Request) -> Studio:
    """The studio of the app that serves this request (a FastAPI dependency)."""
    found = request.app.state.studio
    if not isinstance(found, Studio):
        raise TypeError("the app was started without its studio")
    return found


def _told(error: PlaylistsError) -> _Refused | SoundNotMade:
    """The same code and words, as an error of the station."""
    if isinstance(error, ScriptRefused):
        return _as(ScriptNotReadable, error)
    if isinstance(error, PlaylistRefused):
        return _as(PlaylistNotComposed, error)
    if isinstance(error, RecordingRefused):
        return _as(RecordingNotUsed, error)
    return _as(SoundNotMade, error)


def _as(kind: Callable[..., _Told], error: PlaylistsError) -> _Told:
    return kind(code=error.code, message_vi=error.message_vi, message_en=error.message_en)
