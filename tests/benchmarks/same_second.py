"""All controllers confirm in the same second; and somebody saves a page meanwhile.

`python -m tests.benchmarks.same_second [--controllers N] [--processes N]`. Each has a connection of
its own to a real Mosquitto and hears its own receipts; all five confirmations of a play go in one
message. Pages are saved as the station saves them: an act, its entry in the signed trail, a commit.
"""

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadcaster.audit import Act, keep_trail, record
from broadcaster.database import Database, connect
from broadcaster.keys import KeyWatch
from broadcaster.logs import configure_logs
from devices.protocol import topics
from tests.benchmarks.comparison import Comparison, table_of
from tests.benchmarks.sirens import Spread, spread_of
from tests.benchmarks.storm_scene import Storm, Talking, storm_of, talking
from tests.broadcaster.ledger.commune import STATION

CONNECTING_PROCESSES = 2
IDLE_WRITES = 100
PAUSE_S = 0.02


def same_second(*, controllers: int = 2_000, processes: int = 2) -> list[Comparison]:
    """Milliseconds to the receipts; and those of a page's write, in the storm and at rest."""
    with (
        tempfile.TemporaryDirectory(prefix="loa-bench-") as name,
        storm_of(Path(name), poles=controllers, plays=1) as storm,
    ):
        storm.fresh_ledger()
        with ExitStack() as stack:
            broker = stack.enter_context(storm.broker())
            stack.enter_context(storm.ingests(broker, processes=processes))
            crowd = [
                stack.enter_context(_controllers(file)) for file in _shares(storm, port=broker.port)
            ]
            for each in crowd:
                assert each.next()["event"] == "ready"
            pages = stack.enter_context(_pages(storm))
            at_rest = [_saved_us(pages) for _ in range(IDLE_WRITES)]
            told, in_storm = _confirm(crowd, lambda: _saved_us(pages))
        held = _rows(storm)
    assert held == storm.confirmations, f"{held} of {storm.confirmations} are held"
    covered = sorted({seq for each in told for seq in each["covered"]})
    assert covered == [len(storm.poles[0].entries)], covered
    return _compared(told, spread_of(at_rest), spread_of(in_storm), controllers, processes)


def _compared(
    told: Sequence[dict[str, Any]],
    at_rest: Spread,
    in_storm: Spread,
    controllers: int,
    processes: int,
) -> list[Comparison]:
    said = [at for each in told for at in each["said_us"]]
    receipted = [at for each in told for at in each["receipted_us"]]
    waits = [after - at for at, after in zip(said, receipted, strict=True)]
    spoken_s = (max(said) - min(said)) / 1e6
    all_s = (max(receipted) - min(said)) / 1e6
    load = f"load {os.getloadavg()[0]:.1f}"
    return [
        Comparison(
            name="all in the same second",
            work=(
                f"{controllers:,} controllers, {len(receipted):,} receipts, none lost; all had "
                f"said it within {spoken_s:.2f} s; wait for one's own: {spread_of(waits)}; "
                f"{processes} ingest processes, SQLite; {load}"
            ),
            ours=all_s,
            baseline=spoken_s,
            unit="s",
            against="until the last one had said it",
        ),
        Comparison(
            name="a page's write in the storm",
            work=f"p99; in the storm {in_storm}; at rest {at_rest} (goal: 10 times); {load}",
            ours=in_storm.p99_ms,
            baseline=at_rest.p99_ms,
            unit="ms",
            against="the same write before the storm",
        ),
    ]


def _confirm(
    crowd: Sequence[Talking], save: Callable[[], int]
) -> tuple[list[dict[str, Any]], list[int]]:
    """Give all the word; save pages until every receipt is there."""
    told: list[dict[str, Any]] = []
    hearing = threading.Thread(target=lambda: told.extend(each.next() for each in crowd))
    for each in crowd:
        each.begin()
    hearing.start()
    saved: list[int] = []
    while hearing.is_alive() or not saved:
        saved.append(save())
    hearing.join()
    assert len(told) == len(crowd), "some were not receipted"
    return told, saved


@contextmanager
def _pages(storm: Storm) -> Iterator[Database]:
    database = connect(storm.settings.database)
    keys_dir = storm.settings.keys_dir
    with database.reading() as session:
        (root,) = session.connection().exec_driver_sql("SELECT public_key FROM station").one()
    keep_trail(
        database, lambda station: KeyWatch(keys_dir, station_id=station, root_public_key=root)()
    )
    try:
        yield database
    finally:
        database.dispose()


def _saved_us(database: Database) -> int:
    time.sleep(PAUSE_S)
    begun = time.perf_counter_ns()
    with database.writing() as session:
        record(
            session,
            Act.BULLETIN_WRITTEN,
            by="acc-an",
            about="bul-1",
            at=datetime.now(UTC),
            private={"title": "Lịch tiêm chủng"},
        )
    return (time.perf_counter_ns() - begun) // 1_000


def _shares(storm: Storm, *, port: int) -> list[Path]:
    """A file for each process of controllers."""
    files = []
    for number in range(CONNECTING_PROCESSES):
        poles = storm.poles[number::CONNECTING_PROCESSES]
        deliveries = {pole.device: pole.batch() for pole in poles}
        share = {
            "port": port,
            "secret": storm.secret,
            "hear": {each: topics.to_device(STATION, each) for each in deliveries},
            "says": {
                device: (said.topic, said.payload.decode()) for device, said in deliveries.items()
            },
        }
        files.append(storm.folder / f"controllers-{number}.json")
        files[-1].write_text(json.dumps(share))
    return [file for file in files if json.loads(file.read_text())["hear"]]


@contextmanager
def _controllers(file: Path) -> Iterator[Talking]:
    command = [sys.executable, "-m", "tests.benchmarks.storm_controllers", str(file)]
    with talking(command) as crowd:
        yield crowd


def _rows(storm: Storm) -> int:
    path = storm.settings.state_dir / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as ledger:
        (rows,) = ledger.execute("SELECT COUNT(*) FROM confirmation").fetchone()
        return int(rows)


def main() -> int:
    """Measure with so many controllers."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.same_second", description=__doc__
    )
    parser.add_argument("--controllers", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    configure_logs("ERROR")
    found = same_second(controllers=asked.controllers, processes=asked.processes)
    sys.stdout.write(table_of(found) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
