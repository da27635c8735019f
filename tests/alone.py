"""Notes which tests fell, for `python -m tests`, which tries a few of them once more alone.

Many tests wait for programs, sockets and a browser, with a patience measured on a clock that every
other test on the machine shares. One that falls says either that Loa is wrong or that the machine
was busy; alone it says which.
"""

from dataclasses import dataclass, field

import pytest

FELL = "loa/fell"
"""Where pytest's cache keeps what fell."""


@dataclass(slots=True)
class Fell:
    """What fell in one run, and whether anything was left out."""

    tests: set[str] = field(default_factory=set)
    left_out: bool = False

    def note(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        if report.failed:
            self.tests.add(report.nodeid)
        self.left_out = self.left_out or report.skipped


_FELL = Fell()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what fell and what was left out."""
    _FELL.note(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave it where the next command finds it; the workers of a run know only their own part."""
    cache = getattr(session.config, "cache", None)
    if cache is not None and not hasattr(session.config, "workerinput"):
        cache.set(FELL, {"tests": sorted(_FELL.tests), "left_out": _FELL.left_out})
