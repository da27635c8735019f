"""Tries point after point, each within its own time, and keeps what came of it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from devices.conformance.bench import Bench, PointFailed, PointNotRun
from devices.conformance.point import Point


class Verdict(StrEnum):
    """What came of a point."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Score:
    """One point's verdict, and why."""

    point: Point
    verdict: Verdict
    seconds: float
    why: str = ""


def score(
    bench: Bench, points: Iterable[Point], *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Score]:
    """Try each point; one that fails leaves a settled bench to the next."""
    for each in points:
        began_s = clock()
        verdict, why = _try(each, bench)
        bench.settle()
        yield Score(point=each, verdict=verdict, seconds=clock() - began_s, why=why)


def _try(point: Point, bench: Bench) -> tuple[Verdict, str]:
    try:
        point.check(bench)
    except PointFailed as failure:
        return Verdict.FAILED, str(failure)
    except PointNotRun as reason:
        return Verdict.NOT_RUN, str(reason)
    return Verdict.PASSED, ""
