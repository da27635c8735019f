"""A measured speed beside the least that the same work can cost: only their ratio is a figure."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two costs of the same work in the same unit; `ratio` is how many times the least we take.

    `ratios` are those of single rounds where both were measured by turns.
    """

    name: str
    work: str
    ours: float
    baseline: float
    unit: str
    against: str
    ratios: Sequence[float] = ()

    @property
    def ratio(self) -> float:
        """Ours over the baseline; the median of the rounds where they were measured by turns."""
        return median(self.ratios) if self.ratios else self.ours / self.baseline


@dataclass(frozen=True, slots=True)
class Spent:
    """What a piece of work took of the clock and of all its processors."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class ByTurns:
    """Two works measured round by round, one right after the other."""

    baseline: Sequence[Spent]
    ours: Sequence[Spent]

    @property
    def wall_ratios(self) -> list[float]:
        """Ours over the baseline by the clock, for each round."""
        return [o.wall_s / b.wall_s for b, o in zip(self.baseline, self.ours, strict=True)]

    @property
    def cpu_ratios(self) -> list[float]:
        """Ours over the baseline in processor time, for each round."""
        return [o.cpu_s / b.cpu_s for b, o in zip(self.baseline, self.ours, strict=True)]


def by_turns(
    *,
    baseline: Callable[[], object],
    ours: Callable[[], object],
    cpu_s: Callable[[], float],
    rounds: int,
) -> ByTurns:
    """A B A B: what else the machine does falls on both. `cpu_s` tells processor time so far."""

    def spent(work: Callable[[], object]) -> Spent:
        used = cpu_s()
        wall_s = _seconds(work)
        return Spent(wall_s=wall_s, cpu_s=cpu_s() - used)

    pairs = [(spent(baseline), spent(ours)) for _ in range(rounds)]
    return ByTurns(baseline=[one for one, _ in pairs], ours=[other for _, other in pairs])


def best_seconds(work: Callable[[], object], *, rounds: int) -> float:
    """The shortest of several rounds: what else runs on the machine can only lengthen one."""
    return min(_seconds(work) for _ in range(rounds))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def table_of(comparisons: list[Comparison]) -> str:
    """All of them as a table for people, and for a report."""
    lines = [
        "| what | work | ours | baseline | ratio | baseline is |",
        "|---|---|--:|--:|--:|---|",
    ]
    lines += [
        f"| {each.name} | {each.work} | {each.ours:.3g} {each.unit} | "
        f"{each.baseline:.3g} {each.unit} | {each.ratio:.3g} | {each.against} |"
        for each in comparisons
    ]
    return "\n".join(lines)
