"""The model of capacity: devices, messages, octets, rows and money, out of what was measured.

`python deploy/capacity.py [--devices N …] [--broadcasts-a-day K] …` prints the tables that stand in
`deploy/CAPACITY.md`; with `--write` it writes them there. The constants are in
`capacity_constants.py`, the sums in `capacity_sums.py`, the tables in `capacity_tables.py`.
"""

# ruff: noqa: INP001 - run by its path, and imported by its test

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from capacity_constants import Constants
from capacity_sums import Demand
from capacity_tables import tables

PAGE = Path(__file__).with_name("CAPACITY.md")
BEGIN, END = "<!-- printed by deploy/capacity.py -->\n", "<!-- end of what is printed -->\n"
DECADES = (24, 100, 1_000, 10_000, 100_000, 300_000)


def demand_of(asked: argparse.Namespace) -> Demand:
    """What was asked for on the command line."""
    return Demand(
        **{each.name: getattr(asked, each.name) for each in fields(Demand)} | {"devices": 1}
    )


def parser() -> argparse.ArgumentParser:
    """Every assumption is an option."""
    options = argparse.ArgumentParser(prog="python deploy/capacity.py", description=__doc__)
    options.add_argument("--devices", type=int, nargs="+", default=list(DECADES))
    for each in fields(Demand):
        if each.name != "devices":
            name = f"--{each.name.replace('_', '-')}"
            options.add_argument(name, type=type(each.default), default=each.default)
    options.add_argument("--write", action="store_true", help="into deploy/CAPACITY.md")
    return options


def main() -> int:
    """Print the tables, or write them into the page."""
    asked = parser().parse_args()
    told = tables(demand_of(asked), Constants(), devices=asked.devices)
    if not asked.write:
        sys.stdout.write(told)
        return 0
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
