"""Percentages by a year: *ít nhất 80% người dân … đến năm 2030*, *đạt 80 % trở lên*."""

import re
from datetime import date

from broadcaster.campaigns.drafting.passages import Paper, Passage
from broadcaster.campaigns.drafting.said import Said, together
from broadcaster.campaigns.plan import Goal, Measure

_PERCENT = re.compile(r"(?<![0-9.,])(?P<percent>[0-9]{1,3})\s?%")
_BY_YEAR = re.compile(r"(?:đến|trong|hết|vào)?\s*(?:cuối\s+)?năm\s+(?P<year>20[0-9]{2})")
_RESIDENTS = re.compile(
    r"\s*(?:trở lên\s+)?(?:tổng số\s+|số\s+)?(?:người dân|dân số|nhân dân|dân cư|bà con)",
    re.IGNORECASE,
)
_REACHED = re.compile(
    r"tiếp cận|được (?:nghe|thông tin|tuyên truyền|phổ biến)|thông tin cơ sở|truyền thanh|loa",
    re.IGNORECASE,
)
_BEFORE_PERCENT = re.compile(
    r"(?P<who>người dân|dân số|nhân dân)[^.;]{0,120}?(?:đạt|từ|ít nhất|tối thiểu|trên)\s*$",
    re.IGNORECASE,
)
_DATED = re.compile(r"ngày\s+[0-9]{1,2}(?:/[0-9]{1,2}/| tháng [0-9]{1,2} năm )[0-9]{4}")
_NAMED = re.compile(r"“[^”]*(?:”|$)")


def goals_of(paper: Paper, *, last: Said[date] | None) -> list[Goal]:
    """Each percentage with the year of its sentence, of the heading above it, or of the plan."""
    return [goal for passage in paper.passages for goal in _goals(passage, last=last)]


def _goals(passage: Passage, *, last: Said[date] | None) -> list[Goal]:
    found = []
    for match in _PERCENT.finditer(passage.text):
        percent = int(match["percent"])
        year, heading = _year(passage, match.start(), last=last)
        if not 1 <= percent <= 100 or year is None:
            continue
        found.append(
            Goal(
                measure=_measure(passage.text, match),
                percent=percent,
                by_year=year,
                sentence=together(heading, passage.text),
            )
        )
    return found


def _year(passage: Passage, at: int, *, last: Said[date] | None) -> tuple[int | None, str]:
    """The year that stands nearest before the number, else after it; and the heading it needed."""
    free = _blanked(_NAMED, _blanked(_DATED, passage.text))
    years = [(match.start(), int(match["year"])) for match in _BY_YEAR.finditer(free)]
    if years:
        before = [year for start, year in years if start < at]
        return (before[-1] if before else years[0][1]), ""
    if passage.years:
        return max(passage.years), passage.years_heading
    return (last.value.year, last.sentence) if last else (None, "")


def _measure(text: str, match: re.Match[str]) -> Measure:
    after = text[match.end() :]
    of_residents = _RESIDENTS.match(after) or _BEFORE_PERCENT.search(text[: match.start()])
    return Measure.RESIDENTS if of_residents and _REACHED.search(text) else Measure.OTHER


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """A text in which what is found is only room: everything else stays in its place."""
    return pattern.sub(lambda found: " " * len(found[0]), text)
