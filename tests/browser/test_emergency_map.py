"""Choosing places on the emergency page: a map and a list that are the same choice."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, select

from broadcaster.emergency.authorising import authorise
from broadcaster.fleet.tables import Device
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

MIDDLES = {"dong": (10.3759, 105.4385), "trung": (10.3902, 105.4201), "tay": (10.3871, 105.4010)}


@pytest.fixture
def placed(site: Site) -> Site:
    """The operator may order emergencies, and all loudspeakers but the last village's stand."""
    with site.station.database.writing() as session:
        authorise(
            session,
            site.accounts["operator"],
            station_id=STATION_ID,
            by=site.accounts["leader"],
            now=site.station.clock(),
        )
        devices = session.exec(select(Device).order_by(col(Device.id))).all()
        for device in (each for each in devices if "-tay-3-" not in each.id):
            latitude, longitude = MIDDLES[device.cluster_id]
            village = int(device.id.split("-")[2])
            device.latitude = latitude + 0.009 * (village - 2)
            device.longitude = longitude + 0.002 * village
    return site


def ticked(page: Page) -> list[str]:
    """The values of the places that are ticked in the list."""
    values = page.locator("input[name=clusters]:checked").evaluate_all(
        "boxes => boxes.map((box) => box.value)"
    )
    return [str(value) for value in values]


def in_list(page: Page, value: str) -> Locator:
    """A place in the list, by the value that is sent."""
    return page.locator(f"input[name=clusters][value={value}]")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_map_and_the_list_are_one_choice(
    placed: Site, visit: Visit, width: int, dark: bool, complaints: list[str]
) -> None:
    """A pin for each village ticks its cluster; ticking the list shows on the pins; no tiles."""
    page = visit("operator", width=width, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/emergency")
    pins = page.locator("#choice-map [role=checkbox]")
    expect(pins).to_have_count(8)
    page.get_by_role("checkbox", name="Thôn Đình (Cụm Trung Tâm)").click()
    assert ticked(page) == ["trung"]
    expect(page.locator("#choice-map [aria-checked=true]")).to_have_count(3)
    in_list(page, "dong").check()
    expect(page.locator("#choice-map [aria-checked=true]")).to_have_count(6)
    keep_picture(page, f"emergency-map-{width}{'-dark' if dark else ''}")
    in_list(page, "everywhere").check()
    expect(page.locator("#choice-map [aria-checked=true]")).to_have_count(8)
    page.get_by_role("checkbox", name="Thôn Suối Đá (Cụm Tây Sơn)").click()

    assert ticked(page) == ["dong", "trung"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert all(url.startswith((placed.address, "data:")) for url in asked)
    assert complaints == []


@pytest.mark.usefixtures("placed")
def test_the_map_is_used_by_keyboard_alone(visit: Visit) -> None:
    """Tab reaches each village, space and Enter choose it, and the order names its cluster."""
    page = visit("operator")
    page.goto("/emergency")
    expect(page.locator("#choice-map [role=checkbox]")).to_have_count(8)
    page.locator("#choice-map").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("#choice-map [role=checkbox]:focus").count():
            break
    page.keyboard.press("Space")
    assert len(ticked(page)) == 1
    page.keyboard.press("Enter")
    assert ticked(page) == []
    page.keyboard.press("Enter")
    chosen = ticked(page)
    page.get_by_label("Diễn tập", exact=False).first.check()
    page.get_by_label("Lũ, ngập lụt").check()
    page.get_by_role("button", name="Xem lại và xác nhận").click()

    expect(page.get_by_role("heading", name="Xem lại rồi xác nhận")).to_be_visible()
    sent = page.locator("form.emergency-confirm input[name=clusters]")
    assert [each.get_attribute("value") for each in sent.all()] == chosen


@pytest.mark.usefixtures("placed")
def test_without_a_script_the_list_is_the_choice(visit: Visit) -> None:
    """No empty frame where a map would be; every cluster with its villages by name."""
    page = visit("operator", script=False)
    page.goto("/emergency")

    expect(page.locator("#choice-map")).to_be_hidden()
    expect(page.get_by_text("Thôn Suối Đá", exact=False).first).to_be_visible()
    in_list(page, "tay").check()
    assert ticked(page) == ["tay"]


def test_a_page_sent_back_shows_what_was_chosen_on_the_map_too(placed: Site, visit: Visit) -> None:
    """The pins follow the boxes as the server left them."""
    page = visit("operator")
    page.goto("/emergency")
    page.get_by_role("checkbox", name="Thôn Đình (Cụm Trung Tâm)").click()
    page.get_by_role("button", name="Xem lại và xác nhận").click()

    expect(page.locator("#choice-map [aria-checked=true]")).to_have_count(3)
    assert ticked(page) == ["trung"]
    assert page.url.startswith(placed.address)
