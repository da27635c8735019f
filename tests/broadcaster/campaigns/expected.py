"""What a person found in a plan: the form in which it is written down before the plan is run."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from broadcaster.campaigns.plan import DayKind, Measure

RESIDENTS, OTHER = Measure.RESIDENTS, Measure.OTHER
BEFORE, BY = DayKind.BEFORE, DayKind.BY
SCIENCE = (18, 5, "Ngày Khoa học và Công nghệ Việt Nam")
INNOVATION = (1, 10, "Ngày hội Đổi mới sáng tạo quốc gia")
DIGITAL = (10, 10, "Ngày Chuyển đổi số quốc gia")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The plan's file and its values, each with words of the sentence that it stands in.

    `reports` are the names of the reports that are due, each with the item that it stands under.
    """

    file: Path
    title: str
    first: tuple[date, str] | None = None
    last: tuple[date, str] | None = None
    topics: tuple[tuple[str, str], ...]
    goals: tuple[tuple[int, int, Measure, str], ...] = ()
    quotas: tuple[tuple[str, int, str], ...] = ()
    key_days: tuple[tuple[int, int, str], ...] = ()
    deadlines: tuple[tuple[DayKind, int, int, int | None, str], ...] = ()
    reports: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, bool], ...] = ()
