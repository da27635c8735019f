"""A report as tables: the one place from which page, Word, Excel, PDF and CSV take rows and names.

Names are msgids. A sum stands under a column only where its rows may be added up; a share is always
one column of another, so that a spreadsheet can count it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

Cell = object


class Kind(StrEnum):
    """How the cells of a column are to be read; `WORDS` are msgids, `TEXT` is as somebody wrote."""

    TEXT = "text"
    WORDS = "words"
    TOPIC = "topic"
    COUNT = "count"
    RESIDENTS = "residents"
    MINUTES = "minutes"
    SHARE = "share"
    INSTANT = "instant"
    FAULTS = "faults"


NUMBERS = frozenset({Kind.COUNT, Kind.RESIDENTS, Kind.MINUTES, Kind.SHARE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; a share names the two columns it is one of the other (`of`)."""

    key: str
    name: str
    kind: Kind = Kind.COUNT
    summed: bool = False
    of: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: cells by column (None: not known), and the address of what it is counted from."""

    cells: Mapping[str, Cell]
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table; `note` says what must not be misread.

    `rows` may be only the first of `in_all`; the sums are of all of them.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    in_all: int
    note: str = ""
    sums: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def has_sums(self) -> bool:
        """Whether its rows are added up."""
        return bool(self.sums) and self.in_all > 1

    def share_of(self, column: Column, cells: Mapping[str, Cell]) -> float | None:
        """The share that a column tells of these cells or sums; None of nobody."""
        if column.of is None:
            return None
        part, whole = (cells.get(key) for key in column.of)
        if not isinstance(part, int | float) or not isinstance(whole, int | float) or not whole:
            return None
        return part / whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """How many rows there are in all, and what those together come to that is summed."""

    in_all: int
    sums: Mapping[str, Cell]


def sheet(
    key: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    note: str = "",
    rest: Rest | None = None,
) -> Sheet:
    """A table with the sums of those columns that may be summed, and its shares counted.

    Where `rows` are only the first, `rest` says what they belong to.
    """
    in_all = rest.in_all if rest else len(rows)
    made = Sheet(key=key, title=title, columns=columns, rows=rows, in_all=in_all, note=note)
    sums: dict[str, float] = {
        each.key: float(str(rest.sums[each.key]))
        if rest
        else sum(float(str(row.cells.get(each.key) or 0)) for row in rows)
        for each in columns
        if each.summed
    }
    for each in columns:
        if each.of and set(each.of) <= set(sums):
            share = made.share_of(each, sums)
            if share is not None:
                sums[each.key] = share
    shares = [each for each in columns if each.of]
    counted = [
        Row(
            cells=MappingProxyType(
                {**row.cells, **{each.key: made.share_of(each, row.cells) for each in shares}}
            ),
            evidence=row.evidence,
        )
        for row in rows
    ]
    return replace(made, rows=counted, sums=MappingProxyType(sums))
