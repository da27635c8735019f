"""What a row of a list would do: new, changed, the same, or a problem by its cell and in words.

A kind of list says which columns it has and checks its rows against the station; what a good row
does is a function that is called later, in the one transaction that keeps the file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.errors import LoaError
from broadcaster.intake.columns import Column, Record, Sheet
from broadcaster.intake.errors import CellMissing, CellUnusable, FormulaFailed, RowTwice
from broadcaster.intake.reading import Cell

Value = TypeVar("Value")
_FAILED = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: the cell as its program names it, and the column's heading."""

    cell: str
    heading: str
    refused: LoaError


@dataclass(frozen=True, slots=True)
class Change:
    """What would stand instead of what; `name` is a column's heading, `before` '' for nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Doer:
    """Who keeps a file, and when: `by` is None for whoever runs a command at the machine."""

    station_id: str
    today: date
    now: datetime
    by: str | None = None


@dataclass(slots=True)
class Keeping:
    """One file being kept: what rows leave for its end, each once, in the order they came."""

    doer: Doer
    later: dict[str, Callable[[Session], None]] = field(default_factory=dict)


Act = Callable[[Session, Keeping], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row with its verdict. `about` names what it is about; `act` does what it says."""

    number: int
    about: str
    verdict: Verdict
    changes: Sequence[Change] = ()
    problems: Sequence[Problem] = ()
    act: Act | None = None


class Kind(Protocol):
    """A kind of list that can be brought in."""

    @property
    def key(self) -> str:
        """Its name in addresses and commands."""

    @property
    def title(self) -> str:
        """What people call it; a msgid."""

    @property
    def note(self) -> str:
        """What a row of it does; a msgid."""

    @property
    def columns(self) -> Sequence[Column]:
        """Its columns in the order of the template."""

    @property
    def right(self) -> Right:
        """What whoever brings it in must be allowed to do by hand."""

    @property
    def tries(self) -> bool:
        """Whether its check does what it says, to be rolled back where nothing is to be kept."""

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row with its verdict."""


class RowReader:
    """Reads one row cell by cell and gathers what is wrong with it."""

    def __init__(self, sheet: Sheet, record: Record, columns: Sequence[Column]) -> None:
        self._sheet, self.record = sheet, record
        self._names: Mapping[str, str] = {each.key: each.name for each in columns}
        self.problems: list[Problem] = []

    def has(self, key: str) -> bool:
        """Whether the cell holds anything."""
        return key in self.record.cells

    def read(self, key: str, how: Callable[[Cell], Value]) -> Value | None:
        """What the cell holds; None for nothing, and for what cannot be read."""
        cell = self.record.cells.get(key)
        if cell is None:
            return None
        if isinstance(cell, str) and cell.upper() in _FAILED:
            self.refuse(key, FormulaFailed())
            return None
        try:
            return how(cell)
        except CellUnusable as refused:
            self.refuse(key, refused)
        return None

    def needed(self, key: str, how: Callable[[Cell], Value]) -> Value | None:
        """The same, of a cell that must hold something."""
        if not self.has(key):
            self.refuse(key, CellMissing())
        return self.read(key, how)

    def refuse(self, key: str, refused: LoaError) -> None:
        """Remember what is wrong with a cell."""
        cell = self._sheet.cell_of(self.record, key)
        self.problems.append(Problem(cell, self._names.get(key, key), refused))

    def line(self, about: str, *, is_new: bool, changes: Sequence[Change], act: Act | None) -> Line:
        """The row with its verdict; nothing new and nothing changed is the same."""
        if self.problems:
            return self.wrong(about)
        verdict = Verdict.NEW if is_new else Verdict.CHANGED if changes else Verdict.SAME
        return Line(
            number=self.record.number,
            about=about,
            verdict=verdict,
            changes=changes,
            act=None if verdict is Verdict.SAME else act,
        )

    def wrong(self, about: str) -> Line:
        """The row with what is wrong with it."""
        return Line(
            number=self.record.number,
            about=about,
            verdict=Verdict.PROBLEM,
            problems=tuple(self.problems),
        )


class Seen:
    """What earlier rows of a file are about, so that a second row about the same is noticed."""

    def __init__(self) -> None:
        self._rows: dict[object, int] = {}

    def check(self, reader: RowReader, key: str, about: object) -> None:
        """Refuse a cell of this row where an earlier one is about the same."""
        first = self._rows.setdefault(about, reader.record.number)
        if first != reader.record.number:
            reader.refuse(key, RowTwice(first))


def changes_of(*each: tuple[str, str, str]) -> list[Change]:
    """The changes among these of heading, before and after: those in which something changes."""
    return [Change(name, before, after) for name, before, after in each if before != after]
