"""The form of a campaign: rows as they were typed, of which only those marked `kept` are taken.

What a document proposes stands in the form with its sentence and without a mark: whoever confirms
it marks each row. An empty row is no entry.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from broadcaster.campaigns.drafting import DraftPlan
from broadcaster.campaigns.errors import (
    DayUnusable,
    GoalUnusable,
    PeriodUnusable,
    QuotaUnusable,
)
from broadcaster.campaigns.plan import DayKind, Goal, Measure, Plan, PlannedDay, Quota, Unit

MORE_ROWS = 2
_NUMBER = re.compile(r"[0-9]{1,4}")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{4}))?")
_LEADS = "yes"


class TopicRow(NamedTuple):
    """A topic as it was typed; its sentence is shown and not kept."""

    topic_name: str
    topic_sentence: str


class GoalRow(NamedTuple):
    """A goal as it was typed."""

    goal_percent: str
    goal_year: str
    goal_measure: str
    goal_village: str
    goal_sentence: str


class QuotaRow(NamedTuple):
    """A quota as it was typed; several contributors stand apart by semicolons."""

    quota_number: str
    quota_contributor: str
    quota_sentence: str


class DayRow(NamedTuple):
    """A day as it was typed."""

    day_name: str
    day_on: str
    day_kind: str
    day_sentence: str


class UnitRow(NamedTuple):
    """A unit as it was typed."""

    unit_name: str
    unit_leads: str
    unit_sentence: str


AnyRow = TypeVar("AnyRow", TopicRow, GoalRow, QuotaRow, DayRow, UnitRow)

_ROWS = (TopicRow, GoalRow, QuotaRow, DayRow, UnitRow)
_CHOSEN = frozenset({"goal_measure", "goal_village", "day_kind", "unit_leads"})
"""Fields that have a value in an empty row as well."""


class PlanForm(BaseModel):
    """A campaign as somebody typed it; lists hold a column of rows each."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    number: str = ""
    issued_on: str = ""
    document: str = ""
    first: str = ""
    last: str = ""
    said_title: str = ""
    said_number: str = ""
    said_issued_on: str = ""
    said_first: str = ""
    said_last: str = ""
    topic_name: list[str] = []
    topic_sentence: list[str] = []
    goal_percent: list[str] = []
    goal_year: list[str] = []
    goal_measure: list[str] = []
    goal_village: list[str] = []
    goal_sentence: list[str] = []
    quota_number: list[str] = []
    quota_contributor: list[str] = []
    quota_sentence: list[str] = []
    day_name: list[str] = []
    day_on: list[str] = []
    day_kind: list[str] = []
    day_sentence: list[str] = []
    unit_name: list[str] = []
    unit_leads: list[str] = []
    unit_sentence: list[str] = []
    kept: list[str] = []

    @property
    def topics(self) -> list[TopicRow]:
        """The rows of topics."""
        return [TopicRow(*row) for row in self._columns(TopicRow._fields)]

    @property
    def goals(self) -> list[GoalRow]:
        """The rows of goals."""
        return [GoalRow(*row) for row in self._columns(GoalRow._fields)]

    @property
    def quotas(self) -> list[QuotaRow]:
        """The rows of quotas."""
        return [QuotaRow(*row) for row in self._columns(QuotaRow._fields)]

    @property
    def days(self) -> list[DayRow]:
        """The rows of days."""
        return [DayRow(*row) for row in self._columns(DayRow._fields)]

    @property
    def units(self) -> list[UnitRow]:
        """The rows of units."""
        return [UnitRow(*row) for row in self._columns(UnitRow._fields)]

    def with_more_rows(self) -> "PlanForm":
        """The form with some empty rows of each kind to type into."""
        columns = {
            name: [*column, *[""] * MORE_ROWS]
            for rows in _ROWS
            for name, column in zip(
                rows._fields, zip(*self._columns(rows._fields), strict=True), strict=False
            )
        }
        empty = {name: [""] * MORE_ROWS for rows in _ROWS for name in rows._fields}
        return self.model_copy(update={**empty, **columns})

    def plan(self) -> Plan:
        """What is marked, as a plan that is yet to be checked; raise a BadInput."""
        issued_on = _date(self.issued_on, field="issued_on") if self.issued_on.strip() else None
        return Plan(
            title=self.title,
            number=self.number,
            issued_on=issued_on,
            document=self.document,
            first=_date(self.first, field="first"),
            last=_date(self.last, field="last"),
            topics=[row.topic_name for row in self._marked("topic", self.topics)],
            goals=[_goal(row) for row in self._marked("goal", self.goals)],
            quotas=[quota for row in self._marked("quota", self.quotas) for quota in _quotas(row)],
            days=[_day(row) for row in self._marked("day", self.days)],
            units=[
                Unit(
                    name=row.unit_name,
                    leads=row.unit_leads == _LEADS,
                    sentence=row.unit_sentence,
                )
                for row in self._marked("unit", self.units)
            ],
        )

    def _columns(self, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
        return zip_longest(*(getattr(self, name) for name in names), fillvalue="")

    def _marked(self, kind: str, rows: Sequence[AnyRow]) -> Iterator[AnyRow]:
        for number, row in enumerate(rows):
            if f"{kind}-{number}" in self.kept and not is_empty(row):
                yield row


def is_empty(row: NamedTuple) -> bool:
    """Whether nothing was typed into a row."""
    typed = row._asdict()
    return not any(value.strip() for name, value in typed.items() if name not in _CHOSEN)


def form_of(plan: Plan) -> PlanForm:
    """The form that would write a plan as it is: every row marked."""
    kinds = ("topic", plan.topics), ("goal", plan.goals), ("quota", plan.quotas)
    others = ("day", plan.days), ("unit", plan.units)
    scalars = {
        "title": plan.title,
        "number": plan.number,
        "issued_on": plan.issued_on.isoformat() if plan.issued_on else "",
        "document": plan.document,
        "first": plan.first.isoformat(),
        "last": plan.last.isoformat(),
    }
    kept = [f"{kind}-{n}" for kind, of in (*kinds, *others) for n in range(len(of))]
    topics = {"topic_name": list(plan.topics)}
    return PlanForm.model_validate({**scalars, **topics, **_columns_of(plan), "kept": kept})


def form_of_draft(draft: DraftPlan) -> PlanForm:
    """The form of what a document proposes: no row is marked, each has its sentence."""
    scalars = {
        "title": draft.title,
        "number": draft.number,
        "issued_on": draft.issued_on,
        "first": draft.first,
        "last": draft.last,
    }
    given = {name: str(said.value) for name, said in scalars.items() if said}
    said_so = {f"said_{name}": said.sentence for name, said in scalars.items() if said}
    topics = {
        "topic_name": [each.value for each in draft.topics],
        "topic_sentence": [each.sentence for each in draft.topics],
    }
    return PlanForm.model_validate(
        {"document": draft.document, **given, **said_so, **topics, **_columns_of(draft)}
    )


def _columns_of(plan: Plan | DraftPlan) -> dict[str, list[str]]:
    return {
        "goal_percent": [str(each.percent) for each in plan.goals],
        "goal_year": [str(each.by_year) for each in plan.goals],
        "goal_measure": [each.measure for each in plan.goals],
        "goal_village": [each.village_id for each in plan.goals],
        "goal_sentence": [each.sentence for each in plan.goals],
        "quota_number": [str(each.a_month) for each in plan.quotas],
        "quota_contributor": [each.contributor for each in plan.quotas],
        "quota_sentence": [each.sentence for each in plan.quotas],
        "day_name": [each.name for each in plan.days],
        "day_on": [each.written for each in plan.days],
        "day_kind": [each.kind for each in plan.days],
        "day_sentence": [each.sentence for each in plan.days],
        "unit_name": [each.name for each in plan.units],
        "unit_leads": [_LEADS if each.leads else "" for each in plan.units],
        "unit_sentence": [each.sentence for each in plan.units],
    }


def _date(typed: str, *, field: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise PeriodUnusable(field=field) from error


def _number(typed: str) -> int | None:
    bare = typed.strip().removesuffix("%").strip()
    return int(bare) if _NUMBER.fullmatch(bare) else None


def _goal(row: GoalRow) -> Goal:
    percent, year = _number(row.goal_percent), _number(row.goal_year)
    if percent is None or year is None or row.goal_measure not in {*Measure, ""}:
        raise GoalUnusable(field="goals")
    return Goal(
        measure=Measure(row.goal_measure or Measure.RESIDENTS),
        percent=percent,
        by_year=year,
        village_id=row.goal_village,
        sentence=row.goal_sentence,
    )


def _quotas(row: QuotaRow) -> list[Quota]:
    number = _number(row.quota_number)
    if number is None:
        raise QuotaUnusable(field="quotas")
    named = [name.strip() for name in row.quota_contributor.split(";") if name.strip()]
    return [
        Quota(contributor=name, a_month=number, sentence=row.quota_sentence)
        for name in named or [""]
    ]


def _day(row: DayRow) -> PlannedDay:
    found = _DAY.fullmatch(row.day_on.strip())
    if found is None or row.day_kind not in set(DayKind):
        raise DayUnusable(field="days")
    day, month, year = found.groups()
    return PlannedDay(
        kind=DayKind(row.day_kind),
        name=row.day_name,
        day=int(day),
        month=int(month),
        year=int(year) if year else None,
        sentence=row.day_sentence,
    )
