"""One device's part of the ledger, and whether it holds: all that is needed lies in it. Pure.

Each row is looked at as often as it must be, and no signature or hash is computed twice.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey

from broadcaster.inspection.device_rows import (
    DeviceRows,
    Held,
    HeldBatch,
    Row,
)
from broadcaster.inspection.findings import Finding, Flaw
from devices.errors import ContractViolation
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import open_from_device, open_kept_batch
from devices.protocol.jws import key_id, signer_of
from devices.protocol.messages import Batch

BATCH, CONFIRMATION, HEAD, JOURNAL = (
    "confirmation_batch",
    "confirmation",
    "journal_head",
    "journal",
)
_SIGNED_COLUMNS = ("seq", "prev_sha256", "entry_sha256", "kind", "order_id", "repeat")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBook:
    """What the ledger holds of one device, and what else speaks of it.

    `station` and `signed_as` are what it signs with; of a device that came with another station
    those are that one's. `keys` are those that the trail names, `retired_ms` what it says of its
    end. `refused` holds the hashes of batches of which an incident says that they contradict: not
    all that they bring was taken. `reported` is the epoch and number that the device last said it
    had written.
    """

    station: str
    device: str
    signed_as: str
    keys: Sequence[str]
    retired_ms: int | None = None
    rows: DeviceRows = field(default_factory=DeviceRows)
    refused: frozenset[str] = frozenset()
    lost_two: bool = False
    reported: tuple[str, int] | None = None
    whole: bool = True


@dataclass(slots=True)
class Checked:
    """What came of one device, or of several."""

    findings: list[Finding] = field(default_factory=list)
    devices: int = 0
    batches: int = 0
    rows: int = 0
    plays: int = 0
    gaps: list[str] = field(default_factory=list)

    def add(self, other: "Checked") -> None:
        """Take in what came of others."""
        self.findings += other.findings
        self.gaps += other.gaps
        self.devices += other.devices
        self.batches += other.batches
        self.rows += other.rows
        self.plays += other.plays


def check_statements(book: DeviceBook) -> Iterator[Finding]:
    """Whether each confirmation is what the device signed, and nothing that it signed is gone."""
    trusted = _keys(book)
    opened = {held.row.sha256: _opened(book, held, trusted) for held in book.rows.batches}
    for held in book.rows.batches:
        yield from _batch_flaws(book, held, opened[held.row.sha256])
    present: set[tuple[str, int]] = set()
    for each in book.rows.confirmations:
        present.add((each.row.epoch, each.row.seq))
        yield from _row_flaws(each, opened)
    for sha256, batch in opened.items():
        if batch is not None and book.whole and sha256 not in book.refused:
            yield from _gone(book, batch, present)


def check_journals(book: DeviceBook) -> tuple[list[Finding], list[str]]:
    """Whether chains, heads and journals agree; and the gaps that wait for late word."""
    findings: list[Finding] = []
    gaps: list[str] = []
    epochs: dict[str, list[Held]] = defaultdict(list)
    for each in book.rows.confirmations:
        epochs[each.row.epoch].append(each)
    for epoch, rows in epochs.items():
        rows.sort(key=lambda each: each.row.seq)
        findings += _links(book, epoch, rows)
        gaps += _gaps(book, epoch, rows)
    if book.whole:
        findings += _heads(book, epochs)
        findings += _journals(book, epochs)
        findings += _tail(book, epochs)
    return findings, gaps


def key_of(book: DeviceBook, epoch: str, seq: int) -> str:
    """A confirmation's key, as everywhere."""
    return f"{book.device}|{epoch}|{seq}"


def _keys(book: DeviceBook) -> dict[str, VerifyKey]:
    keys: dict[str, VerifyKey] = {}
    for each in book.keys:
        try:
            key = VerifyKey(each.encode(), encoder=HexEncoder)
        except (ValueError, TypeError):
            continue  # What the trail names is no key: nothing was signed by it.
        keys[key_id(key)] = key
    return keys


def _opened(book: DeviceBook, held: HeldBatch, trusted: Mapping[str, VerifyKey]) -> Batch | None:
    to = {"station": book.station, "device": book.signed_as}
    try:
        if held.parts is not None:
            header, payload, signed, signature = held.parts
            return open_kept_batch(
                payload, header=header, signed=signed, signature=signature, keys=trusted, **to
            )
        key = trusted[signer_of(held.message)]
        return open_from_device(held.message, Batch, key=key, **to)
    except (ContractViolation, ValueError, TypeError, KeyError):
        return None


def _batch_flaws(book: DeviceBook, held: HeldBatch, batch: Batch | None) -> Iterator[Finding]:
    sha256 = held.row.sha256
    if hashlib.sha256(held.message).hexdigest() != sha256:
        yield Finding(BATCH, sha256, Flaw.BATCH_ALTERED)
    if batch is None:
        yield Finding(BATCH, sha256, Flaw.BATCH_UNSIGNED, book.device)
    elif book.retired_ms is not None and held.row.received_at > book.retired_ms:
        yield Finding(BATCH, sha256, Flaw.BATCH_LATE, book.device)


