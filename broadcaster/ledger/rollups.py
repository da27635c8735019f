"""Roll-ups of coverage by village and broadcast, month and year: projections, kept and rebuildable.

The fold leaves marks; `roll_up` counts again exactly the months and years that they touch, however
late word came. `rebuild_rollups` counts everything again: what it changes stood wrong.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select, tuple_
from sqlmodel import Session

from broadcaster.areas.queries import the_station
from broadcaster.ledger.bulk import chunks, connection_of, insert_or_replace
from broadcaster.ledger.periods import Period, month_of, one_year
from broadcaster.ledger.reach import ShareSeen
from broadcaster.ledger.reach_rollup import Replace, count_reach
from broadcaster.ledger.rollup_rows import (
    PeriodKey,
    Rows,
    as_period,
    day_row,
    seen_by_village,
    share_rows,
    sum_rows,
)
from broadcaster.ledger.tables import (
    MARKS,
    PERIOD_COVERAGE,
    PERIOD_SHARES,
    SHARES,
    VILLAGE_COVERAGE,
)
from broadcaster.ledger.village_days import village_days

log = structlog.get_logger()

MONTH, YEAR = "month", "year"
_MARKS_AT_ONCE = 20_000
_BROADCASTS_AT_ONCE = 200
_VILLAGES_AT_ONCE = 200
_ROLLUPS_LOCK = int.from_bytes(b"loarolls")

Unit = tuple[date, str]
"""The first day of a month, and a topic."""


@dataclass(frozen=True, slots=True)
class RolledUp:
    """How many marked broadcasts were followed, and how many rows stand otherwise since."""

    broadcasts: int = 0
    rows: int = 0


def roll_up(session: Session) -> RolledUp:
    """Bring the roll-ups to what the marked broadcasts came to.

    What is left to do after one call is done by the next; there is none once it follows nothing.
    """
    connection = connection_of(session)
    _lock(connection)
    marks = connection.execute(
        select(MARKS.c.id, MARKS.c.broadcast_id).order_by(MARKS.c.id).limit(_MARKS_AT_ONCE)
    ).all()
    if not marks:
        return RolledUp()
    broadcast_ids = list(dict.fromkeys(mark.broadcast_id for mark in marks))[:_BROADCASTS_AT_ONCE]
    zone = ZoneInfo(the_station(session).zone)
    changed = _count_again(
        connection,
        _units(connection, SHARES.c.broadcast_id.in_(broadcast_ids), zone=zone),
        zone=zone,
    )
    done = [mark.id for mark in marks if mark.broadcast_id in set(broadcast_ids)]
    for some in chunks(done):
        connection.execute(delete(MARKS).where(MARKS.c.id.in_(some)))
    log.info("coverage_rolled_up", broadcasts=len(broadcast_ids), rows=changed)
    return RolledUp(len(broadcast_ids), changed)


def rebuild_rollups(session: Session) -> int:
    """Count every roll-up again from plays and shares; return how many rows stood wrong."""
    connection = connection_of(session)
    _lock(connection)
    connection.execute(delete(MARKS))
    zone = ZoneInfo(the_station(session).zone)
    units = _units(connection, SHARES.c.frozen.is_(True), zone=zone)
    for begins, topic, village_id in _held_months(connection):
        units[begins, topic].add(village_id)
    return _count_again(connection, units, zone=zone)


def wrong_rollups(connection: Connection, *, zone: tzinfo) -> list[tuple[str, str]]:
    """The rows that are not what plays and shares come to: table and key. Nothing is written.

    Months that a marked broadcast touches are left out: the next beat counts them again.
    """
    units = _units(connection, SHARES.c.frozen.is_(True), zone=zone)
    for begins, topic, village_id in _held_months(connection):
        units[begins, topic].add(village_id)
    marked = select(MARKS.c.broadcast_id)
    for unit in _units(connection, SHARES.c.broadcast_id.in_(marked), zone=zone):
        units.pop(unit, None)
    wrong: list[tuple[str, str]] = []

    def note(
        connection: Connection, table: Table, rows: Rows, *, within: ColumnElement[bool]
    ) -> int:
        changed, gone = _difference(connection, table, rows, within=within)
        names = [column.name for column in table.primary_key]
        keys = [*(tuple(row[name] for name in names) for row in changed), *gone]
        wrong.extend((table.name, "|".join(map(str, key))) for key in keys)
        return len(keys)

    _count_again(connection, units, zone=zone, replace=note)
    return wrong


def _lock(connection: Connection) -> None:
    """One roll-up at a time; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ROLLUPS_LOCK)))


