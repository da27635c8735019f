"""What the station says to one device: receipts, signed time, and commands."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from devices.protocol.fields import AtMs, Epoch, Name, Nonce, Reached, Seq, Sha256
from devices.protocol.roots import AuditRoot


class Receipt(Struct, frozen=True, kw_only=True, tag_field="kind", tag="receipt"):
    """The ledger holds this epoch up to `seq`, whose entry hashes to `chain`.

    `audit_root` is the newest one that the station signed, for the device to keep and repeat.
    """

    v: Literal[1] = 1
    station: Name
    device: Name
    epoch: Epoch
    seq: Seq
    chain: Sha256
    issued_at_ms: AtMs
    audit_root: AuditRoot | UnsetType = UNSET


class TimeAnswer(Struct, frozen=True, kw_only=True, tag_field="kind", tag="time"):
    """What time it was at the station when it answered the question with this nonce."""

    v: Literal[1] = 1
    station: Name
    device: Name
    nonce: Nonce
    at_ms: AtMs


class Resync(Struct, frozen=True, kw_only=True):
    """Send the confirmations of this epoch again from the one after `after_seq`.

    For a ledger that was restored from a backup and lacks what it had receipted.
    """

    epoch: Epoch
    after_seq: Reached


class SelfTest(Struct, frozen=True, kw_only=True):
    """Play a quiet tone for this long and measure what can be measured; told of in the health."""

    duration_ms: Annotated[int, Meta(ge=200, le=3_000)] = 1_000


class Command(Struct, frozen=True, kw_only=True, tag_field="kind", tag="command"):
    """One thing to do now; `sequence` only grows for a device, which acts on no lower one.

    Volume is no command but configuration: a command that is lost or said twice would leave a
    pole louder than the station believes. It carries exactly one thing (ValueError).
    """

    v: Literal[1] = 1
    station: Name
    device: Name
    sequence: Seq
    issued_at_ms: AtMs
    expires_at_ms: AtMs
    resync: Resync | None = None
    self_test: SelfTest | None = None

    def __post_init__(self) -> None:
        """Refuse a command that says nothing, or two things."""
        if (self.resync is None) == (self.self_test is None):
            raise ValueError("one thing to do")
