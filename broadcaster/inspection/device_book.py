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

from broadcaster.database.signed_messages import Parts, taken_apart
from broadcaster.inspection.device_rows import (
    DeviceRows,
    Held,
    HeldBatch,
    Row,
)
from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.ledger.bulk import chunks
from devices.errors import ContractViolation
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import open_from_device, read_kept_batch
from devices.protocol.jws import key_id, signer_of, unseal_parts
from devices.protocol.messages import Batch, Typ
from devices.protocol.reading import KeptBatch

Opened = Batch | KeptBatch | None
"""What a message says, where it is a batch that the device signed."""

BATCH, CONFIRMATION, HEAD, JOURNAL = (
    "confirmation_batch",
    "confirmation",
    "journal_head",
    "journal",
)
_AT_ONCE = 500
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
    opened: dict[str, Opened] = {}
    for some in chunks(book.rows.batches, size=_AT_ONCE):
        yield from _open_some(book, some, opened)
    present: dict[str, set[int]] = defaultdict(set)
    for each in book.rows.confirmations:
        row = each[0]
        present[row.epoch].add(row.seq)
        if not _agrees(each, opened.get(row.batch_sha256)):
            yield from _row_flaws(each, opened)
    for sha256, batch in opened.items():
        if batch is not None and book.whole and sha256 not in book.refused:
            yield from _gone(book, batch, present[batch.epoch])


def check_journals(book: DeviceBook) -> tuple[list[Finding], list[str]]:
    """Whether chains, heads and journals agree; and the gaps that wait for late word."""
    findings: list[Finding] = []
    gaps: list[str] = []
    epochs: dict[str, list[Held]] = defaultdict(list)
    for each in book.rows.confirmations:
        epochs[each[0].epoch].append(each)
    for epoch, rows in epochs.items():
        rows.sort(key=lambda each: each[0].seq)
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


def _open_some(
    book: DeviceBook, batches: Sequence[HeldBatch], opened: dict[str, Opened]
) -> Iterator[Finding]:
    """Open some batches, one step after the other for all of them, into `opened`.

    A signature needs as much of the processor's cache as there is: whatever follows each of them
    begins without. Step by step took four fifths of the time of batch by batch.
    """
    trusted = _keys(book)
    messages = [taken_apart(kept) for _, kept in batches]
    for (row, _), (message, _) in zip(batches, messages, strict=True):
        if hashlib.sha256(message).hexdigest() != row.sha256:
            yield Finding(BATCH, row.sha256, Flaw.BATCH_ALTERED)
    signed = [_is_signed(parts, trusted) for _, parts in messages]
    for (row, _), (message, parts), is_signed in zip(batches, messages, signed, strict=True):
        batch = _read(book, message, parts, trusted) if is_signed else None
        opened[row.sha256] = batch
        if batch is None:
            yield Finding(BATCH, row.sha256, Flaw.BATCH_UNSIGNED, book.device)
        elif book.retired_ms is not None and row.received_at > book.retired_ms:
            yield Finding(BATCH, row.sha256, Flaw.BATCH_LATE, book.device)


def _is_signed(parts: Parts | None, trusted: Mapping[str, VerifyKey]) -> bool:
    """Whether one of the device's keys signed it; what was kept whole is told when it is read."""
    if parts is None:
        return True
    header, _, signed, signature = parts
    try:
        unseal_parts(
            header=header, signed=signed, signature=signature, typ=Typ.CONFIRM, trusted=trusted
        )
    except (ContractViolation, ValueError, TypeError):
        return False
    return True


def _read(
    book: DeviceBook, message: bytes, parts: Parts | None, trusted: Mapping[str, VerifyKey]
) -> Opened:
    try:
        if parts is not None:
            return read_kept_batch(parts.payload, station=book.station, device=book.signed_as)
        key = trusted[signer_of(message)]
        return open_from_device(
            message, Batch, key=key, station=book.station, device=book.signed_as
        )
    except (ContractViolation, ValueError, TypeError, KeyError):
        return None


def _agrees(held: Held, batch: Opened) -> bool:
    """Whether a row is what its batch says: asked at once, because nearly all are."""
    row, entry, said = held
    if batch is None or said is None:
        return False
    place = row.seq - batch.first
    return (
        batch.epoch == row.epoch
        and 0 <= place < len(batch.entries)
        and batch.entries[place].encode() == entry
        and row.entry_sha256 == hashlib.sha256(entry).hexdigest()
        and row.prev_sha256 == said.prev
        and row.seq == said.seq
        and row.kind == said.kind
        and row.order_id == said.order
        and row.repeat == said.repeat
    )


def _row_flaws(held: Held, opened: Mapping[str, Opened]) -> Iterator[Finding]:
    row, entry, said = held
    batch = opened.get(row.batch_sha256)
    if batch is None:
        missing = row.batch_sha256 not in opened
        flaw = Flaw.EVIDENCE_MISSING if missing else Flaw.BATCH_UNSIGNED
        yield Finding(CONFIRMATION, row.key, flaw, row.batch_sha256)
        return
    place = row.seq - batch.first
    is_there = batch.epoch == row.epoch and 0 <= place < len(batch.entries)
    if not is_there or batch.entries[place].encode() != entry:
        yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, "entry")
        return
    if said is None:
        yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, "unreadable")
        return
    held_so = (row.seq, row.prev_sha256, row.entry_sha256, row.kind, row.order_id, row.repeat)
    sha256 = hashlib.sha256(entry).hexdigest()
    signed_so = (said.seq, said.prev, sha256, said.kind, said.order, said.repeat)
    for name, held_value, value in zip(_SIGNED_COLUMNS, held_so, signed_so, strict=True):
        if held_value != value:
            yield Finding(CONFIRMATION, row.key, Flaw.ROW_ALTERED, name)


def _gone(book: DeviceBook, batch: Batch | KeptBatch, present: Set[int]) -> Iterator[Finding]:
    for seq, entry in enumerate(batch.entries, start=batch.first):
        if seq not in present:
            key = key_of(book, batch.epoch, seq)
            yield Finding(CONFIRMATION, key, Flaw.ROW_MISSING, entry_hash(entry))


def _links(book: DeviceBook, epoch: str, rows: Sequence[Held]) -> Iterator[Finding]:
    first = rows[0][0]
    begins = genesis(station=book.station, device=book.signed_as, epoch=epoch)
    if first.seq == 1 and first.prev_sha256 != begins:
        yield Finding(CONFIRMATION, key_of(book, epoch, 1), Flaw.CHAIN_BROKEN)
    for (before, _, _), (row, _, _) in pairwise(rows):
        if row.prev_sha256 != before.entry_sha256 and row.seq == before.seq + 1:
            yield Finding(CONFIRMATION, row.key, Flaw.CHAIN_BROKEN)


def _gaps(book: DeviceBook, epoch: str, rows: Sequence[Held]) -> Iterator[str]:
    expected = 1 if book.whole else rows[0][0].seq
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
        elif head["moved_at"] not in {row.received_at for row, _, _ in rows}:
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
        if journal["first_heard_at"] not in {row.received_at for row, _, _ in rows}:
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
    held = max((row.seq for row, _, _ in epochs.get(epoch, ())), default=0)
    if seq > held:
        yield Finding(
            CONFIRMATION, key_of(book, epoch, held + 1), Flaw.TAIL_MISSING, f"{held + 1}–{seq}"
        )