def _units(
    connection: Connection, wanted: ColumnElement[bool], *, zone: tzinfo
) -> dict[Unit, set[str]]:
    """The months and topics that these shares stand in, and the villages asked there."""
    rows = connection.execute(
        select(SHARES.c.starts_at, SHARES.c.topic, SHARES.c.village_id)
        .where(wanted, SHARES.c.frozen.is_(True), SHARES.c.device_id == "")
        .distinct()
    )
    units: dict[Unit, set[str]] = defaultdict(set)
    for starts_at, topic, village_id in rows:
        day = starts_at.astimezone(zone).date()
        units[month_of(day).first, topic].add(village_id)
    return units


def _held_months(connection: Connection) -> Iterable[tuple[date, str, str]]:
    """What is rolled up, by month: what nothing stands behind any more must go."""
    by_month = PERIOD_COVERAGE.c
    rows = connection.execute(
        select(by_month.begins, by_month.topic, by_month.village_id).where(by_month.grain == MONTH)
    )
    days = connection.execute(
        select(
            VILLAGE_COVERAGE.c.day, VILLAGE_COVERAGE.c.topic, VILLAGE_COVERAGE.c.village_id
        ).distinct()
    )
    yield from ((begins, topic, village_id) for begins, topic, village_id in rows)
    yield from ((month_of(day).first, topic, village_id) for day, topic, village_id in days)


def _count_again(
    connection: Connection,
    units: Mapping[Unit, Collection[str]],
    *,
    zone: tzinfo,
    replace: Replace | None = None,
) -> int:
    replace = replace or _replace
    changed = 0
    years: dict[Unit, set[str]] = defaultdict(set)
    for (begins, topic), village_ids in sorted(units.items()):
        years[one_year(begins.year).first, topic].update(village_ids)
        for some in chunks(sorted(village_ids), size=_VILLAGES_AT_ONCE):
            changed += _count_month(
                connection, month_of(begins), topic, some, zone=zone, replace=replace
            )
    for (begins, topic), village_ids in sorted(years.items()):
        for some in chunks(sorted(village_ids), size=_VILLAGES_AT_ONCE):
            changed += _count_year(connection, begins, topic, some, replace=replace)
    for grain, counted in ((MONTH, units), (YEAR, years)):
        for begins, village_ids in _over_topics(counted).items():
            for some in chunks(sorted(village_ids), size=_VILLAGES_AT_ONCE):
                changed += count_reach(connection, (grain, begins), some, replace=replace)
    return changed


def _over_topics(units: Mapping[Unit, Collection[str]]) -> dict[date, set[str]]:
    found: dict[date, set[str]] = defaultdict(set)
    for (begins, _), village_ids in sorted(units.items()):
        found[begins].update(village_ids)
    return found


