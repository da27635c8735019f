"""Programs of the devices from the station's command line: this process is handed over to them.

The station knows of devices only the contract, so it does not load these programs; it becomes one.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

CONFORMANCE = "devices.conformance"
REHEARSAL = "devices.simulation.rehearse"


def become(module: str, arguments: Sequence[str]) -> NoReturn:
    """Run a module in this process's place, with these arguments."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    program = [sys.executable, "-P", "-X", "utf8", "-m", module]
    os.execv(sys.executable, [*program, *arguments])  # noqa: S606 - no shell
