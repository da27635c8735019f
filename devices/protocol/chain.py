"""The chain of a device's confirmations: each names the hash of the exact bytes before it.

The first entry of an epoch names the hash of where it begins, so that a chain cannot be carried
over to another station, device or epoch.
"""

import hashlib
from collections.abc import Sequence

from devices.errors import BrokenChain, MalformedMessage
from devices.protocol.messages import ENTRY_LIMIT_BYTES, Batch, Confirmation, decode


def genesis(*, station: str, device: str, epoch: str) -> str:
    """The hash that entry 1 of an epoch names as the one before it."""
    return hashlib.sha256(f"loa/1/{station}/{device}/{epoch}".encode()).hexdigest()


def entry_hash(entry: str) -> str:
    """The SHA-256 of an entry's exact bytes, in hex."""
    return hashlib.sha256(entry.encode()).hexdigest()


def read_entries(batch: Batch) -> Sequence[Confirmation]:
    """The confirmations of a batch, checked for number and chain among themselves.

    Whether the first follows what the ledger holds is the ledger's to check.
    Raises MalformedMessage or BrokenChain.
    """
    return [confirmation for confirmation, _ in read_hashed_entries(batch)]


def read_hashed_entries(batch: Batch) -> Sequence[tuple[Confirmation, str]]:
    """The same, each with the hash of its exact bytes."""
    found: list[tuple[Confirmation, str]] = []
    before: str | None = None
    for seq, entry in enumerate(batch.entries, start=batch.first):
        octets = entry.encode()
        if len(octets) > ENTRY_LIMIT_BYTES:
            raise MalformedMessage(f"entry {seq} is too long")
        confirmation = decode(octets, Confirmation)
        _check_follows(confirmation, seq=seq, before=before, batch=batch)
        before = hashlib.sha256(octets).hexdigest()
        found.append((confirmation, before))
    return found


def _check_follows(
    confirmation: Confirmation, *, seq: int, before: str | None, batch: Batch
) -> None:
    if confirmation.seq != seq:
        raise BrokenChain(f"number {confirmation.seq} where {seq} belongs")
    if seq == 1:
        before = genesis(station=batch.station, device=batch.device, epoch=batch.epoch)
    if before is not None and confirmation.prev != before:
        raise BrokenChain(f"entry {seq} does not name the one before it")
