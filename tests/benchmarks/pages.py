"""What each page costs the server of a province: medians, and how they grow with the devices.

`python -m tests.benchmarks.pages [--devices 100 10000]` prints a table of every page that the large
station can show. It fails where a page grows with the devices beyond what is allowed below.
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, event

from broadcaster.accounts.guard import SESSION_COOKIE, declared_rights
from broadcaster.logs import configure_logs
from tests.benchmarks.large_station import STAFF, LargeStation, application, large_station
from tests.clients import TestClient

ROUNDS = 5
FITTING_MS = 100
NEAR_FLAT = 3.0
"""Times that a page may cost more when there are a hundred times as many devices."""

NOTHING_MS = 25
"""A page that costs no more than this at its largest is flat enough, whatever it was before."""

OF_ALL = {
    "/devices/map": 20.0,
    "/devices/map/live": 20.0,
    "/devices/map/places": 40.0,
    "/devices/trends": 20.0,
    "/devices/trends/live": 20.0,
    "/ledger/coverage": 10.0,
    "/ledger/coverage/live": 10.0,
}
"""Pages that speak of every device or village at once may grow, by far less than a hundred times.

The map has every device; the trends judge each by its plays of eight weeks, and show the worst; the
year's coverage adds up all villages.
"""

PLACES = {
    "{broadcast_id}": "on-0",
    "{village_id}": "v-0-0",
    "{device_id}": "d-0-0",
    "{bulletin_id}": "b-60",
}
"""What is there in the large station; pages about anything else are left out of the table.

The evidence of one confirmation is one of them: here no statement is really signed."""

LEFT_OUT = ("/api/", "/static", "/audio/", "/language/", "/broadcasts/talk-")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page costs: medians by the clock and of a processor, and how much is sent.

    `rows` is how many the database gave for it.
    """

    path: str
    role: str
    ms: float
    processor_ms: float
    kilobytes: float
    statements: int
    rows: int


def costs(station: LargeStation, *, rounds: int = ROUNDS) -> list[Cost]:
    """Every page that the large station can show, each to whoever is shown the most."""
    found = []
    for path in _paths(station.app):
        shown = {role: _shown(station, path, role) for role in (*STAFF, station.heads[0])}
        role = max(shown, key=lambda each: shown[each])
        if shown[role]:
            found.append(_cost(station, path, role, rounds=rounds))
    return found


def _paths(app: FastAPI) -> list[str]:
    gets = (route[4:] for route in declared_rights(app) if route.startswith("GET "))
    return sorted(
        path
        for path in gets
        if not path.startswith(LEFT_OUT) and set(re.findall(r"\{\w+\}", path)) <= PLACES.keys()
    )


def _browser(app: FastAPI, token: str) -> TestClient:
    return TestClient(
        app,
        follow_redirects=False,
        headers={"Accept": "text/html"},
        cookies={SESSION_COOKIE: token},
    )


def _address(path: str) -> str:
    for place, value in PLACES.items():
        path = path.replace(place, value)
    return path


def _shown(station: LargeStation, path: str, role: str) -> int:
    """How many bytes somebody is shown; none where they may not look."""
    with _browser(station.app, role) as browser:
        answer = browser.get(_address(path))
    return len(answer.content) if answer.status_code == 200 else 0


def _cost(station: LargeStation, path: str, role: str, *, rounds: int) -> Cost:
    address = _address(path)
    with _browser(station.app, role) as browser:
        with _counted(station.app) as asked:
            answer = browser.get(address)
        clock_ms, processor_ms = [], []
        for _ in range(rounds):
            begun, used = time.perf_counter(), time.process_time()
            browser.get(address)
            clock_ms.append((time.perf_counter() - begun) * 1_000)
            processor_ms.append((time.process_time() - used) * 1_000)
    return Cost(
        path,
        role.partition("-")[0],
        statistics.median(clock_ms),
        statistics.median(processor_ms),
        len(answer.content) / 1_000,
        asked.statements,
        asked.rows,
    )


@dataclass(slots=True)
class Asked:
    """How often a database was asked, and how many rows it gave."""

    statements: int = 0
    rows: int = 0


@contextmanager
def _counted(app: FastAPI) -> Iterator[Asked]:
    """What the application asks its database meanwhile."""
    engine: Engine = app.state.context.database.engine
    asked = Asked()

    def note(*_: object) -> None:
        asked.statements += 1

    def count(_cursor: object, row: object) -> object:
        asked.rows += 1
        return row

    def watch(connection: Any, *_: object) -> None:  # noqa: ANN401 - the driver's own type
        connection.row_factory = count

    def leave(connection: Any, *_: object) -> None:  # noqa: ANN401 - the driver's own type
        connection.row_factory = None

    listened = {"checkout": watch, "checkin": leave, "before_cursor_execute": note}
    for name, listener in listened.items():
        event.listen(engine, name, listener)
    try:
        yield asked
    finally:
        for name, listener in listened.items():
            event.remove(engine, name, listener)


def grown(small: Sequence[Cost], large: Sequence[Cost]) -> list[str]:
    """The pages that grow with the devices beyond what they may, with their figures."""
    before = {each.path: each.processor_ms for each in small}
    return [
        f"{each.path}: {each.processor_ms / before[each.path]:.1f} times"
        for each in large
        if each.path in before
        and each.processor_ms > NOTHING_MS
        and each.processor_ms > OF_ALL.get(each.path, NEAR_FLAT) * before[each.path]
    ]


def table_of(small: Sequence[Cost], large: Sequence[Cost]) -> str:
    """Each page at both sizes, the dearest first, and how much it grew."""
    before = {each.path: each for each in small}
    lines = [
        "| page | who | processor ms, few | processor ms, many | times | by the clock, many "
        "| statements | rows | kB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for each in sorted(large, key=lambda cost: -cost.processor_ms):
        was = before.get(each.path)
        mark = " **slow**" if each.processor_ms > FITTING_MS else ""
        lines.append(
            f"| {each.path}{mark} | {each.role} | {f'{was.processor_ms:.1f}' if was else ''} "
            f"| {each.processor_ms:.1f} "
            f"| {f'{each.processor_ms / was.processor_ms:.1f}' if was else ''} "
            f"| {each.ms:.1f} | {each.statements} | {each.rows} | {each.kilobytes:.0f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure, or serve for who measures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--devices", nargs=2, type=int, default=[100, 10_000])
    parser.add_argument("--serve", nargs=2, metavar=("FILE", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    configure_logs("ERROR")
    if asked.serve:
        app = application(Path(asked.serve[0]))
        uvicorn.run(app, host="127.0.0.1", port=int(asked.serve[1]), log_level="error")
        return 0
    few, many = asked.devices
    with large_station(few) as station:
        small = costs(station)
    with large_station(many) as station:
        large = costs(station)
    sys.stdout.write(table_of(small, large) + "\n")
    steep = grown(small, large)
    slow = [f"{each.path}: {each.ms:.0f} ms" for each in large if each.ms > FITTING_MS]
    sys.stdout.write(f"beyond {FITTING_MS} ms by the clock here: {', '.join(slow) or 'none'}\n")
    sys.stdout.write(f"steeper than allowed: {', '.join(steep) or 'none'}\n")
    return 1 if steep else 0


if __name__ == "__main__":
    raise SystemExit(main())