def _count_month(
    connection: Connection,
    month: Period,
    topic: str,
    village_ids: Sequence[str],
    *,
    zone: tzinfo,
    replace: Replace,
) -> int:
    begins, ends = month.instants(zone=zone)
    days = village_days(
        connection,
        and_(
            SHARES.c.village_id.in_(village_ids),
            SHARES.c.starts_at >= begins,
            SHARES.c.starts_at < ends,
            SHARES.c.topic == topic,
        ),
        zone=zone,
    )
    held = VILLAGE_COVERAGE.c
    changed = replace(
        connection,
        VILLAGE_COVERAGE,
        [day_row(day) for day in days],
        within=and_(
            held.village_id.in_(village_ids),
            held.day >= month.first,
            held.day < month.until,
            held.topic == topic,
        ),
    )
    shares = share_rows((MONTH, month.first, topic), [(each, 1) for d in days for each in d.shares])
    sums = sum_rows(
        (MONTH, month.first, topic), [as_period(day) for day in days], seen_by_village(shares)
    )
    return changed + _write_period(
        connection, (MONTH, month.first, topic), village_ids, sums, shares, replace=replace
    )


def _count_year(
    connection: Connection,
    begins: date,
    topic: str,
    village_ids: Sequence[str],
    *,
    replace: Replace,
) -> int:
    """A year is the sum of its months."""
    months = and_(*_of_period(PERIOD_COVERAGE, begins, topic, village_ids))
    shares_of = and_(*_of_period(PERIOD_SHARES, begins, topic, village_ids))
    sums = connection.execute(
        select(PERIOD_COVERAGE)
        .where(months)
        .order_by(*(column for column in PERIOD_COVERAGE.primary_key))
    ).mappings()
    held = connection.execute(
        select(PERIOD_SHARES)
        .where(shares_of)
        .order_by(*(column for column in PERIOD_SHARES.primary_key))
    )
    shares = share_rows(
        (YEAR, begins, topic),
        [
            (
                ShareSeen(row.village_id, row.layout, row.device_id, row.share, row.confirmed),
                row.asked,
            )
            for row in held
        ],
    )
    rows = sum_rows((YEAR, begins, topic), [dict(each) for each in sums], seen_by_village(shares))
    return _write_period(
        connection, (YEAR, begins, topic), village_ids, rows, shares, replace=replace
    )


def _of_period(
    table: Table, year: date, topic: str, village_ids: Sequence[str]
) -> list[ColumnElement[bool]]:
    return [
        table.c.grain == MONTH,
        table.c.begins >= year,
        table.c.begins < one_year(year.year).until,
        table.c.topic == topic,
        table.c.village_id.in_(village_ids),
    ]


def _write_period(
    connection: Connection,
    key: PeriodKey,
    village_ids: Sequence[str],
    sums: Rows,
    shares: Rows,
    *,
    replace: Replace,
) -> int:
    grain, begins, topic = key
    return sum(
        replace(
            connection,
            table,
            rows,
            within=and_(
                table.c.grain == grain,
                table.c.begins == begins,
                table.c.topic == topic,
                table.c.village_id.in_(village_ids),
            ),
        )
        for table, rows in ((PERIOD_COVERAGE, sums), (PERIOD_SHARES, shares))
    )


def _replace(
    connection: Connection, table: Table, rows: Rows, *, within: ColumnElement[bool]
) -> int:
    """Let exactly these rows stand within a part of a table; count those that were otherwise."""
    changed, gone = _difference(connection, table, rows, within=within)
    keys = [column.name for column in table.primary_key]
    for some in chunks(gone, size=500):
        connection.execute(delete(table).where(tuple_(*(table.c[name] for name in keys)).in_(some)))
    insert_or_replace(connection, table, changed)
    return len(changed) + len(gone)


def _difference(
    connection: Connection, table: Table, rows: Rows, *, within: ColumnElement[bool]
) -> tuple[Rows, list[tuple[Any, ...]]]:
    """Which of these rows stand otherwise or not at all, and the keys of what should not stand."""
    keys = [column.name for column in table.primary_key]
    wanted = {tuple(row[name] for name in keys): row for row in rows}
    held = {
        tuple(row[name] for name in keys): dict(row)
        for row in connection.execute(select(table).where(within)).mappings()
    }
    changed = [row for key, row in wanted.items() if held.get(key) != row]
    return changed, sorted(held.keys() - wanted.keys())
