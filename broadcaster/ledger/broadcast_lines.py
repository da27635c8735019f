"""The broadcasts of a span of days, a line for each cluster, added up by the database.

A province's week has thousands of plays and shares and some sixty broadcasts: what a line tells
is counted where the rows are kept. What a line means is said in `reports`; a test holds both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    literal_column,
    select,
    true,
)
from sqlmodel import Session

from broadcaster.areas.tables import Cluster
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.coverage import Coverage, SharesAdded
from broadcaster.ledger.play_state import (
    BEST_FIRST,
    OPEN,
    Outcome,
    PlayState,
    Reached,
    has_reached,
    outcome_of,
)
from broadcaster.ledger.queries import Villages, play_in_view
from broadcaster.ledger.reports import DeviceCounts
from broadcaster.ledger.tables import PLAYS, SHARES

_CLUSTERS = Cluster.metadata.tables["cluster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastLine:
    """One broadcast in one cluster, in a line."""

    broadcast_id: str
    cluster_id: str
    cluster_name: str
    title: str
    starts_at: datetime
    asked_ms: int
    relay: bool
    simulated: bool
    playing: bool
    settled: bool
    counts: DeviceCounts
    coverage: Coverage


def plays_today(
    session: Session, *, since: datetime, until: datetime, villages: Villages
) -> list[BroadcastLine]:
    """The broadcasts that start in `[since, until)`, a line for each cluster, in a few queries."""
    connection = connection_of(session)
    in_span = and_(PLAYS.c.starts_at >= since, PLAYS.c.starts_at < until)
    groups = _plays_alike(connection, and_(in_span, play_in_view(villages)))
    shares = _shares_alike(
        connection,
        and_(
            SHARES.c.starts_at >= since,
            SHARES.c.starts_at < until,
            true() if villages is None else SHARES.c.village_id.in_(villages),
        ),
        plays=in_span,
    )
    plays: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in groups:
        plays[row.broadcast_id, row.cluster_id].append(row)
    coverages = _coverages(shares)
    # A village may be asked where no pole reaches it: what it was asked to hear is known elsewhere.
    facts = groups if villages is None else _facts(connection, in_span)
    names = _cluster_names(
        connection,
        recorded={row.cluster_id: row.cluster_name for row in shares},
        others=(cluster_id for _, cluster_id in plays),
    )
    return [
        _line(each, cluster_id, name, plays.get(key, ()), coverages.get(key, Coverage()))
        for each in {row.broadcast_id: row for row in facts}.values()
        for cluster_id, name in names.items()
        if (key := (each.broadcast_id, cluster_id)) in plays or key in coverages
    ]


def _line(
    facts: Row[Any],
    cluster_id: str,
    name: str,
    here: Sequence[Any],
    coverage: Coverage,
) -> BroadcastLine:
    return BroadcastLine(
        broadcast_id=facts.broadcast_id,
        cluster_id=cluster_id,
        cluster_name=name,
        title=facts.title,
        starts_at=facts.starts_at,
        asked_ms=facts.asked_ms,
        relay=facts.relay,
        simulated=any(row.simulated for row in here),
        playing=any(row.state == PlayState.STARTED for row in here),
        settled=all(row.state not in OPEN for row in here),
        counts=_counts(here),
        coverage=coverage,
    )


def _counts(rows: Sequence[Any]) -> DeviceCounts:
    """As `reports.count_devices` counts them one by one."""
    found: dict[Outcome, int] = defaultdict(int)
    for row in rows:
        found[outcome_of(row.state, played_ms=int(row.sounded))] += row.times
    return DeviceCounts(
        planned=sum(row.times for row in rows),
        cached=sum(row.times for row in rows if has_reached(row.reached, Reached.CACHED)),
        started=sum(row.times for row in rows if has_reached(row.reached, Reached.STARTED)),
        finished=found[Outcome.CONFIRMED],
        relayed=found[Outcome.RELAYED],
        partial=found[Outcome.PARTIAL],
        failed=found[Outcome.FAILED],
        not_confirmed=found[Outcome.NOT_CONFIRMED],
        pending=found[Outcome.PENDING],
    )


_FACTS = [PLAYS.c[name] for name in ("starts_at", "broadcast_id", "title", "asked_ms", "relay")]


def _facts(connection: Connection, wanted: ColumnElement[bool]) -> Sequence[Any]:
    """What each broadcast was; of an emergency that was repeated its last time stands last."""
    return connection.execute(select(*_FACTS).where(wanted).distinct().order_by(*_FACTS)).all()


def _plays_alike(connection: Connection, wanted: ColumnElement[bool]) -> Sequence[Any]:
    """How many plays of a broadcast in a cluster stand alike."""
    # A literal, since PostgreSQL takes two parameters of equal value for two different columns.
    sounded = (PLAYS.c.played_ms > literal_column("0")).label("sounded")
    kinds = [
        *_FACTS,
        PLAYS.c.cluster_id,
        PLAYS.c.state,
        PLAYS.c.reached,
        PLAYS.c.simulated,
        sounded,
    ]
    return connection.execute(
        select(*kinds, func.count().label("times")).where(wanted).group_by(*kinds).order_by(*_FACTS)
    ).all()


def _place_of(outcome: Outcome) -> int:
    return BEST_FIRST.index(outcome)


_PLACE = case(
    (
        and_(PLAYS.c.state == PlayState.CUT, PLAYS.c.played_ms <= 0),
        _place_of(Outcome.FAILED),
    ),
    *((PLAYS.c.state == state, _place_of(outcome_of(state, played_ms=1))) for state in PlayState),
)
"""Where the outcome of a play stands among `BEST_FIRST`."""

_WIRED = -1
"""The place of poles that cannot confirm; their row says that the village was asked."""


def _shares_alike(
    connection: Connection, wanted: ColumnElement[bool], *, plays: ColumnElement[bool]
) -> Sequence[Any]:
    """The shares of a village in a broadcast added up by the best that became of their plays."""
    each = (
        select(
            SHARES.c.broadcast_id,
            SHARES.c.cluster_id,
            SHARES.c.cluster_name,
            SHARES.c.village_id,
            SHARES.c.starts_at,
            SHARES.c.share,
            case((SHARES.c.device_id == "", SHARES.c.residents)).label("asked"),
            case(
                (SHARES.c.device_id == "", _WIRED),
                else_=func.coalesce(func.min(_PLACE), _place_of(Outcome.NOT_CONFIRMED)),
            ).label("place"),
        )
        .join(
            PLAYS,
            and_(
                PLAYS.c.order_id == SHARES.c.order_id,
                PLAYS.c.device_id == SHARES.c.device_id,
                plays,
            ),
            isouter=True,
        )
        .where(wanted)
        .group_by(SHARES.c.order_id, SHARES.c.device_id, SHARES.c.village_id)
        .subquery()
        .c
    )
    kinds = (each.broadcast_id, each.cluster_id, each.cluster_name, each.village_id, each.place)
    return connection.execute(
        select(*kinds, func.max(each.asked).label("asked"), func.sum(each.share).label("share"))
        .group_by(*kinds)
        .order_by(func.max(each.starts_at), *kinds)
    ).all()


def _coverages(rows: Iterable[Any]) -> dict[tuple[str, str], Coverage]:
    """The coverage of the villages asked, by broadcast and the villages' cluster."""
    places: dict[tuple[str, str], SharesAdded] = defaultdict(SharesAdded)
    for row in rows:
        place = places[row.broadcast_id, row.cluster_id]
        if row.asked is not None:
            place.ask(row.village_id, row.asked)
        outcome = Outcome.UNVERIFIABLE if row.place == _WIRED else BEST_FIRST[row.place]
        place.add(row.village_id, outcome, float(row.share))
    return {key: place.coverage() for key, place in places.items() if place.asked}


def _cluster_names(
    connection: Connection, *, recorded: Mapping[str, str], others: Iterable[str]
) -> dict[str, str]:
    """Clusters by id in their order; named as they were on the day where that was recorded."""
    wanted: Collection[str] = {*recorded, *others}
    rows = connection.execute(
        select(_CLUSTERS.c.id, _CLUSTERS.c.name)
        .where(_CLUSTERS.c.id.in_(wanted))
        .order_by(_CLUSTERS.c.position, _CLUSTERS.c.id)
    )
    return {cluster_id: recorded.get(cluster_id, name) for cluster_id, name in rows}
