"""The kinds of faults that a rehearsal knows, and by which numbers each is set.

One table: what a profile may say, what is asked of a control port, and what the manual lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What can go wrong with a device, or what can be done with one."""

    OFFLINE = "offline"
    SLOW_LINK = "slow_link"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    LOST_RECEIPTS = "lost_receipts"
    CLOCK_DRIFT = "clock_drift"
    CLOCK_JUMP = "clock_jump"
    DISK_FULL = "disk_full"
    CORRUPT_DOWNLOAD = "corrupt_download"
    CRASH = "crash"
    MUTED_AMPLIFIER = "muted_amplifier"
    STOLEN = "stolen"
    INTRUDER = "intruder"


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers that a setting is drawn from, both ends among them."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of a fault: what it may be, and where it is drawn from when nothing is said."""

    means: str
    allowed: Span
    usual: Span


@dataclass(frozen=True, slots=True)
class Manual:
    """What is to be known of one kind: what it does, its numbers, its manners, how long it is."""

    means: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    manners: tuple[str, ...] = ()
    usual_lasts_s: Span = Span(30.0, 120.0)


_CHANCE = Span(0.0, 1.0)
_FOR_GOOD = Span(86_400.0, 86_400.0)


def _chance(of_what: str, usual: float) -> Setting:
    return Setting(means=f"how likely it is {of_what}", allowed=_CHANCE, usual=Span(usual, usual))


MANUALS: Mapping[FaultKind, Manual] = {
    FaultKind.OFFLINE: Manual("the device's line is cut: no broker, no audio"),
    FaultKind.SLOW_LINK: Manual(
        "each message is late, and audio trickles",
        settings={
            "delay_ms": Setting("how late a message is", Span(0, 30_000), Span(300, 2_000)),
            "bytes_per_s": Setting("how fast audio comes", Span(100, 1e9), Span(8_000, 30_000)),
        },
    ),
    FaultKind.DUPLICATED: Manual(
        "a message comes twice, up or down",
        settings={"chance": _chance("that one comes twice", 0.3)},
    ),
    FaultKind.REORDERED: Manual(
        "a message is overtaken by later ones, up or down",
        settings={
            "chance": _chance("that one is held back", 0.3),
            "hold_ms": Setting("how long it is held back", Span(1, 60_000), Span(200, 3_000)),
        },
    ),
    FaultKind.LOST_RECEIPTS: Manual(
        "the ledger's receipts do not arrive",
        settings={"chance": _chance("that one is lost", 1.0)},
    ),
    FaultKind.CLOCK_DRIFT: Manual(
        "the device's clock runs ahead (or behind, below 0)",
        settings={"ppm": Setting("by how much", Span(-100_000, 100_000), Span(-200, 200))},
        usual_lasts_s=Span(600, 3_600),
    ),
    FaultKind.CLOCK_JUMP: Manual(
        "the device's clock steps, and steps back at the end",
        settings={"by_s": Setting("how far", Span(-2e9, 2e9), Span(-3_600, 3_600))},
        usual_lasts_s=Span(60, 600),
    ),
    FaultKind.DISK_FULL: Manual("the device can write nothing: no journal, no audio"),
    FaultKind.CORRUPT_DOWNLOAD: Manual("each file that is fetched comes with a wrong byte"),
    FaultKind.CRASH: Manual(
        "power is lost at once, and is back at the end: a new boot on the same disk",
        usual_lasts_s=Span(3, 30),
    ),
    FaultKind.MUTED_AMPLIFIER: Manual(
        "samples leave the sink, and the amplifier draws no current",
        usual_lasts_s=_FOR_GOOD,
    ),
    FaultKind.STOLEN: Manual(
        "the device's key and login are in other hands",
        manners=("lies", "equivocates", "other_name"),
        usual_lasts_s=_FOR_GOOD,
    ),
    FaultKind.INTRUDER: Manual(
        "someone with the device's login publishes orders, under a key that nobody vouched for",
        settings={"every_s": Setting("how often", Span(0.1, 3_600), Span(5, 20))},
        manners=("plan", "now", "config"),
    ),
}
