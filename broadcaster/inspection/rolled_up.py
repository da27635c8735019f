"""Whether the figures of villages, months and years are what plays and shares come to."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, inspect

from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.ledger.rollups import wrong_rollups
from broadcaster.ledger.tables import VILLAGE_COVERAGE


def check_rollups(connection: Connection, *, zone: str) -> Iterator[Finding]:
    """Count every month and year again in this zone; each row that stands otherwise is named."""
    try:
        days_of = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return  # No such zone: the trail says another one, and that is named as a fact.
    if not inspect(connection).has_table(VILLAGE_COVERAGE.name):
        return  # An export holds what was said, and nothing that is counted from it.
    for table, key in wrong_rollups(connection, zone=days_of):
        yield Finding(table, key, Flaw.FIGURE_DIFFERS)
