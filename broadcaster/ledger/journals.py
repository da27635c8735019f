"""Devices' journals as the ledger holds them: what follows what, and how far without a gap.

A journal is one device's epoch. Entries may come in any order; each must agree with the bytes
already held under its number and with its neighbours on both sides. What does not is equivocation
or a broken chain: refused from there on, and kept as evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection

from broadcaster.database.hex_columns import octets_of
from broadcaster.ledger.bulk import chunks, rows_of
from broadcaster.ledger.opening import OpenedBatch, OpenedEntry
from devices.protocol.chain import genesis

EQUIVOCATION = "equivocation"
BROKEN_CHAIN = "broken_chain"
_SPANS_AT_ONCE = (1, 10, 100)
_READ_ON_BY, _READ_ON_AT_MOST = 8, 1_000
"""How many numbers behind a head are read first, and how many at once in a long journal."""

JournalKey = tuple[str, str]


class Link(NamedTuple):
    """One held entry: its hash, and the hash it names as the one before it, as octets."""

    sha256: bytes
    prev: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """What of a batch the ledger did not hold, and the code and number of what it contradicts."""

    new: Sequence[OpenedEntry]
    duplicates: int
    violation: tuple[str, int] | None = None


@dataclass(slots=True)
class Journal:
    """One epoch: its verified prefix, and the entries around what came now.

    `chain` is the hash of the prefix's last entry, as octets.
    """

    device_id: str
    epoch: str
    seq: int
    chain: bytes
    known: dict[int, Link] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    moved: bool = False

    def accept(self, opened: OpenedBatch) -> Accepted:
        """Take what a batch brings, up to the first entry that contradicts what is held."""
        new: list[OpenedEntry] = []
        duplicates = 0
        for entry in opened.entries:
            seq, link = entry.said.seq, Link(entry.sha256, entry.prev)
            violation = self._contradicts(seq, link)
            if violation:
                return Accepted(new, duplicates, (violation, seq))
            if seq in self.known:
                duplicates += 1
                continue
            self.known[seq] = link
            self.fresh.add(seq)
            new.append(entry)
        return Accepted(new, duplicates)

    def walk(self) -> bool:
        """Move the head over the contiguous prefix, as far as is known; whether it moved."""
        before = self.seq
        while (link := self.known.get(self.seq + 1)) is not None and link.prev == self.chain:
            self.seq, self.chain, self.moved = self.seq + 1, link.sha256, True
        return self.seq > before

    def _contradicts(self, seq: int, link: Link) -> str | None:
        held = self.known.get(seq)
        if held is not None:
            return None if held == link else EQUIVOCATION
        before, after = self.known.get(seq - 1), self.known.get(seq + 1)
        if before is not None and link.prev != before.sha256:
            return BROKEN_CHAIN
        if after is not None and after.prev != link.sha256:
            return BROKEN_CHAIN
        return None


def load_journals(
    connection: Connection, batches: Sequence[OpenedBatch], *, station_id: str
) -> dict[JournalKey, Journal]:
    """The journals that these batches continue, with what is held at and around their numbers."""
    journals: dict[JournalKey, Journal] = {}
    for opened in batches:
        device_id, epoch = opened.batch.device, opened.batch.epoch
        if (device_id, epoch) not in journals:
            begins = genesis(station=station_id, device=device_id, epoch=epoch)
            journals[device_id, epoch] = Journal(device_id, epoch, 0, bytes.fromhex(begins))
    _load_heads(connection, journals)
    for some in chunks(_spans(batches), size=_SPANS_AT_ONCE[-1]):
        _load_links(connection, some, journals)
    return journals


def advance(connection: Connection, journals: Mapping[JournalKey, Journal]) -> None:
    """Move each head over everything that is held after it without a gap.

    What follows an entry that came now was looked up together with it; only behind older ones may
    more be held than is known here. Where several processes share a storm, most come upon the next
    gap soon: so little is read at first, for all journals at once, and more for those that go on.
    """
    going = [each for each in journals.values() if each.walk() and each.seq not in each.fresh]
    length = _READ_ON_BY
    while going:
        spans = [
            _Span(each.device_id, each.epoch, each.seq + 1, each.seq + length) for each in going
        ]
        for some in chunks(spans, size=_SPANS_AT_ONCE[-1]):
            _load_links(connection, some, journals)
        going = [
            each
            for each, span in zip(going, spans, strict=True)
            if each.walk() and each.seq >= span.last and each.seq not in each.fresh
        ]
        length = min(length * _READ_ON_BY, _READ_ON_AT_MOST)


def _load_heads(connection: Connection, journals: dict[JournalKey, Journal]) -> None:
    if not journals:
        return
    for device_id, epoch, seq, chain in rows_of(
        connection,
        "WITH wanted (device_id, epoch) AS (VALUES ??)"
        " SELECT device_id, epoch, seq, chain_sha256"
        " FROM wanted JOIN journal_head USING (device_id, epoch)",
        journals,
    ):
        journal = journals[device_id, epoch]
        journal.seq, journal.chain = seq, octets_of(chain)


class _Span(NamedTuple):
    device_id: str
    epoch: str
    first: int
    last: int


def _spans(batches: Sequence[OpenedBatch]) -> list[_Span]:
    """Which numbers these batches and their neighbours have; those that touch are one span."""
    spans: list[_Span] = []
    of_journal = [
        _Span(b.device, b.epoch, b.first - 1, b.first + len(b.entries))
        for b in (opened.batch for opened in batches)
    ]
    for span in sorted(of_journal):
        if spans and spans[-1][:2] == span[:2] and span.first <= spans[-1].last:
            spans[-1] = spans[-1]._replace(last=max(spans[-1].last, span.last))
        else:
            spans.append(span)
    return spans


def _load_links(
    connection: Connection, spans: Sequence[_Span], journals: Mapping[JournalKey, Journal]
) -> None:
    size = next(each for each in _SPANS_AT_ONCE if each >= len(spans))
    # What is left of the statement asks again for the last span.
    asked = [*spans, *[spans[-1]] * (size - len(spans))]
    kept = {span.epoch: bytes.fromhex(span.epoch) for span in spans}
    epochs = {octets: epoch for epoch, octets in kept.items()}
    values = [
        value
        for device_id, epoch, first, last in asked
        for value in (device_id, kept[epoch], first, last)
    ]
    for device_id, epoch, seq, sha256, prev in rows_of(connection, _links_in(size), *values):
        journals[device_id, epochs[epoch]].known[seq] = Link(sha256, prev)


# Few sizes, so that the database knows the statement again.
@cache
def _links_in(size: int) -> str:
    span = "(device_id = ? AND epoch = ? AND seq BETWEEN ? AND ?)"
    return (
        "SELECT device_id, epoch, seq, entry_sha256, prev_sha256 FROM confirmation"  # noqa: S608
        f" WHERE {' OR '.join([span] * size)}"
    )
