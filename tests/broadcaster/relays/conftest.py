"""A small station that may relay VOV1, with a device in each of its clusters."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.dispatch.fleet import add_device
from tests.broadcaster.newsroom import open_newsroom
from tests.broadcaster.relays.relay_room import RelayRoom, listed_source


@pytest.fixture
def room(database: Database, tmp_path: Path) -> RelayRoom:
    """Noon of a Monday."""
    newsroom = open_newsroom(database, state_dir=tmp_path)
    with database.writing() as session:
        source_id = listed_source(session, by=newsroom.operator, now=newsroom.now())
        for number, cluster_id in enumerate(("cl-1", "cl-2")):
            add_device(session, number, cluster=cluster_id, now=newsroom.now())
    return RelayRoom(newsroom, source_id)
