"""A province's office: let in at a second station, it sees both, goes into one, and only reads."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from broadcaster.accounts.people import add_role
from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.ledger.rollups import roll_up
from tests.broadcaster.pages.commune import add_afternoon
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture
from tests.security.second_station import OTHER_STATION, copy_station

pytestmark = pytest.mark.browser

OTHER = "Đài truyền thanh xã Hạ"


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture
def province(site: Site) -> Site:
    """The site, with broadcasts in it, another station beside ours, and a province's person."""
    station = site.station
    with station.database.writing() as session:
        add_afternoon(
            session, operator=site.accounts["operator"], leader=site.accounts["leader"],
            now=station.clock(),
        )  # fmt: skip
        roll_up(session)
    with station.database.writing() as session:
        copy_station(session.connection(), STATION_ID)
        other = session.get_one(Station, OTHER_STATION)
        other.name, other.commune = OTHER, "Hạ"
    station.clock.move(timedelta(seconds=1))
    site.accounts["so"], site.passwords["so"] = station.person("so", Role.INSPECTOR)
    return site


def test_an_office_above_sees_its_stations_and_goes_into_one(
    province: Site, visit: Visit, complaints: list[str]
) -> None:
    """By the list, on a desk and on a phone; the frame says where one is, and nothing acts."""
    with province.station.database.writing() as session:
        add_role(
            session, province.accounts["so"], Role.INSPECTOR, station_id=OTHER_STATION, by=None,
            now=province.station.clock(),
        )  # fmt: skip
    for width, dark in ((1280, False), (360, False), (1280, True), (360, True)):
        page = visit("so", width=width, dark=dark)
        page.goto("/stations")
        expect(page.get_by_role("heading", name="Các đài của tôi")).to_be_visible()
        keep_picture(page, f"stations-{width}{'-dark' if dark else ''}")
        assert fits(page)
        page.get_by_role("button", name=f"Vào xem {OTHER}").click()
        expect(page.get_by_text(f"Đang xem {OTHER}")).to_be_visible()
        expect(page.get_by_role("banner").get_by_text(OTHER)).to_be_visible()
        assert page.locator("main form[method=post]").count() == 0
        keep_picture(page, f"station-elsewhere-{width}{'-dark' if dark else ''}")
        assert fits(page)
        page.get_by_role("link", name="Sổ độ phủ").first.click()
        expect(page.get_by_text(f"Đang xem {OTHER}")).to_be_visible()
        page.get_by_role("link", name="Đổi đài").click()
        page.get_by_role("button", name="Vào xem Đài truyền thanh xã Thượng").click()
        expect(page.get_by_text("Ở đài này bạn đọc mọi thứ")).to_have_count(0)
    assert complaints == []


@pytest.mark.usefixtures("province")
def test_an_admin_lets_an_office_of_another_station_read(
    visit: Visit, complaints: list[str]
) -> None:
    """By a user name alone; a name that nobody has is told where it was typed."""
    admin = visit("admin")
    admin.goto("/people")
    admin.get_by_label("Tên đăng nhập của người đó").fill("khong-ai")
    admin.get_by_role("button", name="Cho xem đài này").click()
    expect(admin.locator("#known-error")).to_contain_text("Không có tài khoản đang dùng")
    admin.get_by_label("Tên đăng nhập của người đó").fill("zzkhac-leader")
    admin.get_by_role("button", name="Cho xem đài này").click()

    expect(admin.get_by_label("Người giám sát")).to_be_checked()
    expect(admin.get_by_text("Người này còn giữ vai trò ở đài khác")).to_be_visible()
    expect(admin.get_by_role("button", name="Tạo liên kết đặt mật khẩu")).to_have_count(0)
    keep_picture(admin, "person-of-another-station-1280")
    assert [each for each in complaints if "422" not in each] == []
