"""The leaves of daily roots that cover one device: gathered from its rows as they are now.

They are gathered while the rows are at hand, so that no row is read once more for its day.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

import msgspec

from broadcaster.audit.leaves import TRACE_OCTETS, Leaf
from broadcaster.inspection.device_rows import (
    DeviceRows,
    RootedBatch,
    RootedConfirmation,
    RootedJournal,
    RootedQuarantine,
)
from broadcaster.inspection.findings import Finding, Flaw

Rooted = RootedBatch | RootedConfirmation | RootedJournal | RootedQuarantine
Received = TypeVar("Received", RootedBatch, RootedConfirmation)
_EPOCH = attrgetter("epoch")
_NAMED_ROWS = 50
_OF_JOURNAL = ("epoch", "number", "first_heard_at", "quarantined_at")
_EVER = (-(2**63), 2**63)
_ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class RootedDay:
    """A day with a root that holds, and the instants between which it lies."""

    day: str
    begins_ms: int
    ends_ms: int


class KeptLeaf(NamedTuple):
    """A leaf as it is kept under a root that holds."""

    day: str
    position: int
    source: str
    about: str
    rows: int
    sha256: str
    traces: bytes


OF_DEVICES = ("confirmation_batch", "confirmation", "journal", "journal_quarantined")
"""The sources of which each leaf is about one device."""


def check_leaves(
    device: str, rows: DeviceRows, *, days: Sequence[RootedDay], kept: Iterable[KeptLeaf]
) -> Iterator[Finding]:
    """The device's groups as they are now against those that the roots cover."""
    present = dict(_gathered(device, rows, days))
    for leaf in kept:
        members = present.pop((leaf.day, leaf.source, leaf.about), None)
        key = f"{leaf.day}|{leaf.about}"
        if members is None:
            yield Finding(table_of(leaf.source), key, Flaw.DAY_REWRITTEN, f"{leaf.rows} rows gone")
            continue
        digests = [hashlib.sha256(_ENCODE(each)).digest() for each in members]
        same = hashlib.sha256(b"".join(digests)).hexdigest() == leaf.sha256
        if not same or len(members) != leaf.rows:
            yield from named(_leaf(leaf, members, digests), leaf)
        elif b"".join([each[:TRACE_OCTETS] for each in digests]) != bytes(leaf.traces):
            yield Finding("daily_leaf", f"{leaf.day}|{leaf.position}", Flaw.ROOT_ALTERED, "traces")
    for (day, source, about), members in present.items():
        yield Finding(
            table_of(source), f"{day}|{about}", Flaw.DAY_REWRITTEN, f"{len(members)} rows more"
        )


def named(leaf: Leaf, kept: Any) -> Iterator[Finding]:  # noqa: ANN401 - a leaf as kept
    """Which rows of a group are others than those that the root covers, as far as traces tell."""
    table = table_of(kept.source)
    key = f"{kept.day}|{kept.about}" if kept.about else kept.day
    differing = leaf.differing(bytes(kept.traces))
    for each in differing[:_NAMED_ROWS]:
        yield Finding(table, each, Flaw.DAY_REWRITTEN, kept.day)
    if leaf.rows < kept.rows or not differing:
        yield Finding(table, key, Flaw.DAY_REWRITTEN, f"{kept.rows} rows, now {leaf.rows}")


def table_of(source: str) -> str:
    """The table that a source's rows stand in."""
    return "journal" if source == "journal_quarantined" else source


def _leaf(kept: KeptLeaf, members: Sequence[Rooted], digests: Sequence[bytes]) -> Leaf:
    return Leaf(
        source=kept.source,
        about=kept.about,
        sha256=hashlib.sha256(b"".join(digests)).hexdigest(),
        traces=b"".join(each[:TRACE_OCTETS] for each in digests),
        keys=tuple(each.key for each in members),
    )


def _gathered(
    device: str, rows: DeviceRows, days: Sequence[RootedDay]
) -> Mapping[tuple[str, str, str], list[Rooted]]:
    """The rows that came on rooted days, by day, source and what they are about."""
    present: dict[tuple[str, str, str], list[Rooted]] = defaultdict(list)
    calendar = _Calendar(days)
    ordered = sorted(rows.journals, key=lambda row: str(row["epoch"]))
    for day, batch in calendar.laid_out([batch for batch, _ in rows.batches]):
        present[day, "confirmation_batch", device] += batch
    ordered_by_epoch = groupby([said for said, _, _ in rows.confirmations], _EPOCH)
    for epoch, of_epoch in ordered_by_epoch:
        for day, said in calendar.laid_out(list(of_epoch)):
            present[day, "confirmation", f"{device}|{epoch}"] += said
    for row in ordered:
        epoch, number, begun_at, lost_at = itemgetter(*_OF_JOURNAL)(row)
        for day in calendar.of(begun_at):
            present[day, "journal", device].append(RootedJournal(device, epoch, begun_at, number))
        for day in () if lost_at is None else calendar.of(lost_at):
            lost = RootedQuarantine(device, epoch, lost_at)
            present[day, "journal_quarantined", device].append(lost)
    return present


@dataclass(slots=True)
class _Calendar:
    """Which rooted day an instant lies in; two of them where the station changed its zone.

    Rows come in their order, so the answer before is mostly the answer again.
    """

    days: Sequence[RootedDay]
    _begins_ms: Sequence[int] = ()
    _answer: Sequence[str] = ()
    _from_ms: int = 0
    _till_ms: int = 0

    def laid_out(self, rows: Sequence[Received]) -> Iterator[tuple[str, Sequence[Received]]]:
        """Rows by their rooted days, in their order: mostly all of them lie in one."""
        if not rows:
            return
        came = [row.received_at for row in rows]
        days = self.of(min(came))
        if self._from_ms <= max(came) < self._till_ms:
            yield from ((day, rows) for day in days)
            return
        for row in rows:
            yield from ((day, (row,)) for day in self.of(row.received_at))

    def of(self, at_ms: int) -> Sequence[str]:
        if not self._from_ms <= at_ms < self._till_ms:
            self._look(at_ms)
        return self._answer

    def _look(self, at_ms: int) -> None:
        if not self._begins_ms:
            bounds = {bound for day in self.days for bound in (day.begins_ms, day.ends_ms)}
            self._begins_ms = [_EVER[0], *sorted(bounds), _EVER[1]]
        after = bisect_right(self._begins_ms, at_ms)
        self._from_ms, self._till_ms = self._begins_ms[after - 1], self._begins_ms[after]
        self._answer = [day.day for day in self.days if day.begins_ms <= at_ms < day.ends_ms]
