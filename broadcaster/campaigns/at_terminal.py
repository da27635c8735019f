"""A proposal at a terminal: printed with its sentences, and confirmed entry by entry.

Whatever is not answered with a clear yes is left out; without a period or a topic nothing is kept.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar

from broadcaster.campaigns.drafting import DraftPlan, Said
from broadcaster.campaigns.errors import PeriodUnusable
from broadcaster.campaigns.keeping import keep_campaign
from broadcaster.campaigns.plan import DayKind, Goal, Measure, Plan, PlannedDay, Quota, Unit
from broadcaster.database import Database

Ask = Callable[[str], str]
Entry = TypeVar("Entry", Said[str], Goal, Quota, PlannedDay, Unit)
_ASKED_AGAIN = 3
"""Times; a program that answers wrongly must come to an end."""

_YES = frozenset({"c", "co", "có", "y", "yes"})
_DATE = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
_KINDS = {
    DayKind.KEY_DAY: "ngày trọng điểm / key day",
    DayKind.BEFORE: "hạn, trước ngày / deadline, before",
    DayKind.BY: "hạn, hết ngày / deadline, by the end of",
}


def told(draft: DraftPlan, *, as_json: bool) -> str:
    """What a document proposes, for people or for programs; nothing of it is kept."""
    if as_json:
        return json.dumps(asdict(draft), ensure_ascii=False, default=str) + "\n"
    lines: list[str] = []
    for name, said in _heading(draft):
        lines.append(f"{name}: {said.value if said else 'không thấy ghi / not stated'}")
        lines += _quoted(said.sentence if said else "")
    for title, entries in _groups(draft):
        lines.append(f"{title}: {len(entries)}")
        for each in entries:
            lines += [f"  - {words_of(each)}", *_quoted(each.sentence)]
    lines.append("Chưa lưu gì. Xác nhận từng mục: thêm --confirm, hoặc ở trang /campaigns/new.")
    lines.append("Nothing is kept. Confirm each entry: add --confirm, or on /campaigns/new.")
    return "\n".join(lines) + "\n"


def confirmed(
    database: Database, draft: DraftPlan, *, station_id: str, ask: Ask, now: datetime
) -> str:
    """Ask for each entry, keep what was confirmed as a campaign, and say so.

    Raises one of BadInput's kinds; then nothing is kept.
    """
    plan = Plan(
        title=_typed(ask, "Tên / Title", draft.title),
        number=_typed(ask, "Số, ký hiệu / Number", draft.number),
        issued_on=_day(ask, "Ngày ký / Signed on", draft.issued_on, needed=False),
        document=draft.document,
        first=_needed(_day(ask, "Từ ngày / From", draft.first)),
        last=_needed(_day(ask, "Đến hết ngày / To", draft.last)),
        topics=[each.value for each in _taken(ask, "Chủ đề / Topic", draft.topics)],
        goals=_taken(ask, "Mục tiêu / Goal", draft.goals),
        quotas=_taken(ask, "Chỉ tiêu / Quota", draft.quotas),
        days=_taken(ask, "Ngày, hạn / Day", draft.days),
        units=_taken(ask, "Đơn vị / Unit", draft.units),
    )
    with database.writing() as session:
        campaign = keep_campaign(session, plan, station_id=station_id, by=None, now=now)
        address = f"/campaigns/{campaign.id}"
    return f"✓ Đã lập đợt tuyên truyền / Campaign kept: {plan.title}\n  {address}\n"


def words_of(entry: Said[str] | Goal | Quota | PlannedDay | Unit) -> str:
    """One entry in a line."""
    match entry:
        case Said():
            return entry.value
        case Goal():
            measured = entry.measure is Measure.RESIDENTS
            of = "người dân / residents" if measured else "đài không đo / not measured here"
            return f"{entry.percent}% đến năm / by {entry.by_year} ({of})"
        case Quota():
            return f"{entry.a_month}/tháng / a month: {entry.contributor or 'cả đài / all'}"
        case PlannedDay():
            yearly = "" if entry.year else " hằng năm / every year"
            return f"{_KINDS[entry.kind]} {entry.written}{yearly}: {entry.name}"
        case Unit():
            return f"{entry.name}{' (chủ trì / leads)' if entry.leads else ''}"


def _heading(draft: DraftPlan) -> list[tuple[str, Said[Any] | None]]:
    return [
        ("Tên / Title", draft.title),
        ("Số, ký hiệu / Number", draft.number),
        ("Ngày ký / Signed on", draft.issued_on),
        ("Từ ngày / From", draft.first),
        ("Đến hết ngày / To", draft.last),
    ]


def _groups(draft: DraftPlan) -> list[tuple[str, Sequence[Any]]]:
    return [
        ("Chủ đề / Topics", draft.topics),
        ("Mục tiêu / Goals", draft.goals),
        ("Chỉ tiêu / Quotas", draft.quotas),
        ("Ngày trọng điểm và hạn / Days", draft.days),
        ("Đơn vị / Units", draft.units),
    ]


def _quoted(sentence: str) -> list[str]:
    return [f"      “{sentence}”"] if sentence else []


def _taken(ask: Ask, kind: str, entries: Sequence[Entry]) -> list[Entry]:
    return [
        each
        for each in entries
        if _is_yes(ask(f"{_block(kind, words_of(each), each.sentence)}  Lấy? / Take it? [c/K]"))
    ]


def _typed(ask: Ask, kind: str, said: Said[str] | None) -> str:
    """What was proposed if it is confirmed, else what is typed instead."""
    if said is not None:
        answer = ask(f"{_block(kind, said.value, said.sentence)}  Lấy? / Take it? [c/K]")
        if _is_yes(answer):
            return said.value
    return ask(f"{kind} (gõ, hoặc để trống / type it, or leave it empty)").strip()


def _day(ask: Ask, kind: str, said: Said[date] | None, *, needed: bool = True) -> date | None:
    """The day that was confirmed or typed; what is none is asked for again, a few times."""
    shown = Said(f"{said.value:%d/%m/%Y}", said.sentence) if said else None
    typed = _typed(ask, f"{kind} (31/12/2026)", shown)
    for _ in range(_ASKED_AGAIN):
        if (found := _read_day(typed)) or not typed:
            break
        typed = ask(
            f"{kind}: “{typed}” không phải là ngày, ghi như 31/12/2026 / is no day, "
            "write it like 31/12/2026"
        ).strip()
    else:
        found = _read_day(typed)
    if found is None and (typed or needed):
        raise PeriodUnusable(typed, field="first")
    return found


def _read_day(typed: str) -> date | None:
    found = _DATE.fullmatch(typed)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def _needed(day: date | None) -> date:
    if day is None:
        raise PeriodUnusable(field="first")
    return day


def _block(kind: str, value: str, sentence: str) -> str:
    return "\n".join([f"{kind}: {value}", *_quoted(sentence), ""])


def _is_yes(answer: str) -> bool:
    return answer.strip().casefold() in _YES
