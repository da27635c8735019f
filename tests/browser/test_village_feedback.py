"""A resident at the pole, the desk that answers, the sheet to sign, the number that is called."""

from io import BytesIO

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from broadcaster.emergency.authorising import authorise
from tests.browser.conftest import ARTIFACTS, Site, Visit, keep_picture
from tests.browser.village import FITS, VILLAGE, phone, sign_in, with_afternoon

pytestmark = pytest.mark.browser

WORDS = "Loa ở chợ rè, <script>alert(1)</script> không nghe được tin cúp điện."
A4_POINTS = (595, 842)


@pytest.fixture
def commune(site: Site) -> Site:
    """The commune on its afternoon, with a village head."""
    return with_afternoon(site)


def test_a_resident_is_answered_on_air(
    browser: Browser, commune: Site, visit: Visit, complaints: list[str]
) -> None:
    """A poster is made; somebody writes by it without a name; the answer becomes a bulletin."""
    desk = visit("operator")
    desk.goto("/feedback/posters")
    keep_picture(desk, "feedback-posters-1280")
    desk.get_by_role("button", name="Tạo tờ QR cho Thôn Đông Thượng, cột 1").click()
    expect(desk.get_by_text("Quét bằng điện thoại để nói với đài")).to_be_visible()
    keep_picture(desk, "poster-screen-1280")
    (ARTIFACTS / "poster.pdf").write_bytes(desk.pdf(prefer_css_page_size=True))
    address = desk.locator(".proof").inner_text()
    code = address.rsplit("/", 1)[-1]

    stranger = phone(browser, commune)
    page = stranger.new_page()
    page.goto(f"/y-kien/{code}")
    expect(page.get_by_text("Không cần tên", exact=False)).to_be_visible()
    keep_picture(page, "poster-form-360")
    page.get_by_label("Bà con muốn nói gì?").fill(WORDS)
    page.get_by_role("button", name="Gửi cho đài").click()
    expect(page.get_by_text("Đài đã nhận lời của bà con")).to_be_visible()

    desk.goto("/feedback")
    expect(desk.get_by_text(WORDS)).to_be_visible()
    desk.get_by_text("Trả lời", exact=True).click()
    desk.get_by_label("Câu trả lời").fill("Thứ Năm đài sửa loa ở chợ. Cảm ơn bà con.")
    desk.get_by_role("button", name="Gửi câu trả lời").click()
    expect(desk.get_by_text("Thứ Năm đài sửa loa ở chợ", exact=False)).to_be_visible()
    keep_picture(desk, "feedback-answered-1280")
    page.goto(f"/y-kien/{code}")
    expect(page.get_by_text("Thứ Năm đài sửa loa ở chợ", exact=False)).to_be_visible()
    keep_picture(page, "poster-answered-360")
    assert page.evaluate(FITS)
    stranger.close()
    desk.get_by_role("button", name="Soạn bản tin từ câu trả lời").click()
    desk.wait_for_url("**/bulletins/bul-*")
    expect(desk.get_by_role("heading", name="Trả lời ý kiến bà con", exact=False)).to_be_visible()
    assert (
        "<script>"
        not in desk.get_by_label("Lời bản tin", exact=False)
        .or_(desk.locator("textarea[name=script]"))
        .first.input_value()
    )
    assert complaints == []


def test_a_head_writes_down_what_somebody_said(browser: Browser, commune: Site) -> None:
    """For those without a smartphone; and with JavaScript off."""
    context = phone(browser, commune)
    page = context.new_page()
    sign_in(page, commune)
    page.wait_for_url(f"**/thon/{VILLAGE}")
    page.get_by_role("link", name="Ý kiến của bà con").click()
    page.get_by_label("Bà con nói gì với trưởng thôn?").fill("Xin phát lại giờ tiêm phòng.")
    page.get_by_role("button", name="Gửi cho đài").click()
    expect(page.get_by_text("Đã gửi ý kiến cho đài.")).to_be_visible()
    expect(page.get_by_text("Xin phát lại giờ tiêm phòng.")).to_be_visible()
    keep_picture(page, "village-feedback-360")
    context.close()


def test_the_months_sheet_fits_on_paper(browser: Browser, commune: Site) -> None:
    """A4, with every broadcast, what was not heard, and two lines to sign on."""
    context = phone(browser, commune)
    page = context.new_page()
    sign_in(page, commune)
    page.wait_for_url(f"**/thon/{VILLAGE}")
    page.goto(f"/thon/{VILLAGE}/phat/bc-noon")
    page.get_by_label("Không nghe").check()
    page.get_by_label("Ghi chú").fill("Cột 2 mất điện")
    page.get_by_role("button", name="Gửi").click()
    page.goto(f"/thon/{VILLAGE}")
    page.get_by_role("link", name="Phiếu tháng để in và ký").click()
    keep_picture(page, "village-sheet-360")
    printed = page.pdf(prefer_css_page_size=True)
    context.close()
    (ARTIFACTS / "village-sheet.pdf").write_bytes(printed)
    document = pypdfium2.PdfDocument(BytesIO(printed))
    said = " ".join(document[0].get_textpage().get_text_range().split())
    sizes = {tuple(round(side) for side in page.get_size()) for page in document}
    document.close()

    assert sizes == {A4_POINTS}
    for words in (
        "Phiếu phát thanh Thôn Đông Thượng",
        "Tháng 11 năm 2026",
        "Lịch tiêm vắc xin",
        "chưa xác nhận",
        "Cột 2 mất điện",
        "Trưởng thôn",
        "Cán bộ đài truyền thanh",
    ):
        assert words in said, words
    assert "Đăng xuất" not in said


def test_an_admins_number_stands_beside_a_silent_loudspeaker(
    commune: Site, visit: Visit, complaints: list[str]
) -> None:
    """Entered once on the page of village heads, dialled from the emergency board."""
    admin = visit("admin")
    admin.goto("/heads")
    admin.get_by_label("Số điện thoại của Head").fill("không biết")
    admin.get_by_role("button", name="Lưu số của Head").click()
    expect(admin.get_by_text("8 đến 15 chữ số", exact=False).first).to_be_visible()
    admin.get_by_label("Số điện thoại của Head").fill("0912.345.678")
    admin.get_by_role("button", name="Lưu số của Head").click()
    expect(admin.get_by_label("Số điện thoại của Head")).to_have_value("0912 345 678")
    keep_picture(admin, "heads-1280")
    with commune.station.database.writing() as session:
        authorise(
            session,
            commune.accounts["operator"],
            station_id=commune.station.context.station_id,
            by=commune.accounts["leader"],
            now=commune.station.clock(),
        )
    board = _order_a_drill(visit("operator"))
    number = board.get_by_role("link", name="0912 345 678").first
    expect(number).to_be_visible()
    keep_picture(board, "emergency-board-numbers-1280")

    assert number.get_attribute("href") == "tel:0912345678"
    assert [each for each in complaints if "422" not in each] == []


def _order_a_drill(page: Page) -> Page:
    page.goto("/emergency")
    page.get_by_label("Cụm Đông").check()
    page.get_by_label("Diễn tập", exact=False).first.check()
    page.get_by_label("Lũ, ngập lụt").check()
    page.get_by_role("button", name="Xem lại và xác nhận").click()
    page.get_by_label("Gõ chữ", exact=False).fill("dien tap")
    page.get_by_role("button", name="Phát diễn tập ngay").click()
    page.wait_for_url("**/emergency/em-*")
    return page
