"""One database may hold a province: nothing that a station shows is of another one.

And whoever reads several looks at one of them, reads all of it, and changes nothing there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import Request
from sqlmodel import col, delete, select

from broadcaster.accounts.guard import still_signed_in
from broadcaster.accounts.tables import RoleGrant
from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin
from broadcaster.fleet.tables import Device
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.station_keys import STATION_ID
from tests.security.conftest import CSRF, ROLES, fill, open_site
from tests.security.day_at_the_station import Day
from tests.security.second_station import MARK, OTHER_STATION, copy_station
from tests.security.test_one_table_of_routes import (
    ANYBODY,
    LAST,
    OF_ONES_OWN_ACCOUNT,
    OF_ONES_OWN_VIEW,
    TABLE,
)
from tests.security.whole_station import filled, live_in, parameters_of
from tests.trail import connect

LET_BE = frozenset({"GET /today/events", "GET /static"})
"""A stream that ends with its reader (what it sends is the board's), and files of no station."""
OF_ALL_STATIONS = frozenset({"/stations", "/api/stations", "/api/openapi.json"})
OF_NO_STATION = frozenset(
    {
        "{language}", "{sha256}", "{digest}", "{kind}", "{rest}", "{token}", "{handle}",
        "{draft_id}", "{file_kind}", "{table}", "{outlet}",
    }
)  # fmt: skip
"""What an address may carry that is nobody's, or one person's own."""


@dataclass(frozen=True, slots=True)
class TwoStations:
    """Ours, with the addresses of its own things, and another one like it in the database."""

    day: Day
    addresses: Mapping[str, Sequence[str]]

    def of_the_other(self, route: str) -> list[str]:
        """The same addresses, each about the other station's thing."""
        method_and_path = route.split(" ", 1)[1]
        named = [each for each in parameters_of(method_and_path) if each not in OF_NO_STATION]
        return [_marked(method_and_path, each) if named else each for each in self.addresses[route]]


def _marked(path: str, address: str) -> str:
    """An address with the mark before each id in it."""
    pattern = re.sub(r"\\\{[a-z0-9_]+(?:\\:\w+)?\\\}", "([^/]+?)", re.escape(path))
    found = re.fullmatch(pattern, address)
    assert found is not None, (path, address)
    for name, value in zip(reversed(parameters_of(path)), reversed(found.groups()), strict=True):
        if name not in OF_NO_STATION | {"{epoch}", "{seq}"}:
            at = address.rindex(value)
            address = f"{address[:at]}{MARK}-{address[at:]}"
    return address


@pytest.fixture
def two(sqlite_url: str, tmp_path: Path) -> Iterator[TwoStations]:
    """A station in which everything was done once, another one like it beside it.

    The inspector inspects both, as a province's office does.
    """
    database = connect(sqlite_url)
    fill(database, folder=tmp_path)
    day = live_in(open_site(database, folder=tmp_path))
    addresses = {each: filled(each.split(" ", 1)[1], day) for each in TABLE if each not in LET_BE}
    with database.writing() as session:
        copy_station(session.connection(), STATION_ID)
        session.add(
            RoleGrant(account_id="acc-inspector", station_id=OTHER_STATION, role="inspector")
        )
    yield TwoStations(day, addresses)
    database.dispose()


def look_at_the_other(two: TwoStations) -> None:
    """Let the province's office go into the other station."""
    answer = two.day.site.browser("inspector").post(
        f"/stations/{OTHER_STATION}", data={"csrf_token": CSRF}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_nothing_of_another_station_is_shown(two: TwoStations) -> None:
    """Each page and each answer, asked by each role that may, is free of the other's mark."""
    leaks, seen = {}, 0
    for role in ROLES:
        page, program = two.day.site.browser(role), two.day.site.program(role)
        for route, addresses in two.addresses.items():
            if not route.startswith("GET ") or role not in TABLE[route]:
                continue
            if role == "inspector" and route.removeprefix("GET ") in OF_ALL_STATIONS:
                continue
            for address in addresses:
                answer = (program if address.startswith("/api/") else page).get(address)
                seen += answer.status_code == 200
                assert answer.status_code < 500, address
                if MARK in answer.text:
                    at = answer.text.index(MARK)
                    leaks.setdefault(address, answer.text[max(0, at - 80) : at + 60])

    assert leaks == {}
    assert seen > 300


def test_whoever_guesses_an_id_of_another_station_finds_nothing(two: TwoStations) -> None:
    """Whatever the method and the role: nobody but its own people finds it."""
    told, tried = {}, 0
    for route, who in TABLE.items():
        named = set(parameters_of(route)) - OF_NO_STATION
        if not named or route in OF_ONES_OWN_VIEW:
            continue
        method = route.split(" ", 1)[0]
        for role in [each for each in ROLES if each in who]:
            for address in two.of_the_other(route):
                if address.startswith("/api/"):
                    given = {} if method in {"GET", "DELETE"} else {"json": {}}
                    answer = two.day.site.program(role).request(method, address, **given)
                else:
                    answer = two.day.site.browser(role).request(
                        method, address, headers={"X-CSRF-Token": CSRF}
                    )
                tried += 1
                if answer.status_code not in {400, 401, 403, 404, 422}:
                    told[f"{role}: {method} {address}"] = answer.status_code

    # A poster hangs in the street: its code is for everybody who stands before it.
    assert {each for each in told if "/y-kien/" not in each} == set()
    assert tried > 300


def test_a_province_reads_all_of_the_station_it_looks_at_and_nothing_of_ours(
    two: TwoStations,
) -> None:
    """What is served of ours is served of the other one, under its own ids alone."""
    readable = _read_of_ours(two)
    look_at_the_other(two)
    with two.day.site.station.database.reading() as session:
        ours = {
            id_
            for table in (Device, Broadcast, Bulletin)
            for id_ in session.exec(select(table.id))
            if not id_.startswith(MARK) and "-" in id_  # not a word of a sentence
        }
    # A programme's script, copied as it is, names its parts in brackets.
    ids = "|".join(map(re.escape, sorted(ours)))
    own = re.compile(rf"(?<![a-z0-9\[-])(?:{ids})(?![a-z0-9-])")
    page, program = two.day.site.browser("inspector"), two.day.site.program("inspector")
    leaks, gone, marked = {}, {}, 0
    for route, addresses in readable.items():
        for (address, status), elsewhere in zip(addresses, two.of_the_other(route), strict=True):
            answer = (program if address.startswith("/api/") else page).get(elsewhere)
            marked += MARK in answer.text
            if answer.status_code >= 400 > status:
                gone[elsewhere] = answer.status_code
            elif address not in OF_ALL_STATIONS and (found := own.search(answer.text)):
                leaks[elsewhere] = answer.text[max(0, found.start() - 60) : found.end() + 20]

    assert leaks == {}
    # Whatever signature is copied under another name is nobody's.
    assert {each for each in gone if "/evidence/" not in each} == set()
    assert marked > 80


def test_what_is_told_for_hours_ends_where_its_reader_goes_elsewhere(two: TwoStations) -> None:
    """An open board of ours tells no more once its reader looks at the other station."""
    app = two.day.site.app
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "app": app})
    ours = app.state.context
    assert still_signed_in(request, ours, "inspector") is not None

    look_at_the_other(two)

    assert still_signed_in(request, ours, "inspector") is None
    assert still_signed_in(request, ours, "operator") is not None


