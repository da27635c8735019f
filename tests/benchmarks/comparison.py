"""A measured speed beside the least that the same work can cost: only their ratio is a figure."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two costs of the same work in the same unit; `ratio` is how many times the least we take."""

    name: str
    work: str
    ours: float
    baseline: float
    unit: str
    against: str

    @property
    def ratio(self) -> float:
        """Ours over the baseline."""
        return self.ours / self.baseline


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
