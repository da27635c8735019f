"""A pole of ten years costs a roll-up no more than a new one: a share finds its play alone."""

from pathlib import Path
from zoneinfo import ZoneInfo

from broadcaster.database import Database
from broadcaster.ledger.rollups import wrong_rollups
from tests.benchmarks.full_ledger import filled

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_STEPS_AT_ONCE = 100


def test_four_times_the_broadcasts_are_counted_again_in_about_four_times_the_steps(
    tmp_path: Path,
) -> None:
    """Looking through all plays of a pole for each of its shares would take sixteen times."""
    few = filled(tmp_path / "few.sqlite3", poles=2, orders=25, batch=50)
    many = filled(tmp_path / "many.sqlite3", poles=2, orders=100, batch=50)

    assert _steps(many) < 6 * _steps(few)


def _steps(database: Database) -> int:
    """How many hundred steps of its machine SQLite takes to count everything again."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(count, _STEPS_AT_ONCE)
        assert wrong_rollups(connection, zone=ZONE) == []
        driver.set_progress_handler(None, 0)
    database.dispose()
    return taken
