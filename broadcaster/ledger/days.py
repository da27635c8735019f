"""The ledger by day: each broadcast once, all its clusters together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo
from itertools import groupby

from broadcaster.ledger.broadcast_lines import BroadcastLine
from broadcaster.ledger.coverage import Coverage, total
from broadcaster.ledger.reports import DeviceCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBroadcast:
    """One broadcast with all clusters in view together."""

    broadcast_id: str
    title: str
    starts_at: datetime
    clusters: Sequence[str]
    counts: DeviceCounts
    coverage: Coverage
    relay: bool
    simulated: bool
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDay:
    """One local day and its broadcasts, latest first."""

    day: date
    broadcasts: Sequence[LedgerBroadcast]


def days_of(lines: Iterable[BroadcastLine], *, zone: tzinfo) -> list[LedgerDay]:
    """Lay lines out by local day, newest first, each broadcast once."""
    newest = sorted(lines, key=lambda line: (line.starts_at, line.broadcast_id), reverse=True)
    broadcasts = [
        _together(list(same)) for _, same in groupby(newest, key=lambda line: line.broadcast_id)
    ]
    return [
        LedgerDay(day=day, broadcasts=list(of_day))
        for day, of_day in groupby(
            broadcasts, key=lambda each: each.starts_at.astimezone(zone).date()
        )
    ]


def _together(lines: Sequence[BroadcastLine]) -> LedgerBroadcast:
    first = lines[0]
    return LedgerBroadcast(
        broadcast_id=first.broadcast_id,
        title=first.title,
        starts_at=first.starts_at,
        clusters=[line.cluster_name for line in lines],
        counts=_sum_counts(line.counts for line in lines),
        coverage=total(line.coverage for line in lines),
        relay=first.relay,
        simulated=any(line.simulated for line in lines),
        settled=all(line.settled for line in lines),
    )


def _sum_counts(counts: Iterable[DeviceCounts]) -> DeviceCounts:
    each = list(counts)
    return DeviceCounts(
        **{
            field.name: sum(getattr(one, field.name) for one in each)
            for field in fields(DeviceCounts)
        }
    )
