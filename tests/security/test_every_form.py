"""Every form of every page: what is typed into it comes back as letters; only its page sends it.

Forms are found by walking the application's pages as each role sees them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from httpx import Response

from tests.clients import TestClient
from tests.security.api_trial import bring_back, people_of_the_station
from tests.security.conftest import CSRF, ROLES, Site, fill, open_site
from tests.security.day_at_the_station import Day
from tests.security.forms import FormOfPage, forms_of
from tests.security.whole_station import filled, live_in, page_routes
from tests.trail import connect

HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"
"""Short enough for the shortest field that holds a sentence."""

DANGEROUS = ("<script>alert", '"><script>', "'49", "&#39;49")
FEWEST_KEPT = 6
"""So many pages at least show what was typed: else nothing would be shown here."""


@pytest.fixture
def day(sqlite_url: str, tmp_path: Path) -> Iterator[Day]:
    """A station in which everything was done once."""
    database = connect(sqlite_url)
    fill(database, folder=tmp_path)
    yield live_in(open_site(database, folder=tmp_path))
    database.dispose()


def pages(day: Day) -> Iterator[tuple[str, TestClient, str, Response]]:
    """Each page as each role sees it: the role, its browser, the address, the answer."""
    for role in ROLES:
        browser = day.site.browser(role)
        for path in page_routes(day.site):
            for address in filled(path, day):
                answer = browser.get(address)
                if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                    yield role, browser, address, answer


def forms(day: Day) -> Iterator[tuple[TestClient, FormOfPage]]:
    """Each form once, with the browser of somebody who sees it."""
    seen = set()
    for _, browser, address, answer in pages(day):
        for form in forms_of(answer.text, at=address):
            if form.target not in seen and form.target.startswith("/"):
                seen.add(form.target)
                yield browser, form


def dangers(page: str) -> list[str]:
    """What of the typed words stands on a page as more than letters."""
    return [each for each in DANGEROUS if each in page]


def test_no_form_brings_a_script_onto_any_page(day: Day) -> None:
    """Typed into all fields of a form at once and into each alone: kept or not, it is letters."""
    odd, kept, people = {}, set(), people_of_the_station(day.site)
    for browser, form in list(forms(day)):
        if form.target in {"/sign-in", "/sign-out"}:
            continue
        tries = [form.typed, *([name] for name in form.typed)]
        for names in tries:
            sent = form.filled(dict.fromkeys(names, HOSTILE))
            send = browser.post if form.method == "post" else browser.get
            # Some forms sign people out, or take their roles away.
            bring_back(day.site, people)
            given = {"data": sent} if form.method == "post" else {"params": sent}
            answer = send(form.target, **given)
            if answer.status_code >= 500 or dangers(answer.text):
                odd[form.target, tuple(names)] = answer.status_code
    bring_back(day.site, people)
    for _, _, address, answer in pages(day):
        if "alert(1)" in answer.text:
            kept.add(address)
        if found := dangers(answer.text):
            odd[address, tuple(found)] = answer.status_code

    assert odd == {}
    assert len(kept) >= FEWEST_KEPT


def test_no_address_brings_a_script_onto_its_page(day: Day) -> None:
    """Whatever stands behind the question mark of an address that a page reads."""
    odd = {}
    for role in ROLES:
        browser = day.site.browser(role)
        for path, names in _read_from_addresses(day.site).items():
            for address in filled(path, day):
                for name in names:
                    answer = browser.get(address, params={name: HOSTILE})
                    if answer.status_code >= 500 or dangers(answer.text):
                        odd[address, name] = answer.status_code

    assert odd == {}


def _read_from_addresses(site: Site) -> dict[str, set[str]]:
    """The names behind the question mark that each page route reads."""
    wanted, found = set(page_routes(site)), {}
    for route in iter_route_contexts(site.app.routes):
        dependant = getattr(route, "dependant", None)
        if route.path in wanted and dependant is not None:
            found[route.path] = {each.alias for each in dependant.query_params}
    assert any(found.values())
    return found


def test_every_form_that_acts_carries_its_pages_token(day: Day) -> None:
    """And is refused without it, though everything else in it is right."""
    acting = [(browser, form) for browser, form in forms(day) if form.method == "post"]
    assert len(acting) > 20
    people = people_of_the_station(day.site)
    for browser, form in acting:
        bring_back(day.site, people)
        sent = form.filled({})
        assert sent.get("csrf_token") == [CSRF], form.target
        del sent["csrf_token"]
        assert browser.post(form.target, data=sent).status_code == 403, form.target
