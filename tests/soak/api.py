"""One round of the API asked by Schemathesis what its document says, and what it does not.

A round asks every eighth operation: all of them at once take longer than a run lasts on a small
machine, and a round that is broken off is not kept.
"""

import tempfile
from pathlib import Path

from broadcaster.database.migrate import migrate
from broadcaster.logs import configure_logs
from tests.security.api_trial import answers_that_break_the_document
from tests.security.conftest import fill, open_site
from tests.security.test_one_table_of_routes import TABLE
from tests.security.whole_station import live_in
from tests.soak.case import Outcome, Turn
from tests.trail import connect

EXAMPLES = 40
"""Of each operation in each way."""
PARTS = 8
"""So many rounds have asked every operation once; 40 rounds are five times."""


def api(turn: Turn) -> Outcome:
    """A station in which everything was done once, asked with the round's seed."""
    configure_logs("CRITICAL")
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as name:
        folder = Path(name)
        database = connect(f"sqlite:///{folder / 'station.sqlite3'}")
        migrate(database)
        fill(database, folder=folder)
        day = live_in(open_site(database, folder=folder))
        part = (turn.number % PARTS, PARTS)
        wrong = answers_that_break_the_document(
            day, TABLE, examples=EXAMPLES, number=turn.seed, part=part
        )
        database.dispose()
    told = " ".join(f"{where}: {said}" for where, said in wrong.items())
    return Outcome(
        held=not wrong,
        facts={
            "part": f"{part[0] + 1}/{PARTS}",
            "examples": EXAMPLES,
            "wrong": len(wrong),
            "why": told[:400],
        },
    )
