"""Reading again what was read before: kept batches and entries, by the thousand.

msgspec asks Python's own `re` for each name and hash, which costs more than all else that is looked
at in a message. Here they are read without, and looked at afterwards: the same few names stand in
every message of a device, and are remembered. What is accepted, and what is refused, are the same.
"""

from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from devices.protocol.fields import (
    BATCH_LIMIT_ENTRIES,
    ENTRY_LIMIT_BYTES,
    AtMs,
    Epoch,
    Name,
    Seq,
)
from devices.protocol.messages import Batch, Confirmation, decode
from devices.protocol.reports import ClockStatement


class KeptBatch(Struct, frozen=True, kw_only=True, tag_field="kind", tag="confirm", gc=False):
    """A `Batch` that was read with its names not yet looked at; see there."""

    v: Literal[1] = 1
    station: str
    device: str
    epoch: str
    first: Seq
    entries: Annotated[
        tuple[Annotated[str, Meta(max_length=ENTRY_LIMIT_BYTES)], ...],
        Meta(min_length=1, max_length=BATCH_LIMIT_ENTRIES),
    ]
    sent_at_ms: AtMs
    clock: ClockStatement = ClockStatement()


class _KeptConfirmation(Confirmation, frozen=True, kw_only=True, omit_defaults=True):
    prev: str
    order: str | None = None


class _Names(Struct):
    station: Name
    device: Name
    epoch: Epoch


class _Ordered(Struct):
    order: Name


_BATCH = msgspec.json.Decoder(KeptBatch)
_CONFIRMATION = msgspec.json.Decoder(_KeptConfirmation)


def read_batch(payload: bytes) -> Batch | KeptBatch:
    """Read a batch; raise MalformedMessage when it is none."""
    try:
        said = _BATCH.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decode(payload, Batch)
    if _are_names(said.station, said.device, said.epoch):
        return said
    return decode(payload, Batch)


def read_confirmation(entry: bytes, *, prev: str | None) -> Confirmation:
    """Read an entry that should name this hash before it; raise MalformedMessage when it is none.

    `prev` is 64 letters of lower-case hex, as whoever made it from 32 octets knows; None otherwise.
    """
    try:
        said = _CONFIRMATION.decode(entry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decode(entry, Confirmation)
    if said.prev == prev and (said.order is None or _is_order(said.order)):
        return said
    return decode(entry, Confirmation)


@lru_cache(maxsize=8_192)
def _are_names(station: str, device: str, epoch: str) -> bool:
    return _is({"station": station, "device": device, "epoch": epoch}, _Names)


@lru_cache(maxsize=8_192)
def _is_order(order: str) -> bool:
    return _is({"order": order}, _Ordered)


def _is(said: dict[str, str], kind: type[Struct]) -> bool:
    try:
        msgspec.convert(said, kind)
    except msgspec.ValidationError:
        return False
    return True
