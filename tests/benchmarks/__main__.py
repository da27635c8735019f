"""`make bench`: each measure against its baseline in the same run; a table of ratios.

`python -m tests.benchmarks [MEASURE …]`. It asserts nothing: seconds belong to a machine.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout

from broadcaster.logs import configure_logs
from tests.benchmarks.bulk_writing import bulk_writing
from tests.benchmarks.comparison import Comparison, table_of
from tests.benchmarks.crowding import crowding
from tests.benchmarks.ingesting import ingesting
from tests.benchmarks.peers import PeerMissing, beside_sea_g2p, beside_vinorm
from tests.benchmarks.province import asked_of_a_province
from tests.benchmarks.reading import reading
from tests.benchmarks.rehearsing import rehearsing
from tests.benchmarks.rendering import (
    rendering,
    rendering_beside_espeak,
    rendering_beside_piper,
    rendering_beside_piper_on_all_cores,
)
from tests.benchmarks.same_second import same_second
from tests.benchmarks.sirens import sirens
from tests.benchmarks.sounding import sounding
from tests.benchmarks.standing import idling, resident
from tests.benchmarks.starting import starting
from tests.benchmarks.station_host import measure_host
from tests.benchmarks.storming import storming
from tests.benchmarks.verification import verification
from tests.benchmarks.village_heads import village_heads
from tests.benchmarks.weighing import weighing

MEASURES: Mapping[str, Callable[[], Comparison | list[Comparison]]] = {
    "reading": reading,
    "sea-g2p": beside_sea_g2p,
    "vinorm": beside_vinorm,
    "rendering": rendering,
    "espeak": rendering_beside_espeak,
    "piper": rendering_beside_piper,
    "piper-cores": rendering_beside_piper_on_all_cores,
    "ingest": ingesting,
    "bulk": bulk_writing,
    "storm-1": storming,
    "storm-4": lambda: storming(batch=4),
    "storm-50": lambda: storming(batch=50),
    "same-second": lambda: same_second()[0],
    "page-writes": lambda: same_second()[1],
    "bytes-1": weighing,
    "bytes-4": lambda: weighing(batch=4),
    "verification": verification,
    "broadcast": lambda: asked_of_a_province("one broadcast"),
    "village-month": lambda: asked_of_a_province("a village's month"),
    "province-year": lambda: asked_of_a_province("the province's year by topic"),
    "village-heads": village_heads,
    "start": starting,
    "crowd-500": lambda: crowding(controllers=500),
    "crowd-1000": lambda: crowding(controllers=1_000),
    "crowd": crowding,
    "rehearsal-memory": rehearsing,
    "sirens": sirens,
    "station-host": measure_host,
    "card": sounding,
    "memory": resident,
    "idle": idling,
}


def main() -> int:
    """Measure what was asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(MEASURES))
    asked = parser.parse_args().measures or list(MEASURES)
    if unknown := set(asked) - MEASURES.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    configure_logs("ERROR")
    comparisons: list[Comparison] = []
    for name in asked:
        sys.stderr.write(f"» {name}\n")
        try:
            # A peer may talk while it works; the table is the only answer.
            with redirect_stdout(sys.stderr):
                found = MEASURES[name]()
        except PeerMissing as missing:
            sys.stderr.write(f"  not run: {missing}\n")
        else:
            comparisons += found if isinstance(found, list) else [found]
    sys.stdout.write(table_of(comparisons) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
