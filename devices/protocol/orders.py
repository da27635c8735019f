"""What the station orders: a cluster's plan, and what must happen at this moment."""

from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from devices.protocol.fields import (
    CUE_LIMIT,
    HEARERS_LIMIT,
    PLAN_LIMIT_ORDERS,
    PLAN_LIMIT_STOPS,
    AtMs,
    DurationMs,
    HttpsUrl,
    Name,
    PublicKey,
    Seq,
    Sha256,
    StreamId,
    Text,
    Version,
    Word,
    WrappedKey,
)


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


class OnCut(StrEnum):
    """What becomes of an order that an emergency cut."""

    DROP = "drop"
    RESUME = "resume"


class OnReboot(StrEnum):
    """What a device does with an order in whose middle it lost its power."""

    SKIP = "skip"
    JOIN = "join"


class ToneKind(StrEnum):
    """Which tone comes first; a drill never sounds like an emergency."""

    ATTENTION = "attention"
    DRILL = "drill"


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


class Tone(Struct, frozen=True, kw_only=True):
    """The attention tone before an emergency, from the device's own storage (EN 54-16: 4–10 s)."""

    duration_ms: Annotated[int, Meta(ge=4_000, le=10_000)]
    kind: ToneKind = ToneKind.ATTENTION


class Relay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A public programme to be passed on as it comes, for `duration_ms` at most.

    When nothing came for `stall_timeout_ms`, `fallback` plays instead, and never counts.
    """

    url: HttpsUrl
    duration_ms: Annotated[int, Meta(ge=1_000, le=86_400_000)]
    stall_timeout_ms: Annotated[int, Meta(ge=1_000, le=60_000)] = 10_000
    fallback: Item | None = None


class Hearer(Struct, frozen=True, kw_only=True):
    """A device that may hear live speech, and the session key wrapped for it alone."""

    device: Name
    wrapped: WrappedKey


class Live(Struct, frozen=True, kw_only=True):
    """A microphone at the station, for `duration_ms` at most; its sound comes as sealed frames.

    Each frame holds `frame_samples` of MP3 at `rate_hz`, mono: whole MP3 frames, and no more than
    half a second of them (ValueError). `ephemeral` is the X25519 key by which the session key is
    wrapped, `signer` the Ed25519 key that signs every frame; both are made for this stream.
    """

    stream: StreamId
    duration_ms: Annotated[int, Meta(ge=1_000, le=3_600_000)]
    rate_hz: Literal[16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
    frame_samples: Annotated[int, Meta(ge=576, le=24_000)]
    ephemeral: PublicKey
    signer: PublicKey
    keys: Annotated[tuple[Hearer, ...], Meta(min_length=1, max_length=HEARERS_LIMIT)]
    stall_timeout_ms: Annotated[int, Meta(ge=1_000, le=60_000)] = 10_000

    def __post_init__(self) -> None:
        """Refuse frames that are no whole MP3 frames, or too long to be lost."""
        if self.frame_samples % mp3_frame_samples(self.rate_hz):
            raise ValueError("a frame holds whole MP3 frames")
        if self.frame_samples * 2 > self.rate_hz:
            raise ValueError("a frame lasts half a second at most")

    @property
    def frame_us(self) -> int:
        """How long a frame sounds, in microseconds."""
        return self.frame_samples * 1_000_000 // self.rate_hz

    def key_of(self, device: str) -> str | None:
        """The session key as it was wrapped for a device; None when it may not hear."""
        return next((each.wrapped for each in self.keys if each.device == device), None)


MP3_RATES_HZ = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""The sampling frequencies that live speech may have."""


def mp3_frame_samples(rate_hz: int) -> int:
    """How many samples an MP3 frame holds (ISO/IEC 11172-3, 13818-3)."""
    return 1_152 if rate_hz >= 32_000 else 576


class OrderKey(NamedTuple):
    """What plays at most once: an order's id and repeat number."""

    id: str
    repeat: int


