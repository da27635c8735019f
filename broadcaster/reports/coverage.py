"""Coverage as a report tells it: the coverage ledger's own figures, or those of some broadcasts.

For all broadcasts these are `ledger.period_queries.covered`, as they stand. For some of them they
are counted by the same parts: `village_days` and `reach_by_village`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlmodel import Session

from broadcaster.areas.queries import merged_by
from broadcaster.coverage.figures import Figure, figures_by, figures_of, villages_asked
from broadcaster.hearing.grades import HeardShare
from broadcaster.hearing.queries import heard_over
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.coverage import Coverage, total
from broadcaster.ledger.period_queries import By, Covered, covered_and_topics
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.reach import Reach, Stood, newest, reach_by_village
from broadcaster.ledger.rollup_rows import PARTS
from broadcaster.ledger.tables import SHARES, VILLAGE_COVERAGE
from broadcaster.ledger.village_days import VillageDay, village_days

Broadcasts = Collection[str] | None
"""Which broadcasts a figure speaks of; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCoverage:
    """A period's coverage: in all, by topic, by village; `heard` is None where it is not told.

    `by_village` may be only the first of `village_count`; `whole` is always all of them together.
    """

    whole: Covered
    by_topic: Sequence[Figure]
    by_village: Sequence[Figure]
    village_count: int
    heard: HeardShare | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBroadcast:
    """One broadcast that villages in view were asked to hear, and how far it came there."""

    broadcast_id: str
    topic: str
    starts_at: datetime
    coverage: Coverage


NOTHING = Covered(key="", coverage=Coverage(), times=0, reach=Reach())


def period_coverage(
    session: Session,
    period: Period,
    *,
    villages: Villages,
    broadcasts: Broadcasts,
    zone: tzinfo,
    first: int | None = None,
) -> PeriodCoverage:
    """The coverage of a period in view, of all broadcasts or of some.

    Where all broadcasts are told, `first` bounds how many villages have a figure of their own.
    """
    if broadcasts is None:
        return _of_all(session, period, villages=villages, first=first)
    return _of_some(session, period, villages=villages, broadcasts=broadcasts, zone=zone)


def asked_broadcasts(
    session: Session, period: Period, *, villages: Villages, broadcasts: Broadcasts
) -> list[AskedBroadcast]:
    """Every broadcast of the ledger in a period that villages in view were asked to hear."""
    table, wanted = VILLAGE_COVERAGE.c, _asked(period, villages=villages, broadcasts=broadcasts)
    rows = connection_of(session).execute(
        select(
            table.broadcast_id,
            table.topic,
            func.min(table.starts_at).label("starts_at"),
            *(func.sum(table[part]).label(part) for part in PARTS),
        )
        .where(wanted)
        .group_by(table.broadcast_id, table.topic)
        .order_by(func.min(table.starts_at), table.broadcast_id)
    )
    return [
        AskedBroadcast(
            broadcast_id=row.broadcast_id,
            topic=row.topic,
            starts_at=row.starts_at,
            coverage=Coverage(
                asked=int(row.asked), **{part: float(row._mapping[part]) for part in PARTS[1:]}  # noqa: SLF001 - its documented name
            ),
        )
        for row in rows
    ]  # fmt: skip


def ids_asked(period: Period, *, villages: Villages, broadcasts: Broadcasts) -> Select[tuple[str]]:
    """The ids of `asked_broadcasts`, as a subquery for what is counted of them."""
    wanted = _asked(period, villages=villages, broadcasts=broadcasts)
    return select(VILLAGE_COVERAGE.c.broadcast_id).where(wanted)


def _asked(period: Period, *, villages: Villages, broadcasts: Broadcasts) -> ColumnElement[bool]:
    table = VILLAGE_COVERAGE.c
    return and_(
        table.day >= period.first,
        table.day < period.until,
        true() if villages is None else table.village_id.in_(villages),
        true() if broadcasts is None else table.broadcast_id.in_(broadcasts),
    )


def _of_all(
    session: Session, period: Period, *, villages: Villages, first: int | None
) -> PeriodCoverage:
    whole, by_topic = covered_and_topics(session, period, villages=villages)
    found = whole or NOTHING
    if first is None:
        by_village = figures_by(session, period, By.VILLAGE, topics=None, villages=villages)
        village_count = len(by_village)
    else:
        asked = villages_asked(session, period, topics=None, villages=villages)
        by_village = figures_of(session, period, asked[:first], topics=None, villages=villages)
        village_count = len(asked)
    return PeriodCoverage(
        whole=found,
        by_topic=[Figure(name=each.key, covered=each) for each in by_topic],
        by_village=by_village,
        village_count=village_count,
        heard=heard_over(
            session, period, asked=found.coverage.asked, villages=villages, topics=None
        ),
    )


def _of_some(
    session: Session,
    period: Period,
    *,
    villages: Villages,
    broadcasts: Collection[str],
    zone: tzinfo,
) -> PeriodCoverage:
    begins, ends = period.instants(zone=zone)
    days = village_days(
        connection_of(session),
        and_(
            SHARES.c.broadcast_id.in_(broadcasts),
            SHARES.c.starts_at >= begins,
            SHARES.c.starts_at < ends,
            true() if villages is None else SHARES.c.village_id.in_(villages),
        ),
        zone=zone,
    )
    mergers = merged_by(session, period.last)
    topics, places = _grouped(days, by=By.TOPIC), _grouped(days, by=By.VILLAGE)
    # The names and the order of villages are the ledger's page's own.
    named = figures_by(session, period, By.VILLAGE, topics=None, villages=villages)
    by_village = [
        Figure(name=each.name, covered=_covered(key, places[key], mergers))
        for each in named
        if (key := each.covered.key) in places
    ]
    return PeriodCoverage(
        whole=_covered("", days, mergers) if days else NOTHING,
        by_topic=[
            Figure(name=topic, covered=_covered(topic, topics[topic], mergers))
            for topic in sorted(topics)
        ],
        by_village=by_village,
        village_count=len(by_village),
        heard=None,
    )


def _grouped(days: Sequence[VillageDay], *, by: By) -> dict[str, list[VillageDay]]:
    groups: dict[str, list[VillageDay]] = defaultdict(list)
    for day in days:
        groups[day.topic if by is By.TOPIC else day.village_id].append(day)
    return groups


def _covered(key: str, days: Sequence[VillageDay], mergers: Mapping[str, str]) -> Covered:
    standing = newest(
        Stood(day.village_id, day.cluster_id, day.coverage.asked, day.starts_at) for day in days
    )
    seen = [share for day in days for share in day.shares]
    reaches = reach_by_village(standing, seen, mergers=mergers)
    return Covered(
        key=key,
        coverage=total(day.coverage for day in days),
        times=len(days),
        reach=sum(reaches.values(), start=Reach()),
    )
