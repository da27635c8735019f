"""A pool of voices renders the very file that one voice renders, in less time."""

from pathlib import Path

from playlists.audio.audio_store import AudioStore
from playlists.render import render
from playlists.speech.engine import VoiceSettings
from playlists.speech.espeak import EspeakEngine
from playlists.speech.pool import VoicePool
from tests.playlists.sounds import BULLETIN

PLAIN = VoiceSettings()


def test_voices_side_by_side_make_the_same_file(
    espeak: EspeakEngine, store: AudioStore, tmp_path: Path
) -> None:
    """The same SHA-256, whichever process said which sentence; progress stays in order."""
    alone = render(BULLETIN * 3, engine=espeak, store=store, settings=PLAIN)
    heard: list[int] = []
    with VoicePool(EspeakEngine, size=2) as pool:
        together = render(
            BULLETIN * 3,
            engine=pool,
            store=AudioStore(tmp_path / "elsewhere"),
            settings=PLAIN,
            cache_dir=tmp_path / "sentences",
            on_progress=lambda done, _total: heard.append(done),
        )

    assert together.sha256 == alone.sha256
    assert together.cue_points == alone.cue_points
    assert together.sentences_synthesised + together.sentences_from_cache == len(BULLETIN) * 3
    assert heard == list(range(1, len(BULLETIN) * 3 + 2))
