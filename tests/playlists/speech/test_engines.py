"""The station's voices by name: a bulletin has one voice, and who spoke and why is known."""

from pathlib import Path

import pytest

from playlists.audio.audio_errors import NothingToRender
from playlists.audio.audio_store import AudioStore
from playlists.audio.encoding import encode_mp3
from playlists.audio.pcm import Pcm
from playlists.render import Rendering, render
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.engines import (
    ALWAYS_THERE,
    EngineName,
    House,
    VoiceChoice,
    VoicePolicy,
    Voices,
)
from playlists.speech.errors import (
    TextMayNotLeave,
    VoiceOffline,
    VoiceSettingsInvalid,
    VoiceUnavailable,
)
from playlists.speech.store_errors import VoiceNotInstalled
from playlists.speech.voice_store import install, remove
from tests.playlists.sounds import BULLETIN, GREETING, tone
from tests.playlists.speech.voices import MODEL, catalogue_of, laid_out, voice_of

PLAIN = VoiceSettings()
ONLINE = VoiceChoice(EngineName.GTTS)
MAY_LEAVE = VoicePolicy(preferred=ONLINE, text_may_leave=True)
SMALL = VoiceChoice(EngineName.PIPER, "vi-small")
SMALL_VOICES = catalogue_of(voice_of())


class Line:
    """An online service that answers so many sentences, then loses its network."""

    def __init__(self, folder: Path, *, answers: int) -> None:
        encode_mp3(tone(duration_ms=500), folder / "tone.mp3")
        self._mp3 = (folder / "tone.mp3").read_bytes()
        self._answers = answers
        self.asked = 0

    def mp3s(self, text: str) -> tuple[bytes, ...]:
        """The next answer."""
        assert text
        self.asked += 1
        if self.asked > self._answers:
            raise VoiceOffline("no network")
        return (self._mp3,)


def greeting(engine: Engine) -> Pcm:
    """What the tests ask a voice to do."""
    return engine.synthesise(GREETING.text, settings=PLAIN)


def test_the_preferred_voice_speaks(tmp_path: Path) -> None:
    """Nothing to explain when all is well."""
    line = Line(tmp_path, answers=9)
    with Voices(House(online=line)) as voices:
        spoke = voices.speak(greeting, policy=MAY_LEAVE)

    assert (spoke.by, spoke.reason) == (ONLINE, None)
    assert spoke.result.sample_rate_hz == 24_000


def test_a_bulletin_whose_network_fails_midway_has_one_voice(
    tmp_path: Path, store: AudioStore
) -> None:
    """The fallback says all of it anew; the stored audio names who really spoke, and why."""
    line = Line(tmp_path, answers=2)

    def act(engine: Engine) -> Rendering:
        return render(BULLETIN, engine=engine, store=store, settings=PLAIN)

    with Voices(House(online=line)) as voices:
        spoke = voices.speak(act, policy=MAY_LEAVE)
        alone = act(voices.engine(ALWAYS_THERE))

    assert spoke.by == ALWAYS_THERE
    assert spoke.result.engine == "espeak-ng"
    assert spoke.result.sha256 == alone.sha256
    assert isinstance(spoke.reason, VoiceOffline)
    assert line.asked == 3


def test_a_house_that_keeps_its_words_sends_none(tmp_path: Path) -> None:
    """The setting wins over the choice of voice; the page can say so."""
    line = Line(tmp_path, answers=9)
    with Voices(House(online=line)) as voices:
        spoke = voices.speak(greeting, policy=VoicePolicy(preferred=ONLINE))

    assert spoke.by == ALWAYS_THERE
    assert isinstance(spoke.reason, TextMayNotLeave)
    assert line.asked == 0


@pytest.mark.parametrize("there", [True, False])
def test_a_voice_that_is_not_installed_falls_back(tmp_path: Path, there: bool) -> None:
    """Whether the station has a folder for voices or not."""
    with Voices(House(voices_dir=tmp_path if there else None)) as voices:
        spoke = voices.speak(greeting, policy=VoicePolicy(preferred=SMALL))

    assert spoke.by == ALWAYS_THERE
    assert isinstance(spoke.reason, VoiceNotInstalled)


