"""Who writes in bulk takes turns with others that do, and leaves the place free in between."""

import math
import struct
import threading
import time
from pathlib import Path

import pytest

from broadcaster.database import connect
from broadcaster.database.turns import LEFT_FREE_S, Turns


def test_two_that_write_in_bulk_write_one_after_the_other(tmp_path: Path) -> None:
    """While one has its turn the other has none."""
    one, other = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    inside: list[int] = []
    most: list[int] = []

    def write(turns: Turns) -> None:
        for _ in range(20):
            with turns.taken():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=write, args=(each,)) for each in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one.close()
    other.close()

    assert max(most) == 1
    assert len(most) == 40


def test_a_turn_that_does_not_come_is_written_without(tmp_path: Path) -> None:
    """It is a courtesy: whoever holds it for ever stops nobody."""
    held, waiting = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    with held.taken(), waiting.taken():
        written = True
    held.close()
    waiting.close()

    assert written


def test_nobody_writes_in_bulk_for_a_moment_after_a_turn(tmp_path: Path) -> None:
    """Whoever saves a page looks again meanwhile; who had the turn goes on with its work."""
    one, other = Turns(tmp_path / "turns"), Turns(tmp_path / "turns")
    with one.taken():
        within_s = time.monotonic()
    with other.taken():
        next_s = time.monotonic()
    one.close()
    other.close()

    assert next_s - within_s >= LEFT_FREE_S


@pytest.mark.parametrize(
    "octets", [b"", b"\0", struct.pack("<d", 1e12), struct.pack("<d", math.nan), b"\xff" * 64]
)
def test_a_file_that_says_nonsense_holds_up_nobody(tmp_path: Path, octets: bytes) -> None:
    """What an earlier start of the machine wrote, or a full disk cut off, is no instant."""
    (tmp_path / "turns").write_bytes(octets)
    turns = Turns(tmp_path / "turns")
    with turns.taken():
        written = True
    turns.close()

    assert written


def test_a_disk_that_takes_no_file_stops_nobody(tmp_path: Path) -> None:
    """Where the file cannot be made, everybody writes without turns."""
    turns = Turns(tmp_path / "missing" / "turns")
    with turns.taken():
        written = True
    turns.close()

    assert written
    assert not (tmp_path / "missing").exists()


def test_what_is_written_in_bulk_is_committed(tmp_path: Path) -> None:
    """A turn ends after the commit, and others see what was written."""
    database = connect(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    with database.writing_in_bulk() as session:
        session.connection().exec_driver_sql("CREATE TABLE said (word TEXT)")
        session.connection().exec_driver_sql("INSERT INTO said VALUES ('x')")
    with database.reading() as session:
        words = session.connection().exec_driver_sql("SELECT word FROM said").scalars().all()
    database.dispose()

    assert words == ["x"]
