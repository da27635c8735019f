"""What an admin does with devices: moved, exchanged, tested, added by QR; and what ends when."""

import pytest
from playwright.sync_api import Page, expect

from broadcaster.fleet.tables import Device, DeviceHealth
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

OLD, NEW = "loa-dong-1-1", "loa-dong-1-2"


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_device_is_moved_and_exchanged_from_its_page(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """Refused with what was typed still there; moved; exchanged; its life tells of all of it."""
    page = visit("admin")
    page.goto(f"/devices/{OLD}")
    page.get_by_label("Tên loa").fill("Loa bờ suối")
    page.get_by_label("Thôn Chợ", exact=False).fill("10")
    page.get_by_role("button", name="Chuyển từ hôm nay").click()
    expect(page.get_by_text("Thôn này thuộc cụm khác", exact=False).first).to_be_visible()
    assert page.get_by_label("Tên loa").input_value() == "Loa bờ suối"
    page.get_by_label("Thôn Chợ", exact=False).fill("")
    page.get_by_label("Thôn Đông Hạ", exact=False).fill("12,5")
    page.get_by_role("button", name="Chuyển từ hôm nay").click()
    expect(page.get_by_text("Đã chuyển.", exact=False)).to_be_visible()
    assert page.get_by_label("Thôn Đông Hạ", exact=False).input_value() == "12,5"
    page.get_by_label("Loa thay vào").select_option(value=NEW)
    page.get_by_role("button", name="Thay loa", exact=True).click()
    expect(page.get_by_text("Hãy đánh dấu vào ô này", exact=False).first).to_be_visible()
    page.get_by_label("Loa thay vào").select_option(value=NEW)
    page.get_by_label("Loa cũ thôi dùng hẳn").check()
    page.get_by_role("button", name="Thay loa", exact=True).click()
    page.wait_for_url(f"**/devices/{NEW}?done=merged")
    expect(page.get_by_text("Thay cho:", exact=False)).to_be_visible()
    expect(page.get_by_text("Chuyển loa sang nơi khác – ", exact=False)).to_have_count(0)
    life = page.get_by_role("region", name="Cuộc đời của loa")
    expect(life.get_by_text("Chuyển loa sang nơi khác", exact=False)).to_be_visible()
    expect(life.get_by_text("Thay loa bằng loa khác", exact=False)).to_be_visible()
    keep_picture(page, "device-page-1280")
    with site.station.database.reading() as session:
        assert session.get_one(Device, OLD).retired_at is not None
    small = visit("admin", width=360, dark=True)
    small.goto(f"/devices/{NEW}")
    keep_picture(small, "device-page-360-dark")
    assert fits(small)
    # The refused form is what the browser names an error of its own.
    assert all("422" in each for each in complaints)


def test_a_device_tests_itself(site: Site, visit: Visit) -> None:
    """Asked; then, by its own word, what it found."""
    page = visit("admin")
    page.goto(f"/devices/{OLD}")
    page.get_by_role("button", name="Cho loa tự kiểm tra").click()
    expect(page.get_by_text("Loa chưa trả lời.", exact=False)).to_be_visible()
    now = site.station.clock()
    said = {"at_ms": int(now.timestamp() * 1000), "played": True, "heard": False}
    with site.station.database.writing() as session:
        session.add(
            DeviceHealth(device_id=OLD, said={"self_test": said}, said_at=now, received_at=now)
        )
    page.reload()
    expect(page.get_by_text("micrô ở cột không nghe thấy", exact=False)).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_connections_and_certificates(visit: Visit, width: int, dark: bool) -> None:
    """The broker that is away is said to be; how to be reached from phones is said."""
    page = visit("admin", width=width, dark=dark)
    page.goto("/devices/connections")
    expect(page.get_by_role("heading", name="Kết nối và chứng chỉ")).to_be_visible()
    expect(page.get_by_text("không trả lời").first).to_be_visible()
    expect(page.get_by_text("loa init", exact=False).first).to_be_visible()
    keep_picture(page, f"connections-{width}")

    assert fits(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_code_is_also_a_drawing(visit: Visit, width: int, complaints: list[str]) -> None:
    """The QR code stands beside the code, without any style of its own."""
    page = visit("admin", width=width)
    page.goto("/devices/enrolment")
    page.get_by_label("Tên loa").fill("Loa mới")
    page.get_by_role("button", name="Tạo mã").click()
    drawing = page.get_by_role("img", name="Mã QR", exact=False)
    expect(drawing.locator("svg")).to_be_visible()
    keep_picture(page, f"enrolment-code-{width}")

    assert page.locator(".qr-code [style]").count() == 0
    assert fits(page)
    assert complaints == []
