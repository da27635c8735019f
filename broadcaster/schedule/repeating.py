"""The ways of repeating that a form offers, and the RFC 5545 rules that they stand for. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from broadcaster.errors import BadInput
from broadcaster.schedule.lunar import lunar_date
from broadcaster.schedule.lunar_rules import RSCALE

LUNAR_YEARLY = "lunar_yearly"
_LUNAR = f"RSCALE={RSCALE};FREQ=MONTHLY;BYMONTHDAY="

RECURRENCES: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "daily": "FREQ=DAILY",
        "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA",
        "workdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "weekly": "FREQ=WEEKLY",
        "monthly": "FREQ=MONTHLY",
        "lunar_first": f"{_LUNAR}1",
        "lunar_full": f"{_LUNAR}15",
        "lunar_both": f"{_LUNAR}1,15",
    }
)
"""By the name of the choice; a lunar day of every year has its own day in the rule."""


class ChoiceUnknown(BadInput):
    """Something was chosen that is not offered."""

    code = "choice_unknown"
    message_vi = "Lựa chọn này không có. Hãy tải lại trang và chọn lại."
    message_en = "There is no such choice. Reload the page and choose again."


class EndUnreadable(BadInput):
    """The last day of a series is no day, or lies before its first."""

    code = "end_unreadable"
    message_vi = "Ngày cuối chưa đúng. Hãy chọn một ngày sau ngày phát đầu tiên, hoặc để trống."
    message_en = "The last day cannot be read. Choose one after the first day, or leave it empty."


def recurrence_of(repeat: str, *, starts: datetime, last_day: str = "") -> str:
    """The rule of a choice that begins at a wall time; raise ChoiceUnknown or EndUnreadable."""
    if repeat == LUNAR_YEARLY:
        lunar = lunar_date(starts.date())
        rule = f"RSCALE={RSCALE};FREQ=YEARLY;BYMONTH={lunar.month};BYMONTHDAY={lunar.day}"
    else:
        found = RECURRENCES.get(repeat)
        if found is None:
            raise ChoiceUnknown(field="repeat")
        rule = found
    if not rule or not last_day.strip():
        return rule
    return f"{rule};UNTIL={_read_day(last_day, starts):%Y%m%d}T235959"


def repeat_of(recurrence: str) -> str | None:
    """The choice that stands for a rule; None for a rule that the form does not offer."""
    plain = re.sub(r";UNTIL=20\d{6}T235959$", "", recurrence)
    if re.fullmatch(rf"RSCALE={RSCALE};FREQ=YEARLY;BYMONTH=\d+;BYMONTHDAY=\d+", plain):
        return LUNAR_YEARLY
    return next((name for name, rule in RECURRENCES.items() if rule == plain), None)


def last_day_of(recurrence: str) -> date | None:
    """The day after which a rule plays no more; None where it has no such."""
    found = re.search(r"UNTIL=(20\d{6})", recurrence.upper())
    return datetime.strptime(found[1], "%Y%m%d").date() if found else None  # noqa: DTZ007


def _read_day(last_day: str, starts: datetime) -> date:
    try:
        day = date.fromisoformat(last_day.strip())
    except ValueError:
        raise EndUnreadable(field="last_day") from None
    if not starts.date() <= day <= date(2099, 12, 31):
        raise EndUnreadable(field="last_day")
    return day
