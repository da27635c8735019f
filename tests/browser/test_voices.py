"""The station's voice is chosen and heard as people do it, at a desk and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
LENGTH_S = """sound => new Promise(done => {
    if (sound.readyState > 0) done(sound.duration);
    sound.addEventListener("loadedmetadata", () => done(sound.duration));
    sound.load();
})"""


@pytest.mark.parametrize(
    ("width", "script", "dark"), [(1280, True, False), (360, False, False), (360, True, True)]
)
def test_a_voice_is_heard_and_then_kept(
    visit: Visit, complaints: list[str], width: int, script: bool, dark: bool
) -> None:
    """With JavaScript and without; what was heard is what is saved."""
    page = visit("admin", width=width, script=script, dark=dark)
    page.goto("/voices")
    expect(page.get_by_role("heading", name="Giọng đọc", level=1)).to_be_visible()
    expect(page.get_by_text("eSpeak NG (máy)").first).to_be_visible()
    assert page.evaluate(FITS)

    page.get_by_label("Vùng miền").select_option("Nam")
    page.get_by_label("Tốc độ").select_option("0,9")
    page.get_by_label(re.compile("^Câu nghe thử")).fill("Sáng mai 7h30 họp thôn.")
    page.get_by_role("button", name="Nghe thử").click()
    sound = page.locator("#trial audio")
    expect(sound).to_be_visible()
    if script:
        assert 1 < sound.evaluate(LENGTH_S) < 10
    expect(page.get_by_label("Vùng miền")).to_have_value("south")
    assert page.evaluate(FITS)
    keep_picture(page, f"voices-trial-{width}{'-dark' if dark else ''}")

    page.get_by_role("button", name="Lưu giọng đọc").click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    expect(page.get_by_label("Vùng miền")).to_have_value("south")
    expect(page.get_by_label("Tốc độ")).to_have_value("0.9")
    assert page.evaluate(FITS)
    keep_picture(page, f"voices-{width}{'-dark' if dark else ''}")
    assert complaints == []
