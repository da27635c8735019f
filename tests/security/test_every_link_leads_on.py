"""Whoever follows links comes to every page that is theirs, and to none that turns them away.

Every role walks from its first page along each link that it is shown, a few of each kind of page.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.security.conftest import ROLES, fill, open_site
from tests.security.day_at_the_station import Day
from tests.security.test_one_table_of_routes import ANYBODY, TABLE
from tests.security.whole_station import live_in
from tests.trail import connect

OF_EACH_KIND = 4
"""How many pages of one kind are opened: those of other things are alike."""
MADE_UP = frozenset(
    {
        "/audio/{sha256}.mp3",
        "/evidence/{device_id}/{epoch}/{seq}",
        "/bulletins/{bulletin_id}/history",
    }
)
"""Sound, signatures and versions that this commune's rows speak of, and that nobody ever made."""
_LINK = re.compile(r'href="(/[^"#]*)')
_PARTS = ("/live", "/state", "/board", "/events", "/rest")
OPENED_OTHERWISE = {
    "/sign-in": "by who is not signed in",
    "/sign-in/code": "by who has to prove a second factor",
    "/sign-in/province": "by who is not signed in",
    "/sign-in/province/answer": "by the province's provider",
    "/stations": "by who reads several stations, from the head of every page",
    "/metrics": "by Prometheus, with a token",
    "/static": "by pages, for their own parts",
    "/schedule": "by a village head's own week; all others have it at the head of every page",
    "/devices/map/places": "by the map, for what stands on it",
    "/thon": "by a village head; others come to a village from the ledger",
    "/today/board": "by the first page, for its own part",
    "/today/events": "by the first page, for its own part",
}
"""Pages without a link for whoever may open them, each with how they are opened instead."""


@pytest.fixture(scope="module")
def day(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A station in which everything was done once; nobody changes it by following links."""
    folder = tmp_path_factory.mktemp("links")
    file = folder / "station.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    database = connect(f"sqlite:///{file}")
    fill(database, folder=folder)
    yield live_in(open_site(database, folder=folder))
    database.dispose()


def kind_of(path: str) -> str:
    """The route that an address is of, as the table writes it."""
    for route in sorted(TABLE, key=lambda each: each.count("{")):
        method, written = route.split(" ", 1)
        if method == "GET" and re.fullmatch(re.sub(r"\{[a-z0-9_]+\}", "[^/]+", written), path):
            return written
    return path


def walked(day: Day, role: str) -> tuple[set[str], dict[str, str]]:
    """The kinds of pages that links lead this role to, and the links that lead nowhere."""
    client = day.site.browser(role)
    waiting: list[tuple[str, str]] = [("/", "the first page")]
    seen, kinds, wrong = {"/"}, Counter[str](), {}
    while waiting:
        address, shown_on = waiting.pop(0)
        kind = kind_of(address.partition("?")[0])
        if kinds[kind] >= OF_EACH_KIND or kind.startswith(("/static", "/language")):
            continue
        kinds[kind] += 1
        answer = client.get(address)
        lost = answer.status_code == 404 and kind in MADE_UP
        away = answer.headers.get("location", "").startswith("/sign-in")
        if away or (answer.status_code >= 400 and not lost):
            wrong[f"{address} (on {shown_on})"] = str(answer.status_code)
        following = [*_LINK.findall(answer.text), answer.headers.get("location", "")]
        for link in [unescape(each) for each in following if each.startswith("/")]:
            if link not in seen:
                seen.add(link)
                waiting.append((link, address))
    return set(kinds), wrong


@pytest.mark.parametrize("role", ROLES)
def test_links_lead_to_all_that_is_theirs_and_nowhere_else(day: Day, role: str) -> None:
    """No link that a role is shown is refused or lost; no page that it may open lacks a way."""
    reached, wrong = walked(day, role)
    theirs = {
        written
        for route, who in TABLE.items()
        for method, written in [route.split(" ", 1)]
        if method == "GET" and role in who and who != ANYBODY and "{" not in written
        and not written.startswith("/api/") and not written.endswith(_PARTS)
    }  # fmt: skip

    assert wrong == {}
    assert theirs - reached - OPENED_OTHERWISE.keys() == set()
