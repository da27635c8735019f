"""Coverage over a period, asked of the roll-ups: mean coverage and reach, in whatever grouping.

`villages=None` sees all; the scope stands in the queries. Whole years and months are read as they
stand, the days at a period's edges from the roll-up by day, so any period costs little.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlmodel import Session

from broadcaster.areas.queries import merged_by, the_station
from broadcaster.areas.tables import Village
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.coverage import Coverage, total
from broadcaster.ledger.periods import Period, Pieces, pieces_of
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.reach import Reach, ShareSeen, Stood, newest, reach_by_village
from broadcaster.ledger.rollup_rows import PARTS
from broadcaster.ledger.rollups import MONTH, YEAR
from broadcaster.ledger.tables import (
    PERIOD_COVERAGE,
    PERIOD_REACH,
    PERIOD_SHARES,
    SHARES,
    VILLAGE_COVERAGE,
)
from broadcaster.ledger.village_days import village_days
from broadcaster.ledger.whole_reach import reach_of_whole

_VILLAGES = Village.metadata.tables["village"]

GOAL = 0.8
"""The plans' goal: at least this share of residents reached on a topic in the year."""

Topics = Collection[str] | None


class By(StrEnum):
    """What each figure speaks of."""

    STATION = "station"
    CLUSTER = "cluster"
    VILLAGE = "village"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a period came to for one of a grouping: `key` is its id, or the topic itself.

    `coverage` adds up all broadcasts, so its share is the mean weighted by residents asked;
    `times` is how often villages were asked; `reach` counts each share once.
    """

    key: str
    coverage: Coverage
    times: int
    reach: Reach


def covered(
    session: Session,
    period: Period,
    *,
    villages: Villages,
    topics: Topics = None,
    by: By = By.STATION,
) -> list[Covered]:
    """The figures of a period, by key; what was never asked is left out."""
    pieces = pieces_of(period)
    scope = _Scope(villages, topics)
    sums = _sums(connection_of(session), pieces, scope, by=by)
    return _with_reach(sums, _reaches(session, period, pieces, scope, by=by))


def covered_and_topics(
    session: Session, period: Period, *, villages: Villages, topics: Topics = None
) -> tuple[Covered | None, list[Covered]]:
    """What `covered` says of the whole and of each topic, without reading all of it twice.

    None where nothing was ever asked.
    """
    pieces = pieces_of(period)
    scope = _Scope(villages, topics)
    sums = _sums(connection_of(session), pieces, scope, by=By.TOPIC)
    by_topic = _with_reach(sums, _reaches(session, period, pieces, scope, by=By.TOPIC))
    if not by_topic:
        return None, []
    reach = _reaches(session, period, pieces, scope, by=By.STATION).get("", Reach())
    whole = Covered(
        key="",
        coverage=total(each.coverage for each in by_topic),
        times=sum(each.times for each in by_topic),
        reach=reach,
    )
    return whole, by_topic


def _with_reach(
    sums: Mapping[str, tuple[Coverage, int]], reaches: Mapping[str, Reach]
) -> list[Covered]:
    return [
        Covered(key=key, coverage=coverage, times=times, reach=reaches.get(key, Reach()))
        for key, (coverage, times) in sorted(sums.items())
    ]


def topics_in(session: Session, period: Period, *, villages: Villages) -> list[str]:
    """The topics on which villages in view were asked in a period."""
    connection = connection_of(session)
    scope = _Scope(villages, None)
    found: set[str] = set()
    for table, wanted in _sources(pieces_of(period)):
        rows = connection.execute(
            select(table.c.topic).where(wanted, scope.of(table)).distinct()
        ).scalars()
        found.update(rows)
    return sorted(found)


def asked_of_village(
    period: Period, village_id: ColumnElement[str], *, villages: Villages, topics: Topics = None
) -> ColumnElement[bool]:
    """The condition on a village that `asked_in` finds it.

    Each village is found by itself, where a province's rows would all be read for a page of it.
    """
    scope = _Scope(villages, topics)
    return or_(
        false(),
        *(
            exists()
            .where(table.c.village_id == village_id, wanted, scope.of(table))
            .correlate_except(table)
            for table, wanted in _sources(pieces_of(period))
        ),
    )


def asked_in(
    session: Session,
    period: Period,
    *,
    villages: Villages,
    topics: Topics = None,
    cluster_id: str = "",
) -> set[str]:
    """The villages in view that were asked in a period, on these topics or on any.

    With `cluster_id` those that were asked in that cluster, wherever they stand by now.
    """
    connection = connection_of(session)
    scope = _Scope(villages, topics)
    found: set[str] = set()
    for table, wanted in _sources(pieces_of(period)):
        rows = connection.execute(
            select(table.c.village_id)
            .where(wanted, scope.of(table), _in_cluster(table, cluster_id))
            .distinct()
        ).scalars()
        found.update(rows)
    return found


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose figures, and about what."""

    villages: Villages
    topics: Topics

    def of(self, table: Table) -> ColumnElement[bool]:
        """The condition on any table with villages and topics."""
        wanted: list[ColumnElement[bool]] = [true()]
        if self.villages is not None:
            wanted.append(table.c.village_id.in_(self.villages))
        if self.topics is not None:
            wanted.append(table.c.topic.in_(self.topics))
        return and_(*wanted)


