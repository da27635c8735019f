"""A village's days: what was confirmed there, read from plays and shares as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import and_, true
from sqlmodel import Session

from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.coverage import Coverage, total
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import SHARES
from broadcaster.ledger.village_days import VillageDay, village_days


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDay:
    """One day of a village with all its broadcasts, earliest first."""

    day: date
    broadcasts: Sequence[VillageDay]

    @property
    def coverage(self) -> Coverage:
        """All broadcasts of the day together."""
        return total(each.coverage for each in self.broadcasts)


def village_month(
    session: Session, village_id: str, period: Period, *, zone: tzinfo, villages: Villages
) -> list[HistoryDay]:
    """The days of a period on which a village was asked; none of a village out of view."""
    begins, ends = period.instants(zone=zone)
    wanted = and_(
        SHARES.c.village_id == village_id,
        SHARES.c.starts_at >= begins,
        SHARES.c.starts_at < ends,
        true() if villages is None else SHARES.c.village_id.in_(villages),
    )
    found = village_days(connection_of(session), wanted, zone=zone)
    days: dict[date, list[VillageDay]] = {}
    for each in found:
        days.setdefault(each.day, []).append(each)
    return [HistoryDay(day=day, broadcasts=broadcasts) for day, broadcasts in sorted(days.items())]
