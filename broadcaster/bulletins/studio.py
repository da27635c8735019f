"""The studio: makes words and sound of a script. Slow; never called inside a transaction."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import Request

from broadcaster.bulletins.errors import ScriptNotReadable, SoundNotMade, StudioBusy
from broadcaster.bulletins.sound import NewSound, new_sound
from broadcaster.settings import Settings
from playlists.audio_store import AudioStore
from playlists.errors import PlaylistsError, ScriptRefused
from playlists.reading import Lexicon, Reading, national_lexicon, read_aloud
from playlists.reading.sentences import split_sentences
from playlists.render import Rendering, render
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.espeak import EspeakEngine

RENDERS_AT_ONCE = 2
_BUSY_AFTER_S = 60.0
_HOUSE_VOICE = VoiceSettings()


class Studio:
    """One voice, one audio store; may be shared by threads. Found at `app.state.studio`."""

    def __init__(
        self,
        *,
        engine: Engine,
        store: AudioStore,
        cache_dir: Path | None = None,
        lexicon: Callable[[], Lexicon] = national_lexicon,
        voice: VoiceSettings = _HOUSE_VOICE,
        busy_after_s: float = _BUSY_AFTER_S,
    ) -> None:
        self.store = store
        self._engine = engine
        self._cache_dir = cache_dir
        self._lexicon = lexicon
        self._voice = voice
        self._busy_after_s = busy_after_s
        self._places = threading.BoundedSemaphore(RENDERS_AT_ONCE)

    def read(self, script: str) -> Reading:
        """The words that a voice shall say; raise ScriptNotReadable with the reason."""
        try:
            return read_aloud(script, self._lexicon())
        except PlaylistsError as error:
            raise _told(error) from error

    def render(self, reading: Reading) -> Rendering:
        """The sound of these words, kept in the store; raise SoundNotMade or StudioBusy."""
        if not self._places.acquire(timeout=self._busy_after_s):
            raise StudioBusy
        try:
            return render(
                split_sentences(reading.spoken),
                engine=self._engine,
                store=self.store,
                settings=self._voice,
                cache_dir=self._cache_dir,
            )
        except PlaylistsError as error:
            raise _told(error) from error
        finally:
            self._places.release()

    def make(self, script: str) -> NewSound:
        """Read and render; raise ScriptNotReadable, SoundNotMade or StudioBusy."""
        reading = self.read(script)
        return new_sound(script, reading=reading, rendering=self.render(reading))


@contextmanager
def open_studio(
    settings: Settings, *, lexicon: Callable[[], Lexicon] = national_lexicon
) -> Iterator[Studio]:
    """The studio that an installation's settings describe; its voice ends with it.

    `lexicon` is asked at each reading, so that a word entered now holds for the next script.
    """
    with EspeakEngine() as engine:
        yield Studio(
            engine=engine,
            store=AudioStore(settings.audio_dir),
            cache_dir=settings.state_dir / "sentences",
            lexicon=lexicon,
        )


def studio_of(request: Request) -> Studio:
    """The studio of the app that serves this request (a FastAPI dependency)."""
    found = request.app.state.studio
    if not isinstance(found, Studio):
        raise TypeError("the app was started without its studio")
    return found


def _told(error: PlaylistsError) -> ScriptNotReadable | SoundNotMade:
    """The same code and words, as an error of the station."""
    kind = ScriptNotReadable if isinstance(error, ScriptRefused) else SoundNotMade
    return kind(code=error.code, message_vi=error.message_vi, message_en=error.message_en)
