"""From broker to durable ledger: messages a second, against a bare paho client that only counts.

`python -m tests.benchmarks.storming [--seconds S] [--batch N …] [--processes N] [--rounds N]`.
A real Mosquitto; whoever sends is no bottleneck (`storm_sender`). Ours verifies every signature,
checks chains, stores, folds, commits, acknowledges and receipts; the least hears the same messages
from the same broker in the same run and counts them. Both by turns; with `--seconds` there are as
many messages as take about that long.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from broadcaster.logs import configure_logs
from tests.benchmarks.comparison import Comparison, Spent, table_of
from tests.benchmarks.storm_scene import (
    COUNTER,
    EVERY_CONFIRMATION,
    SENDER,
    Storm,
    storm_of,
    talking,
    wait_until_held,
)

WORDS_A_PLAY = 5
MESSAGES_A_SECOND = {1: 3_000, 4: 1_800, 50: 300}
"""About what an ingest takes on two cores: only to know how many messages fill the time."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One round: how long all messages took to be counted and to be stored, and of a processor."""

    counted: Spent
    stored: Spent


def storming(
    *, batch: int = 1, seconds: float = 3, processes: int = 2, rounds: int = 2, poles: int = 100
) -> Comparison:
    """Microseconds a message."""
    wanted = MESSAGES_A_SECOND.get(batch, 1_000) * seconds
    plays = max(round(wanted * batch / poles / WORDS_A_PLAY), 1)
    with (
        tempfile.TemporaryDirectory(prefix="loa-bench-") as name,
        storm_of(Path(name), poles=poles, plays=plays) as storm,
    ):
        messages = storm.messages(batch=batch)
        file = storm.written(messages)
        turns = [
            Turn(_counted_in(storm, file, len(messages)), _stored_in(storm, file, processes))
            for _ in range(rounds)
        ]
        said = storm.confirmations
    best = min(each.stored.wall_s for each in turns)
    counted = min(each.counted.wall_s for each in turns)
    used = min(each.stored.cpu_s for each in turns) / len(messages) * 1e6
    bare_used = min(each.counted.cpu_s for each in turns) / len(messages) * 1e6
    return Comparison(
        name=f"ingest from the broker, {batch} to a message",
        work=(
            f"{len(messages):,} messages of {poles} poles, {processes} ingest processes, SQLite: "
            f"{best:.1f} s, {len(messages) / best:,.0f} messages/s, "
            f"{said / best:,.0f} confirmations/s, {counted / best:.2f} of the bare rate; "
            f"of a processor {used:.0f} µs a message, bare {bare_used:.0f}; "
            f"load {os.getloadavg()[0]:.1f}"
        ),
        ours=best / len(messages) * 1e6,
        baseline=counted / len(messages) * 1e6,
        unit="µs/message",
        against="the same Mosquitto's messages counted by paho",
        ratios=[each.stored.wall_s / each.counted.wall_s for each in turns],
    )


def _counted_in(storm: Storm, file: Path, messages: int) -> Spent:
    command = [sys.executable, "-m", "tests.benchmarks.bare_counter"]
    with storm.broker() as broker:
        to = [str(broker.port), COUNTER, storm.secret, EVERY_CONFIRMATION, str(messages)]
        with talking([*command, *to]) as counter:
            assert counter.next()["event"] == "ready"
            began_s = _sent(storm, broker.port, file)
            heard = counter.next()
    return Spent(wall_s=heard["at_s"] - began_s, cpu_s=heard["processor_s"])


def _stored_in(storm: Storm, file: Path, processes: int) -> Spent:
    storm.fresh_ledger()
    with storm.broker() as broker, storm.ingests(broker, processes=processes) as ingests:
        used_s = sum(each.processor_s for each in ingests)
        began_s = _sent(storm, broker.port, file)
        took_s = wait_until_held(storm, storm.confirmations) - began_s
        used_s = sum(each.processor_s for each in ingests) - used_s
    return Spent(wall_s=took_s, cpu_s=used_s)


def _sent(storm: Storm, port: int, file: Path) -> float:
    """Send all of it, and say when it began."""
    command = [sys.executable, "-m", "tests.benchmarks.storm_sender"]
    with talking([*command, str(port), SENDER, storm.secret, str(file)]) as sender:
        assert sender.next()["event"] == "ready"
        sender.begin()
        began_s: float = sender.next()["began_s"]
    return began_s


def main() -> int:
    """Measure with so many confirmations to a message."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.storming", description=__doc__
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--batch", nargs="+", type=int, default=[1, 4, 50])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    configure_logs("ERROR")
    found = [
        storming(batch=batch, seconds=asked.seconds, processes=asked.processes, rounds=asked.rounds)
        for batch in asked.batch
    ]
    sys.stdout.write(table_of(found) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
