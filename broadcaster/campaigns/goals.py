"""Where a campaign's goals stand: who was reached on its topics in a year, and who was not.

The figures are the ledger's (`period_queries.covered`). Residents of villages that were never asked
on the topic count as not reached, and where nobody knows how many live, the village is named: the
ledger's own page speaks of villages asked only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from sqlmodel import Session

from broadcaster.areas.queries import KnownVillage, not_standing, residents_on, villages_of
from broadcaster.campaigns.plan import Goal, Measure, Plan
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.period_queries import By, Covered, covered
from broadcaster.ledger.periods import Period, one_year
from broadcaster.ledger.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageReached:
    """A village in a goal's year; `residents` is None where nobody entered how many live there."""

    village_id: str
    name: str
    residents: int | None
    reached: float = 0.0
    coverage: Coverage = field(default_factory=Coverage)
    was_asked: bool = False

    @property
    def reach(self) -> Reach:
        """Reached of all who live there, as far as is known."""
        return Reach(self.residents or 0, self.reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalStanding:
    """How far one goal is in one year, by villages in the station's order."""

    goal: Goal
    period: Period
    covered: Covered
    villages: Sequence[VillageReached]
    below: Sequence[VillageReached]
    """The villages that lack most for the goal, first of all those never asked."""

    @property
    def share(self) -> float:
        """The goal itself, from 0 to 1."""
        return self.goal.percent / 100

    @property
    def missing_residents(self) -> int:
        """How many residents more must be reached; 0 once the goal is."""
        return _missing(self.covered.reach, self.share)

    @property
    def has_reached_goal(self) -> bool:
        """Whether the goal is reached; never while it is not known of how many."""
        known = self.covered.reach.residents > 0 and not self.unknown
        return known and not self.missing_residents

    @property
    def unknown(self) -> Sequence[VillageReached]:
        """The villages of which nobody knows how many live there."""
        return [each for each in self.villages if each.residents is None]

    @property
    def never_asked(self) -> Sequence[VillageReached]:
        """The villages where the topic was not broadcast at all."""
        return [each for each in self.villages if not each.was_asked]


def goal_standings(
    session: Session, plan: Plan, *, station_id: str, today: date
) -> list[GoalStanding]:
    """Each goal that the ledger measures, this year first, then the campaign's years before."""
    years = range(min(today.year, plan.last.year), plan.first.year - 1, -1)
    return [
        goal_standing(session, goal, plan, year=year, station_id=station_id, today=today)
        for goal in plan.goals
        if goal.measure is Measure.RESIDENTS
        for year in years
    ]


def goal_standing(
    session: Session, goal: Goal, plan: Plan, *, year: int, station_id: str, today: date
) -> GoalStanding:
    """How far a goal is in a year of the campaign."""
    whole = one_year(year)
    period = Period(max(whole.first, plan.period.first), min(whole.until, plan.period.until))
    only = frozenset({goal.village_id}) if goal.village_id else None
    figures = {
        each.key: each
        for each in covered(session, period, villages=only, topics=plan.topics, by=By.VILLAGE)
    }
    day = min(today, period.last)
    villages = _villages(session, figures, only=only, station_id=station_id, day=day)
    share = goal.percent / 100
    lacking = [(each, _missing(each.reach, share)) for each in villages]
    below = [(each, lacks) for each, lacks in lacking if each.residents is None or lacks]
    return GoalStanding(
        goal=goal,
        period=period,
        covered=_together(villages, figures),
        villages=villages,
        below=[each for each, _ in sorted(below, key=lambda pair: (pair[0].was_asked, -pair[1]))],
    )


def _villages(
    session: Session,
    figures: Mapping[str, Covered],
    *,
    only: Collection[str] | None,
    station_id: str,
    day: date,
) -> list[VillageReached]:
    """The villages that stand on a day; those that were merged count within the new one."""
    gone = not_standing(session, day)
    standing = [
        village for village in villages_of(session, station_id, only=only) if village.id not in gone
    ]
    # Of whoever was asked the ledger knows it: a province's campaign asks nearly every village.
    unasked = [each.id for each in standing if not _was_asked(figures.get(each.id))]
    living = residents_on(session, unasked, day) if unasked else {}
    return [
        _reached(
            village,
            figures.get(village.id),
            living[village.id].residents if village.id in living else None,
        )
        for village in standing
    ]


_NEVER_ASKED = Coverage()


def _reached(village: KnownVillage, found: Covered | None, living: int | None) -> VillageReached:
    """A village that was asked has the residents of its last day asked, as in the ledger."""
    if found is None or not _was_asked(found):
        return VillageReached(
            village_id=village.id,
            name=village.name,
            residents=living,
            coverage=found.coverage if found else _NEVER_ASKED,
        )
    return VillageReached(
        village_id=village.id,
        name=village.name,
        residents=found.reach.residents,
        reached=found.reach.reached,
        coverage=found.coverage,
        was_asked=True,
    )


def _was_asked(found: Covered | None) -> bool:
    return found is not None and found.reach.residents > 0


def _together(villages: Sequence[VillageReached], figures: Mapping[str, Covered]) -> Covered:
    """Each resident once; all that was asked of villages, also of those that are no more."""
    reach, coverage = Reach(), Coverage()
    for each in villages:
        reach += each.reach
    for figure in figures.values():
        coverage += figure.coverage
    times = sum(each.times for each in figures.values())
    return Covered(key="", coverage=coverage, times=times, reach=reach)


def _missing(reach: Reach, share: float) -> int:
    return max(ceil(share * reach.residents - reach.reached - 1e-6), 0)
