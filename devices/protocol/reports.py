"""What a device says: confirmations in batches, its status, its health, and its questions."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from devices.protocol.fields import (
    BATCH_LIMIT_ENTRIES,
    CUE_LIMIT,
    ENTRY_LIMIT_BYTES,
    AtMs,
    AtUs,
    DurationMs,
    Epoch,
    KeyId,
    Name,
    Nonce,
    Reached,
    Seq,
    Sha256,
    Text,
    Word,
)
from devices.protocol.roots import AuditRoot


class ClockStatement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a device knows of its clock; null where it has measured nothing.

    `offset_ms` is what its own clock lacks against signed time (positive: it is behind), give or
    take `uncertainty_ms`; `source` says why it believes its time, `none` that it does not.
    """

    offset_ms: int | None = None
    uncertainty_ms: Annotated[int, Meta(ge=0)] | None = None
    source: Literal["station", "ntp", "rtc", "simulated", "none"] | None = None


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


class JournalEnd(Struct, frozen=True, kw_only=True):
    """How far a journal reached: what a device knows of the epoch before its present one."""

    epoch: Epoch
    seq: Reached
    chain: Sha256


class Status(Struct, frozen=True, kw_only=True, tag_field="kind", tag="status"):
    """Online or offline (the last will is signed before connecting), and what the device holds.

    `number` only grows as long as a journal (`epoch`) lives, over restarts too: of two statuses
    the higher is the newer, whatever the clock said. `will` is the number of the last will of the
    connection on which it is said. 0 says nothing, for both.
    """

    v: Literal[1] = 1
    station: Name
    device: Name
    online: bool
    boot: Epoch
    software: Text
    at_ms: AtMs
    number: Reached = 0
    will: Reached = 0
    plan_version: Reached = 0
    config_version: Reached = 0
    keyring_serial: Reached = 0
    now_sequence: Reached = 0
    key_id: KeyId | None = None
    epoch: Epoch | None = None
    seq: Reached = 0
    previous: JournalEnd | None = None
    clock: ClockStatement = ClockStatement()
    simulated: bool = False
    audit_root: AuditRoot | UnsetType = UNSET


class SelfTestResult(Struct, frozen=True, kw_only=True):
    """What a self-test found; `heard` is null where there is no microphone to tell."""

    at_ms: AtMs
    played: bool
    heard: bool | None = None
    level_dbfs: float | None = None
    detail: Text = ""


class Health(Struct, frozen=True, kw_only=True, tag_field="kind", tag="health", omit_defaults=True):
    """What the device really measured since the last one; what it cannot measure is left out."""

    v: Literal[1] = 1
    station: Name
    device: Name
    boot: Epoch
    at_ms: AtMs
    uptime_s: Annotated[int, Meta(ge=0)] | None = None
    cpu_temperature_c: float | None = None
    cpu_share: Annotated[float, Meta(ge=0)] | None = None
    memory_resident_bytes: Annotated[int, Meta(ge=0)] | None = None
    memory_free_bytes: Annotated[int, Meta(ge=0)] | None = None
    disk_free_bytes: Annotated[int, Meta(ge=0)] | None = None
    audio_cache_bytes: Annotated[int, Meta(ge=0)] | None = None
    link: Annotated[str, Meta(max_length=32)] | None = None
    signal_dbm: float | None = None
    supply: Literal["mains", "battery"] | None = None
    audio_device: bool | None = None
    volume_percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    unreceipted: Annotated[int, Meta(ge=0)] | None = None
    refused: Annotated[dict[Word, Annotated[int, Meta(ge=0)]], Meta(max_length=64)] | None = None
    self_test: SelfTestResult | None = None
    clock: ClockStatement = ClockStatement()
    simulated: bool = False


class Ask(Struct, frozen=True, kw_only=True, tag_field="kind", tag="ask"):
    """What time is it? Answered to this nonce, once."""

    v: Literal[1] = 1
    station: Name
    device: Name
    nonce: Nonce
    at_ms: AtMs


class Kind(StrEnum):
    """What a confirmation states."""

    # An enumeration's own hash is worked out in Python each time: these are looked up very often.
    __hash__ = str.__hash__

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

    `started` is written before the sound, except behind an emergency tone, which waits for no
    disk; `item_started` carries the instant at which the first sample left the sink; `finished`
    carries what was counted there.

    `item` and `cue` count from 0, `cue` among the cues of that item. There is one `item_started`
    for each cue, when its own first sample has left, and one without `cue` for an item of which
    no cue stands at its very beginning. What was not heard is not said: neither a part that a cut
    came before, nor one a second time. An end that is no `finished` names the last that began.

    `position_ms` is where in the order's sound a play began or went on that did not begin at its
    beginning: after a reboot (`started`), after a cut (`resumed`).
    """

    seq: Seq
    prev: Sha256
    kind: Kind
    at_ms: AtMs
    order: Name | None = None
    repeat: Annotated[int, Meta(ge=0, le=1_000)] = 0
    plan_version: Reached | None = None
    code: Annotated[str, Meta(max_length=64)] | None = None
    item: Annotated[int, Meta(ge=0, le=50)] | None = None
    cue: Annotated[int, Meta(ge=0, lt=CUE_LIMIT)] | None = None
    first_sample_at_us: AtUs | None = None
    last_sample_at_us: AtUs | None = None
    samples: Annotated[int, Meta(ge=0)] | None = None
    sample_rate_hz: Annotated[int, Meta(ge=1, le=384_000)] | None = None
    position_ms: DurationMs | None = None
    sink: Annotated[str, Meta(max_length=32)] | None = None
    simulated: bool = False
