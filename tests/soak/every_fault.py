"""`make soak`, case *faults*: each fault of the server once, as a row of one table."""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from broadcaster.logs import configure_logs
from tests.soak import server_faults as faults
from tests.soak.case import Outcome, Turn
from tests.soak.six_hours import six_hours_away
from tests.soak.told import Told

POLES = 100

_WITH_SEED: Callable[..., Told] = six_hours_away
FAULTS: Sequence[tuple[str, Callable[[Path], Told]]] = (
    ("six-hours", partial(_WITH_SEED, devices=POLES, seed=2026)),
    ("clock-hour-ahead", partial(faults.clock_jumps, hours=1)),
    ("clock-hour-behind", partial(faults.clock_jumps, hours=-1)),
    ("clock-day-ahead", partial(faults.clock_jumps, hours=24)),
    ("clock-day-behind", partial(faults.clock_jumps, hours=-24)),
    ("certificate", faults.certificate_ends),
    ("broker-gone", faults.broker_gone),
    ("broker-slow", faults.broker_slow),
    ("broker-disk-full", faults.broker_disk_full),
    ("database-gone", faults.postgres_gone),
    ("database-frozen", faults.postgres_frozen),
    ("database-disk-full", faults.sqlite_disk_full),
    ("page-spoilt", faults.sqlite_page_spoilt),
)


def every_fault(turn: Turn) -> Outcome:
    """The fault of this number, on a station of its own."""
    configure_logs("ERROR")
    name, suffered = FAULTS[turn.number - 1]
    with tempfile.TemporaryDirectory(prefix="loa-soak-") as folder:
        # A server that is not root's must reach the disk in it.
        Path(folder).chmod(0o755)
        try:
            told = suffered(Path(folder))
        except AssertionError as error:
            why = " ".join(str(error).split())[:300]
            return Outcome(held=False, facts={"fault": name, "other": why})
    return Outcome(held=told.held, facts=told.facts)
