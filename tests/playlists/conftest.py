"""Fixtures for what is heard: one real voice for the whole run, and a store for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playlists.audio.audio_store import AudioStore
from playlists.speech.espeak import EspeakEngine


@pytest.fixture(scope="session")
def espeak() -> Iterator[EspeakEngine]:
    """The real eSpeak NG, in its real process."""
    with EspeakEngine() as engine:
        yield engine


@pytest.fixture
def store(tmp_path: Path) -> AudioStore:
    """An empty audio store."""
    return AudioStore(tmp_path / "audio")
