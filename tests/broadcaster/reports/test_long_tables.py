"""Tables of a large station: a page shows a part and says how much it leaves out, paper has all."""

import pytest

from broadcaster.reports.body import BROADCASTS_SHOWN, ROWS_SHOWN, text_sheet
from broadcaster.reports.sheets import Column, Kind, Row, Sheet, sheet
from tests.broadcaster.reports.made import WRITER

COLUMNS = (
    Column(key="name", name="Tên loa", kind=Kind.TEXT),
    Column(key="plays", name="Số lần", summed=True),
)


def table(key: str, rows: int) -> Sheet:
    """A table of so many rows, each of which counts one."""
    return sheet(
        key, "Bảng", COLUMNS, [Row(cells={"name": f"dòng {n}", "plays": 1}) for n in range(rows)]
    )


@pytest.mark.parametrize("rows", [0, 1, ROWS_SHOWN, ROWS_SHOWN + 1, 10_000])
def test_a_page_shows_a_part_and_counts_the_rest(rows: int) -> None:
    """The first rows; those left out are told, and the sums are of all of them."""
    shown = text_sheet(table("poles", rows), WRITER, shown=BROADCASTS_SHOWN)

    assert len(shown.rows) == min(rows, ROWS_SHOWN)
    assert len(shown.rows) + shown.left_out == rows
    if rows > 1:
        assert shown.sums[1] == f"{rows:,}".replace(",", ".")


def test_of_single_broadcasts_the_newest_are_shown() -> None:
    """Last in the table, first on the page."""
    shown = text_sheet(table("broadcasts", 500), WRITER, shown=BROADCASTS_SHOWN)

    assert shown.rows[0].cells[0] == "dòng 499"
    assert (len(shown.rows), shown.left_out) == (BROADCASTS_SHOWN, 500 - BROADCASTS_SHOWN)


def test_on_paper_nothing_but_broadcasts_is_left_out() -> None:
    """What is printed and filed has every pole."""
    assert text_sheet(table("poles", 500), WRITER, shown=0).left_out == 0
    assert text_sheet(table("poles", 500), WRITER).left_out == 0
