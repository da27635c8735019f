"""The admin's rehearsal as a person sees it: started, watched and ended without a reload."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from broadcaster.rehearsal.director import Director
from tests.broadcaster.rehearsal.test_director import stand_in
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TOO_MANY = "Số loa mô phỏng là một số từ 1 đến 2000. Chưa bắt đầu diễn tập."


@pytest.fixture
def director(site: Site) -> Iterator[Director]:
    """The site's director, with a program in the simulator's place."""
    director = site.app.state.director = Director(site.station.settings, command=stand_in())
    yield director
    director.close()


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    overflow: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return overflow <= 0


@pytest.mark.usefixtures("director")
@pytest.mark.parametrize(
    ("width", "dark"), [(360, False), (360, True), (1280, False), (1280, True)]
)
def test_a_rehearsal_from_its_first_form_to_its_end(
    visit: Visit, complaints: list[str], width: int, dark: bool
) -> None:
    """The page changes by itself when the devices come and when they are gone."""
    look = f"{width}{'-dark' if dark else ''}"
    page = visit("admin", width=width, dark=dark)
    page.goto("/devices")
    page.get_by_role("link", name="Diễn tập").click()
    expect(page.get_by_text("Không có buổi diễn tập nào đang chạy.")).to_be_visible()
    keep_picture(page, f"rehearsal-none-{look}")
    assert fits(page)

    page.get_by_label("Số loa mô phỏng").fill("9000")
    page.get_by_role("button", name="Bắt đầu diễn tập").click()
    expect(page.get_by_role("alert").get_by_text(TOO_MANY)).to_be_visible()
    keep_picture(page, f"rehearsal-refused-{look}")

    page.get_by_label("Số loa mô phỏng").fill("3")
    page.get_by_label("Số kịch bản").fill("7")
    page.get_by_role("button", name="Bắt đầu diễn tập").click()
    page.wait_for_url("**/rehearsal")
    page.evaluate("window.stillTheSamePage = true")
    expect(page.get_by_role("heading", name="Diễn tập đang chạy")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.stillTheSamePage") is True
    expect(page.get_by_text("Mất mạng: 1 loa")).to_be_visible()
    keep_picture(page, f"rehearsal-running-{look}")
    assert fits(page)

    page.get_by_label("Loại sự cố").select_option("crash")
    page.get_by_role("button", name="Bắt đầu sự cố").click()
    expect(page.get_by_text("Sự cố đã bắt đầu.")).to_be_visible()
    page.get_by_role("button", name="Gỡ sự cố: Mất mạng").click()
    expect(page.get_by_text("Đã gỡ sự cố.")).to_be_visible()

    page.get_by_role("button", name="Dừng diễn tập").click()
    expect(page.get_by_text("Không có buổi diễn tập nào đang chạy.")).to_be_visible(timeout=30_000)
    assert [each for each in complaints if "422" not in each] == []


@pytest.mark.usefixtures("director")
def test_it_works_without_scripts(visit: Visit) -> None:
    """Started, seen after a reload, and ended."""
    page = visit("admin", script=False)
    page.goto("/rehearsal")
    page.get_by_role("button", name="Bắt đầu diễn tập").click()
    expect(page.get_by_role("button", name="Dừng diễn tập")).to_be_visible()

    page.get_by_role("button", name="Dừng diễn tập").click()
    page.goto("/rehearsal")
    expect(page.get_by_role("heading", name="Diễn tập", exact=True)).to_be_visible()


def test_a_station_with_real_poles_says_why_not(site: Site, visit: Visit) -> None:
    """And how to come by one that may be rehearsed with."""
    site.app.state.context = replace(site.app.state.context, rehearsal=False)
    page = visit("admin", width=360)
    page.goto("/rehearsal")

    expect(page.get_by_role("heading", name="Đài này có loa thật")).to_be_visible()
    expect(page.get_by_role("button", name="Bắt đầu diễn tập")).to_have_count(0)
    keep_picture(page, "rehearsal-real-station-360")
    assert fits(page)
