"""The trail's end beside the key: what is cut off behind a database is missed, and a kill is not.

A chain shows nothing of what was cut off its end: the file does, wherever it is read from.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from broadcaster.audit import Act, keep_trail, record
from broadcaster.audit.ends import ENDS_FILE, TrailEnd, keep_end, read_ends
from broadcaster.database import Database
from broadcaster.inspection.findings import Flaw
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, Verdict, verify
from tests.broadcaster.inspection.scene import NEXT_MORNING, ROOT_KEY, play_a_day
from tests.broadcaster.ledger.commune import STATION
from tests.trail import keys_of

A, B, C = "a" * 64, "b" * 64, "c" * 64


def end(number: int, sha256: str = A, station: str = STATION) -> TrailEnd:
    """An end of the station's trail."""
    return TrailEnd(station, number, sha256)


def kept(folder: Path) -> Sequence[TrailEnd]:
    """What the file says."""
    return read_ends(folder, station=STATION)


def test_the_newest_end_stands_whoever_comes_last(tmp_path: Path) -> None:
    """Two that committed one behind the other write in any order."""
    for number in (3, 9, 8):
        keep_end(tmp_path, end(number), over_a_break=False)

    assert kept(tmp_path) == [end(9)]


def test_an_end_that_the_trail_no_longer_had_stays(tmp_path: Path) -> None:
    """Whoever cut it off does not heal it by going on, however far."""
    keep_end(tmp_path, end(9), over_a_break=False)
    keep_end(tmp_path, end(6, B), over_a_break=True)
    keep_end(tmp_path, end(12, C), over_a_break=False)

    assert kept(tmp_path) == [end(9), end(12, C)]


def test_another_stations_end_says_nothing_of_this_one(tmp_path: Path) -> None:
    """A folder in which a station was founded anew."""
    keep_end(tmp_path, end(500, station="st-older"), over_a_break=False)
    assert kept(tmp_path) == []

    keep_end(tmp_path, end(1), over_a_break=False)
    assert kept(tmp_path) == [end(1)]


@pytest.mark.parametrize("octets", [b"", b"\0" * 90, b"00000000000000000012 aaaa", b"\xff\n\xfe"])
def test_what_the_power_cut_in_two_says_nothing(tmp_path: Path, octets: bytes) -> None:
    """And the next end is kept all the same."""
    (tmp_path / ENDS_FILE).write_bytes(octets)
    assert kept(tmp_path) == []

    keep_end(tmp_path, end(4), over_a_break=False)
    assert kept(tmp_path) == [end(4)]


def test_a_file_that_cannot_be_written_undoes_nothing(tmp_path: Path, database: Database) -> None:
    """The act stands; the end is behind, and behind is no flaw."""
    play_a_day(database)
    (tmp_path / ENDS_FILE).mkdir()
    keep_trail(database, keys_of, ends_in=tmp_path)
    act(database)

    assert verdict(database, tmp_path).holds


def act(database: Database, about: str = "bul-1") -> None:
    """Somebody submits a bulletin, after the day's root was signed."""
    with database.writing() as session:
        record(session, Act.BULLETIN_SUBMITTED, by="acc-an", about=about, at=NEXT_MORNING)


def verdict(database: Database, folder: Path) -> Verdict:
    """What an inspector finds at the station's machine."""
    question = Question(root_key=ROOT_KEY, now=NEXT_MORNING, ends=kept(folder))
    with database.reading() as session:
        return verify(Sight(session.connection()), question)


def cut_off(database: Database, *, behind: int) -> None:
    """As whoever owns the database can."""
    with Database(database.engine).writing() as session:
        for table in ("audit_private", "audit_entry"):
            session.execute(text(f"DELETE FROM {table} WHERE number > :n"), {"n": behind})  # noqa: S608


@pytest.fixture
def today(database: Database, tmp_path: Path) -> tuple[Database, Path, int]:
    """A day with its root, then three acts of the next, with their end beside the key."""
    play_a_day(database)
    rooted = verdict(database, tmp_path).entries
    keep_trail(database, keys_of, ends_in=tmp_path)
    for _ in range(3):
        act(database)
    return database, tmp_path, rooted


def test_todays_acts_that_were_cut_off_are_named(today: tuple[Database, Path, int]) -> None:
    """No root covers them yet; one of them or all."""
    database, folder, rooted = today
    assert verdict(database, folder).holds
    assert verdict(database, folder).held_to == rooted + 3

    cut_off(database, behind=rooted + 2)
    (one,) = verdict(database, folder).findings
    cut_off(database, behind=rooted)
    (all_,) = verdict(database, folder).findings

    assert (one.table, one.key, one.flaw) == ("audit_entry", f"{rooted + 3}", Flaw.TRAIL_CUT)
    assert (all_.key, all_.flaw) == (f"{rooted + 1}–{rooted + 3}", Flaw.TRAIL_CUT)


def test_they_are_named_after_the_station_went_on(today: tuple[Database, Path, int]) -> None:
    """The trail is as long as before, and holds by itself."""
    database, folder, rooted = today
    cut_off(database, behind=rooted)
    for _ in range(5):
        act(database, "bul-2")

    (found,) = verdict(database, folder).findings
    assert (found.key, found.flaw) == (f"{rooted + 3}", Flaw.TRAIL_CUT)
    assert verdict(database, folder.parent).holds  # by itself it says nothing


def test_a_kill_between_commit_and_file_is_no_flaw(today: tuple[Database, Path, int]) -> None:
    """The file is one entry behind, and goes on with the next."""
    database, folder, rooted = today
    keep_trail(database, keys_of)
    act(database)
    assert verdict(database, folder).holds

    keep_trail(database, keys_of, ends_in=folder)
    act(database)
    assert kept(folder)[-1].number == rooted + 5
    assert len(kept(folder)) == 1
    assert verdict(database, folder).holds


def test_what_was_undone_leaves_no_end(today: tuple[Database, Path, int]) -> None:
    """A number that was given and not committed is given again."""
    database, folder, rooted = today

    def fail_after_it() -> None:
        with database.writing() as session:
            record(session, Act.BULLETIN_SUBMITTED, by="acc-an", about="bul-1", at=NEXT_MORNING)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_it()

    assert [each.number for each in kept(folder)] == [rooted + 3]


def test_an_entry_that_somebody_wrote_down_is_an_anchor(today: tuple[Database, Path, int]) -> None:
    """For an export far from the keys: the newest entry, as `loa ledger verify` told it."""
    database, folder, rooted = today
    noted = verdict(database, folder).newest_entry
    cut_off(database, behind=rooted)

    def held_against(*anchors: str) -> list[tuple[str, str, Flaw]]:
        question = Question(root_key=ROOT_KEY, now=NEXT_MORNING, anchors=anchors)
        with database.reading() as session:
            found = verify(Sight(session.connection()), question).findings
        return [(each.table, each.key, each.flaw) for each in found]

    assert held_against() == []
    assert held_against(noted) == [("audit_entry", f"{rooted + 3}", Flaw.ANCHOR_MISSED)]
    assert held_against(verdict(database, folder).newest_entry) == []