def _in_cluster(table: Table, cluster_id: str) -> ColumnElement[bool]:
    return table.c.cluster_id == cluster_id if cluster_id else true()


def _sources(pieces: Pieces) -> list[tuple[Table, ColumnElement[bool]]]:
    """The tables that hold a period's figures, and which of their rows."""
    sources: list[tuple[Table, ColumnElement[bool]]] = []
    if pieces.years or pieces.months:
        sources.append((PERIOD_COVERAGE, _whole(PERIOD_COVERAGE, pieces)))
    if pieces.edges:
        sources.append((VILLAGE_COVERAGE, _days(VILLAGE_COVERAGE.c.day, pieces.edges)))
    return sources


def _whole(table: Table, pieces: Pieces) -> ColumnElement[bool]:
    return or_(
        *(
            and_(table.c.grain == grain, table.c.begins.in_(begins))
            for grain, begins in ((YEAR, pieces.years), (MONTH, pieces.months))
            if begins
        )
    )


def _days(day: ColumnElement[date], edges: Sequence[Period]) -> ColumnElement[bool]:
    return or_(*(and_(day >= edge.first, day < edge.until) for edge in edges))


def _key(table: Table, by: By) -> ColumnElement[str]:
    if by is By.STATION:
        return literal("")
    return table.c.topic if by is By.TOPIC else table.c[f"{by}_id"]


def _sums(
    connection: Connection, pieces: Pieces, scope: _Scope, *, by: By
) -> dict[str, tuple[Coverage, int]]:
    found: dict[str, tuple[Coverage, int]] = {}
    for table, wanted in _sources(pieces):
        times = func.sum(table.c.times) if table is PERIOD_COVERAGE else func.count()
        key = _key(table, by).label("key")
        rows = connection.execute(
            select(key, times, *(func.sum(table.c[part]) for part in PARTS))
            .where(wanted, scope.of(table))
            .group_by(*(() if by is By.STATION else (key,)))
        )
        for name, often, *parts in rows:
            if not often:
                continue
            coverage = Coverage(
                asked=int(parts[0]),
                **{part: float(value) for part, value in zip(PARTS[1:], parts[1:], strict=True)},
            )
            before, already = found.get(name, (Coverage(), 0))
            found[name] = (before + coverage, already + int(often))
    return found


def _reaches(
    session: Session, period: Period, pieces: Pieces, scope: _Scope, *, by: By
) -> dict[str, Reach]:
    mergers = merged_by(session, period.last)
    merging = frozenset(mergers) | frozenset(mergers.values())
    connection = connection_of(session)
    whole = pieces.whole()
    one_topic = by is By.TOPIC or (scope.topics is not None and len(scope.topics) == 1)
    apart = merging
    if whole is not None and one_topic:
        reaches = _as_rolled_up(connection, pieces, scope, by=by, without=merging)
    elif whole is not None and scope.topics is None and _is_rolled_up(connection, pieces, scope):
        reaches = _as_rolled_up(
            connection, pieces, scope, by=by, without=merging, table=PERIOD_REACH
        )
    elif by is not By.TOPIC and not pieces.edges:
        reaches, relaid = _over_topics(connection, pieces, scope, by=by, without=merging)
        apart = merging | relaid
    else:
        zone = ZoneInfo(the_station(session).zone)
        return _counted(connection, pieces, scope, None, by=by, zone=zone, mergers=mergers)
    if apart:
        zone = ZoneInfo(the_station(session).zone)
        one_by_one = _counted(connection, pieces, scope, apart, by=by, zone=zone, mergers=mergers)
        for key, reach in one_by_one.items():
            reaches[key] = reaches.get(key, Reach()) + reach
    return reaches


def _over_topics(
    connection: Connection, pieces: Pieces, scope: _Scope, *, by: By, without: frozenset[str]
) -> tuple[dict[str, Reach], frozenset[str]]:
    """Several topics in whole months and years; and the villages that are left to be counted."""
    found = reach_of_whole(
        connection,
        sums=and_(_whole(PERIOD_COVERAGE, pieces), scope.of(PERIOD_COVERAGE)),
        shares=and_(_whole(PERIOD_SHARES, pieces), scope.of(PERIOD_SHARES)),
        without=without,
    )
    reaches: dict[str, Reach] = defaultdict(Reach)
    for each in found.villages:
        keys = {By.STATION: "", By.CLUSTER: each.cluster_id, By.VILLAGE: each.village_id}
        reaches[keys[by]] += each.reach
    return reaches, found.relaid


