"""Columns of a list: their headings in Vietnamese or English, with or without diacritics. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broadcaster.bulletins.folding import folded
from broadcaster.intake.errors import (
    CELL_LIMIT_CHARACTERS,
    ROWS_LIMIT,
    HeadingsMissing,
    NothingInFile,
    TooManyRows,
)
from broadcaster.intake.reading import Cell, Row

_TITLE_ROWS = 15
"""So many rows of titles may stand above the headings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: what it is called in templates and exports, and by what else it is known.

    `note` (a msgid) says what stands in it; `example` stands in the template.
    """

    key: str
    name: str
    also: tuple[str, ...] = ()
    note: str = ""
    example: Cell = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A row below the headings: its cells by column, those that hold something."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list as it was read. `places` are the columns' places, the first one 0.

    `table` are the rows that it was read from, headings and all.
    """

    places: Mapping[str, int]
    unknown: Sequence[str]
    records: Sequence[Record]
    table: Sequence[Row]

    def cell_of(self, record: Record, key: str) -> str:
        """A cell as its program names it (`D7`); the row alone where there is no such column."""
        place = self.places.get(key)
        return f"{letters_of(place)}{record.number}" if place is not None else f"{record.number}"


def letters_of(place: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def laid_out(tables: Sequence[Sequence[Row]], columns: Sequence[Column]) -> Sheet:
    """The table among these whose headings fit best, as a list.

    Raises HeadingsMissing with the columns that are not there, NothingInFile, TooManyRows.
    """
    known = _known(columns)
    best: tuple[int, Sequence[Row], int] = (0, (), 0)
    for table in tables:
        for at, row in enumerate(table[:_TITLE_ROWS]):
            fits = len(set(_places(row, known)))
            if fits > best[0]:
                best = (fits, table, at)
    fits, rows, at = best
    # One word may be a heading's by chance; a list of one column is told by the rest of its row.
    if not fits:
        raise HeadingsMissing(field="file")
    places = _places(rows[at], known)
    lacking = [each.name for each in columns if each.required and each.key not in places]
    if lacking:
        raise HeadingsMissing(", ".join(lacking), field="file")
    records = [_record(row, places) for row in rows[at + 1 :]]
    records = [each for each in records if each.cells]
    if not records:
        raise NothingInFile(field="file")
    if len(records) > ROWS_LIMIT:
        raise TooManyRows(field="file")
    unknown = _unknown(rows[at], places)
    return Sheet(places=places, unknown=unknown, records=records, table=rows)


def _known(columns: Sequence[Column]) -> Mapping[str, str]:
    return {
        folded(heading): column.key
        for column in columns
        for heading in (column.name, column.key.replace("_", " "), *column.also)
    }


def _places(row: Row, known: Mapping[str, str]) -> dict[str, int]:
    """Where each known column stands in a row of headings; the first of two counts."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        # What stands in brackets or behind a star explains a heading.
        heading = str(cell).partition("(")[0].replace("*", "")
        key = known.get(folded(str(cell).replace("*", ""))) or known.get(folded(heading))
        if key is not None:
            found.setdefault(key, place)
    return found


def _unknown(row: Row, places: Mapping[str, int]) -> list[str]:
    taken = set(places.values())
    return [
        str(cell)[:60] for place, cell in enumerate(row.cells) if cell != "" and place not in taken
    ]


def _record(row: Row, places: Mapping[str, int]) -> Record:
    cells: dict[str, Cell] = {}
    for key, place in places.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        if isinstance(cell, str):
            cell = cell[: CELL_LIMIT_CHARACTERS + 1]
        if cell != "":
            cells[key] = cell
    return Record(row.number, cells)
