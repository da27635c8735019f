"""Says at the end which tests this machine could not run, and what to install for them.

With `LOA_NOTHING_LEFT_OUT` set, as in CI, a test that was not run fails the whole run.
"""

import os
from collections import Counter

import pytest

_LEFT_OUT: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a skipped test under its reason."""
    if report.skipped and isinstance(report.longrepr, tuple):
        _LEFT_OUT[str(report.longrepr[2]).removeprefix("Skipped: ")] += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when nothing may be left out and something was."""
    if _LEFT_OUT and os.environ.get("LOA_NOTHING_LEFT_OUT") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was left out, by reason."""
    for reason, count in sorted(_LEFT_OUT.items()):
        terminalreporter.write_line(f"{reason}: {count}", yellow=True)
