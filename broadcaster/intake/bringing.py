"""A file is checked, shown, and only then kept: in one transaction, all of it or nothing.

A check never keeps anything. Keeping checks again, in its own transaction, and goes on only where
the result is the one that the person saw; the same file a second time changes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import Session

from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.intake.checking import Doer, Keeping, Kind, Line, Verdict
from broadcaster.intake.columns import Sheet
from broadcaster.intake.errors import ChangedSinceCheck, RowsChosenNone, RowUnusable

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a file, row by row. `kept` says whether it was kept, or only checked."""

    lines: Sequence[Line]
    unknown: Sequence[str]
    kept: bool = False

    def count(self, verdict: Verdict) -> int:
        """How many rows."""
        return Counter(each.verdict for each in self.lines)[verdict]

    @property
    def does_something(self) -> bool:
        """Whether any row brings or changes anything."""
        return any(each.act is not None for each in self.lines)

    @property
    def fingerprint(self) -> str:
        """What this outcome is known by: the same verdicts, changes and problems of all rows."""
        told = [
            (
                each.number,
                each.verdict.value,
                [(change.name, change.before, change.after) for change in each.changes],
                [(problem.cell, problem.refused.code) for problem in each.problems],
            )
            for each in self.lines
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()


class _Undone(Exception):
    """Ends a transaction in which something was only tried."""


def check_file(database: Database, kind: Kind, sheet: Sheet, doer: Doer) -> Outcome:
    """What each row would do; nothing is kept."""
    if not kind.tries:
        with database.reading() as session:
            return Outcome(lines=kind.check(session, sheet, doer), unknown=sheet.unknown)
    lines: list[Line] = []
    try:
        with database.writing() as session:
            lines = kind.check(session, sheet, doer)
            raise _Undone
    except _Undone:
        return Outcome(lines=lines, unknown=sheet.unknown)


def keep_file(
    database: Database,
    kind: Kind,
    sheet: Sheet,
    doer: Doer,
    *,
    only_good: bool = False,
    seen: str | None = None,
) -> Outcome:
    """Keep the rows of a file, all or (`only_good`) those without a problem.

    `seen` is the fingerprint of the check that the person looked at. Raises RowsChosenNone,
    ChangedSinceCheck, and RowUnusable for a row that something else refused after all.
    """
    with database.writing() as session:
        outcome = Outcome(lines=kind.check(session, sheet, doer), unknown=sheet.unknown, kept=True)
        if seen is not None and outcome.fingerprint != seen:
            raise ChangedSinceCheck
        if outcome.count(Verdict.PROBLEM) and not only_good:
            raise RowsChosenNone(field="only_good")
        if outcome.does_something:
            _do(session, kind, outcome, doer)
    return outcome


def _do(session: Session, kind: Kind, outcome: Outcome, doer: Doer) -> None:
    keeping = Keeping(doer)
    for line in outcome.lines:
        if line.act is not None:
            try:
                line.act(session, keeping)
            except LoaError as refused:
                raise _unusable(line, refused) from refused
    last = outcome.lines[-1]
    for later in keeping.later.values():
        try:
            later(session)
        except LoaError as refused:
            raise _unusable(last, refused) from refused
    counts = {str(verdict): outcome.count(verdict) for verdict in Verdict}
    record(
        session,
        Act.TABLE_BROUGHT_IN,
        by=doer.by,
        about=kind.key,
        at=doer.now,
        details=counts,
    )
    log.info("table_brought_in", kind=kind.key, by=doer.by, **counts)


def _unusable(line: Line, refused: LoaError) -> RowUnusable:
    return RowUnusable(line.number, refused, vi=refused.message_vi, en=refused.message_en)
