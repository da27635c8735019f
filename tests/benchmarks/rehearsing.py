"""What `loa simulate` takes of the machine's memory, from its start to after three emergencies.

The sum over all its processes, broker and station among them, of the share of each page that is
theirs (PSS): what other processes map as well is not counted twice.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.comparison import Comparison

ALLOWED_GB = 2.0
LASTS_S = 180.0
LOOK_EVERY_S = 0.5


def rehearsing(*, devices: int = 2_000, lasts_s: float = LASTS_S) -> Comparison:
    """The most that a rehearsal with its storm took, beside what it may."""
    command = (
        *(sys.executable, "-m", "devices.simulation.rehearse", "--devices", str(devices)),
        *("--seed", "7", "--journals", "memory", "--json", "--seconds", str(lasts_s)),
    )
    peak_bytes, looks = 0, 0
    # Into a file: a pipe that nobody reads would stop it.
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, stdout=said, text=True) as process,
    ):
        while process.poll() is None:
            taken = sum(pss_bytes(pid) for pid in family_of(process.pid))
            peak_bytes, looks = max(peak_bytes, taken), looks + 1
            time.sleep(LOOK_EVERY_S)
        said.seek(0)
        events = [json.loads(line) for line in said]
    connected = max(e["total"]["connected"] for e in events if e["event"] == "standing")
    tones = events[-1]["confirmed"].get("tone_started", 0)
    return Comparison(
        name="a rehearsal's memory",
        work=(
            f"{devices:,} devices, of which {connected:,} connected and {tones:,} tones sounded; "
            f"{looks} looks; load {os.getloadavg()[0]:.1f}"
        ),
        ours=peak_bytes / 1e9,
        baseline=ALLOWED_GB,
        unit="GB",
        against="what it may take",
    )


def family_of(pid: int) -> Sequence[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                after_name = (entry / "stat").read_text().rpartition(")")[2]
                children[int(after_name.split()[1])].append(int(entry.name))
    family = [pid]
    for member in family:
        family += children[member]
    return family


def pss_bytes(pid: int) -> int:
    """A process's share of the memory that it maps; 0 for one that has gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1_024
    return 0
