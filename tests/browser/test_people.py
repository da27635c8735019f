"""People as an admin looks after them: let in by a link, shut out, handed their data, erased."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_somebody_is_let_in_and_leaves_without_a_trace_of_their_name(
    site: Site, visit: Visit, browser: Browser, complaints: list[str]
) -> None:
    """From the admin's form to the last page: by two windows, as two people would."""
    admin = visit("admin")
    admin.get_by_role("link", name="Người dùng").click()
    keep_picture(admin, "people-1280")
    admin.get_by_label("Họ tên").fill("Đỗ Thị Chi")
    admin.get_by_label("Tên đăng nhập").fill("chi")
    admin.get_by_label("Biên tập viên").check()
    admin.get_by_label("Người giám sát").check()
    admin.get_by_role("button", name="Thêm người này").click()
    link = admin.locator("code.seed").inner_text()
    keep_picture(admin, "person-link-1280")

    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 800})
    theirs = context.new_page()
    theirs.goto(link[link.index("/password/") :])
    theirs.get_by_label("Mật khẩu mới").fill("ba con chim sẻ")
    keep_picture(theirs, "password-link-360")
    theirs.get_by_role("button", name="Đặt mật khẩu").click()
    theirs.get_by_label("Tên đăng nhập").fill("chi")
    theirs.get_by_label("Mật khẩu").fill("ba con chim sẻ")
    theirs.get_by_role("button", name="Đăng nhập").click()
    theirs.get_by_role("link", name="Đỗ Thị Chi").click()
    expect(theirs.get_by_text("phiên này")).to_be_visible()
    keep_picture(theirs, "account-360")
    assert fits(theirs)

    admin.get_by_role("link", name="Người dùng").last.click()
    admin.get_by_role("link", name="Đỗ Thị Chi").click()
    with admin.expect_download() as handed_out:
        admin.get_by_role("button", name="Tải bản dữ liệu").click()
    told = json.loads(Path(handed_out.value.path()).read_text("utf-8"))
    assert told["tables"]["account"][0]["display_name"] == "Đỗ Thị Chi"
    admin.get_by_text("Xóa thông tin cá nhân").click()
    admin.get_by_label("Đúng, xóa hẳn").check()
    admin.get_by_role("button", name="Xóa hẳn").click()
    expect(admin.get_by_role("heading", name="Người đã xóa")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    context.close()
    for width, dark in ((360, True), (1280, True)):
        page = visit("admin", width=width, dark=dark)
        for name, address in (
            ("people", "/people"),
            ("person", f"/people/{site.accounts['operator']}"),
            ("account", "/account"),
        ):
            page.goto(address)
            keep_picture(page, f"{name}-{width}-dark")
            assert fits(page), address
    assert complaints == []
