"""What a device must know to trust and obey its station: the keyring and the configuration."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from devices.protocol.fields import (
    KEYRING_LIMIT_BYTES,
    KEYRING_LIMIT_KEYS,
    AtMs,
    HostName,
    Name,
    PublicKey,
    Text,
    TimeOfDay,
    Version,
    Word,
)
from devices.protocol.orders import Item


class Scope(StrEnum):
    """What a key may sign."""

    PLAN = "plan"
    NOW = "now"
    EMERGENCY = "emergency"
    """Orders of priority 1, beside `plan` or `now`."""
    CONFIG = "config"
    COMMAND = "command"
    RECEIPT = "receipt"
    TIME = "time"


class Level(StrEnum):
    """Whose key it is: controllers take stations of three levels."""

    COMMUNE = "commune"
    PROVINCE = "province"
    NATIONAL = "national"


class IssuerKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key that may sign for the station: what, for whom, and from when until when.

    Without `clusters` it may sign for all of them.
    """

    key: PublicKey
    name: Text
    level: Level
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=16)]
    not_before_ms: AtMs
    not_after_ms: AtMs
    clusters: Annotated[tuple[Name, ...], Meta(max_length=500)] = ()


class Keyring(Struct, frozen=True, kw_only=True, tag_field="kind", tag="keyring"):
    """All keys that may sign for a station now; signed by the root key, which signs nothing else.

    A key that is left out of the next serial is revoked by that.
    """

    v: Literal[1] = 1
    station: Name
    serial: Version
    issued_at_ms: AtMs
    keys: Annotated[tuple[IssuerKey, ...], Meta(min_length=1, max_length=KEYRING_LIMIT_KEYS)]


class QuietHours(Struct, frozen=True, kw_only=True):
    """Local times between which nothing plays without a signed override; may cross midnight."""

    begins: TimeOfDay = "21:00"
    ends: TimeOfDay = "05:30"
    zone: Annotated[str, Meta(max_length=64)] = "Asia/Ho_Chi_Minh"


class VolumeBand(Struct, frozen=True, kw_only=True):
    """The loudest a device may be between two local times; may cross midnight."""

    begins: TimeOfDay
    ends: TimeOfDay
    percent: Annotated[int, Meta(ge=0, le=100)]


class StoredWarning(Struct, frozen=True, kw_only=True):
    """A spoken warning for one hazard, kept on the device for when a message is late."""

    hazard: Word
    item: Item


class Config(Struct, frozen=True, kw_only=True, tag_field="kind", tag="config", omit_defaults=True):
    """How one device is to behave, desired state like the plan: the highest version holds.

    The keyring travels inside, so that a device can tell who may have signed what is around it.
    """

    v: Literal[1] = 1
    station: Name
    device: Name
    version: Version
    issued_at_ms: AtMs
    keyring: Annotated[str, Meta(max_length=KEYRING_LIMIT_BYTES)]
    cluster: Name
    quiet_hours: QuietHours = QuietHours()
    longest_play_ms: Annotated[int, Meta(ge=1_000, le=86_400_000)] = 45 * 60 * 1000
    volume: Annotated[tuple[VolumeBand, ...], Meta(max_length=24)] = ()
    relay_hosts: Annotated[tuple[HostName, ...], Meta(max_length=100)] = ()
    warnings: Annotated[tuple[StoredWarning, ...], Meta(max_length=20)] = ()
    stagger_ms: Annotated[int, Meta(ge=0, le=10_000)] = 0
    station_url: Annotated[str, Meta(pattern=r"^https?://[^\s@#]{1,500}$(?!\n)")] | None = None
