"""The pages as people see them: they change by themselves, and fit every screen."""

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from broadcaster.ledger.tables import Play
from tests.broadcaster.pages.commune import EPOCH, add_afternoon
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

PAGES = {
    "today": "/",
    "schedule": "/schedule",
    "broadcast": "/broadcasts/bc-noon",
    "broadcast-live": "/broadcasts/bc-now",
    "ledger": "/ledger",
    "evidence": f"/evidence/loa-dong-1-1/{EPOCH}/3",
    "devices": "/devices",
}


@pytest.fixture
def afternoon(site: Site) -> Site:
    """The site on an afternoon with broadcasts in every state."""
    with site.station.database.writing() as session:
        add_afternoon(
            session,
            operator=site.accounts["operator"],
            leader=site.accounts["leader"],
            now=site.station.clock(),
        )
    return site


def test_the_board_changes_by_itself(afternoon: Site, visit: Visit) -> None:
    """When the devices confirm, the open page says so within seconds, without a reload."""
    page = visit("operator")
    lane = page.get_by_role("region", name="Cụm Đông")
    expect(lane.get_by_text("6/6 loa đang phát").first).to_be_visible()
    page.evaluate("window.stillTheSamePage = true")

    with afternoon.station.database.writing() as session:
        for play in session.exec(select(Play).where(Play.state == "started")):
            play.state = "confirmed"

    expect(lane.get_by_text("Lúc này không phát gì.")).to_be_visible(timeout=10_000)
    assert page.evaluate("window.stillTheSamePage") is True


def test_a_quiet_board_is_left_alone(afternoon: Site, visit: Visit) -> None:
    """While nothing changes, polls are answered with nothing and the page does not move."""
    page = visit("operator")
    page.evaluate("document.getElementById('live').dataset.mark = 'mine'")

    with page.expect_response("**/today/board*") as answered:
        pass

    assert answered.value.status == 204
    assert page.locator("#live").get_attribute("data-mark") == "mine"
    assert afternoon.address in page.url


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize(("width", "dark"), [(320, False), (360, True), (1280, False)])
def test_every_page_fits_its_screen(
    visit: Visit,
    width: int,
    dark: bool,
    complaints: list[str],
) -> None:
    """From the smallest phone to a desk nothing scrolls sideways; pictures are kept."""
    page = visit("operator", width=width, dark=dark)
    for name, address in PAGES.items():
        page.goto(address)
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        keep_picture(page, f"{name}-{width}{'-dark' if dark else ''}")

        assert overflow <= 0, address
    assert [each for each in complaints if "404" not in each] == []
