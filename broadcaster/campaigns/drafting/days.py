"""Key days (*Ngày Chuyển đổi số quốc gia (10/10) hằng năm*) and deadlines (*trước ngày 10/6*)."""

import re
from collections.abc import Iterator

from broadcaster.campaigns.drafting.passages import Paper, Passage, without_label
from broadcaster.campaigns.drafting.said import shortened, together
from broadcaster.campaigns.drafting.units import unit_of_item
from broadcaster.campaigns.errors import ENTRY_LIMIT_CHARACTERS
from broadcaster.campaigns.plan import DayKind, PlannedDay, is_a_day

_NAME_LIMIT_CHARACTERS = 120
_DAY_MONTH = r"(?P<day>[0-9]{1,2})(?:/|\s+tháng\s+)(?P<month>[0-9]{1,2})"
_YEAR = r"(?:(?:/|\s+năm\s+)(?P<year>20[0-9]{2}))?(?![0-9/])"
_KEY_DAY = re.compile(
    r"(?P<name>Ngày (?:hội |lễ |toàn dân )?[A-ZĐÀ-Ỹ][^,;:.()“”\"0-9]{2,80}?)"
    rf"[”\"]?\s*\(?\s*(?:ngày\s+)?{_DAY_MONTH}(?![0-9/])"
)
_DEADLINE = re.compile(
    rf"(?P<how>trước|chậm nhất(?: là)?|(?:đến )?hết|không quá)\s+(?:ngày\s+)?{_DAY_MONTH}{_YEAR}",
    re.IGNORECASE,
)
_IN_A_YEAR = re.compile(
    r"hoàn thành\s+(?:xong\s+)?trong\s+năm\s+(?P<year>20[0-9]{2})", re.IGNORECASE
)
_REPORT = re.compile(r"báo cáo", re.IGNORECASE)


def days_of(paper: Paper) -> list[PlannedDay]:
    """Key days, each date once by its first name; then deadlines in the plan's order."""
    key_days: dict[tuple[int, int], PlannedDay] = {}
    for passage in paper.passages:
        for day in _key_days(passage):
            key_days.setdefault((day.day, day.month), day)
    deadlines = [day for passage in paper.passages for day in _deadlines(passage)]
    return [*key_days.values(), *dict.fromkeys(deadlines)]


def _key_days(passage: Passage) -> Iterator[PlannedDay]:
    for match in _KEY_DAY.finditer(passage.text):
        day, month = int(match["day"]), int(match["month"])
        if is_a_day(day, month, None):
            yield PlannedDay(
                kind=DayKind.KEY_DAY,
                name=match["name"].strip(),
                day=day,
                month=month,
                sentence=passage.text,
            )


def _deadlines(passage: Passage) -> Iterator[PlannedDay]:
    for match in _DEADLINE.finditer(passage.text):
        day, month = int(match["day"]), int(match["month"])
        year = int(match["year"]) if match["year"] else None
        if is_a_day(day, month, year):
            name, heading = _what_is_due(passage)
            strict = match["how"].casefold() == "trước"
            yield PlannedDay(
                kind=DayKind.BEFORE if strict else DayKind.BY,
                name=name,
                day=day,
                month=month,
                year=year,
                sentence=together(heading, passage.text),
            )
    # In brackets behind the paragraph that it speaks of: the whole of it is the sentence.
    for match in _IN_A_YEAR.finditer(passage.text):
        yield PlannedDay(
            kind=DayKind.BY,
            name=shortened(without_label(passage.paragraph), _NAME_LIMIT_CHARACTERS),
            day=31,
            month=12,
            year=int(match["year"]),
            sentence=passage.paragraph,
        )


def _what_is_due(passage: Passage) -> tuple[str, str]:
    """A report of whose item it is; else what the sentence says."""
    unit = unit_of_item(passage)
    if _REPORT.search(passage.text):
        name = shortened(f"Báo cáo: {unit}", ENTRY_LIMIT_CHARACTERS) if unit else "Báo cáo"
        return name, passage.item if unit else ""
    return shortened(passage.bare, _NAME_LIMIT_CHARACTERS), ""
