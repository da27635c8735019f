"""A report as CSV: every table under its title, a blank line between; UTF-8 with its mark.

Numbers are written plainly, with a point. What people wrote is never left to begin like a formula
(OWASP, CSV injection): a spreadsheet would run it.
"""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO

from broadcaster.reports.all_sheets import sheets_of
from broadcaster.reports.report import Report
from broadcaster.reports.sheets import NUMBERS, Cell, Column, Kind, Sheet
from broadcaster.reports.shown import Writer

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def csv_file(report: Report, writer: Writer) -> bytes:
    """The file's bytes."""
    text = StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow([harmless(writer.scope(report)), writer.period(report)])
    for each in sheets_of(report):
        lines.writerow([])
        lines.writerow([writer.say(each.title)])
        lines.writerow([writer.say(column.name) for column in each.columns])
        lines.writerows(_lines(each, writer))
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def _lines(sheet: Sheet, writer: Writer) -> list[list[str]]:
    """The lines of a table; how a column is written is found once for all of them."""
    tellers = [(column.key, _teller(column, writer)) for column in sheet.columns]
    return [[tell(row.cells.get(key)) for key, tell in tellers] for row in sheet.rows]


def _teller(column: Column, writer: Writer) -> Callable[[Cell], str]:
    if column.kind in NUMBERS:
        digits = ".6g" if column.kind is Kind.SHARE else ".12g"
        return lambda value: "" if value is None else format(value, digits)
    write = writer.teller(column)

    def tell(value: Cell) -> str:
        if value is None or value == ():
            return ""
        if isinstance(value, datetime):
            return value.astimezone(writer.zone).isoformat(timespec="seconds")
        return harmless(write(value))

    return tell
