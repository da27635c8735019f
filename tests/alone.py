"""Notes which tests fell, and whether they had real programs to wait for, for `python -m tests`.

A test of whole programs or of a browser measures its patience on a clock that every other test on
the machine shares. One that falls there says either that Loa is wrong or that the machine was busy.
"""

from dataclasses import dataclass, field

import pytest

WAITS_FOR_PROGRAMS = frozenset({"browser", "processes"})
"""Marks of tests whose patience is real time."""
FELL = "loa/fell"
"""Where pytest's cache keeps what fell."""


@dataclass(slots=True)
class Fell:
    """What fell in one run: by test, whether a busy machine can be its reason."""

    busy_machine: dict[str, bool] = field(default_factory=dict)
    left_out: bool = False

    def note(self, report: pytest.TestReport) -> None:
        """Take one phase of one test into account."""
        if report.failed:
            marks = WAITS_FOR_PROGRAMS.intersection(report.keywords)
            self.busy_machine[report.nodeid] = bool(marks)
        self.left_out = self.left_out or report.skipped


_FELL = Fell()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what fell and what was left out."""
    _FELL.note(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave it where the next command finds it; the workers of a run know only their own part."""
    if not hasattr(session.config, "workerinput") and session.config.cache:
        session.config.cache.set(
            FELL, {"busy_machine": _FELL.busy_machine, "left_out": _FELL.left_out}
        )
