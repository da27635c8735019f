"""What page and PDF have alike of a report: its first figures, its bars, its tables as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.play_state import Outcome
from broadcaster.reports.all_sheets import sheets_of
from broadcaster.reports.report import Report
from broadcaster.reports.sheets import NUMBERS, Sheet
from broadcaster.reports.shown import Writer
from broadcaster.reports.wording import OUTCOMES
from broadcaster.web.formats import number, share
from broadcaster.web.language import msgid

BROADCASTS_SHOWN = 30
"""Single broadcasts on one page; the files hold all of them."""

ROWS_SHOWN = 50
"""Rows of any other table on one page: the most urgent; the files hold all of them."""

WIDE = 9
"""From so many columns on a table wants paper laid across."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its name, its length of one, what it says in words; `mark` names its look."""

    name: str
    length: float
    says: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One row as people read it; `evidence` is empty where it leads nowhere they may go."""

    cells: Sequence[str]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSheet:
    """One table as people read it; `left_out` rows stand in the files only."""

    key: str
    title: str
    note: str
    names: Sequence[str]
    are_numbers: Sequence[bool]
    rows: Sequence[TextRow]
    sums: Sequence[str]
    left_out: int

    def told(self, row: TextRow) -> Iterator[tuple[str, bool, str]]:
        """Each cell of a row behind its first, with its column's name and whether it is a number.

        A page has thousands of cells.
        """
        return islice(zip(self.names, self.are_numbers, row.cells, strict=True), 1, None)

    @property
    def is_wide(self) -> bool:
        """Whether it wants paper laid across."""
        return len(self.names) >= WIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """All of it."""

    parts: Sequence[Bar]
    minutes: Sequence[Bar]
    plays: Sequence[Bar]
    sheets: Sequence[TextSheet]


def body_of(
    report: Report, writer: Writer, *, may_follow_poles: bool, shown: int = BROADCASTS_SHOWN
) -> Body:
    """The report as people read it; poles' pages are linked for those who may see them.

    Without any single broadcasts `shown` it is for paper, where nothing is linked.
    """
    longest = max((count.on_air_ms for count in report.by_topic), default=0)
    return Body(
        parts=_parts(report.coverage.whole.coverage, writer),
        minutes=[
            Bar(
                name=count.key or writer.say(msgid("Không ghi chủ đề")),
                length=count.on_air_ms / longest if longest else 0.0,
                says=writer.say(
                    msgid("%(minutes)s phút, %(broadcasts)s tin, bài"),
                    minutes=number(count.on_air_ms / 60_000, decimals=1, language=writer.language),
                    broadcasts=number(count.broadcasts, language=writer.language),
                ),
                mark="minutes",
            )
            for count in report.by_topic
        ],
        plays=_plays(report, writer),
        sheets=[
            text_sheet(each, writer, may_follow_poles=may_follow_poles, shown=shown)
            for each in sheets_of(report)
        ],
    )


def text_sheet(
    sheet: Sheet, writer: Writer, *, may_follow_poles: bool = False, shown: int | None = None
) -> TextSheet:
    """One table as people read it; of single broadcasts the newest `shown`, on a page a part."""
    rows = list(sheet.rows)
    tellers = [(column.key, writer.teller(column)) for column in sheet.columns]
    on_paper = shown == 0
    if shown is not None and sheet.key == "broadcasts":
        rows = rows[::-1][:shown]
    elif shown:
        rows = rows[:ROWS_SHOWN]
    return TextSheet(
        key=sheet.key,
        title=writer.say(sheet.title),
        note=writer.say(sheet.note) if sheet.note else "",
        names=[writer.say(column.name) for column in sheet.columns],
        are_numbers=[column.kind in NUMBERS for column in sheet.columns],
        rows=[
            TextRow(
                cells=[tell(row.cells.get(key)) for key, tell in tellers],
                evidence=""
                if on_paper or (row.evidence.startswith("/devices") and not may_follow_poles)
                else row.evidence,
            )
            for row in rows
        ],
        sums=[
            writer.cell(column, sheet.sums) if column.key in sheet.sums else ""
            for column in sheet.columns
        ]
        if sheet.has_sums
        else [],
        left_out=sheet.in_all - len(rows),
    )


def _parts(coverage: Coverage, writer: Writer) -> list[Bar]:
    parts = [(str(each), name, float(getattr(coverage, each))) for each, name in OUTCOMES.items()]
    parts.append(("unserved", msgid("Chưa có loa"), coverage.unserved))
    return [
        _bar(writer, mark, name, amount, coverage.asked)
        for mark, name, amount in parts
        if amount > 0 or mark in {Outcome.CONFIRMED, Outcome.NOT_CONFIRMED}
    ]


def _plays(report: Report, writer: Writer) -> list[Bar]:
    return [
        _bar(writer, str(outcome), name, report.plays.of(outcome), report.plays.asked)
        for outcome, name in OUTCOMES.items()
        if report.plays.of(outcome) or outcome in {Outcome.CONFIRMED, Outcome.NOT_CONFIRMED}
    ]


def _bar(writer: Writer, mark: str, name: str, amount: float, whole: int) -> Bar:
    length = amount / whole if whole else 0.0
    counted = number(amount, language=writer.language)
    return Bar(
        name=writer.say(name),
        length=min(length, 1.0),
        says=f"{share(length, language=writer.language)} ({counted})",
        mark=mark,
    )
