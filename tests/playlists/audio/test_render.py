"""From sentences to a file in the store: measured, repeatable, and nothing half-done on failure."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from playlists.audio.audio_errors import NothingToHear, NothingToRender
from playlists.audio.audio_store import AudioStore
from playlists.render import Rendering, render
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.errors import VoiceCrashed
from playlists.speech.espeak import EspeakEngine
from playlists.speech.tones import ToneEngine
from tests.playlists.sounds import (
    BULLETIN,
    GREETING,
    NOTICE,
    RATE_HZ,
    THANKS,
    Line,
    decoded,
    metered,
)

PLAIN = VoiceSettings()


def by_tones(
    store: AudioStore,
    lines: tuple[Line, ...] = BULLETIN,
    *,
    engine: ToneEngine | None = None,
    cache_dir: Path | None = None,
    chime: bool = True,
) -> Rendering:
    """A rendering by the voice of tones."""
    return render(
        lines,
        engine=engine or ToneEngine(),
        store=store,
        settings=PLAIN,
        cache_dir=cache_dir,
        chime=chime,
    )


def test_a_bulletin_is_rendered_for_air(espeak: EspeakEngine, store: AudioStore) -> None:
    """What the rendering says of itself is what the stored file is."""
    rendering = render(BULLETIN, engine=espeak, store=store, settings=PLAIN)
    content = rendering.path.read_bytes()
    heard_ms = len(decoded(rendering.path)) * 1000 / RATE_HZ

    assert rendering.path == store.require(rendering.sha256)
    assert hashlib.sha256(content).hexdigest() == rendering.sha256
    assert len(content) == rendering.size_bytes
    assert abs(heard_ms - rendering.duration_ms) <= 50
    assert (rendering.loudness_lufs, rendering.true_peak_dbtp) == metered(rendering.path)
    assert rendering.loudness_lufs == pytest.approx(-16.0, abs=1.0)
    assert rendering.true_peak_dbtp <= -1.0
    assert (rendering.engine, rendering.engine_version) == ("espeak-ng", espeak.version)


def test_the_same_input_gives_the_same_file(
    espeak: EspeakEngine, store: AudioStore, tmp_path: Path
) -> None:
    """Another process, another store, another day: the same SHA-256."""
    first = render(BULLETIN, engine=espeak, store=store, settings=PLAIN)
    elsewhere = AudioStore(tmp_path / "elsewhere")
    with EspeakEngine() as fresh:
        fresh.synthesise(NOTICE.text, settings=VoiceSettings(accent=Accent.SOUTH))
        second = render(BULLETIN, engine=fresh, store=elsewhere, settings=PLAIN)

    assert first.sha256 == second.sha256


def test_each_accent_is_another_file(espeak: EspeakEngine, store: AudioStore) -> None:
    """Settings reach the sound."""
    names = {
        render([GREETING], engine=espeak, store=store, settings=VoiceSettings(accent=a)).sha256
        for a in Accent
    }

    assert len(names) == 3


def test_cue_points_stand_where_the_sentences_are(store: AudioStore) -> None:
    """Each sentence sounds between its start and end, and the pause after it is still."""
    lines = (Line("một", 700), Line("hai ba bốn", 900), Line("năm sáu", 0))
    rendering = by_tones(store, lines)
    samples = decoded(rendering.path)

    def loudest(start_ms: int, end_ms: int) -> int:
        stretch = samples[start_ms * RATE_HZ // 1000 : end_ms * RATE_HZ // 1000]
        return max(abs(sample) for sample in stretch)

    for cue, after in zip(rendering.cue_points, rendering.cue_points[1:], strict=False):
        assert loudest(cue.start_ms, cue.start_ms + 60) > 3_000
        assert loudest(cue.end_ms + 50, after.start_ms - 50) < 300
    assert [
        later.start_ms - earlier.end_ms
        for earlier, later in zip(rendering.cue_points, rendering.cue_points[1:], strict=False)
    ] == pytest.approx([700, 900], abs=1)


def test_the_chime_comes_before_the_words(store: AudioStore) -> None:
    """With the chime the first sentence waits for it; without, it starts almost at once."""
    with_chime = by_tones(store)
    without = by_tones(store, chime=False)

    assert with_chime.cue_points[0].start_ms == 2_000
    assert without.cue_points[0].start_ms == 100
    assert with_chime.duration_ms - without.duration_ms == pytest.approx(1_900, abs=2)


def test_one_changed_sentence_is_synthesised_alone(store: AudioStore, tmp_path: Path) -> None:
    """The cache answers for the others, and the file is the one a bare rendering makes."""
    cache_dir = tmp_path / "cache"
    by_tones(store, cache_dir=cache_dir)
    changed = (GREETING, Line("Chủ nhật, trạm y tế nghỉ."), THANKS)
    engine = ToneEngine()
    rendering = by_tones(store, changed, engine=engine, cache_dir=cache_dir)

    assert engine.asked == ["Chủ nhật, trạm y tế nghỉ."]
    assert (rendering.sentences_synthesised, rendering.sentences_from_cache) == (1, 2)
    assert rendering.sha256 == by_tones(store, changed).sha256


def test_a_repeated_sentence_is_synthesised_once(store: AudioStore, tmp_path: Path) -> None:
    """Emphasis by repetition costs nothing."""
    engine = ToneEngine()
    rendering = by_tones(store, (NOTICE, NOTICE), engine=engine, cache_dir=tmp_path / "cache")

    assert engine.asked == [NOTICE.text]
    assert (rendering.sentences_synthesised, rendering.sentences_from_cache) == (1, 1)


def test_progress_goes_up_to_the_end(store: AudioStore) -> None:
    """One step a sentence and one for the mastering, in order."""
    steps: list[tuple[int, int]] = []
    render(
        BULLETIN,
        engine=ToneEngine(),
        store=store,
        settings=PLAIN,
        on_progress=lambda done, total: steps.append((done, total)),
    )

    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_no_sentence_is_refused(store: AudioStore) -> None:
    """A chime without words is no bulletin."""
    with pytest.raises(NothingToRender):
        by_tones(store, ())


def test_words_that_no_voice_sounds_are_refused(espeak: EspeakEngine, store: AudioStore) -> None:
    """Punctuation alone is silence; the chime before it does not make it a bulletin."""
    with pytest.raises(NothingToHear):
        render([Line("..."), Line("…")], engine=espeak, store=store, settings=PLAIN)

    assert list(store.directory.iterdir()) == []


def test_a_voice_that_fails_leaves_nothing(store: AudioStore) -> None:
    """The error names the voice, and the store is as before."""
    dying = (sys.executable, "-c", "")
    with EspeakEngine(command=dying) as broken, pytest.raises(VoiceCrashed):
        render(BULLETIN, engine=broken, store=store, settings=PLAIN)

    assert list(store.directory.iterdir()) == []


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    """Wherever on the way the disk ends, the error is the same and nothing half-made is left."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from playlists.audio.audio_errors import AudioStoreFull\n"
        "from playlists.audio.audio_store import AudioStore\n"
        "from playlists.render import render\n"
        "from playlists.speech.engine import VoiceSettings\n"
        "from playlists.speech.tones import ToneEngine\n"
        "from tests.playlists.sounds import BULLETIN\n"
        "store = AudioStore(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "try: render(BULLETIN, engine=ToneEngine(), store=store, settings=VoiceSettings())\n"
        "except AudioStoreFull as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "audio")]
    done = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "audio_store_full"
    assert list((tmp_path / "audio").iterdir()) == []


@pytest.mark.parametrize("word", ["Cháy!", "Họp."])
def test_one_short_word_is_enough(espeak: EspeakEngine, store: AudioStore, word: str) -> None:
    """The shortest bulletin still is as loud as the house asks, with and without its chime."""
    for chime in (True, False):
        rendering = render([Line(word)], engine=espeak, store=store, settings=PLAIN, chime=chime)

        assert metered(rendering.path)[0] == pytest.approx(-16.0, abs=1.0)
        assert metered(rendering.path)[1] <= -1.0
