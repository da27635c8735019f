"""The figures of a period: the goal by topic, the mean, villages; each leads to its evidence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from sqlmodel import Session, col, select

from broadcaster.areas.queries import merged_by
from broadcaster.areas.tables import Cluster, Village
from broadcaster.hearing.grades import HeardShare
from broadcaster.hearing.queries import heard_over
from broadcaster.ledger.period_queries import (
    GOAL,
    By,
    Covered,
    Topics,
    asked_of_village,
    covered,
    covered_and_topics,
)
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages

_VILLAGE_ID = Village.metadata.tables["village"].c.id
_VILLAGE_ORDER = (col(Cluster.position), col(Cluster.id), col(Village.position), col(Village.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What a period came to for the station, a cluster, a village or a topic, with its name."""

    name: str
    covered: Covered

    @property
    def missing_residents(self) -> int:
        """How many residents more must be reached for the goal; 0 once it is reached."""
        reach = self.covered.reach
        return max(ceil(GOAL * reach.residents - reach.reached - 1e-6), 0)

    @property
    def has_reached_goal(self) -> bool:
        """Whether the plans' share of residents was reached."""
        return self.covered.reach.residents > 0 and not self.missing_residents


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """Everything that one page tells of a period and its topics."""

    period: Period
    topics: Sequence[str] | None
    whole: Figure | None
    by_topic: Sequence[Figure]
    by_village: Sequence[Figure]
    heard: HeardShare


def period_figures(
    session: Session,
    period: Period,
    *,
    topics: Topics,
    villages: Villages,
    told: Collection[str],
) -> PeriodFigures:
    """The figures of a period, as far as the asking person may see them.

    Each village of `told` has its own, in that order: a province has thousands.
    """
    asked = sorted(topics) if topics is not None else None
    whole, by_topic = covered_and_topics(session, period, villages=villages, topics=asked)
    asked_residents = whole.coverage.asked if whole else 0
    return PeriodFigures(
        heard=heard_over(session, period, asked=asked_residents, villages=villages, topics=asked),
        period=period,
        topics=asked,
        whole=Figure(name="", covered=whole) if whole else None,
        by_topic=[Figure(name=each.key, covered=each) for each in by_topic],
        by_village=figures_of(session, period, told, topics=asked, villages=villages),
    )


def villages_asked(
    session: Session, period: Period, *, topics: Topics, villages: Villages
) -> list[str]:
    """The villages in view that were asked in a period, in the station's order."""
    return list(
        session.exec(
            select(Village.id)
            .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
            .where(asked_of_village(period, _VILLAGE_ID, villages=villages, topics=topics))
            .order_by(*_VILLAGE_ORDER)
        ).all()
    )


def figures_of(
    session: Session,
    period: Period,
    told: Collection[str],
    *,
    topics: Topics,
    villages: Villages,
) -> list[Figure]:
    """The figures of some villages that were asked; beside a merged one its parts are looked at."""
    mergers = merged_by(session, period.last)
    beside = frozenset(told) | mergers.keys() | frozenset(mergers.values())
    seen = beside if villages is None else beside & villages
    found = covered(session, period, villages=seen, topics=topics, by=By.VILLAGE)
    figures = {each.key: each for each in found}
    names = _names(session, By.VILLAGE, only=told)
    return [Figure(name=names.get(key, key), covered=figures[key]) for key in told]


def figures_by(
    session: Session, period: Period, by: By, *, topics: Topics, villages: Villages
) -> list[Figure]:
    """The figures of each of a grouping, in the station's order, by their present names."""
    names = _names(session, by)
    found = {
        each.key: each for each in covered(session, period, villages=villages, topics=topics, by=by)
    }
    ordered = [key for key in names if key in found] + [key for key in found if key not in names]
    return [Figure(name=names.get(key, key), covered=found[key]) for key in ordered]


def _names(session: Session, by: By, *, only: Collection[str] | None = None) -> Mapping[str, str]:
    if by is By.CLUSTER:
        rows = session.exec(
            select(Cluster.id, Cluster.name).order_by(col(Cluster.position), col(Cluster.id))
        )
    elif by is By.VILLAGE:
        wanted = (
            select(Village.id, Village.name)
            .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
            .order_by(*_VILLAGE_ORDER)
        )
        if only is not None:
            wanted = wanted.where(col(Village.id).in_(only))
        rows = session.exec(wanted)
    else:
        return {}
    return dict(rows.all())
