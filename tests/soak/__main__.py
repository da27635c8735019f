"""`make soak`: run each case's rounds, go on where an earlier run stopped, write the table.

`python -m tests.soak [CASE …] [--rounds N] [--seed N] [--minutes N] [--share K/N]`
"""

import argparse
import sys
import time
from pathlib import Path

from tests.soak.case import Turn
from tests.soak.cases import CASES
from tests.soak.record import Record, Round, Share

RESULTS = Path("tests/results")


def main() -> int:
    """Run what was asked for; 0 only when every round held."""
    asked = _arguments()
    deadline = time.monotonic() + asked.minutes * 60
    held = True
    for name in asked.cases or sorted(CASES):
        case = CASES[name]
        record = Record.open(
            RESULTS, case=name, seed=asked.seed, rounds=asked.rounds or case.rounds
        )
        for number in asked.share.of(record.missing()):
            if time.monotonic() > deadline:
                sys.stdout.write(f"{name}: paused before round {number}; run again to go on\n")
                break
            begun = time.monotonic()
            outcome = case.run(Turn(number, seed=asked.seed * 1_000_003 + number))
            seconds = round(time.monotonic() - begun, 1)
            ended = Round(number, seconds=seconds, held=outcome.held, facts=outcome.facts)
            record.add(ended)
            sys.stdout.write(f"{name} {number}: {outcome.facts} in {seconds} s\n")
            sys.stdout.flush()
        held = record.write_table(what=case.what) and held
    return 0 if held else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--rounds", type=int, default=0, help="rounds a case (default: its own)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--minutes", type=float, default=30, help="stop after, to go on later")
    parser.add_argument(
        "--share",
        type=Share.read,
        default=Share(1, 1),
        metavar="K/N",
        help="only every Nth round, from the Kth on, beside others that run the rest",
    )
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
