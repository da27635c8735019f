"""A programme made of two bulletins, heard, approved: as an operator and a leader do it."""

import re

import pytest
from playwright.sync_api import Page, expect

from broadcaster.bulletins.tables import Rendition
from tests.broadcaster.pages.commune import add_afternoon
from tests.broadcaster.pages.test_programme_reached import PARTS, say
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def write(page: Page, title: str, script: str) -> str:
    """Write a bulletin and submit it; its address."""
    page.goto("/bulletins/new")
    page.get_by_label("Tiêu đề").fill(title)
    page.get_by_label("Nội dung").fill(script)
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*", timeout=60_000)
    page.get_by_role("button", name="Chỉ gửi duyệt, không đổi lịch").click()
    page.wait_for_load_state()
    return page.url


def approve(page: Page, address: str) -> None:
    """Decide as the leader on what the page shows."""
    page.goto(address)
    page.get_by_role("button", name="Duyệt cho phát").click()
    expect(page.get_by_text("đã duyệt").first).to_be_visible()


def parts_of(page: Page) -> list[str]:
    """The parts in the editor, as they stand."""
    return [
        re.sub(r"\s+", " ", each).strip() for each in page.locator(".part-name").all_inner_texts()
    ]


@pytest.mark.parametrize(("width", "script"), [(1280, True), (360, False)])
def test_a_programme_is_composed_heard_and_approved(
    visit: Visit, complaints: list[str], width: int, script: bool
) -> None:
    """Two bulletins ticked, one moved up, the length known at once, the leader's yes."""
    operator = visit("operator", width=width, script=script)
    leader = visit("leader", width=width, script=script)
    approve(leader, write(operator, "Lịch tiêm", "Sáng mai trạm y tế xã tiêm vắc xin cho trẻ em."))
    approve(leader, write(operator, "Cắt điện", "Chiều mai xã cắt điện để sửa đường dây."))

    operator.goto("/bulletins")
    assert operator.evaluate(FITS)
    keep_picture(operator, f"bulletins-{width}")
    operator.get_by_role("link", name="Chương trình", exact=True).click()
    operator.get_by_role("link", name="Soạn chương trình đầu tiên").click()
    operator.get_by_label("Tiêu đề").fill("Chương trình 17 giờ")
    operator.get_by_role("checkbox", name="Lịch tiêm").check()
    operator.get_by_role("checkbox", name="Cắt điện").check()
    operator.get_by_label("Bản tin đã duyệt, hoặc phần của đài").select_option("music")
    operator.get_by_label("Giây").last.fill("10")
    operator.get_by_role("button", name="Thêm vào").click()
    operator.wait_for_load_state()
    first, second = [part for part in parts_of(operator) if "Bản tin" in part]
    assert operator.evaluate(FITS)
    keep_picture(operator, f"playlist-editor-{width}")

    operator.get_by_role(
        "button", name=f"Lên {'Lịch tiêm' if 'Lịch' in second else 'Cắt điện'}"
    ).click()
    operator.wait_for_load_state()
    assert [part for part in parts_of(operator) if "Bản tin" in part] == [second, first]
    expect(operator.get_by_label("Tiêu đề")).to_have_value("Chương trình 17 giờ")
    operator.get_by_role("button", name="Lưu và dựng chương trình").click()
    operator.wait_for_url("**/playlists/bul-*", timeout=60_000)
    expect(operator.locator(".big-figure")).to_have_text(re.compile(r"^\d+ giây$"))
    assert operator.evaluate(FITS)
    keep_picture(operator, f"playlist-{width}")
    if script:
        operator.get_by_role("link", name=re.compile("nghe từ đây")).nth(3).click()
        operator.wait_for_function("document.getElementById('programme').currentTime > 5")

    operator.get_by_role("button", name="Chỉ gửi duyệt, không đổi lịch").click()
    operator.wait_for_load_state()
    address = operator.url
    leader.goto("/approvals")
    leader.get_by_role("link", name="Chương trình 17 giờ").click()
    approve(leader, address)
    assert leader.evaluate(FITS)
    keep_picture(leader, f"playlist-approved-{width}")
    operator.goto("/playlists")
    expect(operator.get_by_role("row", name=re.compile("Chương trình 17 giờ"))).to_contain_text(
        "đã duyệt"
    )
    keep_picture(operator, f"playlists-{width}")
    operator.goto(f"{address}/edit")
    expect(operator.get_by_text("lần duyệt này hết hiệu lực")).to_be_visible()
    assert complaints == []


def test_a_programme_that_fell_says_so_on_a_phone(visit: Visit, complaints: list[str]) -> None:
    """The banner names the bulletin; one button makes the programme anew."""
    operator = visit("operator", width=360, dark=True)
    leader = visit("leader", width=360)
    bulletin = write(operator, "Cắt điện", "Chiều mai xã cắt điện để sửa đường dây.")
    approve(leader, bulletin)
    operator.goto("/playlists/new")
    operator.get_by_label("Tiêu đề").fill("Chương trình 17 giờ")
    operator.get_by_role("checkbox", name="Cắt điện").check()
    operator.get_by_label("Tiêu đề").press("Enter")
    operator.wait_for_url("**/playlists/bul-*", timeout=60_000)
    programme = operator.url

    leader.goto(bulletin)
    leader.get_by_label("Ý kiến").fill("Đổi giờ.")
    leader.get_by_role("button", name="Rút lại duyệt").click()
    operator.goto(programme)
    expect(operator.get_by_text("Phải dựng lại chương trình này")).to_be_visible()
    assert operator.evaluate(FITS)
    keep_picture(operator, "playlist-fell-360")
    operator.get_by_role("button", name="Dựng lại chương trình").click()
    expect(operator.get_by_text("Chưa được duyệt: “Cắt điện”.")).to_be_visible()
    assert [each for each in complaints if "422" not in each] == []


@pytest.mark.parametrize("width", [1280, 360])
def test_the_parts_of_what_is_on_air_fit_every_screen(
    site: Site, visit: Visit, complaints: list[str], width: int
) -> None:
    """Each part with how many devices have begun it."""
    with site.station.database.writing() as session:
        people = site.accounts
        add_afternoon(
            session, operator=people["operator"], leader=people["leader"], now=site.station.clock()
        )
        session.get_one(Rendition, "r-cccd").parts = PARTS
        say(session, "loa-dong-1-1", cue=1, station=site.station)
    page = visit("operator", width=width)

    page.goto("/broadcasts/bc-now")

    expect(page.get_by_text("1/12 loa đã bắt đầu").first).to_be_visible()
    assert page.evaluate(FITS)
    keep_picture(page, f"programme-on-air-{width}")
    assert [each for each in complaints if "/audio/" not in each and "404" not in each] == []
