"""What stands at a plan's head: title, number and symbol, day of signing, the period it covers."""

import re
from datetime import date

from broadcaster.bulletins.errors import TITLE_LIMIT_CHARACTERS
from broadcaster.campaigns.drafting.passages import Paper
from broadcaster.campaigns.drafting.said import Said, shortened, together
from broadcaster.ledger.periods import FIRST_YEAR, LAST_YEAR

_HEAD_LINES = 20
_NUMBER = re.compile(r"Số\s*:\s*(?P<number>[0-9]{1,5}\s*/\s*[A-ZĐ][A-ZĐa-zđ0-9.\-–/]*)")
# A law that is named has a number before its date; a letterhead has a place, and ends there.
_SIGNED = re.compile(
    r"(?:Số\b.*\s)?[^,0-9]{2,40},\s*ngày\s+(?P<day>[0-9]{1,2})\s+tháng\s+(?P<month>[0-9]{1,2})"
    r"\s+năm\s+(?P<year>20[0-9]{2})[.*_ ]*"
)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
_DATED = re.compile(r"ngày\s+[0-9]{1,2}(?:/[0-9]{1,2}/| tháng [0-9]{1,2} năm )[0-9]{4}")
_SPAN = re.compile(
    r"(?:giai đoạn|từ năm|trong các năm)\s+(?P<first>20[0-9]{2})\s*(?:-|–|đến năm|đến)\s*"
    r"(?P<last>20[0-9]{2})",
    re.IGNORECASE,
)
_ONE_YEAR = re.compile(r"(?<!đến )(?<!kể từ )năm\s+(?P<year>20[0-9]{2})", re.IGNORECASE)


def title_of(paper: Paper) -> Said[str] | None:
    """The title, shortened to what a title may have."""
    if not paper.title:
        return None
    return Said(shortened(paper.title, TITLE_LIMIT_CHARACTERS), paper.title)


def number_of(paper: Paper) -> Said[str] | None:
    """Number and symbol as the letterhead has them; None where the number was left blank."""
    for line in paper.lines[:_HEAD_LINES]:
        if found := _NUMBER.search(line):
            return Said("".join(found["number"].split()).rstrip(".,;"), line)
    return None


def issued_on(paper: Paper) -> Said[date] | None:
    """The day of signing as the letterhead has it; None where the day was left blank."""
    for line in paper.lines[:_HEAD_LINES]:
        if found := _SIGNED.fullmatch(line):
            day = _day(int(found["year"]), int(found["month"]), int(found["day"]))
            return Said(day, line) if day else None
    return None


def period_of(paper: Paper) -> tuple[Said[date] | None, Said[date] | None]:
    """The first and the last day: by the title, else by the headings that name years."""
    free = _DATED.sub("", _QUOTED.sub("", paper.title))
    if span := _SPAN.search(free):
        return _years(int(span["first"]), paper.title, int(span["last"]), paper.title)
    if year := _ONE_YEAR.search(free):
        return _years(int(year["year"]), paper.title, int(year["year"]), paper.title)
    named = [
        (year, passage.years_heading)
        for passage in paper.passages
        if passage.text == passage.years_heading
        for year in passage.years
    ]
    if named:
        (first, first_said), (last, last_said) = min(named), max(named)
        return _years(first, first_said, last, last_said)
    for passage in paper.passages:
        if span := _SPAN.search(_DATED.sub("", _QUOTED.sub("", passage.text))):
            return _years(int(span["first"]), passage.text, int(span["last"]), passage.text)
    return None, None


def _years(
    first: int, first_said: str, last: int, last_said: str
) -> tuple[Said[date] | None, Said[date] | None]:
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        return None, None
    return (
        Said(date(first, 1, 1), together(first_said)),
        Said(date(last, 12, 31), together(last_said)),
    )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