def _read_of_ours(two: TwoStations) -> dict[str, list[tuple[str, int]]]:
    """What an inspector's program or browser gets of our own station, by route and address."""
    page, program = two.day.site.browser("inspector"), two.day.site.program("inspector")
    return {
        route: [
            (each, (program if each.startswith("/api/") else page).get(each).status_code)
            for each in addresses
        ]
        for route, addresses in two.addresses.items()
        if route.startswith("GET ") and "inspector" in TABLE[route] and TABLE[route] != ANYBODY
    }


def test_a_province_changes_nothing_where_it_looks(two: TwoStations) -> None:
    """Every act about the other station's things is refused before anything else is asked."""
    look_at_the_other(two)
    passed = {}
    for route, who in TABLE.items():
        method = route.split(" ", 1)[0]
        own = OF_ONES_OWN_ACCOUNT | OF_ONES_OWN_VIEW | set(LAST)
        if method in {"GET", "HEAD"} or who == ANYBODY or not who or route in own:
            continue
        for address in two.of_the_other(route):
            if address.startswith("/api/"):
                given = {} if method == "DELETE" else {"json": {}}
                answer = two.day.site.program("inspector").request(method, address, **given)
            else:
                answer = two.day.site.browser("inspector").request(
                    method, address, headers={"X-CSRF-Token": CSRF}
                )
            if answer.status_code != 403:
                passed[f"{method} {address}"] = answer.status_code

    assert passed == {}