def test_an_installed_voice_that_cannot_load_falls_back(tmp_path: Path) -> None:
    """The process refuses or dies; the bulletin is spoken all the same."""
    into = tmp_path / "voices"
    voice = install(
        "vi-small",
        source=laid_out(tmp_path / "source"),
        into=into,
        catalogue=catalogue_of(voice_of()),
    )
    voice.files.model.write_bytes(b"damaged")
    with Voices(House(voices_dir=into, processes=1)) as voices:
        spoke = voices.speak(greeting, policy=VoicePolicy(preferred=SMALL))

    assert spoke.by == ALWAYS_THERE
    assert isinstance(spoke.reason, VoiceUnavailable)


def test_a_voice_installed_later_speaks_from_then_on(tmp_path: Path) -> None:
    """What was missing is looked for again at the next bulletin."""
    into = tmp_path / "voices"
    with Voices(House(voices_dir=into)) as voices:
        with pytest.raises(VoiceNotInstalled):
            voices.engine(SMALL)
        install(
            "vi-small",
            source=laid_out(tmp_path / "source"),
            into=into,
            catalogue=catalogue_of(voice_of()),
        )

        assert voices.engine(SMALL).name == "piper"


def test_a_voice_taken_away_or_installed_anew_is_noticed(tmp_path: Path) -> None:
    """The station's process runs for weeks; what it opened once is not what is there today."""
    into = tmp_path / "voices"
    other = MODEL[::-1]
    laid_out(tmp_path / "source")
    laid_out(tmp_path / "newer", model=other)
    with Voices(House(voices_dir=into)) as voices:
        install("vi-small", source=tmp_path / "source", into=into, catalogue=SMALL_VOICES)
        first = voices.engine(SMALL)
        same = voices.engine(SMALL)
        remove("vi-small", into=into)
        with pytest.raises(VoiceNotInstalled):
            voices.engine(SMALL)
        newer = catalogue_of(voice_of(model=other))
        install("vi-small", source=tmp_path / "newer", into=into, catalogue=newer)

        assert same is first
        assert voices.engine(SMALL) is not first


def test_without_a_fallback_the_reason_is_raised(tmp_path: Path) -> None:
    """A station may prefer no bulletin to one in another voice."""
    policy = VoicePolicy(preferred=SMALL, fallback=None)
    with Voices(House(voices_dir=tmp_path)) as voices, pytest.raises(VoiceNotInstalled):
        voices.speak(greeting, policy=policy)


def test_a_fallback_that_is_the_preferred_voice_is_not_tried_twice(tmp_path: Path) -> None:
    """The same voice would only fail again."""
    line = Line(tmp_path, answers=0)
    policy = VoicePolicy(preferred=ONLINE, fallback=ONLINE, text_may_leave=True)
    house = House(online=line)
    with Voices(house) as voices, pytest.raises(VoiceOffline):
        voices.speak(greeting, policy=policy)

    assert line.asked == 1


@pytest.mark.parametrize("error", [VoiceSettingsInvalid("rate"), NothingToRender()])
def test_what_no_voice_can_mend_is_raised_at_once(error: Exception) -> None:
    """A mistake in the bulletin or its settings is not blamed on a voice."""
    acts = 0

    def act(_engine: Engine) -> None:
        nonlocal acts
        acts += 1
        raise error

    policy = VoicePolicy(preferred=ALWAYS_THERE, fallback=ONLINE)
    with Voices(House()) as voices, pytest.raises(type(error)):
        voices.speak(act, policy=policy)

    assert acts == 1


def test_voices_are_opened_once_and_closed_together() -> None:
    """Two bulletins share a process; none is left afterwards, and a forgotten one is made anew."""
    with Voices(House(processes=2)) as voices:
        first = voices.engine(ALWAYS_THERE)
        greeting(first)

        assert voices.engine(ALWAYS_THERE) is first
        assert first.at_once == 2
        voices.forget(ALWAYS_THERE)
        assert voices.engine(ALWAYS_THERE) is not first


def test_a_choice_is_shown_by_its_engine_and_voice() -> None:
    """As a log line and a settings page name it."""
    assert str(SMALL) == "piper:vi-small"
    assert str(ALWAYS_THERE) == "espeak-ng"
