"""Pages on a phone whose owner made the letters twice as large: none is wider than the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from broadcaster.accounts.roles import Role
from tests.browser.conftest import CHROMIUM, QUIET, Site, Visit

pytestmark = pytest.mark.browser
PAGES = ("/devices/connections", "/villages", "/heads", "/account")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with letters of 32 px, where 16 are usual."""
    if CHROMIUM is None:
        pytest.skip("not run: install chromium (make system-deps)")
    large = [*QUIET, "--blink-settings=defaultFontSize=32"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=large)
        yield browser
        browser.close()


def test_no_page_of_an_admin_scrolls_sideways(site: Site, visit: Visit) -> None:
    """Neither a key's digest nor a field nor the name of a browser pushes the page wider."""
    site.station.person("head", Role.VILLAGE_HEAD, village_ids=("dong-2",))
    page = visit("admin", width=360)
    wider = {}
    for address in PAGES:
        page.goto(address)
        wider[address] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert {address: by for address, by in wider.items() if by > 0} == {}
