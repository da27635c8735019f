"""What whole plans yield: every value that a person found in them, and nothing else.

The plans are our own (`own_plans`). Five real ones are read too where somebody has them: set
`LOA_PLAN_DOCUMENTS` to their folder (`real_plans` names the files, and holds what they say).
Without it no test of them exists, so none is left out.
"""

from functools import cache
from pathlib import Path

import pytest

from broadcaster.campaigns.drafting import DraftPlan, draft_plan
from broadcaster.campaigns.errors import PlanUnreadable
from broadcaster.campaigns.plan import DayKind
from tests.broadcaster.campaigns import own_plans, real_plans
from tests.broadcaster.campaigns.expected import Expected

KEY_DAY = DayKind.KEY_DAY
PLANS = (*own_plans.PLANS, *real_plans.PLANS)
FAILED_SCANS = (own_plans.FAILED_SCAN, *real_plans.FAILED_SCANS)


@cache
def drafted(file: Path) -> DraftPlan:
    """What a plan's file proposes; each is read once."""
    return draft_plan(file.read_bytes(), name=file.name)


each_plan = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.file.stem)


@each_plan
def test_its_heading(plan: Expected) -> None:
    """The title after *Kế hoạch*; no number and no day, because both are blank."""
    draft = drafted(plan.file)

    assert draft.title is not None
    assert draft.title.value.startswith(plan.title)
    assert len(draft.title.value) <= 200
    assert (draft.number, draft.issued_on, draft.document) == (None, None, plan.file.name)


@each_plan
def test_its_period(plan: Expected) -> None:
    """From its first year to its last, with the words that name them; none where it names none."""
    draft = drafted(plan.file)

    for found, wanted in ((draft.first, plan.first), (draft.last, plan.last)):
        if wanted is None:
            assert found is None
        else:
            assert found is not None
            assert found.value == wanted[0]
            assert wanted[1] in found.sentence


@each_plan
def test_its_topics(plan: Expected) -> None:
    """What is to be spoken about, in the plan's order."""
    found = drafted(plan.file).topics

    assert [each.value for each in found] == [topic for topic, _ in plan.topics]
    for each, (_, words) in zip(found, plan.topics, strict=True):
        assert words in each.sentence


@each_plan
def test_its_goals(plan: Expected) -> None:
    """Each percentage with its year; only residents reached are what the ledger measures."""
    found = drafted(plan.file).goals

    assert [(each.percent, each.by_year, each.measure) for each in found] == [
        (percent, year, measure) for percent, year, measure, _ in plan.goals
    ]
    for each, (_, _, _, words) in zip(found, plan.goals, strict=True):
        assert words in each.sentence


@each_plan
def test_its_quotas(plan: Expected) -> None:
    """Items a month, the least of a range, and who owes them."""
    found = drafted(plan.file).quotas

    assert [(each.contributor, each.a_month) for each in found] == [
        (contributor, number) for contributor, number, _ in plan.quotas
    ]
    for each, (_, _, words) in zip(found, plan.quotas, strict=True):
        assert words in each.sentence


@each_plan
def test_its_days(plan: Expected) -> None:
    """Key days with their names, of every year; deadlines as strict as they are written."""
    days = drafted(plan.file).days
    key_days = [each for each in days if each.kind is KEY_DAY]
    deadlines = [each for each in days if each.kind is not KEY_DAY]

    assert [(each.day, each.month, each.name) for each in key_days] == list(plan.key_days)
    assert {each.year for each in key_days} <= {None}
    assert [(each.kind, each.day, each.month, each.year) for each in deadlines] == [
        (kind, day, month, year) for kind, day, month, year, _ in plan.deadlines
    ]
    for each, (*_, words) in zip(deadlines, plan.deadlines, strict=True):
        assert words in each.sentence


@each_plan
def test_its_reports_name_who_owes_them(plan: Expected) -> None:
    """A deadline under a unit's item is that unit's, and quotes the item."""
    reports = [each for each in drafted(plan.file).days if each.name.startswith("Báo cáo")]

    assert [each.name for each in reports] == [name for name, _ in plan.reports]
    for each, (_, item) in zip(reports, plan.reports, strict=True):
        assert item in each.sentence


@each_plan
def test_its_units(plan: Expected) -> None:
    """Who is responsible, and who of them leads (*chủ trì*)."""
    found = drafted(plan.file).units

    assert [(each.name, each.leads) for each in found] == list(plan.units)


@pytest.mark.parametrize("file", FAILED_SCANS, ids=lambda file: file.stem)
def test_a_failed_scan_is_refused_by_name(file: Path) -> None:
    """Nothing is guessed out of it."""
    with pytest.raises(PlanUnreadable) as refused:
        draft_plan(file.read_bytes(), name=file.name)

    assert file.name in refused.value.message_vi
    assert "nhận dạng sai" in refused.value.message_vi
    assert file.name in refused.value.message_en