class Order(Struct, frozen=True, kw_only=True, dict=True):
    """One broadcast as a cluster's devices get it; (id, repeat) plays at most once.

    A device starts at `starts_at_ms` by its own clock, and never begins after `not_after_ms`.
    It carries items, a relay or live speech: exactly one of them (ValueError). What was added
    after the first fields is left out of the bytes while it says nothing.
    """

    # Its dict holds what follows from the fields: worked out once, however many devices of a
    # rehearsal are given the same order.

    id: Name
    repeat: Annotated[int, Meta(ge=0, le=1_000)] = 0
    broadcast: Name
    priority: Annotated[int, Meta(ge=1, le=3)]
    starts_at_ms: AtMs
    not_after_ms: AtMs
    items: Annotated[tuple[Item, ...], Meta(max_length=50)]
    title: Text = ""
    override: QuietHoursOverride | None = None
    on_cut: OnCut | msgspec.UnsetType = msgspec.UNSET
    on_reboot: OnReboot | msgspec.UnsetType = msgspec.UNSET
    tone: Tone | msgspec.UnsetType = msgspec.UNSET
    hazard: Word | msgspec.UnsetType = msgspec.UNSET
    relay: Relay | msgspec.UnsetType = msgspec.UNSET
    drill: bool | msgspec.UnsetType = msgspec.UNSET
    live: Live | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Refuse an order that says nothing to play, or two things."""
        said = [bool(self.items), isinstance(self.relay, Relay), isinstance(self.live, Live)]
        if said.count(True) != 1:
            raise ValueError("an order carries items or a relay or live speech")

    @cached_property
    def key(self) -> OrderKey:
        """What of it plays at most once."""
        return OrderKey(self.id, self.repeat)

    @cached_property
    def tone_ms(self) -> int:
        """The length of the tone before the words, in milliseconds; 0 without one."""
        return self.tone.duration_ms if isinstance(self.tone, Tone) else 0

    @cached_property
    def duration_ms(self) -> int:
        """The length of all that was ordered without the tone, in milliseconds."""
        if isinstance(self.relay, Relay):
            return self.relay.duration_ms
        if isinstance(self.live, Live):
            return self.live.duration_ms
        return sum([item.duration_ms for item in self.items])

    @property
    def comes_as_it_is_said(self) -> bool:
        """Whether its sound does not wait: it ends at its planned end, whenever it began."""
        return isinstance(self.relay, Relay) or isinstance(self.live, Live)

    @property
    def ends_at_ms(self) -> int:
        """When all of it is over that begins at its planned instant, tone included."""
        return self.starts_at_ms + self.tone_ms + self.duration_ms

    @property
    def resumes(self) -> bool:
        """Whether it goes on after an emergency cut it."""
        return self.on_cut is OnCut.RESUME

    @property
    def joins(self) -> bool:
        """Whether it goes on where it would be by now after a reboot in its middle."""
        return self.on_reboot is OnReboot.JOIN

    @property
    def is_drill(self) -> bool:
        """Whether it only rehearses an emergency."""
        return self.drill is True


class Stop(Struct, frozen=True, kw_only=True):
    """Silence for an order, begun or not; without `repeat` for all its repeats."""

    order: Name
    at_ms: AtMs
    repeat: Annotated[int, Meta(ge=0, le=1_000)] | None = None

    def silences(self, order: Order) -> bool:
        """Whether it is this order that shall be silent."""
        return self.order == order.id and self.repeat in {None, order.repeat}


class Plan(Struct, frozen=True, kw_only=True, tag_field="kind", tag="plan"):
    """The desired state of one cluster: all approved orders of the next days, and the stops.

    Live speech is for this moment only, and stands in none (ValueError).
    """

    v: Literal[1] = 1
    station: Name
    cluster: Name
    version: Version
    issued_at_ms: AtMs
    orders: Annotated[tuple[Order, ...], Meta(max_length=PLAN_LIMIT_ORDERS)]
    stops: Annotated[tuple[Stop, ...], Meta(max_length=PLAN_LIMIT_STOPS)] | msgspec.UnsetType = (
        msgspec.UNSET
    )

    def __post_init__(self) -> None:
        """Refuse what nobody can plan."""
        if any(isinstance(order.live, Live) for order in self.orders):
            raise ValueError("live speech is not planned")

    @property
    def all_stops(self) -> tuple[Stop, ...]:
        """The stops; none where the plan says nothing of them."""
        return self.stops if isinstance(self.stops, tuple) else ()


class Now(Struct, frozen=True, kw_only=True, tag_field="kind", tag="now"):
    """The fast path for this moment: an order or a stop, which stands in the plan as well.

    `sequence` only grows in a station, whatever the cluster; a device persists the highest one
    and acts on no lower. It carries exactly one of the two (ValueError).
    """

    v: Literal[1] = 1
    station: Name
    cluster: Name
    sequence: Seq
    issued_at_ms: AtMs
    expires_at_ms: AtMs
    order: Order | None = None
    stop: Stop | None = None

    def __post_init__(self) -> None:
        """Refuse a message that says nothing, or two things."""
        if (self.order is None) == (self.stop is None):
            raise ValueError("an order or a stop")
