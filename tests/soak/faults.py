"""The fault matrix as a case of `make soak`: one combination a round, on a station of its own."""

import sys
import tempfile
import traceback
from pathlib import Path

from broadcaster.logs import configure_logs
from tests.fault_matrix import matrix, scene_for, suffered
from tests.soak.case import Outcome, Turn


def fault_matrix(turn: Turn) -> Outcome:
    """The combination of this number; what was wrong with it is told in full on stderr."""
    configure_logs("ERROR")
    case = matrix()[turn.number - 1]
    with (
        tempfile.TemporaryDirectory(prefix="loa-soak-") as folder,
        scene_for(case, Path(folder)) as scene,
    ):
        try:
            return Outcome(held=True, facts=suffered(scene, case))
        except AssertionError as error:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            sys.stderr.write(f"{case}\n" + "".join(told.format()))
            why = " ".join(str(error).split()) or told.stack[-1].line or ""
            return Outcome(held=False, facts={"case": str(case), "why": why[:200]})
