"""What a controller says of an order, before the journal numbers and chains it."""

import msgspec
from msgspec import Struct

from devices.protocol.messages import Confirmation, Kind, Order, OrderKey

ENDS = frozenset({Kind.FINISHED, Kind.CUT, Kind.STOPPED, Kind.SKIPPED, Kind.FAILED})
SETTLING = ENDS | {Kind.STARTED}
"""What, once said of an order, means that it never begins (again)."""

UNREMEMBERED = frozenset({Kind.TONE_STARTED, Kind.ITEM_STARTED})
"""What may be said of an order more than once, and settles nothing."""


class Statement(Struct, frozen=True, kw_only=True):
    """A confirmation without its number: the fields mean what they mean there."""

    kind: Kind
    at_ms: int
    order: str | None = None
    repeat: int = 0
    plan_version: int | None = None
    code: str | None = None
    item: int | None = None
    cue: int | None = None
    first_sample_at_us: int | None = None
    last_sample_at_us: int | None = None
    samples: int | None = None
    sample_rate_hz: int | None = None
    position_ms: int | None = None
    sink: str | None = None
    simulated: bool = False

    @property
    def key(self) -> OrderKey:
        """The order it is about; an empty one when it is about the plan."""
        return OrderKey(self.order or "", self.repeat)

    @property
    def mark(self) -> tuple[str, str]:
        """What makes it the same statement about the same order, however often it comes up."""
        code = self.code or ""
        return self.kind, code if self.order else f"{code}:{self.plan_version}"


def about(
    order: Order,
    kind: Kind,
    *,
    at_ms: int,
    code: str | None = None,
    plan_version: int | None = None,
    position_ms: int | None = None,
) -> Statement:
    """State something of an order that has nothing to do with samples."""
    return Statement(
        kind=kind,
        at_ms=at_ms,
        order=order.id,
        repeat=order.repeat,
        code=code,
        plan_version=plan_version,
        position_ms=position_ms,
    )


def numbered(statement: Statement, *, seq: int, prev: str) -> Confirmation:
    """The confirmation that a statement becomes at its place in the chain."""
    return Confirmation(seq=seq, prev=prev, **msgspec.structs.asdict(statement))
