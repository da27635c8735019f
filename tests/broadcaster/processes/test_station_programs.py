"""How the station's own processes are started."""

import sys
from pathlib import Path

from broadcaster.processes.station import broker_program, fleet_program, station_programs
from broadcaster.settings import Settings


def test_no_process_takes_its_modules_from_the_current_folder(tmp_path: Path) -> None:
    """A Python file that lies where somebody types `loa run` is not the station's to run."""
    settings = Settings(state_dir=tmp_path)
    programs = [broker_program(settings), *station_programs(settings), fleet_program(tmp_path)]

    assert [each.command[:2] for each in programs] == [(sys.executable, "-P")] * len(programs)
