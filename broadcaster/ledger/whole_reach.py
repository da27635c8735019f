"""Reach over several topics in whole months and years, village by village, summed by the database.

A province has a hundred thousand rows of poles and topics a year; what the arithmetic of `reach`
needs of them is how many poles with equal shares have played, and that is a row or two a village.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from math import fsum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select
from sqlalchemy.sql import Subquery

from broadcaster.ledger.reach import Reach
from broadcaster.ledger.tables import PERIOD_COVERAGE, PERIOD_SHARES


@dataclass(frozen=True, slots=True)
class VillageReach:
    """One village where it was asked last, and whom its poles reached."""

    village_id: str
    cluster_id: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class WholeReach:
    """The reach of each village, and those whose poles were changed within the time.

    Of these a pole may have played in one layout and stand in another: they are left to `reach`.
    """

    villages: list[VillageReach]
    relaid: frozenset[str]


def reach_of_whole(
    connection: Connection,
    *,
    sums: ColumnElement[bool],
    shares: ColumnElement[bool],
    without: Collection[str],
) -> WholeReach:
    """What stands in these rows of the two roll-ups, without some villages."""
    standing = _standing(sums, without)
    played: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for village_id, layout, share, has_played, poles in connection.execute(
        _equal_shares(shares, without)
    ):
        played[village_id][layout] += [share] * poles if has_played else []
    relaid = frozenset(village_id for village_id, layouts in played.items() if len(layouts) > 1)
    found = [
        VillageReach(village_id, cluster_id, Reach(residents, residents * _one(played[village_id])))
        for village_id, cluster_id, residents in connection.execute(select(standing))
        if village_id not in relaid
    ]
    return WholeReach(found, relaid)


def _one(layouts: dict[str, list[float]]) -> float:
    return min(max((fsum(shares) for shares in layouts.values()), default=0.0), 1.0)


def _standing(wanted: ColumnElement[bool], without: Collection[str]) -> Subquery:
    """Each village with the residents and the cluster that it had when it was last asked."""
    held = PERIOD_COVERAGE.c
    newest_first = (
        func.row_number()
        .over(partition_by=held.village_id, order_by=(held.last_at.desc(), held.cluster_id.desc()))
        .label("place")
    )
    rows = (
        select(held.village_id, held.cluster_id, held.residents, newest_first)
        .where(wanted, held.village_id.not_in(without))
        .subquery()
    )
    return (
        select(rows.c.village_id, rows.c.cluster_id, rows.c.residents)
        .where(rows.c.place == 1)
        .subquery()
    )


def _equal_shares(wanted: ColumnElement[bool], without: Collection[str]) -> Select[Any]:
    """How many poles of a layout hold the same share, those that played apart from the others."""
    held = PERIOD_SHARES.c
    poles = (
        select(
            held.village_id,
            held.layout,
            func.max(held.share).label("share"),
            func.max(case((held.confirmed > 0, 1), else_=0)).label("has_played"),
        )
        .where(wanted, held.village_id.not_in(without))
        .group_by(held.village_id, held.layout, held.device_id)
        .subquery()
    )
    parts = (poles.c.village_id, poles.c.layout, poles.c.share, poles.c.has_played)
    return select(*parts, func.count()).group_by(*parts)
