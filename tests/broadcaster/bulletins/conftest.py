"""A small station with a studio whose voice is tones, for every test of bulletins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.bulletins.studio import Studio
from broadcaster.database import Database
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.small_station import SmallStation, found_station
from tests.trail import connect


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One station, on SQLite and on PostgreSQL."""
    return found_station(database, state_dir=tmp_path)


@pytest.fixture
def sqlite_station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """One station on SQLite, where a test is not about the database."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio that speaks in tones: quick, and the same every time."""
    return Studio(
        voices=OneVoice(ToneEngine()),
        store=AudioStore(tmp_path / "audio"),
        cache_dir=tmp_path / "sentences",
    )
