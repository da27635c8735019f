"""A village head's phone: the week, a broadcast, what was heard; light, plain and readable."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ARTIFACTS, Site, Visit, keep_picture
from tests.browser.village import FITS, VILLAGE, phone, photo_with_place, sign_in, with_afternoon

pytestmark = pytest.mark.browser

LIGHT_BYTES = 60_000
# What Chromium's own tools call "Fast 3G".
THREE_G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.6e6 / 8 * 0.9,
    "uploadThroughput": 750e3 / 8 * 0.9,
}


@pytest.fixture
def commune(site: Site) -> Site:
    """The commune on its afternoon, with a village head."""
    return with_afternoon(site)


@pytest.fixture
def old_phone(browser: Browser, commune: Site) -> Iterator[Page]:
    """A phone that runs no script, in which the village head has signed in."""
    context = phone(browser, commune)
    page = context.new_page()
    sign_in(page, commune)
    yield page
    context.close()


def test_a_head_says_that_a_broadcast_was_not_heard(
    old_phone: Page, visit: Visit, complaints: list[str]
) -> None:
    """From the week to the broadcast, with a note and a photo; the desk sees it, and the ledger."""
    page = old_phone
    page.wait_for_url(f"**/thon/{VILLAGE}")
    expect(page.get_by_role("heading", name="Thôn Đông Thượng")).to_be_visible()
    keep_picture(page, "village-week-360")
    page.get_by_role("link", name="Cắt điện để sửa đường dây").first.click()
    expect(page.get_by_text("Kính thưa bà con", exact=False).first).to_be_visible()
    keep_picture(page, "village-broadcast-360")
    page.get_by_label("Không nghe").check()
    page.get_by_label("Ghi chú").fill("Loa cột 2 rè <b>không</b> nghe được gì")
    page.get_by_label("Ảnh").set_input_files(
        {"name": "bí mật.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    )
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_text("Đã ghi lời của bạn vào sổ")).to_be_visible()
    expect(
        page.get_by_role("paragraph").filter(has_text="Loa cột 2 rè <b>không</b> nghe được gì")
    ).to_be_visible()
    keep_picture(page, "village-said-360")
    seen = page.request.get(str(page.get_by_role("link", name="Xem ảnh").get_attribute("href")))
    assert (seen.headers["content-type"], seen.body()[:2]) == ("image/jpeg", b"\xff\xd8")
    assert b"secret" not in seen.body()
    page.goto(f"/thon/{VILLAGE}")
    expect(page.get_by_text("Người nghe: không nghe", exact=False)).to_be_visible()

    desk = visit("operator")
    desk.goto("/feedback")
    expect(desk.get_by_text("Loa cột 2 rè")).to_be_visible()
    keep_picture(desk, "feedback-heard-1280")
    desk.goto("/broadcasts/bc-noon/timeline")
    expect(desk.get_by_text("Lời của người ở thôn đứng cạnh lời của loa")).to_be_visible()
    expect(desk.get_by_text("Loa cột 2 rè")).to_be_visible()
    keep_picture(desk, "timeline-heard-1280")
    desk.goto("/ledger/coverage")
    expect(desk.get_by_text("lượt người dân; còn lại chưa ai nói", exact=False)).to_be_visible()
    assert complaints == []


def test_what_was_written_can_be_taken_back(old_phone: Page) -> None:
    """Note and photo go; the word stays."""
    page = old_phone
    page.goto(f"/thon/{VILLAGE}/phat/bc-morning")
    page.get_by_label("Nghe rõ").check()
    page.get_by_label("Ghi chú").fill("Ông Năm nói nghe rõ")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("paragraph").filter(has_text="Ông Năm nói nghe rõ")).to_be_visible()
    page.get_by_role("button", name="Xóa ghi chú và ảnh").click()
    page.wait_for_url(f"**/thon/{VILLAGE}/phat/bc-morning")

    expect(page.get_by_text("Ông Năm nói nghe rõ")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="Nghe rõ")).to_have_count(1)


def test_the_first_load_is_light(browser: Browser, commune: Site, old_phone: Page) -> None:
    """No script, no font, at most 60 kB on the wire; how long it takes on 3G is reported."""
    cookies = old_phone.context.cookies()
    context = phone(browser, commune)
    context.add_cookies(cookies)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", THREE_G)
    came: list[float] = []
    kinds: list[str] = []
    wire.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    wire.on("Network.responseReceived", lambda event: kinds.append(event["type"]))
    page.goto(f"/thon/{VILLAGE}", wait_until="load")
    page.wait_for_load_state("networkidle")
    loaded_ms = page.evaluate(
        "performance.timing.loadEventEnd - performance.timing.navigationStart"
    )
    context.close()
    ARTIFACTS.mkdir(exist_ok=True)
    report = {"bytes": sum(came), "requests": kinds, "loaded_ms_on_fast_3g": loaded_ms}
    (ARTIFACTS / "village-first-load.json").write_text(json.dumps(report, indent=1))

    assert 2_000 < sum(came) <= LIGHT_BYTES
    assert not {"Script", "Font", "XHR", "Fetch"} & set(kinds)


@pytest.mark.parametrize("page_of", ["", "/phat/bc-noon", "/y-kien", "/thang"])
def test_all_of_it_is_readable_at_200_percent(
    browser: Browser, commune: Site, old_phone: Page, page_of: str
) -> None:
    """Half as many pixels across: nothing scrolls sideways, and all that one touches has a name."""
    context = browser.new_context(
        base_url=commune.address, viewport={"width": 180, "height": 320}, device_scale_factor=2
    )
    context.add_cookies(old_phone.context.cookies())
    page = context.new_page()
    page.goto(f"/thon/{VILLAGE}{page_of}")
    keep_picture(page, f"village-200-percent{page_of.replace('/', '-')}")
    fits = page.evaluate(FITS)
    nameless = page.evaluate(
        """[...document.querySelectorAll("input:not([type=hidden]), textarea, a, button")]
        .filter((each) => !each.closest("[aria-hidden]"))
        .filter((each) => !(each.labels?.length || each.textContent.trim())).length"""
    )
    headings = page.get_by_role("heading", level=1).count()
    context.close()

    assert (fits, nameless, headings) == (True, 0, 1)
