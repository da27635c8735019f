"""How many bytes of disk a confirmation takes, with its evidence and without.

The pages of the ledger's file that belong to a table and its indexes (`dbstat`), after the ingest
itself has filled it; names are as long as those that the station gives. Plays, shares, the trail
and the roots are told apart: they grow with broadcasts and days, not with confirmations.
"""

import hashlib
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from broadcaster.database import new_id
from broadcaster.database.signed_messages import restored
from tests.benchmarks.comparison import Comparison
from tests.benchmarks.full_ledger import filled


def weighing(*, batch: int = 1, poles: int = 20, orders: int = 100) -> Comparison:
    """Bytes a confirmation."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        path = Path(name) / "ledger.sqlite3"
        filled(path, poles=poles, orders=orders, batch=batch, named=new_id).dispose()
        with closing(sqlite3.connect(path)) as ledger:
            ledger.execute("VACUUM")
            (rows,) = ledger.execute("SELECT COUNT(*) FROM confirmation").fetchone()
            row = _bytes_of(ledger, "confirmation") / rows
            evidence = _bytes_of(ledger, "confirmation_batch") / rows
            (whole,) = ledger.execute("SELECT SUM(pgsize) FROM dbstat").fetchone()
            came = sum(map(len, _messages(ledger))) / rows
    return Comparison(
        name=f"bytes a confirmation, {batch} to a message",
        work=(
            f"{rows:,} confirmations on SQLite: {row:.0f} without evidence, {evidence:.0f} of "
            f"evidence; everything in the file {whole / rows:.0f} "
            f"(goal: {1_000 if batch == 1 else 600})"
        ),
        ours=row + evidence,
        baseline=came,
        unit="bytes",
        against="the signed message as it came, on its own",
    )


def _bytes_of(ledger: sqlite3.Connection, table: str) -> float:
    """The pages of a table and of its indexes."""
    (found,) = ledger.execute(
        "SELECT SUM(pgsize) FROM dbstat WHERE name IN "
        "(SELECT name FROM sqlite_master WHERE tbl_name = ?)",
        (table,),
    ).fetchone()
    return float(found)


def _messages(ledger: sqlite3.Connection) -> list[bytes]:
    """The evidence as it came, to the byte."""
    messages = []
    for kept, sha256 in ledger.execute("SELECT message, sha256 FROM confirmation_batch"):
        messages.append(restored(kept))
        assert hashlib.sha256(messages[-1]).digest() == sha256
    return messages