def _row_flaws(held: Held, opened: Mapping[str, Batch | None]) -> Iterator[Finding]:
    row, entry, said = held
    batch = opened.get(row.batch_sha256)
    if batch is None:
        missing = row.batch_sha256 not in opened
        flaw = Flaw.EVIDENCE_MISSING if missing else Flaw.BATCH_UNSIGNED
        yield Finding(CONFIRMATION, row.key, flaw, row.batch_sha256)
        return
    place = row.seq - batch.first
    is_there = batch.epoch == row.epoch and 0 <= place < len(batch.entries)
    if not is_there or batch.entries[place] != entry:
        yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, "entry")
        return
    if said is None:
        yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, "unreadable")
        return
    # Compared at once, because nearly all agree; and one by one where they do not.
    held_so = (row.seq, row.prev_sha256, row.entry_sha256, row.kind, row.order_id, row.repeat)
    signed_so = (said.seq, said.prev, entry_hash(entry), said.kind, said.order, said.repeat)
    if held_so != signed_so:
        for name, held_value, value in zip(_SIGNED_COLUMNS, held_so, signed_so, strict=True):
            if held_value != value:
                yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, name)


def _gone(book: DeviceBook, batch: Batch, present: Set[tuple[str, int]]) -> Iterator[Finding]:
    for seq, entry in enumerate(batch.entries, start=batch.first):
        if (batch.epoch, seq) not in present:
            key = key_of(book, batch.epoch, seq)
            yield Finding(CONFIRMATION, key, Flaw.ROW_MISSING, entry_hash(entry))


def _links(book: DeviceBook, epoch: str, rows: Sequence[Held]) -> Iterator[Finding]:
    first = rows[0].row
    begins = genesis(station=book.station, device=book.signed_as, epoch=epoch)
    if first.seq == 1 and first.prev_sha256 != begins:
        yield Finding(CONFIRMATION, key_of(book, epoch, 1), Flaw.CHAIN_BROKEN)
    for (before, _, _), (row, _, _) in pairwise(rows):
        if row.prev_sha256 != before.entry_sha256 and row.seq == before.seq + 1:
            yield Finding(CONFIRMATION, row.key, Flaw.CHAIN_BROKEN)


def _gaps(book: DeviceBook, epoch: str, rows: Sequence[Held]) -> Iterator[str]:
    expected = 1 if book.whole else rows[0].row.seq
    for row, _, _ in rows:
        if row.seq > expected:
            yield f"{book.device}|{epoch}|{expected}–{row.seq - 1}"
        expected = row.seq + 1


def _prefix(book: DeviceBook, epoch: str, rows: Sequence[Held]) -> tuple[int, str]:
    """How far an epoch is held without a gap, and the hash there."""
    seq, chain = 0, genesis(station=book.station, device=book.signed_as, epoch=epoch)
    for row, _, _ in rows:
        if row.seq != seq + 1 or row.prev_sha256 != chain:
            break
        seq, chain = row.seq, row.entry_sha256
    return seq, chain


def _heads(book: DeviceBook, epochs: Mapping[str, Sequence[Held]]) -> Iterator[Finding]:
    heads = {head["epoch"]: head for head in book.rows.heads}
    for epoch in sorted({*epochs, *heads}):
        rows, head = epochs.get(epoch, ()), heads.get(epoch)
        seq, chain = _prefix(book, epoch, rows)
        key = f"{book.device}|{epoch}"
        if head is None:
            if seq:
                yield Finding(HEAD, key, Flaw.HEAD_DIFFERS, f"none, {seq} are held")
            continue
        if (head["seq"], head["chain_sha256"]) != (seq, chain):
            yield Finding(HEAD, key, Flaw.HEAD_DIFFERS, f"{head['seq']}, {seq} are held")
        elif head["moved_at"] not in {each.row.received_at for each in rows}:
            yield Finding(HEAD, key, Flaw.HEAD_DIFFERS, "moved_at")
        if head["seq"] > seq:
            yield Finding(CONFIRMATION, key_of(book, epoch, seq + 1), Flaw.ROW_MISSING)


def _journals(book: DeviceBook, epochs: Mapping[str, Sequence[Held]]) -> Iterator[Finding]:
    journals = {journal["epoch"]: journal for journal in book.rows.journals}
    numbers = sorted(journal["number"] for journal in book.rows.journals)
    for epoch in sorted({*epochs, *journals}):
        key = f"{book.device}|{epoch}"
        rows, journal = epochs.get(epoch, ()), journals.get(epoch)
        if journal is None:
            yield Finding(JOURNAL, key, Flaw.JOURNAL_DIFFERS, "none")
            continue
        if not rows:
            yield Finding(JOURNAL, key, Flaw.JOURNAL_DIFFERS, "no confirmations")
            continue
        if numbers != list(range(1, len(numbers) + 1)):
            yield Finding(JOURNAL, key, Flaw.JOURNAL_DIFFERS, f"number {journal['number']}")
        if journal["first_heard_at"] not in {each.row.received_at for each in rows}:
            yield Finding(JOURNAL, key, Flaw.JOURNAL_DIFFERS, "first_heard_at")
        yield from _quarantine(book, journal, rows)


def _quarantine(book: DeviceBook, journal: Row, rows: Sequence[Held]) -> Iterator[Finding]:
    since = journal["quarantined_at"]
    if since is not None and not book.lost_two:
        key = f"{book.device}|{journal['epoch']}"
        yield Finding(JOURNAL, key, Flaw.JOURNAL_DIFFERS, "quarantined_at")
    for row, _, _ in rows:
        if row.quarantined != (since is not None and row.received_at >= since):
            yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, "quarantined")


def _tail(book: DeviceBook, epochs: Mapping[str, Sequence[Held]]) -> Iterator[Finding]:
    if book.reported is None:
        return
    epoch, seq = book.reported
    held = max((each.row.seq for each in epochs.get(epoch, ())), default=0)
    if seq > held:
        yield Finding(
            CONFIRMATION, key_of(book, epoch, held + 1), Flaw.TAIL_MISSING, f"{held + 1}–{seq}"
        )
