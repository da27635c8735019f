"""Every page as people see it: readable for everybody, no wider than the phone, without an error.

Each page's picture is kept in `tests/artifacts/pages`, to be looked at.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from structlog.testing import capture_logs

from tests.browser.conftest import ARTIFACTS, served
from tests.browser.page_walk import DESK, PHONE, Look, PageOfTheSite, Walker, examined, pages_of
from tests.contract.node import workshop
from tests.security.conftest import fill, open_site
from tests.security.day_at_the_station import Day
from tests.security.whole_station import HOW_TO_FILL, live_in, page_routes, parameters_of
from tests.trail import connect

pytestmark = pytest.mark.browser
PICTURES = ARTIFACTS / "pages"
FEWEST_PAGES = 45
"""Were fewer found, the walk itself would have gone wrong."""


@dataclass(frozen=True, slots=True)
class Walked:
    """A station in which everything was done once, served, and its pages."""

    day: Day
    at: str
    pages: list[PageOfTheSite]


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from the npm registry by its lock."""
    shop = workshop("axe", tmp_path_factory.mktemp("axe"), among=Path(__file__).parent)
    return (shop.folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def walked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """The station with everything in it, behind a real server."""
    folder = tmp_path_factory.mktemp("whole-station")
    shutil.copy(sqlite_template, folder / "station.sqlite3")
    database = connect(f"sqlite:///{folder / 'station.sqlite3'}")
    with capture_logs():
        fill(database, folder=folder)
        day = live_in(open_site(database, folder=folder))
        with served(day.site.app) as at:
            yield Walked(day, at, pages_of(day, at))
    database.dispose()


def test_how_to_open_every_page_is_known(walked: Walked) -> None:
    """A page with a parameter that no line of the table fills would be looked at by nobody."""
    needed = {name for path in page_routes(walked.day.site) for name in parameters_of(path)}

    assert needed - set(HOW_TO_FILL) == set()
    assert len(walked.pages) >= FEWEST_PAGES


@pytest.mark.timeout(600)
@pytest.mark.parametrize("look", [DESK, PHONE], ids=lambda look: look.name)
def test_nobody_stumbles_over_a_page(
    walked: Walked, browser: Browser, axe: str, look: Look
) -> None:
    """No serious violation that axe-core finds, nothing cut off at the side, nothing refused."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob(f"*.{look.name}.png"):
        old.unlink()
    walker = Walker(browser, at=walked.at, look=look, axe=axe, pictures=PICTURES)
    wrong = {each.address: walker.wrong_with(each) for each in walked.pages}
    walker.close()

    assert {address: found for address, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<button></button>", "button-name"),
        ('<p style="color:#aaa;background:#fff">nhạt</p>', "color-contrast"),
        ('<div style="width:3000px">rộng</div>', "cut off at the side: html"),
        ('<p style="width:50px;overflow:hidden;white-space:nowrap">một câu dài</p>', "cut off"),
    ],
)
def test_the_walk_sees_what_is_wrong(browser: Browser, axe: str, body: str, said: str) -> None:
    """A page with one fault is told by that fault; without it nothing is told."""
    window = browser.new_page()
    page = "<!doctype html><html lang=vi><title>Trang</title><main><h1>Trang</h1>{}</main>"
    window.set_content(page.format(body))
    told = examined(window, axe=axe)
    window.set_content(page.format(""))
    nothing = examined(window, axe=axe)
    window.close()

    assert [each for each in told if said in each]
    assert nothing == []
