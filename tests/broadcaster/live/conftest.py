"""A station with two clusters, an operator and leaders, and devices to speak to."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.live.studio import LiveStudio, open_studio


@pytest.fixture
def studio(database: Database, tmp_path: Path) -> LiveStudio:
    """At noon of a Monday; nobody may speak yet."""
    return open_studio(database, state_dir=tmp_path)
