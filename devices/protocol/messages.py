"""The messages of the contract, version 1: what each kind says, and its bounds.

Instants are integers of Unix milliseconds (`…_at_ms`) or microseconds (`…_at_us`). Fields that a
reader does not know are ignored by it and stay in the signed bytes that are kept as evidence.
"""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from devices.errors import MalformedMessage

# `$` alone would let a line end follow.
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Epoch = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
# Two days short of the last instant that a calendar holds, so that it can be told in every zone.
AtMs = Annotated[int, Meta(ge=0, le=253_402_127_999_999)]
AtUs = Annotated[int, Meta(ge=0, le=253_402_127_999_999_999)]
DurationMs = Annotated[int, Meta(ge=0, le=86_400_000)]
Text = Annotated[str, Meta(max_length=300)]
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)")]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Version = Annotated[int, Meta(ge=1, le=2**53 - 1)]

ENTRY_LIMIT_BYTES = 4_096
BATCH_LIMIT_ENTRIES = 50
PLAN_LIMIT_ORDERS = 1_000
CUE_LIMIT = 100


class Typ(StrEnum):
    """The JWS `typ` of each kind."""

    PLAN = "loa-plan"
    RECEIPT = "loa-receipt"
    CONFIRM = "loa-confirm"
    STATUS = "loa-status"


class Priority:
    """Circular 39/2020/TT-BTTTT: 1 cuts everything, 2 goes first in the programme, 3 is normal."""

    EMERGENCY = 1
    PRIORITY = 2
    NORMAL = 3


class CueKind(StrEnum):
    """What begins at a cue, in the words of this version; a reader takes any other short word."""

    CHIME = "chime"
    IDENT = "ident"
    BULLETIN = "bulletin"
    MUSIC = "music"
    PAUSE = "pause"
    RELAY = "relay"
    CLOSING = "closing"


class Cue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a part of a programme begins inside its one file.

    `at_ms` counts from the item's first decoded sample, whatever the wall clock says by then.
    `kind` is a `CueKind` or a word of a later version, which is kept and shown as it came.
    """

    at_ms: DurationMs
    kind: Word
    title: Text = ""


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of audio inside an order, content-addressed.

    `cues` are the parts of a programme that was made into one file: each begins after the one
    before and before the item ends, else ValueError. Without cues the item is one part.
    """

    sha256: Sha256
    size_bytes: Annotated[int, Meta(ge=1, le=500_000_000)]
    duration_ms: DurationMs
    # By a factory, which `omit_defaults` does not know as a default: plans without cues keep the
    # bytes that they had before there were any, and so are not all signed anew.
    title: Text = msgspec.field(default_factory=str)
    cues: Annotated[tuple[Cue, ...], Meta(max_length=CUE_LIMIT)] = ()

    def __post_init__(self) -> None:
        """Refuse cues that are out of order or beyond the end."""
        instants = [cue.at_ms for cue in self.cues]
        if any(after <= before for before, after in pairwise(instants)):
            raise ValueError("cues are not in ascending order")
        if instants and instants[-1] >= self.duration_ms:
            raise ValueError("a cue is beyond the end of its item")


class QuietHoursOverride(Struct, frozen=True, kw_only=True):
    """Who allowed sound inside quiet hours, and why."""

    person: Text
    reason: Annotated[str, Meta(min_length=1, max_length=300)]


class Order(Struct, frozen=True, kw_only=True):
    """One broadcast as a cluster's devices get it; (id, repeat) plays at most once.

    A device starts at `starts_at_ms` by its own clock, and never begins after `not_after_ms`.
    """

    id: Name
    repeat: Annotated[int, Meta(ge=0, le=1_000)] = 0
    broadcast: Name
    priority: Annotated[int, Meta(ge=1, le=3)]
    starts_at_ms: AtMs
    not_after_ms: AtMs
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=50)]
    title: Text = ""
    override: QuietHoursOverride | None = None

    @property
    def duration_ms(self) -> int:
        """The length of all items, in milliseconds."""
        return sum(item.duration_ms for item in self.items)


