"""Recording in the browser: from its microphone, with the ends cut off, to the bulletin's sound."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, Site, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PATIENCE_MS = 60_000
# What the form would send: its length, from the samples, in seconds.
SENT_S = """() => {
  const file = document.getElementById("own-voice-file").files[0];
  return file ? (file.size - 44) / 48000 : 0;
}"""


@pytest.fixture
def microphone(site: Site, tmp_path: Path) -> Path:
    """What the microphone hears, over and over."""
    said = site.app.state.studio.say("Kính thưa bà con. Chiều nay mời bà con ra nhà văn hóa thôn.")
    path = tmp_path / "microphone.wav"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(said.path)]
    subprocess.run([*command, "-ac", "1", "-ar", "48000", str(path)], check=True)
    return path


def sign_in(page: Page, site: Site, name: str) -> None:
    """As a person does."""
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(site.passwords[name])
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/")


def written(page: Page) -> None:
    """A bulletin that a machine reads."""
    page.goto("/bulletins/new")
    page.get_by_label("Tiêu đề").fill("Mời ra nhà văn hóa")
    page.get_by_label("Nội dung").fill(
        "Kính thưa bà con. Chiều nay mời bà con ra nhà văn hóa thôn."
    )
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_bulletin_is_read_by_a_person(site: Site, microphone: Path, width: int) -> None:
    """Recorded, cut too far and back, heard, sent; the page then plays a person, and says so."""
    assert CHROMIUM is not None, "install chromium (make system-deps)"
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *QUIET,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
        )
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 800},
            permissions=["microphone"],
        )
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, site, "operator")
        written(page)
        page.get_by_text("Thu giọng người đọc bản tin này").click()
        page.get_by_role("button", name="Bắt đầu thu").click()
        meter = page.get_by_label("Độ to của micro")
        expect(meter).not_to_have_js_property("value", 0, timeout=PATIENCE_MS)
        expect(page.get_by_text("Đang thu. Hãy đọc. 0:04")).to_be_visible(timeout=PATIENCE_MS)
        keep_picture(page, f"recorder-on-{width}")
        page.get_by_role("button", name="Thu xong").click()
        expect(page.get_by_text("Đã thu xong.")).to_be_visible(timeout=PATIENCE_MS)
        whole_s = page.evaluate(SENT_S)

        first = page.get_by_label("Cắt bỏ phần đầu")
        first.fill("10")
        first.dispatch_event("change")
        page.wait_for_function(f"() => Math.abs(({SENT_S})() - {whole_s} + 1) < 0.05")
        send = page.get_by_role("button", name="Dùng bản thu này")
        last = page.get_by_label("Cắt bỏ phần cuối")
        last.fill(last.get_attribute("max") or "")
        last.dispatch_event("change")
        expect(page.get_by_text("Phần còn lại quá ngắn.")).to_be_visible()
        expect(send).to_be_disabled()
        last.fill("0")
        last.dispatch_event("change")
        expect(send).to_be_enabled(timeout=PATIENCE_MS)
        hear = page.get_by_role("button", name="Nghe thử")
        hear.click()
        expect(hear).to_have_attribute("aria-pressed", "true")
        hear.click()
        expect(hear).to_have_attribute("aria-pressed", "false")
        assert page.evaluate(FITS)
        keep_picture(page, f"recorder-{width}")
        send.click()

        expect(page.get_by_text("Giọng người, không phải giọng máy")).to_be_visible(
            timeout=PATIENCE_MS
        )
        expect(page.get_by_text("Giọng người thu", exact=True)).to_be_visible()
        keep_picture(page, f"own-voice-{width}")
        browser.close()

    assert whole_s >= 4
    assert complaints == []
