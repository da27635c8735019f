"""What each page costs the server of a province: medians, and how they grow with the devices.

`python -m tests.benchmarks.pages [--devices 100 10000]` prints a table of every page that the large
station can show. It fails where a page grows with the devices beyond what is allowed below.
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, event

from broadcaster.accounts.guard import SESSION_COOKIE, declared_rights
from broadcaster.circles import look_for_circles_seldom
from broadcaster.logs import configure_logs
from tests.benchmarks.large_desk import desk_of
from tests.benchmarks.large_station import LargeStation, application, large_station
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
    "/emergency/{emergency_id}": 10.0,
    "/emergency/{emergency_id}/live": 10.0,
    "/devices/trends": 20.0,
    "/devices/trends/live": 20.0,
    "/campaigns/{campaign_id}": 10.0,
    "/ledger/coverage": 10.0,
    "/ledger/coverage/live": 10.0,
}
"""Pages that speak of every device or village at once may grow, by far less than a hundred times.

The map has every device; the trends judge each by its plays of eight weeks, and show the worst; the
year's coverage adds up all villages, and a campaign's goal names them; an emergency counts what
every device says, and shows a part of them.
"""

LEFT_OUT: Mapping[str, str] = {
    "/api/": "what programs ask is no page",
    "/static": "files as they lie there",
    "/audio/": "a sound as it lies there",
    "/kenh/{bulletin_id}/": "pictures and parts of a sound, made once and kept",
    "/hearing/": "a photo as it lies there",
    "/emergency/preview/": "a sound that a form has made",
    "/evidence/": "no statement of this station is really signed",
    "/joined/": "what another commune's backup has alike, laid out for whoever joins the two",
    "/language/": "leads back to where somebody was",
    "/broadcasts/talk-": "leads to the page of a talk",
    "/sign-in/province": "leads to a province's sign-in, where a station has one",
}
"""What no page of the large station is, by how its path begins, and why."""

LOOKERS = ("admin", "operator", "leader")
"""Of the staff; whoever inspects is shown what these are, without their forms."""

BY_BEARER = "/metrics"
"""Programs are asked who they are in a header, where a browser sends its cookie."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page costs: medians by the clock and of a processor, and how much is sent.

    `rows` is how many the database gave for it.
    """

    path: str
    role: str
    address: str
    ms: float
    processor_ms: float
    kilobytes: float
    statements: int
    rows: int


class PageNotShown(LookupError):
    """Nobody at the large station is shown a page: its desk lacks what the page is about."""


def costs(
    station: LargeStation,
    *,
    rounds: int = ROUNDS,
    most: bool = True,
    as_in: Iterable[Cost] = (),
) -> list[Cost]:
    """Every page of the table of routes, each to whoever is shown the most.

    Without `most` to the first who is shown it. Pages that were measured at another station are
    opened by the same person as there. Raises PageNotShown: what cannot be measured is in
    `LEFT_OUT`, and nowhere else.
    """
    desk = desk_of(station)
    there = {each.path: each.role for each in as_in}
    everybody = (*LOOKERS, station.heads[0])
    found = []
    for path in pages_of(station.app):
        who = (there[path],) if path in there else everybody
        role, address = _whose(station, path, desk, who=who, most=most)
        found.append(_cost(station, path, role, address, rounds=rounds))
    return found


def pages_of(app: FastAPI) -> list[str]:
    """The path of every page, as its route writes it."""
    gets = (route[4:] for route in declared_rights(app) if route.startswith("GET "))
    return sorted(path for path in gets if not path.startswith(tuple(LEFT_OUT)))


def _browser(app: FastAPI, token: str, path: str) -> TestClient:
    bearer = {"Authorization": f"Bearer {token}"} if path == BY_BEARER else {}
    return TestClient(
        app,
        follow_redirects=False,
        headers={"Accept": "text/html", **bearer},
        cookies={SESSION_COOKIE: token},
    )


def _addresses(path: str, desk: Mapping[str, Sequence[str]]) -> list[str]:
    """Where a page may lie, by what stands for the parameters of its path."""
    names = re.findall(r"\{\w+\}", path)
    found = []
    for values in product(*(desk[name] for name in names)):
        address = path
        for name, value in zip(names, values, strict=True):
            address = address.replace(name, value)
        found.append(address)
    return found


def _shown(station: LargeStation, path: str, address: str, token: str) -> int:
    """How many bytes somebody is shown; none where they may not look."""
    with _browser(station.app, token, path) as browser:
        answer = browser.get(address)
    return len(answer.content) if answer.status_code == 200 else 0


def _whose(
    station: LargeStation,
    path: str,
    desk: Mapping[str, Sequence[str]],
    *,
    who: Sequence[str],
    most: bool,
) -> tuple[str, str]:
    """Who is shown a page, and where it lies."""
    for address in _addresses(path, desk):
        shown: dict[str, int] = {}
        for each in who:
            shown[each] = _shown(station, path, address, each)
            if shown[each] and not most:
                break
        if any(shown.values()):
            return max(shown, key=lambda each: shown[each]), address
    raise PageNotShown(path)


def _cost(station: LargeStation, path: str, role: str, address: str, *, rounds: int) -> Cost:
    with _browser(station.app, role, path) as browser:
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
        role,
        address,
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
        role = each.role.partition("-")[0]
        lines.append(
            f"| {each.path}{mark} | {role} | {f'{was.processor_ms:.1f}' if was else ''} "
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
        look_for_circles_seldom()
        uvicorn.run(app, host="127.0.0.1", port=int(asked.serve[1]), log_level="error")
        return 0
    few, many = asked.devices
    # As the site does.
    look_for_circles_seldom()
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
