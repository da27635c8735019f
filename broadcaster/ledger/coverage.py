"""Coverage: whom a broadcast reached, in residents; what is confirmed never mixes with the rest.

Coverage of a broadcast = Σ residents × share of confirmed plays ÷ Σ residents asked. It speaks of
residents in reach of sound that was counted, never of listeners. Pure arithmetic.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from broadcaster.ledger.play_state import Outcome


class ShareOutcome(NamedTuple):
    """The share of one village that one pole reaches, and what became of its play."""

    village_id: str
    share: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Residents asked, and of them those in reach of poles in each part; the parts stay apart.

    `relayed` is what was passed on to its end: sound was counted, and nobody verified the content.
    """

    asked: int = 0
    confirmed: float = 0.0
    relayed: float = 0.0
    partial: float = 0.0
    failed: float = 0.0
    not_confirmed: float = 0.0
    unverifiable: float = 0.0
    pending: float = 0.0

    @property
    def coverage(self) -> float | None:
        """Confirmed of asked, from 0 to 1; None where nobody was asked."""
        return self.confirmed / self.asked if self.asked else None

    @property
    def unserved(self) -> float:
        """Residents asked whom no registered pole reaches."""
        reached = sum(float(getattr(self, part)) for part in Outcome)
        return max(self.asked - reached, 0.0)

    def __add__(self, other: "Coverage") -> "Coverage":
        """Both together; they must not speak of the same village."""
        # Each part by its name: a page adds up thousands, and looking for the names costs the most.
        return Coverage(
            asked=self.asked + other.asked,
            confirmed=self.confirmed + other.confirmed,
            relayed=self.relayed + other.relayed,
            partial=self.partial + other.partial,
            failed=self.failed + other.failed,
            not_confirmed=self.not_confirmed + other.not_confirmed,
            unverifiable=self.unverifiable + other.unverifiable,
            pending=self.pending + other.pending,
        )


def coverage_by_village(
    residents: Mapping[str, int], shares: Iterable[ShareOutcome]
) -> dict[str, Coverage]:
    """The coverage of each village asked; shares of other villages are left out.

    Shares that sum to more than a whole village are scaled down to it: nobody counts twice.
    """
    parts: dict[str, dict[Outcome, float]] = {village: defaultdict(float) for village in residents}
    for each in shares:
        if each.village_id in parts:
            parts[each.village_id][each.outcome] += each.share
    return {
        village: _village(asked=residents[village], parts=found) for village, found in parts.items()
    }


def total(coverages: Iterable[Coverage]) -> Coverage:
    """Several villages together."""
    first, *others = [*coverages] or [Coverage()]
    return sum(others, start=first)


class SharesAdded:
    """The shares of some villages in one broadcast, to be one coverage of them all.

    As `coverage_by_village` and `total` have it, for whoever needs no village by itself.
    """

    __slots__ = ("_parts", "asked")

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}
        """Residents of each village that was asked."""
        self._parts: dict[str, dict[Outcome, float]] = defaultdict(dict)

    def ask(self, village_id: str, residents: int) -> None:
        """A village that was asked."""
        self.asked[village_id] = residents

    def add(self, village_id: str, outcome: Outcome, share: float) -> None:
        """A share, or several alike, and what became of them."""
        parts = self._parts[village_id]
        parts[outcome] = parts.get(outcome, 0.0) + share

    def coverage(self) -> Coverage:
        """All villages that were asked together."""
        sums: dict[str, float] = {}
        for village_id, residents in self.asked.items():
            parts = self._parts.get(village_id, {})
            scale = residents / max(sum(parts.values()), 1.0)
            for outcome, share in parts.items():
                sums[outcome.value] = sums.get(outcome.value, 0.0) + share * scale
        return Coverage(asked=sum(self.asked.values()), **sums)


def _village(*, asked: int, parts: Mapping[Outcome, float]) -> Coverage:
    scale = asked / max(sum(parts.values()), 1.0)
    return Coverage(
        asked=asked, **{outcome.value: share * scale for outcome, share in parts.items()}
    )
