"""A small station whose studio speaks in tones, for tests of playlists."""

from pathlib import Path

import pytest

from broadcaster.bulletins.studio import Studio
from broadcaster.database import Database
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.newsroom import Newsroom, open_newsroom


@pytest.fixture
def newsroom(database: Database, tmp_path: Path) -> Newsroom:
    """A station with two clusters at noon of a Monday, an operator and a leader."""
    return open_newsroom(database, state_dir=tmp_path)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio that speaks in tones: quick, and the same every time."""
    return Studio(
        voices=OneVoice(ToneEngine()),
        store=AudioStore(tmp_path / "audio"),
        cache_dir=tmp_path / "sentences",
    )
