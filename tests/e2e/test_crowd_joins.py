"""`loa simulate --state`: a crowd joins a running rehearsal station and plays by its plans."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from broadcaster.processes.station import environment
from tests.chain import running_chain
from tests.e2e.commands import Started, started

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

CROWD = 6


def total(command: Started) -> Mapping[str, Any]:
    """How the crowd stands, as it was last printed."""
    lines = [json.loads(line) for line in command.said.splitlines() if line.startswith("{")]
    standing = [line["total"] for line in lines if line["event"] == "standing"]
    return standing[-1] if standing else {}


def test_a_crowd_hears_a_running_station(tmp_path: Path) -> None:
    """Connected with its own logins, configured by the station, and done with its broadcast."""
    folder = tmp_path / "crowd"
    folder.mkdir()
    with running_chain(tmp_path / "station") as chain:
        arguments = ("simulate", "--state", str(chain.settings.state_dir), "--json")
        options = ("--devices", str(CROWD), "--processes", "2")
        with started(folder, *arguments, *options, **environment(chain.settings)) as command:
            command.wait_for(lambda: total(command).get("planned") == CROWD)
            chain.broadcast()
            command.wait_for(lambda: total(command).get("finished") == CROWD, within_s=120)
            assert (chain.settings.state_dir / "rehearsal.sock").exists()
            assert command.interrupt() == 0
