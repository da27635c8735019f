"""The conformance suite from the station's command line: hands this process over to it.

The station knows of devices only the contract, so it does not load the suite; it becomes it.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def become_suite(arguments: Sequence[str]) -> NoReturn:
    """Run the suite in this process's place, with these arguments."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    program = [sys.executable, "-X", "utf8", "-m", "devices.conformance"]
    os.execv(sys.executable, [*program, *arguments])  # noqa: S606 - no shell
