"""What pages and routes ask of the ledger, scoped by the villages that the asking person may see.

`villages=None` sees all. The scope stands in the queries: rows of other villages never leave the
database, and a device is seen by whoever sees a village that it reaches.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select, true
from sqlmodel import Session

from broadcaster.areas.tables import Cluster, Village
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.play_state import PlayState, Reached
from broadcaster.ledger.reports import (
    BroadcastFacts,
    BroadcastReport,
    PlayRow,
    ShareRow,
    build_report,
)
from broadcaster.ledger.tables import PLAYS, SHARES

Villages = frozenset[str] | None

_CLUSTERS = Cluster.metadata.tables["cluster"]
_VILLAGES = Village.metadata.tables["village"]
_FACTS = [PLAYS.c[each.name] for each in fields(BroadcastFacts)]
_PLAY = [PLAYS.c[each.name] for each in fields(PlayRow)]
_SHARE = [SHARES.c[each.name] for each in fields(ShareRow)]


def broadcast_report(
    session: Session, broadcast_id: str, *, villages: Villages
) -> BroadcastReport | None:
    """The report of a broadcast, in four queries whatever its size.

    None when there is no such broadcast, or nothing of it that this person may see.
    """
    connection = connection_of(session)
    found = connection.execute(
        select(*_FACTS).where(PLAYS.c.broadcast_id == broadcast_id).limit(1)
    ).first()
    if found is None:
        return None
    plays = _plays(connection, PLAYS.c.broadcast_id == broadcast_id, villages=villages)
    shares = _shares(connection, SHARES.c.broadcast_id == broadcast_id, villages=villages)
    if villages is not None and not shares:
        return None
    return build_report(
        BroadcastFacts(**found._mapping),  # noqa: SLF001 - its documented name
        plays,
        shares,
        cluster_names=_cluster_names(connection, plays, shares),
    )


def reports_between(
    session: Session, *, since: datetime, until: datetime, villages: Villages
) -> list[BroadcastReport]:
    """The reports of all broadcasts in view that start in `[since, until)`, in four queries."""
    connection = connection_of(session)
    in_span = (PLAYS.c.starts_at >= since) & (PLAYS.c.starts_at < until)
    shares_in_span = (SHARES.c.starts_at >= since) & (SHARES.c.starts_at < until)
    shares = _shares(connection, shares_in_span, villages=villages)
    plays = _plays(connection, in_span, villages=villages)
    facts = {
        row.broadcast_id: BroadcastFacts(**row._mapping)  # noqa: SLF001 - its documented name
        for row in connection.execute(
            select(*_FACTS)
            .where(in_span, PLAYS.c.broadcast_id.in_({share.broadcast_id for share in shares}))
            .distinct()
            .order_by(PLAYS.c.starts_at.desc(), PLAYS.c.broadcast_id)
        )
    }
    names = _cluster_names(connection, plays, shares)
    plays_of, shares_of = _group(plays), _group(shares)
    reports = [
        build_report(each, plays_of[id_], shares_of[id_], cluster_names=names)
        for id_, each in facts.items()
    ]
    return sorted(reports, key=lambda report: (report.starts_at, report.broadcast_id))


def play_in_view(villages: Villages) -> ColumnElement[bool]:
    """The condition on `PLAYS` that a play reached a village in view on its day."""
    if villages is None:
        return true()
    return (
        exists()
        .where(
            SHARES.c.order_id == PLAYS.c.order_id,
            SHARES.c.device_id == PLAYS.c.device_id,
            SHARES.c.village_id.in_(villages),
        )
        .correlate(PLAYS)
    )


def _plays(
    connection: Connection, wanted: ColumnElement[bool], *, villages: Villages
) -> list[PlayRow]:
    statement = (
        select(*_PLAY)
        .where(wanted, play_in_view(villages))
        .order_by(PLAYS.c.cluster_id, PLAYS.c.device_name, PLAYS.c.device_id)
    )
    return [_play(row) for row in connection.execute(statement)]


def _play(row: Row[Any]) -> PlayRow:
    said = dict(row._mapping)  # noqa: SLF001 - its documented name
    return PlayRow(
        **{**said, "state": PlayState(said["state"]), "reached": Reached(said["reached"])}
    )


def _shares(
    connection: Connection, wanted: ColumnElement[bool], *, villages: Villages
) -> list[ShareRow]:
    statement = (
        select(*_SHARE)
        .join(_VILLAGES, _VILLAGES.c.id == SHARES.c.village_id)
        .where(wanted)
        .order_by(_VILLAGES.c.position, SHARES.c.village_id, SHARES.c.device_id)
    )
    if villages is not None:
        statement = statement.where(SHARES.c.village_id.in_(villages))
    return [
        ShareRow(**row._mapping)  # noqa: SLF001 - its documented name
        for row in connection.execute(statement)
    ]


def _cluster_names(
    connection: Connection, plays: Iterable[PlayRow], shares: Iterable[ShareRow]
) -> dict[str, str]:
    """Clusters by id in their order; named as they were on the day where that was recorded."""
    recorded = {share.cluster_id: share.cluster_name for share in shares}
    wanted = {*recorded, *(play.cluster_id for play in plays)}
    rows = connection.execute(
        select(_CLUSTERS.c.id, _CLUSTERS.c.name)
        .where(_CLUSTERS.c.id.in_(wanted))
        .order_by(_CLUSTERS.c.position, _CLUSTERS.c.id)
    )
    return {cluster_id: recorded.get(cluster_id, name) for cluster_id, name in rows}


def _group(rows: Collection[Any]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.broadcast_id].append(row)
    return grouped
