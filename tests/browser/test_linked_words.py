"""Written and spoken words light up together; a village's recording is brought and heard."""

import io
import math
import struct
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SCRIPT = """Căn cứ Kế hoạch số 57-KH/TW, từ 7h30 ngày 24/11/2026, UBND xã mời bà con họp thôn.

Ban XQZ hỗ trợ mỗi hộ 1.500.000 đồng. Xem htxsonlam.vn hoặc gọi 0912.345.678."""
LIT = ".lit"


def write(page: Page, *, replayed: bool = False) -> None:
    """Write a bulletin and wait for its sound."""
    page.goto("/bulletins/new")
    page.get_by_label("Tiêu đề").fill("Mời họp thôn")
    page.get_by_label("Nội dung").fill(SCRIPT)
    if replayed:
        page.get_by_text("Cách đọc bản tin").click()
        page.get_by_label("Nhắc lại ở cuối").select_option(label="Nhắc lại đoạn cuối")
        page.get_by_label("Nói rõ giờ phát hành").check()
        page.get_by_label("Giờ phát hành", exact=False).last.fill("2026-11-23T16:30")
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_touching_one_half_lights_both(visit: Visit, complaints: list[str], *, dark: bool) -> None:
    """By mouse, by keyboard and by a tap that holds; beside each other the page does not move."""
    page = visit("operator", dark=dark)
    write(page)
    written = page.locator(".written a[href^='#s']", has_text="57-KH/TW")
    spoken = page.locator(".linked.spoken a", has_text="năm mươi bảy kế hoạch trung ương")
    expect(page.locator(LIT)).to_have_count(0)

    written.hover()
    expect(page.locator(LIT)).to_have_count(2)
    expect(spoken).to_have_class("lit")
    keep_picture(page, f"linked-words-1280-{'dark' if dark else 'light'}")
    page.get_by_role("heading", name="Mời họp thôn").hover()
    expect(page.locator(LIT)).to_have_count(0)

    spoken.focus()
    expect(written).to_have_class("lit")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Lời loa sẽ đọc").hover()
    expect(page.locator(LIT)).to_have_count(2)
    assert page.url.endswith("#") is False
    assert "#" not in page.url

    page.get_by_role("heading", name="Lời viết").click()
    expect(page.locator(LIT)).to_have_count(0)
    assert complaints == []


def test_on_a_phone_the_partner_comes_into_view(visit: Visit, complaints: list[str]) -> None:
    """Below each other a tap leads to the other half, and back."""
    page = visit("operator", width=360)
    write(page)
    assert page.evaluate(FITS)
    keep_picture(page, "linked-words-360")
    half = page.locator(".written a", has_text="UBND")
    partner = page.locator(".linked.spoken a", has_text="ủy ban nhân dân")

    half.click()
    expect(partner).to_be_in_viewport()
    expect(partner).to_have_class("lit")
    partner.click()
    expect(half).to_be_in_viewport()
    assert complaints == []


def test_without_javascript_each_half_is_a_link_to_the_other(visit: Visit) -> None:
    """And the one that it leads to is marked by the browser itself."""
    page = visit("operator", script=False)
    write(page)

    page.locator(".written a", has_text="UBND").click()

    target = page.locator(":target")
    expect(target).to_have_text("ủy ban nhân dân")
    assert "#s" in page.url


def voice(folder: Path) -> Path:
    """A recording of somebody's phone."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        for n in range(32_000):
            out.writeframesraw(struct.pack("<h", int(9_000 * math.sin(n / 9) * math.sin(n / 900))))
    path = folder / "tieng-tay.wav"
    path.write_bytes(file.getvalue())
    return path


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_a_village_s_language_is_entered_and_its_recording_brought(
    visit: Visit, complaints: list[str], tmp_path: Path, *, width: int, dark: bool
) -> None:
    """From the page of villages to a bulletin that says what it still lacks."""
    page = visit("operator", width=width, dark=dark)
    page.goto("/villages")
    page.get_by_role("combobox").first.fill("tày")
    page.get_by_role("button", name="Thêm ngôn ngữ cho").first.click()
    page.get_by_role("combobox").nth(1).fill("tiếng Tày")
    page.get_by_role("button", name="Thêm ngôn ngữ cho").nth(1).click()
    expect(page.get_by_role("button", name="Bỏ tiếng Tày của")).to_have_count(2)
    assert page.evaluate(FITS)
    keep_picture(page, f"villages-{width}")

    write(page, replayed=True)
    expect(page.get_by_text("chưa có bản thu")).to_have_count(2)
    expect(page.get_by_text("Bản tin sau đây được phát hành lúc mười sáu giờ ba mươi")
           ).to_be_visible()  # fmt: skip
    page.locator("input[name=village_id]").nth(1).uncheck()
    page.get_by_label("Tệp ghi âm", exact=True).set_input_files(voice(tmp_path))
    page.get_by_role("button", name="Gửi bản thu").click()
    expect(page.get_by_text("đã có bản thu")).to_have_count(1)
    expect(page.get_by_text("chưa có bản thu")).to_have_count(1)
    assert page.evaluate(FITS)
    keep_picture(page, f"recordings-{width}")
    page.get_by_text("Sửa bản tin", exact=True).click()
    keep_picture(page, f"delivery-{width}")
    assert page.evaluate(FITS)

    page.get_by_role("button", name="Chỉ gửi duyệt").click()
    leader = visit("leader", width=width, dark=dark)
    leader.goto(page.url.split("#")[0])
    expect(leader.get_by_label("Tôi đã nghe các chỗ này và đồng ý")).to_be_visible()
    expect(leader.get_by_label("Tôi biết các thôn này chỉ nghe được tiếng Việt")).to_be_visible()
    assert leader.evaluate(FITS)
    keep_picture(leader, f"decision-missing-{width}")
    assert complaints == []