class Plan(Struct, frozen=True, kw_only=True, tag_field="kind", tag="plan"):
    """The desired state of one cluster: all approved orders of the next days."""

    v: Literal[1] = 1
    station: Name
    cluster: Name
    version: Version
    issued_at_ms: AtMs
    orders: Annotated[tuple[Order, ...], Meta(max_length=PLAN_LIMIT_ORDERS)]


class Receipt(Struct, frozen=True, kw_only=True, tag_field="kind", tag="receipt"):
    """The ledger holds this epoch up to `seq`, whose entry hashes to `chain`."""

    v: Literal[1] = 1
    station: Name
    device: Name
    epoch: Epoch
    seq: Seq
    chain: Sha256
    issued_at_ms: AtMs


class ClockStatement(Struct, frozen=True, kw_only=True):
    """What a device knows of its clock; null where it has measured nothing."""

    offset_ms: int | None = None
    uncertainty_ms: Annotated[int, Meta(ge=0)] | None = None


class Batch(Struct, frozen=True, kw_only=True, tag_field="kind", tag="confirm"):
    """Consecutive confirmations of one epoch, as the exact bytes that the chain hashes."""

    v: Literal[1] = 1
    station: Name
    device: Name
    epoch: Epoch
    first: Seq
    entries: Annotated[
        tuple[Annotated[str, Meta(max_length=ENTRY_LIMIT_BYTES)], ...],
        Meta(min_length=1, max_length=BATCH_LIMIT_ENTRIES),
    ]
    sent_at_ms: AtMs
    clock: ClockStatement = ClockStatement()


class Status(Struct, frozen=True, kw_only=True, tag_field="kind", tag="status"):
    """Online or offline (the last will is signed before connecting), and what the device holds."""

    v: Literal[1] = 1
    station: Name
    device: Name
    online: bool
    boot: Epoch
    software: Text
    at_ms: AtMs
    plan_version: Annotated[int, Meta(ge=0)] = 0
    simulated: bool = False


class Kind(StrEnum):
    """What a confirmation states."""

    RECEIVED = "received"
    CACHED = "cached"
    TONE_STARTED = "tone_started"
    STARTED = "started"
    ITEM_STARTED = "item_started"
    CUT = "cut"
    RESUMED = "resumed"
    FINISHED = "finished"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    FAILED = "failed"
    REJECTED = "rejected"


class Confirmation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One device's word on what it did: numbered without gaps, chained to the one before.

    `started` is written before the sound; `item_started` carries the instant at which the first
    sample left the sink; `finished` carries what was counted there.

    `item` and `cue` count from 0, `cue` among the cues of that item. There is one `item_started`
    for each cue, when its own first sample has left, and one without `cue` for an item of which
    no cue stands at its very beginning. What was not heard is not said: neither a part that a cut
    came before, nor one a second time. An end that is no `finished` names the last that began.
    """

    seq: Seq
    prev: Sha256
    kind: Kind
    at_ms: AtMs
    order: Name | None = None
    repeat: Annotated[int, Meta(ge=0, le=1_000)] = 0
    plan_version: Annotated[int, Meta(ge=0)] | None = None
    code: Annotated[str, Meta(max_length=64)] | None = None
    item: Annotated[int, Meta(ge=0, le=50)] | None = None
    cue: Annotated[int, Meta(ge=0, lt=CUE_LIMIT)] | None = None
    first_sample_at_us: AtUs | None = None
    last_sample_at_us: AtUs | None = None
    samples: Annotated[int, Meta(ge=0)] | None = None
    sample_rate_hz: Annotated[int, Meta(ge=1, le=384_000)] | None = None
    sink: Annotated[str, Meta(max_length=32)] | None = None
    simulated: bool = False


Message = TypeVar("Message", Plan, Receipt, Batch, Status, Confirmation)


def encode(message: Struct) -> bytes:
    """The bytes of a message, before they are sealed."""
    return msgspec.json.encode(message)


def decode(payload: bytes | str, kind: type[Message]) -> Message:
    """Read a message of the given kind; raise MalformedMessage when it is none."""
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(str(error)) from error
