"""The second factor as people use it: a QR code that a telephone reads, codes, and an emergency."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from broadcaster.accounts.authenticator import STEP_S, code_at
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.tables import Emergency
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def set_up(site: Site, page: Page) -> str:
    """Set it up on the page that is open; its seed. The step of the first code is over then."""
    page.get_by_role("button", name="Cài mã xác thực").click()
    expect(page.locator(".qr-code svg")).to_be_visible()
    seed = page.locator(".seed").inner_text().replace(" ", "")
    page.get_by_label("Mã xác thực", exact=True).fill(code_at(seed, now=site.station.clock()))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Trang này chỉ hiện một lần.")).to_be_visible()
    site.station.clock.move(timedelta(seconds=2 * STEP_S))
    return seed


def test_an_admin_sets_it_up_and_goes_on(site: Site, visit: Visit, complaints: list[str]) -> None:
    """Led there by signing in; the printed codes are shown once, and the page goes on."""
    for width, dark in ((360, True), (1280, False)):
        page = visit("admin" if width == 1280 else "leader", width=width, dark=dark, proven=False)
        page.goto("/sign-in/code")
        keep_picture(page, f"second-factor-none-{width}")
        page.get_by_role("button", name="Cài mã xác thực").click()
        expect(page.locator(".qr-code svg")).to_be_visible()
        keep_picture(page, f"second-factor-offer-{width}{'-dark' if dark else ''}")
        assert fits(page)
        page.go_back()
    page.goto("/devices/enrolment")
    set_up(site, page)
    keep_picture(page, "second-factor-codes-1280")
    page.get_by_role("link", name="Đã cất kỹ, đi tiếp").click()

    expect(page.get_by_role("heading", name="Thêm loa mới")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("by_paper", [False, True])
def test_an_emergency_asks_for_it_once_in_a_shift(
    site: Site, visit: Visit, complaints: list[str], by_paper: bool
) -> None:
    """By keyboard alone: the code, the word, Enter; the next order asks for the word only."""
    with site.station.database.writing() as session:
        authorise(
            session, site.accounts["operator"], station_id=STATION_ID,
            by=site.accounts["leader"], now=site.station.clock(),
        )  # fmt: skip
    page = visit("operator", width=360, proven=False)
    page.goto("/emergency")
    expect(page.get_by_text("Bạn chưa cài mã xác thực")).to_be_visible()
    page.get_by_role("link", name="Cài mã xác thực").click()
    seed = set_up(site, page)
    paper = page.locator(".printed-codes code").first.inner_text()
    site.station.clock.move(site.station.settings.shift)

    review(page)
    code = page.get_by_label("Mã xác thực", exact=False)
    expect(code).to_be_focused()
    keep_picture(page, "emergency-check-code-360")
    assert fits(page)
    page.keyboard.type("000000")
    page.keyboard.press("Tab")
    page.keyboard.type("khan cap")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("chưa đúng hoặc đã dùng")).first).to_be_visible()
    code.fill(paper if by_paper else code_at(seed, now=site.station.clock()))
    page.get_by_label("Gõ chữ", exact=False).fill("khan cap")
    page.keyboard.press("Enter")
    page.wait_for_url("**/emergency/em-*")

    review(page)
    expect(page.get_by_label("Mã xác thực", exact=False)).to_have_count(0)
    if by_paper:
        leader = visit("leader")
        expect(leader.get_by_text("Đã dùng một mã in giấy: Operator")).to_be_visible()
        keep_picture(leader, "today-printed-code-used")
    with site.station.database.reading() as session:
        assert len(session.exec(select(Emergency)).all()) == 1
    # The wrong code was answered 422, which a browser mentions.
    assert [each for each in complaints if "422" not in each] == []


def test_a_drill_in_rehearsal_never_asks(site: Site, visit: Visit) -> None:
    """Nobody learns to fear the button."""
    with site.station.database.writing() as session:
        authorise(
            session, site.accounts["operator"], station_id=STATION_ID,
            by=site.accounts["leader"], now=site.station.clock(),
        )  # fmt: skip
    page = visit("operator", proven=False)
    review(page, drill=True)
    expect(page.get_by_label("Mã xác thực", exact=False)).to_have_count(0)
    page.get_by_label("Gõ chữ", exact=False).fill("dien tap")
    page.keyboard.press("Enter")

    page.wait_for_url("**/emergency/em-*")


def review(page: Page, *, drill: bool = False) -> None:
    """Choose, and go on to the page that asks once more."""
    page.goto("/emergency")
    page.get_by_label("Cụm Đông").check()
    page.get_by_label("Diễn tập" if drill else "Thật", exact=False).first.check()
    page.get_by_label("Lũ, ngập lụt").check()
    page.get_by_role("button", name="Xem lại và xác nhận").click()
    expect(page.get_by_role("heading", name="Xem lại rồi xác nhận")).to_be_visible()
