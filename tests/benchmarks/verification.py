"""Verifying a whole ledger, against its signatures alone on all cores.

`python -m tests.benchmarks.verification [--poles N] [--orders N] [--batch N …] [--rounds N]`.
Ours is what `loa ledger verify` does from opening the database to the verdict: trail, facts,
signatures, chains, folds, roll-ups, daily roots, with the start of its processes. The least is
PyNaCl's `VerifyKey.verify` of each batch once (`bare_signatures`). Both by turns. On a machine
that does other things too, the processor time of one process says more than the clock.
"""

import argparse
import base64
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from broadcaster.database import Database
from broadcaster.fleet.registry import verify_keys
from broadcaster.inspection.sight import seen_at_one_instant
from broadcaster.inspection.verifying import Question, Verdict, verify
from broadcaster.ledger.tables import BATCHES
from broadcaster.logs import configure_logs
from tests.benchmarks.bare_signatures import Signed, verifiers, verify_all
from tests.benchmarks.comparison import Comparison, by_turns, table_of
from tests.benchmarks.full_ledger import filled
from tests.broadcaster.inspection.scene import NEXT_MORNING, ROOT_KEY
from tests.broadcaster.ledger import commune


def verification(
    *, poles: int = 40, orders: int = 100, batch: int = 1, rounds: int = 3
) -> Comparison:
    """Microseconds a signed batch, on all cores together."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        database = filled(Path(name) / "full.sqlite3", poles=poles, orders=orders, batch=batch)
        try:
            signed = _signed(database)
            with verifiers(signed, cores=cores) as bare:
                turns = [
                    (bare.seconds(), _verified_in(database, cores=cores)) for _ in range(rounds)
                ]
            alone = by_turns(
                baseline=lambda: verify_all(signed),
                ours=lambda: _verified_in(database, cores=0),
                cpu_s=time.process_time,
                rounds=rounds,
            )
        finally:
            database.dispose()
    best_bare, best_ours = min(each for each, _ in turns), min(each for _, each in turns)
    return Comparison(
        name="verification",
        work=f"{len(signed):,} signed batches of {batch} confirmations of {poles} poles on SQLite, "
        f"{cores} cores: {len(signed) / best_ours:,.0f} signatures/s, "
        f"{best_bare / best_ours:.2f} of the bare rate (goal: 0.75); in one process, by processor "
        f"time, {1 / min(alone.cpu_ratios):.2f}; load {os.getloadavg()[0]:.1f}",
        ours=best_ours / len(signed) * 1e6,
        baseline=best_bare / len(signed) * 1e6,
        unit="µs/batch",
        against="PyNaCl verifying the same signatures in as many processes",
        ratios=[ours / bare for bare, ours in turns],
    )


def _verified_in(database: Database, *, cores: int) -> float:
    begun = time.perf_counter()
    verdict = _verdict(database, cores=cores)
    took_s = time.perf_counter() - begun
    assert verdict.findings == [], verdict.findings[:3]
    return took_s


def _verdict(database: Database, *, cores: int) -> Verdict:
    question = Question(root_key=ROOT_KEY, now=NEXT_MORNING)
    with seen_at_one_instant(database.engine, processes=cores) as sight:
        return verify(sight, question)


def _signed(database: Database) -> Sequence[Signed]:
    with database.reading() as session:
        keys = verify_keys(session, commune.STATION)
        rows = session.connection().execute(select(BATCHES.c.device_id, BATCHES.c.message))
        found = []
        for device, message in rows:
            signed, _, signature = message.rpartition(b".")
            octets = base64.urlsafe_b64decode(signature + b"==")
            found.append((bytes(keys[device]), signed, octets))
        return found


def main() -> int:
    """Measure with so many confirmations to a message."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.verification", description=__doc__
    )
    parser.add_argument("--poles", type=int, default=40)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--batch", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    configure_logs("ERROR")
    sizes = {"poles": asked.poles, "orders": asked.orders, "rounds": asked.rounds}
    table = table_of([verification(batch=batch, **sizes) for batch in asked.batch])
    sys.stdout.write(table + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
