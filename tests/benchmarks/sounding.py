"""How far apart sound cards let out a sound that is planned for one instant, on a busy machine.

Cards of ALSA without hardware, one a process; what the card itself adds is unmeasured here. The
least is a bare timer in the same load.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.starting import worst_of_timers
from tests.devices.station import unix_ms

AHEAD_MS = 6_000


def sounding(*, cards: int = 8, busy: int = 2) -> Comparison:
    """Milliseconds of the worst first sample from the planned instant."""
    with _load(busy):
        late_us = _of_cards(cards)
        bare_us = worst_of_timers(cards)
    return Comparison(
        name="sound card skew",
        work=f"{cards} sinks on ALSA, a process each, beside {busy} busy ones",
        ours=max(map(abs, late_us)) / 1_000,
        baseline=bare_us / 1_000,
        unit="ms, worst",
        against=f"{cards} processes in `time.sleep` until the same instant",
    )


def _of_cards(cards: int) -> Sequence[int]:
    at_us = (unix_ms() + AHEAD_MS) * 1_000
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.one_card", str(at_us)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(cards)
    ]
    said = [process.communicate(timeout=60)[0] for process in processes]
    return [int(each.splitlines()[-1].split()[0]) for each in said]


@contextmanager
def _load(processes: int) -> Iterator[None]:
    started = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)
    ]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
