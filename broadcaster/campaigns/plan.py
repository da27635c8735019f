"""A plan as data: period, topics, goals, quotas, days, units. Pure.

Whatever is kept has passed `checked`; each entry may carry the sentence of the paper behind it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from broadcaster.bulletins.errors import TITLE_LIMIT_CHARACTERS, TOPIC_LIMIT_CHARACTERS
from broadcaster.bulletins.texts import one_line
from broadcaster.campaigns.errors import (
    ENTRIES_LIMIT,
    ENTRY_LIMIT_CHARACTERS,
    SENTENCE_LIMIT_CHARACTERS,
    CampaignUntitled,
    DayUnusable,
    EntryTooLong,
    GoalUnusable,
    PeriodUnusable,
    QuotaUnusable,
    TooManyEntries,
    TopicMissing,
    UnitUnusable,
)
from broadcaster.ledger.periods import FIRST_YEAR, LAST_YEAR, Period, between

LARGEST_QUOTA = 100
_A_LEAP_YEAR = 2000


class Measure(StrEnum):
    """What a goal is a share of."""

    RESIDENTS = "residents"
    """Residents reached on the topic within a year: the ledger measures it."""
    OTHER = "other"
    """Anything else that the plan counts, of which Loa knows nothing."""


class DayKind(StrEnum):
    """What a day is in a plan."""

    KEY_DAY = "key_day"
    BEFORE = "before"
    """A deadline that the day itself misses: *trước ngày 10/6*."""
    BY = "by"
    """A deadline that the day itself keeps: *trong năm 2025*, by 31/12/2025."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`percent` of what is measured, by the end of a year; `village_id` is '' for the commune."""

    measure: Measure = Measure.RESIDENTS
    percent: int
    by_year: int
    village_id: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Bulletins owed each month by a contributor, or by all together where none is named."""

    contributor: str
    a_month: int
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """A key day or a deadline; `year` is None for every year."""

    kind: DayKind
    name: str
    day: int
    month: int
    year: int | None = None
    sentence: str = ""

    @property
    def written(self) -> str:
        """As people write it: 18/5, or 31/12/2025."""
        return f"{self.day}/{self.month}" + (f"/{self.year}" if self.year else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that is responsible; `leads` is *chủ trì*."""

    name: str
    leads: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a campaign consists of; both days belong to it."""

    title: str
    first: date
    last: date
    topics: Sequence[str]
    number: str = ""
    issued_on: date | None = None
    document: str = ""
    goals: Sequence[Goal] = ()
    quotas: Sequence[Quota] = ()
    days: Sequence[PlannedDay] = ()
    units: Sequence[Unit] = ()

    @property
    def period(self) -> Period:
        """Its days, half-open."""
        return between(self.first, self.last)


def checked(plan: Plan) -> Plan:
    """The plan as it will be kept; raise a BadInput that names the field."""
    title = one_line(plan.title, field="title")
    if not 1 <= len(title) <= TITLE_LIMIT_CHARACTERS:
        raise CampaignUntitled(field="title")
    if plan.last < plan.first or plan.first.year < FIRST_YEAR or plan.last.year > LAST_YEAR:
        raise PeriodUnusable(field="first")
    topics = tuple(dict.fromkeys(filter(None, (_short(t, "topics") for t in plan.topics))))
    if not topics:
        raise TopicMissing(field="topics")
    if any(len(topic) > TOPIC_LIMIT_CHARACTERS for topic in topics):
        raise EntryTooLong(field="topics")
    for field in ("topics", "goals", "quotas", "days", "units"):
        if len(getattr(plan, field)) > ENTRIES_LIMIT:
            raise TooManyEntries(field=field)
    return replace(
        plan,
        title=title,
        topics=topics,
        number=_short(plan.number, "number"),
        document=_short(plan.document, "document"),
        goals=tuple(map(_checked_goal, plan.goals)),
        quotas=_each_once(map(_checked_quota, plan.quotas)),
        days=tuple(map(_checked_day, plan.days)),
        units=tuple(map(_checked_unit, plan.units)),
    )


def is_a_day(day: int, month: int, year: int | None) -> bool:
    """Whether there is such a day, in that year or in some."""
    try:
        date(year or _A_LEAP_YEAR, month, day)
    except (ValueError, OverflowError):  # a number of twenty digits is no day either
        return False
    return year is None or FIRST_YEAR <= year <= LAST_YEAR


def _checked_goal(goal: Goal) -> Goal:
    if not 1 <= goal.percent <= 100 or not FIRST_YEAR <= goal.by_year <= LAST_YEAR:
        raise GoalUnusable(field="goals")
    return replace(goal, sentence=_sentence(goal.sentence, "goals"))


def _checked_quota(quota: Quota) -> Quota:
    contributor = _short(quota.contributor, "quotas")
    if not 1 <= quota.a_month <= LARGEST_QUOTA:
        raise QuotaUnusable(field="quotas")
    return replace(quota, contributor=contributor, sentence=_sentence(quota.sentence, "quotas"))


def _checked_day(day: PlannedDay) -> PlannedDay:
    name = _short(day.name, "days")
    if not name or not is_a_day(day.day, day.month, day.year):
        raise DayUnusable(field="days")
    return replace(day, name=name, sentence=_sentence(day.sentence, "days"))


def _checked_unit(unit: Unit) -> Unit:
    name = _short(unit.name, "units")
    if not name:
        raise UnitUnusable(field="units")
    return replace(unit, name=name, sentence=_sentence(unit.sentence, "units"))


def _each_once(quotas: Iterable[Quota]) -> tuple[Quota, ...]:
    """A contributor owes one number a month; of two that were given the first stands."""
    kept: dict[str, Quota] = {}
    for each in quotas:
        kept.setdefault(each.contributor.casefold(), each)
    return tuple(kept.values())


def _short(text: str, field: str) -> str:
    line = one_line(text, field=field)
    if len(line) > ENTRY_LIMIT_CHARACTERS:
        raise EntryTooLong(field=field)
    return line


def _sentence(text: str, field: str) -> str:
    line = one_line(text, field=field)
    if len(line) > SENTENCE_LIMIT_CHARACTERS:
        raise EntryTooLong(field=field)
    return line
