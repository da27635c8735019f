"""A document becomes a bulletin, and a doubt in it a word of the commune's own, as people do it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, keep_picture
from tests.playlists.documents.papers import paragraph, word

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize(("width", "script"), [(1280, True), (360, False)])
def test_a_document_is_brought_and_its_doubt_settled(
    visit: Visit, complaints: list[str], tmp_path: Path, width: int, script: bool
) -> None:
    """From a Word file to words that a voice says right, with JavaScript and without."""
    file = tmp_path / "thong-bao.docx"
    file.write_bytes(word(paragraph("Họp thôn") + paragraph("Sáng mai, HTX XQZ họp.")))
    page = visit("operator", width=width, script=script)

    page.goto("/bulletins/new")
    page.get_by_label("Chủ đề").fill("nông nghiệp")
    page.get_by_label(re.compile("^Tệp")).set_input_files(file)
    assert page.evaluate(FITS)
    keep_picture(page, f"bulletin-new-{width}")
    page.get_by_role("button", name="Lấy chữ từ tệp").click()
    expect(page.get_by_text("Đã lấy chữ từ tệp")).to_be_visible()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Họp thôn")
    expect(page.get_by_label("Chủ đề")).to_have_value("nông nghiệp")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")
    bulletin = page.url

    page.get_by_role("link", name="Thêm cách đọc “XQZ”").click()
    expect(page.get_by_label("Chữ viết")).to_have_value("XQZ")
    expect(page.get_by_label("Câu để đọc thử")).to_have_value("Sáng mai, HTX XQZ họp.")
    page.get_by_label("Đọc thành lời").fill("xuân quý")
    page.get_by_role("button", name="Đọc thử câu này").click()
    expect(page.get_by_text("Sáng mai, hợp tác xã xuân quý họp.")).to_be_visible()
    keep_picture(page, f"lexicon-trial-{width}")
    page.get_by_role("button", name="Lưu cách đọc").click()
    expect(page.get_by_text("Đã lưu: “XQZ” đọc là “xuân quý”.")).to_be_visible()
    assert page.evaluate(FITS)
    keep_picture(page, f"lexicon-{width}")

    page.goto(bulletin)
    expect(page.get_by_text("chưa chắc cách đọc")).to_be_visible()
    page.get_by_text("Đọc lại lời này với cách đọc mới").click()
    page.get_by_role("button", name="Tạo lại âm thanh").click()
    expect(page.locator(".linked.spoken")).to_contain_text("hợp tác xã xuân quý họp")
    expect(page.get_by_text("chưa chắc cách đọc")).to_have_count(0)
    assert page.evaluate(FITS)
    assert complaints == []
