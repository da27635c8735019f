"""What an admin asks of a rehearsal and of a fault; what is checked here may be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import SystemRandom

from broadcaster.rehearsal.errors import (
    DEVICES_LIMIT,
    DevicesOutOfRange,
    FaultUnknown,
    LengthUnusable,
    SeedUnusable,
    ShareUnusable,
)
from broadcaster.rehearsal.kinds import FAULTS

SEEDS = 1_000_000
LONGEST_FAULT_S = 86_400


@dataclass(frozen=True, slots=True)
class Wish:
    """So many devices, the number of the story that befalls them, and its profile as TOML."""

    devices: int
    seed: int
    profile: str = ""


@dataclass(frozen=True, slots=True)
class FaultWish:
    """A fault that begins now, for a share (0–1) of the devices."""

    kind: str
    share: float
    lasts_s: float

    def table(self) -> Mapping[str, object]:
        """As the control port takes it."""
        return {"kind": self.kind, "share": self.share, "lasts_s": self.lasts_s}


def checked_devices(number: int | None) -> int:
    """Raise DevicesOutOfRange."""
    if number is None or not 1 <= number <= DEVICES_LIMIT:
        raise DevicesOutOfRange(str(number), field="devices")
    return number


def checked_seed(seed: int | None) -> int:
    """A seed; of none, any. Raise SeedUnusable."""
    if seed is None:
        return SystemRandom().randrange(SEEDS)
    if not 0 <= seed < SEEDS:
        raise SeedUnusable(str(seed), field="seed")
    return seed


def checked_kind(kind: str) -> str:
    """Raise FaultUnknown."""
    if kind not in FAULTS:
        raise FaultUnknown(kind[:40], field="kind")
    return kind


def checked_fault(*, kind: str, share: float | None, lasts_s: float | None) -> FaultWish:
    """Raise FaultUnknown, ShareUnusable or LengthUnusable."""
    checked_kind(kind)
    if share is None or not 0 < share <= 1:
        raise ShareUnusable(str(share), field="share_percent")
    if lasts_s is None or not 1 <= lasts_s <= LONGEST_FAULT_S:
        raise LengthUnusable(str(lasts_s), field="lasts_s")
    return FaultWish(kind=kind, share=share, lasts_s=lasts_s)


def whole_number(written: str) -> int | None:
    """What somebody typed; None for nothing. Raises ValueError."""
    return int(written.replace(".", "").replace(" ", "")) if written.strip() else None