def test_the_list_tells_each_station_apart(two: TwoStations) -> None:
    """Each has its own figures, and they are alike: the one is a copy of the other."""
    page = two.day.site.browser("inspector").get("/stations").text
    ours, other = two.day.site.program("inspector").get("/api/stations").json()["stations"]
    alone = two.day.site.program("leader").get("/api/stations").json()["stations"]

    assert [ours["id"], other["id"]] == [STATION_ID, OTHER_STATION]
    assert (ours["in_view"], other["in_view"]) == (True, False)
    apart = {"id", "name", "commune", "in_view", "on_air", "live_talks"}
    assert {k: v for k, v in ours.items() if k not in apart} == {
        k: v for k, v in other.items() if k not in apart
    }
    assert (ours["devices"], ours["silent_devices"]) > (0, 0)
    assert ours["coverage"]["asked"] > ours["coverage"]["confirmed"] > 0
    assert ours["coverage"]["not_confirmed"] + ours["coverage"]["unverifiable"] > 0
    assert [each["title"] for each in other["on_air"]] == [
        f"{MARK}-{each['title']}" for each in ours["on_air"]
    ]
    assert alone == [ours]
    assert f'action="/stations/{OTHER_STATION}"' in page
    assert "/stations/" not in two.day.site.browser("leader").get("/stations").text


@pytest.mark.parametrize("role", ["leader", "operator", "admin", "village_head"])
def test_nobody_looks_at_a_station_that_they_do_not_inspect(two: TwoStations, role: str) -> None:
    """The other station's id is as good as none; even a role there opens nothing from here."""
    with two.day.site.station.database.writing() as session:
        session.add(RoleGrant(account_id=f"acc-{role}", station_id=OTHER_STATION, role="leader"))
    page, program = two.day.site.browser(role), two.day.site.program(role)
    chosen = page.post(f"/stations/{OTHER_STATION}", data={"csrf_token": CSRF})
    told = program.put("/api/me/station", json={"station_id": OTHER_STATION})

    assert (chosen.status_code, told.status_code) == (404, 404)
    assert told.json()["code"] == "no_such_station"
    assert program.get("/api/me").json()["station_id"] == STATION_ID


def test_a_grant_that_is_taken_back_ends_at_once(two: TwoStations) -> None:
    """Whoever looked at a station that they may no longer read is back at their own."""
    look_at_the_other(two)
    program = two.day.site.program("inspector")
    before = program.get("/api/me").json()["station_id"]
    with two.day.site.station.database.writing() as session:
        session.exec(
            delete(RoleGrant).where(
                col(RoleGrant.account_id) == "acc-inspector",
                col(RoleGrant.station_id) == OTHER_STATION,
            )
        )
    after = program.get("/api/me").json()["station_id"]

    assert (before, after) == (OTHER_STATION, STATION_ID)
    assert MARK not in two.day.site.browser("inspector").get("/").text


def test_the_frame_names_the_station_that_is_looked_at(two: TwoStations) -> None:
    """On every page: its name, that nothing is changed there, and the way to the others."""
    look_at_the_other(two)
    with two.day.site.station.database.reading() as session:
        name = session.get_one(Station, OTHER_STATION).name
    page = two.day.site.browser("inspector").get("/ledger").text

    assert f"<span>{name}</span></a>" in page
    assert f"Đang xem {name}" in page
    assert 'href="/stations"' in page
    assert 'href="/stations"' not in two.day.site.browser("leader").get("/ledger").text
