"""Villages in a real browser: an admin lets two become one, and looks at what came of it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, keep_picture

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_two_villages_become_one(
    visit: Visit, width: int, dark: bool, complaints: list[str]
) -> None:
    """By ticking them and naming the new one; its poles go along, and the old one says so."""
    page = visit("admin", width=width, dark=dark)
    page.goto("/villages")
    page.get_by_role("link", name="Nhập thôn, thêm thôn").click()
    page.get_by_label("Thôn Đông Hạ").check()
    page.get_by_label("Thôn Đông Thượng").check()
    page.get_by_label("Tên thôn mới").fill("Thôn Đông")
    fits_before = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Nhập thôn").click()

    expect(page.get_by_role("heading", name="Thôn Đông", exact=True)).to_be_visible()
    expect(page.get_by_text("2.400 người")).to_be_visible()
    expect(page.get_by_label("Thôn Đông Hạ, cột 1")).to_have_value("25")
    keep_picture(page, f"village-register-{width}{'-dark' if dark else ''}")
    fits_after = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/villages/dong-1")
    page.get_by_role("link", name="Mở thôn mới").click()

    expect(page.get_by_role("heading", name="Thôn Đông", exact=True)).to_be_visible()
    assert fits_before
    assert fits_after
    assert complaints == []
