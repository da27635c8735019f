"""A bulletin from a template to its history, with nothing lost on the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PATIENCE_MS = 30_000


def _a_template_is_filled_in(page: Page, width: int) -> None:
    """Blanks have fields; what was filled in stands in the form."""
    page.goto("/bulletins")
    page.get_by_role("link", name="Mẫu bản tin").click()
    assert page.evaluate(FITS)
    keep_picture(page, f"templates-{width}")
    page.get_by_role("link", name="Mời họp").click()
    page.get_by_label("đơn vị mời").fill("Ban công tác Mặt trận thôn Đông")
    page.get_by_label("giờ họp").fill("bảy giờ tối")
    keep_picture(page, f"template-{width}")
    page.get_by_role("button", name="Tiếp tục soạn").click()
    expect(page.get_by_text("Đã điền vào mẫu")).to_be_visible()
    script = page.get_by_label("Nội dung")
    expect(script).to_have_value(re.compile("Ban công tác Mặt trận thôn Đông kính mời"))


def _what_was_typed_survives_the_window(page: Page, visit: Visit, width: int) -> Page:
    """A blank that is left is refused; the window goes, and another one goes on."""
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    expect(page.get_by_text("Còn chỗ trống chưa điền").first).to_be_visible()
    script = page.get_by_label("Nội dung")
    page.get_by_label("Tiêu đề").fill("Mời họp về phòng cháy")
    script.fill("Kính mời bà con họp về phòng cháy lúc bảy giờ tối.")
    expect(page.get_by_text("Đã giữ bản viết dở lúc")).to_be_visible(timeout=PATIENCE_MS)
    page.close()

    page = visit("operator", width=width)
    page.goto("/bulletins")
    keep_picture(page, f"drafts-{width}")
    page.get_by_role("link", name="Mời họp về phòng cháy").click()
    expect(page.get_by_text("Đang viết tiếp bản viết dở")).to_be_visible()
    expect(page.get_by_label("Nội dung")).to_have_value(
        "Kính mời bà con họp về phòng cháy lúc bảy giờ tối."
    )
    page.get_by_text("Đơn vị gửi, nguồn và ngày hiệu lực").click()
    page.get_by_label("Đơn vị gửi tin").fill("Công an xã")
    page.get_by_label("Phát đến hết ngày").fill("2026-12-31")
    assert page.evaluate(FITS)
    keep_picture(page, f"editor-{width}")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")
    expect(page.get_by_text("Công an xã").first).to_be_visible()
    return page


def _going_back_makes_no_second_one(page: Page) -> None:
    """The browser fills the form in again; that is not typed, and leaves nothing unfinished."""
    page.goto("/bulletins/new")
    page.get_by_label("Tiêu đề").fill("Dọn vệ sinh")
    page.get_by_label("Nội dung").fill("Sáng Chủ nhật dọn vệ sinh đường thôn.")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")
    page.go_back()
    expect(page.get_by_label("Nội dung")).to_have_value(re.compile("Sáng Chủ nhật"))
    page.goto("/bulletins")
    page.reload()
    expect(page.get_by_role("link", name="Dọn vệ sinh")).to_have_count(1)
    expect(page.get_by_text("Bạn đang viết dở")).to_have_count(0)


def _a_change_is_seen_and_found(page: Page, width: int) -> None:
    """Word by word in the history; by words without diacritics in the list."""
    page.get_by_text("Sửa bản tin", exact=True).click()
    page.get_by_label("Nội dung").fill("Kính mời bà con họp về phòng cháy lúc tám giờ tối.")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")
    page.get_by_role("link", name="Lịch sử").click()
    expect(page.locator("ins")).to_have_text("tám ")
    expect(page.locator("del")).to_have_text("bảy ")
    assert page.evaluate(FITS)
    keep_picture(page, f"history-{width}")

    page.goto("/bulletins")
    page.get_by_label("Tìm bản tin").fill("phong chay")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_role("link", name="Mời họp về phòng cháy")).to_be_visible()
    expect(page.get_by_text("Bạn đang viết dở")).to_have_count(0)
    keep_picture(page, f"search-{width}")
    page.goto("/bulletins")
    expect(page.get_by_text("Bạn đang viết dở")).to_have_count(0)


def _two_editors_hear_of_each_other(page: Page, other: Page, address: str, width: int) -> None:
    """Nobody's words are written over unseen, and nobody's typing is lost."""
    for each in (page, other):
        each.goto(address)
        each.get_by_text("Sửa bản tin", exact=True).click()
    other.get_by_label("Nội dung").fill("Kính mời bà con họp về phòng cháy lúc chín giờ tối.")
    other.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    other.wait_for_url("**/bulletins/bul-*")
    page.get_by_label("Nội dung").fill("Kính mời bà con họp về phòng cháy lúc mười giờ tối.")
    expect(page.get_by_text("Có người vừa lưu bản tin này")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    expect(page.get_by_role("heading", name="vừa lưu khác bản của bạn")).to_be_visible()
    expect(page.locator("ins")).to_have_text("mười ")
    expect(page.get_by_label("Nội dung")).to_have_value(
        "Kính mời bà con họp về phòng cháy lúc mười giờ tối."
    )
    keep_picture(page, f"conflict-{width}")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")
    expect(page.get_by_text("mười giờ tối").first).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_from_a_template_to_the_history(
    visit: Visit, complaints: list[str], width: int, dark: bool
) -> None:
    """One story, in its order, at a desk and on a phone."""
    page = visit("operator", width=width, dark=dark)
    _a_template_is_filled_in(page, width)
    page = _what_was_typed_survives_the_window(page, visit, width)
    address = page.url
    _a_change_is_seen_and_found(page, width)
    _two_editors_hear_of_each_other(page, visit("operator", width=width), address, width)
    _going_back_makes_no_second_one(page)
    assert [each for each in complaints if "409" not in each and "422" not in each] == []
