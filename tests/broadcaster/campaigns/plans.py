"""A plan as a commune might have it, for tests that need one."""

from dataclasses import replace
from datetime import date
from typing import Any

from broadcaster.campaigns.plan import DayKind, Goal, Measure, Plan, PlannedDay, Quota, Unit

SCIENCE_DAY = PlannedDay(
    kind=DayKind.KEY_DAY, name="Ngày Khoa học và Công nghệ Việt Nam", day=18, month=5
)
REPORT = PlannedDay(
    kind=DayKind.BEFORE,
    name="Báo cáo kết quả",
    day=10,
    month=12,
    sentence="Định kỳ trước ngày 10/6 và trước ngày 10/12 hằng năm báo cáo về UBND xã.",
)
ONCE = PlannedDay(kind=DayKind.BY, name="Lập chuyên mục", day=31, month=12, year=2027)
PLAN = Plan(
    title="Truyền thông Nghị quyết 57",
    number="12/KH-UBND",
    issued_on=date(2026, 3, 2),
    document="ke-hoach.docx",
    first=date(2026, 1, 1),
    last=date(2030, 12, 31),
    topics=("Chuyển đổi số", "Nghị quyết 57"),
    goals=(
        Goal(percent=80, by_year=2030, sentence="Ít nhất 80% người dân được tiếp cận."),
        Goal(measure=Measure.OTHER, percent=70, by_year=2030),
        Goal(percent=60, by_year=2027, village_id="v-1"),
    ),
    quotas=(Quota(contributor="Trạm Y tế xã", a_month=2),),
    days=(SCIENCE_DAY, REPORT, ONCE),
    units=(Unit(name="Phòng Văn hóa - Xã hội", leads=True), Unit(name="Phòng Kinh tế")),
)


def plan(**changed: Any) -> Plan:  # noqa: ANN401 - any field of a plan
    """The plan with these fields changed."""
    return replace(PLAN, **changed)
