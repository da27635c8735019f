"""Sentences said before are found again; anything damaged or different is not."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.pcm import Pcm
from playlists.speech.cache import SentenceCache, sentence_key
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.tones import ToneEngine
from tests.playlists.sounds import tone

KEY = "ab" * 32
SOUND = tone(duration_ms=20)


@dataclass
class NamedEngine(ToneEngine):
    """Tones under any name and version."""

    name: str = "tones"
    version: str = "1"

    def __post_init__(self) -> None:
        super().__init__()


def test_a_kept_sentence_is_found_whole(tmp_path: Path) -> None:
    """Samples and rate come back as they went in."""
    cache = SentenceCache(tmp_path / "cache")
    cache.keep(KEY, SOUND)

    assert cache.find(KEY) == SOUND


def test_a_sentence_never_said_is_a_miss(tmp_path: Path) -> None:
    """An empty cache, even without its folder, finds nothing and makes nothing."""
    cache = SentenceCache(tmp_path / "cache")

    assert cache.find(KEY) is None
    assert not (tmp_path / "cache").exists()


@settings(deadline=None)
@given(where=st.integers(0, 11 + len(SOUND.samples)), change=st.integers(1, 255))
def test_an_entry_with_one_changed_byte_is_a_miss(where: int, change: int) -> None:
    """Whatever byte a bad disk changes, the sentence is said anew, not played damaged."""
    with TemporaryDirectory() as folder:
        cache = SentenceCache(Path(folder))
        cache.keep(KEY, SOUND)
        entry = next(Path(folder).rglob("*.pcm"))
        data = bytearray(entry.read_bytes())
        data[where] ^= change
        entry.write_bytes(data)
        found = cache.find(KEY)

    assert found is None


@settings(deadline=None)
@given(length=st.integers(0, 11 + len(SOUND.samples)))
def test_an_entry_cut_short_is_a_miss(length: int) -> None:
    """A power cut in the middle of an entry costs one sentence, never a half one."""
    with TemporaryDirectory() as folder:
        cache = SentenceCache(Path(folder))
        cache.keep(KEY, SOUND)
        entry = next(Path(folder).rglob("*.pcm"))
        entry.write_bytes(entry.read_bytes()[:length])
        found = cache.find(KEY)

    assert found is None


def test_a_damaged_entry_is_replaced(tmp_path: Path) -> None:
    """Saying the sentence again heals the cache."""
    cache = SentenceCache(tmp_path)
    cache.keep(KEY, SOUND)
    next(tmp_path.rglob("*.pcm")).write_bytes(b"broken")
    cache.keep(KEY, SOUND)

    assert cache.find(KEY) == SOUND


@pytest.mark.parametrize(
    ("sentence", "engine", "settings"),
    [
        ("bà con.", NamedEngine(), VoiceSettings()),
        ("bà con", NamedEngine(name="other"), VoiceSettings()),
        ("bà con", NamedEngine(version="2"), VoiceSettings()),
        ("bà con", NamedEngine(), VoiceSettings(accent=Accent.SOUTH)),
        ("bà con", NamedEngine(), VoiceSettings(rate=1.001)),
        ("bà con", NamedEngine(), VoiceSettings(pitch=51)),
    ],
    ids=["words", "engine", "version", "accent", "rate", "pitch"],
)
def test_whatever_changes_the_sound_changes_the_key(
    sentence: str, engine: NamedEngine, settings: VoiceSettings
) -> None:
    """Two sentences share an entry only when every voice would say them alike."""
    usual = sentence_key("bà con", engine=NamedEngine(), settings=VoiceSettings())

    assert sentence_key(sentence, engine=engine, settings=settings) != usual


def test_a_cache_that_cannot_be_written_is_forgiven(tmp_path: Path) -> None:
    """A bulletin is not lost because its cache is in the way of a file."""
    tmp_path.joinpath("cache").write_text("not a folder")
    cache = SentenceCache(tmp_path / "cache")
    cache.keep(KEY, SOUND)

    assert cache.find(KEY) is None


def test_a_full_disk_leaves_no_half_entry(tmp_path: Path) -> None:
    """The entry that did not fit is neither there nor in the way."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from playlists.audio.pcm import Pcm\n"
        "from playlists.speech.cache import SentenceCache\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"SentenceCache(Path(sys.argv[1])).keep({KEY!r}, Pcm(bytes(8000), 22050))\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_no_sound_is_a_sound_too(tmp_path: Path) -> None:
    """A sentence of punctuation alone is silent, and that is remembered."""
    cache = SentenceCache(tmp_path)
    cache.keep(KEY, Pcm(samples=b"", sample_rate_hz=22_050))

    assert cache.find(KEY) == Pcm(samples=b"", sample_rate_hz=22_050)


def test_a_full_cache_forgets_what_was_unused_for_longest(tmp_path: Path) -> None:
    """A sentence heard again stays; those nobody asked for go, down to a share of the limit."""
    entry_bytes = 12 + len(SOUND.samples)
    cache = SentenceCache(tmp_path, limit_bytes=5 * entry_bytes)
    keys = [f"{number:064x}" for number in range(6)]
    for age, key in enumerate(keys):
        cache.keep(key, SOUND)
        path = next(tmp_path.rglob(f"{key}.pcm"))
        os.utime(path, (1_000_000_000 + age, 1_000_000_000 + age))
    cache.find(keys[0])
    forgotten = cache.trim()

    assert forgotten == 2
    assert [key for key in keys if cache.find(key)] == [keys[0], *keys[3:]]


def test_a_cache_within_its_limit_forgets_nothing(tmp_path: Path) -> None:
    """Trimming a small or absent cache is harmless."""
    cache = SentenceCache(tmp_path / "cache")

    assert cache.trim() == 0
    cache.keep(KEY, SOUND)
    assert cache.trim() == 0
    assert cache.find(KEY) == SOUND
