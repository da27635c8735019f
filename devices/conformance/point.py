"""One point of the suite: a rule of the contract, and how to see whether a device keeps it."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.conformance.bench import Bench


@dataclass(frozen=True, slots=True)
class Point:
    """What is checked; `check` raises PointFailed or PointNotRun, or returns."""

    name: str
    section: str
    title_vi: str
    title_en: str
    check: Callable[[Bench], None]


def point(section: str, *, vi: str, en: str) -> Callable[[Callable[[Bench], None]], Point]:
    """Make a point of a function: its name is the point's, its rule stands in this section."""

    def make(check: Callable[[Bench], None]) -> Point:
        return Point(name=check.__name__, section=section, title_vi=vi, title_en=en, check=check)

    return make