def _is_rolled_up(connection: Connection, pieces: Pieces, scope: _Scope) -> bool:
    """Whether reach over all topics is kept of every village; not yet just after its migration."""
    village = _VILLAGES.c.id
    asked, kept = (
        exists().where(table.c.village_id == village, _whole(table, pieces)).correlate(_VILLAGES)
        for table in (PERIOD_COVERAGE, PERIOD_REACH)
    )
    # Village by village: each is found at once, where a topic's rows would all be read.
    wanted = select(village).where(asked, ~kept).limit(1)
    if scope.villages is not None:
        wanted = wanted.where(village.in_(scope.villages))
    return connection.execute(wanted).first() is None


def _as_rolled_up(
    connection: Connection,
    pieces: Pieces,
    scope: _Scope,
    *,
    by: By,
    without: Collection[str],
    table: Table = PERIOD_COVERAGE,
) -> dict[str, Reach]:
    """One topic, or all, in one month or year: what stands in the roll-up is summed as it is."""
    key = _key(table, by).label("key")
    statement = (
        select(key, func.sum(table.c.residents), func.sum(table.c.reached))
        .where(_whole(table, pieces), scope.of(table))
        .group_by(*(() if by is By.STATION else (key,)))
    )
    if without:
        statement = statement.where(table.c.village_id.not_in(without))
    return {
        name: Reach(int(residents), float(reached))
        for name, residents, reached in connection.execute(statement)
        if residents is not None
    }


def _counted(
    connection: Connection,
    pieces: Pieces,
    scope: _Scope,
    only: Collection[str] | None,
    *,
    by: By,
    zone: tzinfo,
    mergers: Mapping[str, str],
) -> dict[str, Reach]:
    """Several topics, or days beside whole months: shares are looked at one by one."""
    groups: dict[str, tuple[list[Stood], list[ShareSeen]]] = defaultdict(lambda: ([], []))
    found = [*_from_rollups(connection, pieces, scope, only)] if _has_whole(pieces) else []
    if pieces.edges:
        found += _from_days(connection, pieces, scope, only, zone=zone)
    for topic, each in found:
        standing, seen = groups[topic if by is By.TOPIC else ""]
        if isinstance(each, Stood):
            standing.append(each)
        else:
            seen.append(each)
    reaches: dict[str, Reach] = defaultdict(Reach)
    for topic, (standing, seen) in groups.items():
        last = newest(standing)
        for village_id, reach in reach_by_village(last, seen, mergers=mergers).items():
            reaches[_group_of(last[village_id], topic, by)] += reach
    return dict(reaches)


def _has_whole(pieces: Pieces) -> bool:
    return bool(pieces.years or pieces.months)


def _group_of(stood: Stood, topic: str, by: By) -> str:
    keys = {By.STATION: "", By.CLUSTER: stood.cluster_id, By.VILLAGE: stood.village_id}
    return keys.get(by, topic)


def _from_rollups(
    connection: Connection, pieces: Pieces, scope: _Scope, only: Collection[str] | None
) -> Iterable[tuple[str, Stood | ShareSeen]]:
    sums = PERIOD_COVERAGE.c
    for row in _rows(connection, PERIOD_COVERAGE, _whole(PERIOD_COVERAGE, pieces), scope, only,
                     sums.topic, sums.village_id, sums.cluster_id, sums.residents,
                     sums.last_at):  # fmt: skip
        yield row.topic, Stood(row.village_id, row.cluster_id, row.residents, row.last_at)
    shares = PERIOD_SHARES.c
    for row in _rows(connection, PERIOD_SHARES, _whole(PERIOD_SHARES, pieces), scope, only,
                     shares.topic, shares.village_id, shares.layout, shares.device_id,
                     shares.share, shares.confirmed):  # fmt: skip
        yield (
            row.topic,
            ShareSeen(row.village_id, row.layout, row.device_id, row.share, row.confirmed),
        )


def _from_days(
    connection: Connection,
    pieces: Pieces,
    scope: _Scope,
    only: Collection[str] | None,
    *,
    zone: tzinfo,
) -> Iterable[tuple[str, Stood | ShareSeen]]:
    spans = [edge.instants(zone=zone) for edge in pieces.edges]
    at = SHARES.c.starts_at
    wanted = and_(or_(*(and_(at >= begins, at < ends) for begins, ends in spans)), scope.of(SHARES))
    if only is not None:
        wanted = and_(wanted, SHARES.c.village_id.in_(only))
    for day in village_days(connection, wanted, zone=zone):
        yield (
            day.topic,
            Stood(day.village_id, day.cluster_id, day.coverage.asked, day.starts_at),
        )
        for share in day.shares:
            yield day.topic, share


def _rows(
    connection: Connection,
    table: Table,
    wanted: ColumnElement[bool],
    scope: _Scope,
    only: Collection[str] | None,
    *columns: ColumnElement[Any],
) -> Iterable[Any]:
    statement = select(*columns).where(wanted, scope.of(table))
    if only is not None:
        statement = statement.where(table.c.village_id.in_(only))
    return connection.execute(statement)
