"""What pages and routes ask of the ledger, scoped by the villages that the asking person may see.

`villages=None` sees all. The scope stands in the queries: rows of other villages never leave the
database, and a device is seen by whoever sees a village that it reaches.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    exists,
    select,
    true,
)
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


def _reached(villages: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition on `PLAYS` that a play reached one of these on its day."""
    return (
        exists()
        .where(
            SHARES.c.order_id == PLAYS.c.order_id,
            SHARES.c.device_id == PLAYS.c.device_id,
            SHARES.c.village_id.in_(villages),
        )
        .correlate(PLAYS)
    )


# What every page of a village asks is put together once: to write it costs more than to ask it.
_VILLAGES_ASKED: BindParameter[Any] = bindparam("villages", expanding=True)
_PLAYS_IN_SPAN = (PLAYS.c.starts_at >= bindparam("since")) & (
    PLAYS.c.starts_at < bindparam("until")
)
_SHARES_IN_SPAN = (SHARES.c.starts_at >= bindparam("since")) & (
    SHARES.c.starts_at < bindparam("until")
)
_REACHED_VILLAGES_ASKED = _reached(_VILLAGES_ASKED)
_PLAYS = select(*_PLAY).order_by(PLAYS.c.cluster_id, PLAYS.c.device_name, PLAYS.c.device_id)
_SHARES = (
    select(*_SHARE)
    .join(_VILLAGES, _VILLAGES.c.id == SHARES.c.village_id)
    .order_by(_VILLAGES.c.position, SHARES.c.village_id, SHARES.c.device_id)
)
_PLAYS_BETWEEN = _PLAYS.where(_PLAYS_IN_SPAN)
_PLAYS_BETWEEN_AMONG = _PLAYS_BETWEEN.where(_REACHED_VILLAGES_ASKED)
_SHARES_BETWEEN = _SHARES.where(_SHARES_IN_SPAN)
_SHARES_BETWEEN_AMONG = _SHARES_BETWEEN.where(SHARES.c.village_id.in_(_VILLAGES_ASKED))
_FACTS_BETWEEN = (
    select(*_FACTS)
    .where(_PLAYS_IN_SPAN, PLAYS.c.broadcast_id.in_(bindparam("broadcasts", expanding=True)))
    .distinct()
    .order_by(PLAYS.c.starts_at.desc(), PLAYS.c.broadcast_id)
)
_PLAYS_OF_ONE = _PLAYS.where(PLAYS.c.broadcast_id == bindparam("broadcast"))
_PLAYS_OF_ONE_AMONG = _PLAYS_OF_ONE.where(_REACHED_VILLAGES_ASKED)
_SHARES_OF_ONE = _SHARES.where(SHARES.c.broadcast_id == bindparam("broadcast"))
_SHARES_OF_ONE_AMONG = _SHARES_OF_ONE.where(SHARES.c.village_id.in_(_VILLAGES_ASKED))
_FACTS_OF_ONE = select(*_FACTS).where(PLAYS.c.broadcast_id == bindparam("broadcast")).limit(1)
_NAMES = (
    select(_CLUSTERS.c.id, _CLUSTERS.c.name)
    .where(_CLUSTERS.c.id.in_(bindparam("clusters", expanding=True)))
    .order_by(_CLUSTERS.c.position, _CLUSTERS.c.id)
)


def broadcast_report(
    session: Session, broadcast_id: str, *, villages: Villages
) -> BroadcastReport | None:
    """The report of a broadcast, in four queries whatever its size.

    None when there is no such broadcast, or nothing of it that this person may see.
    """
    connection = connection_of(session)
    asked: dict[str, object] = {"broadcast": broadcast_id}
    found = connection.execute(_FACTS_OF_ONE, asked).first()
    if found is None:
        return None
    if villages is None:
        plays, shares = _read(connection, _PLAYS_OF_ONE, _SHARES_OF_ONE, asked)
    else:
        asked["villages"] = [*villages]
        plays, shares = _read(connection, _PLAYS_OF_ONE_AMONG, _SHARES_OF_ONE_AMONG, asked)
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
    plays, shares = _between(connection, since, until, villages=villages)
    asked = {
        "since": since,
        "until": until,
        "broadcasts": list({share.broadcast_id for share in shares}),
    }
    facts = {
        row.broadcast_id: BroadcastFacts(**row._mapping)  # noqa: SLF001 - its documented name
        for row in connection.execute(_FACTS_BETWEEN, asked)
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
    return _reached(villages)


def _read(
    connection: Connection,
    plays: Select[Any],
    shares: Select[Any],
    asked: Mapping[str, object],
) -> tuple[list[PlayRow], list[ShareRow]]:
    """The rows of two statements that take the same values."""
    return (
        [_play(row) for row in connection.execute(plays, asked).all()],
        [
            ShareRow(**row._mapping)  # noqa: SLF001 - its documented name
            for row in connection.execute(shares, asked).all()
        ],
    )


def _between(
    connection: Connection, since: datetime, until: datetime, *, villages: Villages
) -> tuple[list[PlayRow], list[ShareRow]]:
    """Plays and shares that start in `[since, until)`, as far as they are in view."""
    asked: dict[str, object] = {"since": since, "until": until}
    if villages is None:
        return _read(connection, _PLAYS_BETWEEN, _SHARES_BETWEEN, asked)
    asked["villages"] = [*villages]
    return _read(connection, _PLAYS_BETWEEN_AMONG, _SHARES_BETWEEN_AMONG, asked)


def _play(row: Row[Any]) -> PlayRow:
    said = dict(row._mapping)  # noqa: SLF001 - its documented name
    return PlayRow(
        **{**said, "state": PlayState(said["state"]), "reached": Reached(said["reached"])}
    )


def _cluster_names(
    connection: Connection, plays: Iterable[PlayRow], shares: Iterable[ShareRow]
) -> dict[str, str]:
    """Clusters by id in their order; named as they were on the day where that was recorded."""
    recorded = {share.cluster_id: share.cluster_name for share in shares}
    wanted = {*recorded, *(play.cluster_id for play in plays)}
    rows = connection.execute(_NAMES, {"clusters": list(wanted)})
    return {cluster_id: recorded.get(cluster_id, name) for cluster_id, name in rows}


def _group(rows: Collection[Any]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.broadcast_id].append(row)
    return grouped
