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
    "bulletins": "/bulletins",
    "bulletin-new": "/bulletins/new",
    "bulletin-templates": "/bulletins/templates",
    "broadcast": "/broadcasts/bc-noon",
    "broadcast-live": "/broadcasts/bc-now",
    "ledger": "/ledger",
    "evidence": f"/evidence/loa-dong-1-1/{EPOCH}/3",
    "devices": "/devices",
    "coverage": "/ledger/coverage?period=2026",
    "coverage-topic": "/ledger/coverage?period=2026-11&topic=Y+t%E1%BA%BF",
    "village": "/ledger/villages/dong-2",
    "village-shares": "/ledger/villages/dong-2/shares?period=2026",
    "timeline": "/broadcasts/bc-morning/timeline",
    "device-map": "/devices/map",
    "device-trends": "/devices/trends",
    "device-plays": "/devices/loa-dong-1-1/plays",
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
    """Where its stream is held back it asks; answered with nothing, the page does not move."""
    page = visit("operator")
    page.route("**/today/events*", lambda route: route.abort())
    page.reload()
    page.evaluate("document.getElementById('live').dataset.mark = 'mine'")

    with page.expect_response("**/today/board*") as answered:
        pass

    assert answered.value.status == 204
    assert page.locator("#live").get_attribute("data-mark") == "mine"
    assert afternoon.address in page.url


def test_a_villages_day_changes_by_itself(afternoon: Site, visit: Visit) -> None:
    """On a phone: what was still to come is confirmed on the open page, and no sound is cut off."""
    page = visit("operator", width=360)
    page.goto("/ledger/villages/dong-1")
    running = page.locator(".history-item", has_text="17:00")
    expect(running.get_by_text("đã lên lịch")).to_be_visible()
    page.evaluate("document.querySelector('audio').dataset.mark = 'mine'")

    with afternoon.station.database.writing() as session:
        for play in session.exec(select(Play).where(Play.broadcast_id == "bc-now")):
            play.state, play.played_ms = "confirmed", play.asked_ms

    expect(running.get_by_text("đã xác nhận")).to_be_visible(timeout=20_000)
    assert page.locator("audio").first.get_attribute("data-mark") == "mine"


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
