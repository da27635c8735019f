"""Reach over all topics, kept by village, month and year: counted from the roll-ups by topic."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Table, and_, select

from broadcaster.ledger.reach import ShareSeen, Stood, newest, reach_by_village
from broadcaster.ledger.rollup_rows import Rows
from broadcaster.ledger.tables import PERIOD_COVERAGE, PERIOD_REACH, PERIOD_SHARES


class Replace(Protocol):
    """What is done with the rows that should stand within a part of a table."""

    def __call__(
        self, connection: Connection, table: Table, rows: Rows, *, within: ColumnElement[bool]
    ) -> int:
        """Return how many rows stood otherwise."""
        ...


def count_reach(
    connection: Connection,
    period: tuple[str, date],
    village_ids: Sequence[str],
    *,
    replace: Replace,
) -> int:
    """Count some villages again for a grain and its first day; how many rows stood otherwise."""
    sums, shares = PERIOD_COVERAGE.c, PERIOD_SHARES.c
    standing = newest(
        Stood(*row)
        for row in connection.execute(
            select(sums.village_id, sums.cluster_id, sums.residents, sums.last_at).where(
                _within(PERIOD_COVERAGE, period, village_ids)
            )
        )
    )
    seen = (
        ShareSeen(*row)
        for row in connection.execute(
            select(
                shares.village_id, shares.layout, shares.device_id, shares.share, shares.confirmed
            ).where(_within(PERIOD_SHARES, period, village_ids))
        )
    )
    grain, begins = period
    rows = [
        {
            "grain": grain,
            "begins": begins,
            "village_id": village_id,
            "cluster_id": standing[village_id].cluster_id,
            "residents": reach.residents,
            "reached": reach.reached,
        }
        for village_id, reach in reach_by_village(standing, seen, mergers={}).items()
    ]
    return replace(
        connection, PERIOD_REACH, rows, within=_within(PERIOD_REACH, period, village_ids)
    )


def _within(
    table: Table, period: tuple[str, date], village_ids: Sequence[str]
) -> ColumnElement[bool]:
    grain, begins = period
    return and_(
        table.c.grain == grain, table.c.begins == begins, table.c.village_id.in_(village_ids)
    )
