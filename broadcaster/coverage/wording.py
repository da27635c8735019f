"""What periods, parts and verdicts are called, and by which mark they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.device_verdicts import Verdict
from broadcaster.ledger.periods import Period, half_year, month_of, one_year, quarter
from broadcaster.ledger.play_state import Outcome
from broadcaster.ledger.wording import words_of_code
from broadcaster.web.language import msgid


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence with what stands in it, for the page's own language."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)


def words_of_period(period: Period) -> Words:
    """What people call a period."""
    first, last = period.first, period.last
    if period == one_year(first.year):
        return Words(msgid("Năm %(year)s"), {"year": first.year})
    if period == month_of(first):
        return Words(
            msgid("Tháng %(month)s năm %(year)s"), {"month": first.month, "year": first.year}
        )
    number = (first.month + 2) // 3
    if period == quarter(first.year, number):
        return Words(msgid("Quý %(number)s năm %(year)s"), {"number": number, "year": first.year})
    if period in (half_year(first.year, 1), half_year(first.year, 2)):
        called = msgid("6 tháng đầu năm %(year)s"), msgid("6 tháng cuối năm %(year)s")
        return Words(called[first.month > 1], {"year": first.year})
    return _words_of_days(first, last)


def _words_of_days(first: date, last: date) -> Words:
    written = f"{first.day}/{first.month}/{first.year}"
    if first == last:
        return Words(msgid("Ngày %(day)s"), {"day": written})
    return Words(
        msgid("Từ %(first)s đến %(last)s"),
        {"first": written, "last": f"{last.day}/{last.month}/{last.year}"},
    )


def short_words_of_period(period: Period) -> Words:
    """What to call a year, or a quarter or a month beside its year."""
    first = period.first
    if period == one_year(first.year):
        return Words("%(year)s", {"year": first.year})
    if period == month_of(first):
        return Words(msgid("Tháng %(month)s"), {"month": first.month})
    return Words(msgid("Quý %(number)s"), {"number": (first.month + 2) // 3})


MARKS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.CONFIRMED: "confirmed",
        Outcome.RELAYED: "relayed",
        Outcome.PARTIAL: "partial",
        Outcome.FAILED: "failed",
        Outcome.NOT_CONFIRMED: "not_confirmed",
        Outcome.UNVERIFIABLE: "unverifiable",
        Outcome.PENDING: "planned",
    }
)


def parts_of(coverage: Coverage) -> dict[str, float]:
    """Residents by the parts of the bar; what has not ended is shown as planned, no more."""
    return {mark: getattr(coverage, outcome) for outcome, mark in MARKS.items()}


def mark_of_coverage(coverage: Coverage) -> str:
    """The one mark that is true of all its residents together; green only if all were confirmed."""
    shown = {outcome for outcome in MARKS if outcome is not Outcome.UNVERIFIABLE} & {
        outcome for outcome in Outcome if getattr(coverage, outcome) > 0
    }
    if not shown:
        return MARKS[Outcome.UNVERIFIABLE] if coverage.unverifiable else "not_confirmed"
    if len(shown) == 1:
        return MARKS[shown.pop()]
    if Outcome.PENDING in shown:
        return "playing" if Outcome.CONFIRMED in shown else "planned"
    return (
        "partial"
        if shown & {Outcome.CONFIRMED, Outcome.RELAYED, Outcome.PARTIAL}
        else "not_confirmed"
    )


VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.SILENT: msgid("Im lặng"),
        Verdict.FAULTY: msgid("Hỏng lặp lại"),
        Verdict.DECAYING: msgid("Yếu dần"),
        Verdict.WEAK: msgid("Hay không xác nhận"),
        Verdict.NEVER_HEARD: msgid("Chưa từng báo về"),
        Verdict.GOOD: msgid("Bình thường"),
    }
)


_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "partial": msgid("chỉ phát được một phần"),
        "cut": msgid("bị cắt ngang"),
        "failed": msgid("phát hỏng"),
        "skipped": msgid("đã bỏ qua"),
        "rejected": msgid("đã từ chối lệnh"),
    }
)


def words_of_fault(code: str) -> str:
    """The Vietnamese words (a msgid) for what a device said went wrong."""
    return _FAULTS.get(code) or words_of_code(code)
