"""Two ingest processes behind shared subscriptions beside one, and where the processors' time goes.

`python -m tests.benchmarks.sharing [--seconds S] [--rounds N]`. The storm of `storming`, one
confirmation to a message, SQLite, a real Mosquitto, by turns in one run. Broker and sender are told
apart, and what of a message one process does for itself (hearing, verifying, deflating) from what
is done inside the ledger's one writing transaction, which no second process can do beside it.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from broadcaster.areas.tables import Station
from broadcaster.database import connect
from broadcaster.fleet.registry import verify_keys
from broadcaster.ledger.ingest import open_deliveries, store_opened
from broadcaster.logs import configure_logs
from tests.benchmarks.storm_scene import (
    SENDER,
    STATION,
    Storm,
    Talking,
    storm_of,
    talking,
    wait_until_held,
)
from tests.benchmarks.storming import MESSAGES_A_SECOND, WORDS_A_PLAY
from tests.broadcaster.ledger.commune import STARTS

POLES = 100
TOGETHER = 200
"""Messages of one transaction: as many as the ingest takes of such length."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One round, in µs a message but for the rate; `others` is what else used the processors."""

    processes: int
    rate: float
    ingests: float
    broker: float
    sender: float
    others: float
    idle: float


@dataclass(frozen=True, slots=True)
class Halves:
    """One process alone, µs a message: before the writing transaction, and inside it."""

    opening: float
    writing: float
    writing_by_the_clock: float


def main() -> int:
    """Measure by turns, and print each round and the middle ones."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sharing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    configure_logs("ERROR")
    halves, found = sharing(seconds=asked.seconds, rounds=asked.rounds)
    sys.stdout.write(f"{halves}\n")
    for each in found:
        sys.stdout.write(f"{each}\n")
    rates = {
        processes: median(each.rate for each in found if each.processes == processes)
        for processes in (1, 2)
    }
    sys.stdout.write(
        f"middle rates {rates[1]:,.0f} and {rates[2]:,.0f} "
        f"messages/s, ratio {rates[2] / rates[1]:.2f}; load {os.getloadavg()[0]:.1f}\n"
    )
    return 0


def sharing(*, seconds: float, rounds: int, poles: int = POLES) -> tuple[Halves, Sequence[Shared]]:
    """One process and two by turns; every message is stored in each round."""
    plays = max(round(MESSAGES_A_SECOND[1] * seconds / poles / WORDS_A_PLAY), 1)
    with (
        tempfile.TemporaryDirectory(prefix="loa-bench-") as name,
        storm_of(Path(name), poles=poles, plays=plays) as storm,
    ):
        messages = storm.messages(batch=1)
        file = storm.written(messages)
        return _halves(storm), [
            _round(storm, file, len(messages), processes=processes)
            for _ in range(rounds)
            for processes in (1, 2)
        ]


def _halves(storm: Storm) -> Halves:
    storm.fresh_ledger()
    database = connect(storm.settings.database)
    with database.reading() as session:
        station = session.get_one(Station, STATION)
        keys = verify_keys(session, STATION)
    turns = zip(*(pole.batches(size=1) for pole in storm.poles), strict=True)
    deliveries = [one for turn in turns for one in turn]
    opened_ns = written_ns = clock_ns = 0
    for first in range(0, len(deliveries), TOGETHER):
        some = deliveries[first : first + TOGETHER]
        began_ns = time.process_time_ns()
        opened = open_deliveries(some, keys=keys, station=station)
        opened_ns += time.process_time_ns() - began_ns
        began_ns, clock_began_ns = time.process_time_ns(), time.monotonic_ns()
        with database.writing_in_bulk() as session:
            store_opened(session, opened, now=STARTS, station=station)
        written_ns += time.process_time_ns() - began_ns
        clock_ns += time.monotonic_ns() - clock_began_ns
    database.dispose()
    of_each = len(deliveries) * 1_000
    return Halves(opened_ns / of_each, written_ns / of_each, clock_ns / of_each)


def _round(storm: Storm, file: Path, messages: int, *, processes: int) -> Shared:
    storm.fresh_ledger()
    command = [sys.executable, "-m", "tests.benchmarks.storm_sender"]
    with storm.broker() as broker, storm.ingests(broker, processes=processes) as ingests:
        to = [str(broker.port), SENDER, storm.secret, str(file)]
        with talking([*command, *to]) as sender:
            assert sender.next()["event"] == "ready"
            watched = ([*ingests], [Talking(broker.process)], [sender])
            before_s = [_used_s(each) for each in watched]
            busy_s, idle_s = _machine_s()
            sender.begin()
            began_s = sender.next()["began_s"]
            took_s = wait_until_held(storm, storm.confirmations) - began_s
            used_s = [
                _used_s(each) - before for each, before in zip(watched, before_s, strict=True)
            ]
            all_busy_s, all_idle_s = _machine_s()
    others_s = all_busy_s - busy_s - sum(used_s)
    ours = (each / messages * 1e6 for each in (*used_s, others_s, all_idle_s - idle_s))
    return Shared(processes, messages / took_s, *ours)


def _used_s(processes: Sequence[Talking]) -> float:
    return sum(each.processor_s for each in processes)


def _machine_s() -> tuple[float, float]:
    """Processor time since the machine began: used by anybody, and idle; s."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle = fields[3] + fields[4]
    tick = os.sysconf("SC_CLK_TCK")
    return (sum(fields) - idle) / tick, idle / tick


if __name__ == "__main__":
    raise SystemExit(main())
