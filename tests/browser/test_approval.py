"""From what is being written to a leader's word on a phone: exact words, exact sound."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PATIENCE_MS = 30_000
PLAYED = "() => !document.getElementById('programme').paused"
SILENT = "() => document.getElementById('programme').paused"


def _what_is_being_written_is_heard(page: Page) -> None:
    """The sentence at the cursor, then all of it; nothing is saved for that."""
    page.goto("/bulletins/new")
    page.get_by_label("Tiêu đề").fill("Họp thôn")
    script = page.get_by_label("Nội dung")
    script.fill("Kính thưa bà con. Lúc 7 giờ tối, mời bà con họp.")
    script.press("End")
    preview = page.locator("#preview")
    page.get_by_role("button", name="Nghe câu đang gõ").click()
    expect(preview.get_by_text("Lúc bảy giờ tối, mời bà con họp.", exact=True)).to_be_visible(
        timeout=PATIENCE_MS
    )
    page.get_by_role("button", name="Nghe cả bài").click()
    expect(preview.get_by_text("Kính thưa bà con. Lúc bảy giờ tối")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(preview.locator("audio")).to_have_count(1)
    keep_picture(page, "preview-1280")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")


def _each_sentence_is_heard_by_itself(page: Page) -> None:
    """It plays from its beginning, and stops at its end."""
    page.get_by_text("Nghe từng câu (2 câu)").click()
    page.get_by_role("link", name="Kính thưa bà con.").click()
    page.wait_for_function(PLAYED)
    page.wait_for_function(SILENT)
    page.get_by_role("button", name="Chỉ gửi duyệt").click()
    expect(page.get_by_text("đang chờ duyệt").first).to_be_visible()


def _a_leader_asks_without_deciding(phone: Page) -> None:
    """One press beside the decision; the bulletin goes on waiting."""
    phone.goto("/approvals")
    phone.get_by_role("link", name="Đọc, nghe và quyết định").click()
    phone.get_by_role("link", name="Đến phần quyết định").click()
    phone.get_by_role("button", name="Chỉ gửi ý kiến").click()
    expect(phone.get_by_text("Chưa ghi ý kiến nào").first).to_be_visible()
    phone.get_by_role("textbox", name="Ý kiến").fill("Họp ở đâu vậy em?")
    phone.get_by_role("button", name="Chỉ gửi ý kiến").click()
    expect(phone.locator("#said")).to_contain_text("Leader")
    expect(phone.locator("#said")).to_contain_text("Họp ở đâu vậy em?")
    expect(phone.get_by_text("đang chờ duyệt").first).to_be_visible()
    assert phone.evaluate(FITS)
    keep_picture(phone, "commented-360")


def _the_writer_answers(page: Page) -> None:
    """From the first page, which tells what was said; it still waits."""
    page.goto("/")
    expect(page.get_by_text("Ý kiến của Leader: Họp ở đâu vậy em?")).to_be_visible()
    keep_picture(page, "today-commented-1280")
    page.get_by_role("link", name="Họp thôn").first.click()
    page.get_by_label("Ý kiến của bạn").fill("Dạ, ở nhà văn hóa thôn.")
    page.get_by_role("button", name="Gửi ý kiến").click()
    expect(page.locator("#said")).to_contain_text("Dạ, ở nhà văn hóa thôn.")
    expect(page.get_by_text("đang chờ duyệt").first).to_be_visible()
    keep_picture(page, "answered-1280")


def _a_leader_sends_it_back(phone: Page) -> None:
    """Not without a reason; from the list to the decision on a phone."""
    phone.goto("/approvals")
    assert phone.evaluate(FITS)
    keep_picture(phone, "approvals-360")
    phone.get_by_role("link", name="Đọc, nghe và quyết định").click()
    phone.get_by_role("link", name="Đến phần quyết định").click()
    phone.get_by_role("button", name="Trả lại để sửa").click()
    expect(phone.get_by_text("Hãy ghi lý do trả lại").first).to_be_visible()
    phone.get_by_role("textbox", name="Ý kiến").fill("Thiếu nơi họp.")
    assert phone.evaluate(FITS)
    keep_picture(phone, "decision-360")
    phone.get_by_role("button", name="Trả lại để sửa").click()
    expect(phone.get_by_text("bị trả lại").first).to_be_visible()


def _the_writer_reads_why_and_mends_it(page: Page) -> None:
    """On the first page and beside the bulletin."""
    page.goto("/")
    expect(page.get_by_text("bị trả lại: Thiếu nơi họp.")).to_be_visible()
    page.get_by_role("link", name="Họp thôn").first.click()
    expect(page.get_by_text("Leader: Thiếu nơi họp.")).to_be_visible()
    keep_picture(page, "returned-1280")
    page.get_by_text("Sửa bản tin", exact=True).click()
    page.get_by_label("Nội dung").fill("Lúc 7 giờ tối, mời bà con họp ở nhà văn hóa.")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    expect(page.get_by_text("mời bà con họp ở nhà văn hóa").first).to_be_visible()
    page.get_by_role("button", name="Chỉ gửi duyệt").click()
    expect(page.get_by_text("đang chờ duyệt").first).to_be_visible()


def test_written_heard_returned_and_approved(visit: Visit, complaints: list[str]) -> None:
    """One story of two people, one at a desk and one with a phone."""
    page, phone = visit("operator"), visit("leader", width=360)
    _what_is_being_written_is_heard(page)
    _each_sentence_is_heard_by_itself(page)
    _a_leader_asks_without_deciding(phone)
    _the_writer_answers(page)
    _a_leader_sends_it_back(phone)
    _the_writer_reads_why_and_mends_it(page)
    phone.goto("/approvals")
    phone.get_by_role("link", name="Đọc, nghe và quyết định").click()
    expect(phone.get_by_text("mời bà con họp ở nhà văn hóa").first).to_be_visible()
    phone.get_by_role("button", name="Duyệt cho phát").click()
    expect(phone.get_by_text("đã duyệt").first).to_be_visible()
    keep_picture(phone, "approved-360")
    assert [each for each in complaints if "422" not in each] == []
