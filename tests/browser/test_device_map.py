"""The map of devices in a real browser: drawn from the page's list, nothing from outside."""

import pytest
from playwright.sync_api import expect

from broadcaster.fleet.tables import Device
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

PLACES = {
    "loa-dong-1-1": (10.3759, 105.4185),
    "loa-dong-1-2": (10.3771, 105.4201),
    "loa-tay-1-1": (10.3902, 105.4410),
}


@pytest.fixture
def placed(site: Site) -> Site:
    """Three of the commune's devices have a place."""
    with site.station.database.writing() as session:
        for device_id, (latitude, longitude) in PLACES.items():
            device = session.get_one(Device, device_id)
            device.latitude, device.longitude = latitude, longitude
    return site


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_devices_stand_on_the_map_without_any_tiles(
    placed: Site, visit: Visit, width: int, dark: bool, complaints: list[str]
) -> None:
    """A pin for each placed device, that says its state in words and leads to its page."""
    page = visit("leader", width=width, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/devices/map")
    pins = page.locator(".leaflet-marker-icon")
    expect(pins).to_have_count(len(PLACES))
    pins.first.click()
    link = page.locator(".leaflet-popup a[href^='/devices/']")
    expect(link).to_be_visible()
    keep_picture(page, f"device-map-placed-{width}")

    assert all(url.startswith(placed.address) for url in asked)
    assert complaints == []
    link.click()
    page.wait_for_url("**/devices/loa-*")


def test_a_device_that_gets_a_place_appears_by_itself(placed: Site, visit: Visit) -> None:
    """The list is live, and the map follows it without a reload."""
    page = visit("leader")
    page.goto("/devices/map")
    pins = page.locator(".leaflet-marker-icon")
    expect(pins).to_have_count(len(PLACES))
    with placed.station.database.writing() as session:
        device = session.get_one(Device, "loa-trung-1-1")
        device.latitude, device.longitude = 10.38, 105.43

    expect(pins).to_have_count(len(PLACES) + 1, timeout=20_000)


@pytest.mark.usefixtures("placed")
def test_without_a_script_the_list_is_there(visit: Visit) -> None:
    """Every device with its state in words; no empty frame where a map would be."""
    page = visit("leader", script=False)
    page.goto("/devices/map")

    expect(page.get_by_role("link", name="Thôn Đông Hạ, cột 1")).to_be_visible()
    expect(page.locator("#device-map")).to_be_hidden()
