"""Fixtures: a small station, and files as offices write them."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from broadcaster.accounts.roles import Role
from broadcaster.database import Database
from broadcaster.intake.bringing import Outcome, check_file, keep_file
from broadcaster.intake.checking import Doer
from broadcaster.intake.columns import laid_out
from broadcaster.intake.kinds import ALL_KINDS
from broadcaster.intake.reading import read_tables
from tests.broadcaster.small_station import STATION_ID, SmallStation, found_station
from tests.trail import connect


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """What rows do is the subject here, not how a database keeps them."""
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """Cụm Đông with Thôn Một and Thôn Hai, of which nothing is counted; Monday 23/11/2026, noon."""
    small = found_station(database, state_dir=tmp_path)
    small.member("admin", Role.ADMIN)
    small.member("operator", Role.OPERATOR)
    return small


def csv_bytes(*rows: str, encoding: str = "utf-8-sig") -> bytes:
    """Rows as a CSV file."""
    return "\r\n".join(rows).encode(encoding)


def xlsx_bytes(*rows: Sequence[object]) -> bytes:
    """Rows as a workbook, written by another library than the one that reads it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file.getvalue()


def doer(station: SmallStation, by: str | None = "acc-admin") -> Doer:
    """Who keeps a file, now."""
    now = station.clock()
    return Doer(station_id=STATION_ID, today=now.date(), now=now, by=by)


def checked(
    station: SmallStation, kind: str, data: bytes, *, by: str | None = "acc-admin"
) -> Outcome:
    """What a file would do."""
    sheet = laid_out(read_tables(data), ALL_KINDS[kind].columns)
    return check_file(station.database, ALL_KINDS[kind], sheet, doer(station, by))


def kept(
    station: SmallStation,
    kind: str,
    data: bytes,
    *,
    by: str | None = "acc-admin",
    only_good: bool = False,
) -> Outcome:
    """What a file did."""
    sheet = laid_out(read_tables(data), ALL_KINDS[kind].columns)
    return keep_file(
        station.database, ALL_KINDS[kind], sheet, doer(station, by), only_good=only_good
    )


def verdicts(outcome: Outcome) -> list[str]:
    """The verdict of each row."""
    return [str(each.verdict) for each in outcome.lines]


def problems(outcome: Outcome) -> list[tuple[str, str]]:
    """Each problem: its cell and its code."""
    return [(each.cell, each.refused.code) for line in outcome.lines for each in line.problems]
