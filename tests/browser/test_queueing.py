"""From a script to a place on today's board, as an operator and a leader do it in a browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.schedule.planning import plan_broadcasts
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

TITLE = "Lịch tiêm vắc xin tháng 11"
SCRIPT = (
    "Kính thưa bà con. Sáng thứ Tư, ngày 25/11, từ 7 giờ 30 phút, trạm y tế xã tổ chức tiêm "
    "vắc xin cho trẻ dưới 5 tuổi. Bà con nhớ mang theo sổ tiêm chủng. Xin cảm ơn."
)
PLAY = """audio => new Promise((heard, failed) => {
  audio.addEventListener("timeupdate", () => audio.currentTime > 0 && heard(audio.currentTime));
  audio.play().catch(failed);
})"""


def write(page: Page) -> None:
    """Write the bulletin and have it rendered."""
    page.get_by_role("link", name="Viết bản tin mới").click()
    page.get_by_label("Tiêu đề").fill(TITLE)
    page.get_by_label("Nội dung").fill(SCRIPT)
    page.get_by_role("button", name="Lưu và tạo giọng đọc").click()
    page.wait_for_url("**/bulletins/bul-*", timeout=60_000)


def choose_two_clusters(page: Page) -> None:
    """Tick two of the three clusters."""
    page.get_by_role("checkbox", name="Cụm Đông").check()
    page.get_by_role("checkbox", name="Cụm Tây Sơn").check()


def plan(site: Site) -> None:
    """What the station's own process does a moment after an approval."""
    with site.station.database.writing() as session:
        plan_broadcasts(
            session,
            station=station_of(session),
            now=site.station.clock(),
            days=8,
            lead=timedelta(seconds=15),
        )


def station_of(session: Session) -> Station:
    """The station's row."""
    return session.get_one(Station, STATION_ID)


def test_a_script_is_heard_queued_approved_and_on_the_board(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """An operator writes, reads the spoken words, listens and queues; a leader approves it."""
    operator = visit("operator")
    write(operator)

    expect(operator.locator(".linked.spoken")).to_contain_text("ngày hai mươi lăm tháng mười một")
    sound = operator.locator("audio").first
    assert float(sound.evaluate(PLAY)) > 0
    assert sound.evaluate("audio => audio.readyState") >= 2
    assert 5 < float(sound.evaluate("audio => audio.duration")) < 60
    keep_picture(operator, "bulletin-1280")

    choose_two_clusters(operator)
    operator.get_by_role("radio", name="Ngay sau khi duyệt").check()
    operator.get_by_role("button", name="Xếp lịch và gửi duyệt").click()
    expect(operator.locator("#queue")).to_contain_text("Cụm Đông, Cụm Tây Sơn")
    keep_picture(operator, "bulletin-queued-1280")

    leader = visit("leader", width=360)
    leader.get_by_role("link", name=TITLE).click()
    expect(leader.locator("#queue")).to_contain_text("Ngay sau khi duyệt")
    keep_picture(leader, "approval-360")
    leader.get_by_role("button", name="Duyệt cho phát").click()
    leader.wait_for_load_state()
    plan(site)

    operator.goto("/")
    for cluster in ("Cụm Đông", "Cụm Tây Sơn"):
        lane = operator.get_by_role("region", name=cluster)
        expect(lane.get_by_role("link", name=TITLE).first).to_be_visible()
    silent = operator.get_by_role("region", name="Cụm Trung Tâm")
    expect(silent.get_by_role("link", name=TITLE)).to_have_count(0)
    keep_picture(operator, "today-after-approval-1280")
    assert complaints == []


def test_a_mistake_comes_back_at_its_field_without_javascript(visit: Visit) -> None:
    """With scripts off a time in quiet hours is refused, and nothing that was chosen is lost."""
    page = visit("operator", width=360, script=False)
    write(page)
    choose_two_clusters(page)
    page.get_by_role("radio", name="Vào giờ").check()
    page.get_by_label("Ngày và giờ", exact=True).fill("2026-11-23T03:15")
    page.get_by_role("radio", name="Hằng ngày").check()
    page.get_by_role("button", name="Xếp lịch và gửi duyệt").click()

    expect(page.locator("#starts_local-error")).to_contain_text("giờ yên lặng")
    expect(page.get_by_role("checkbox", name="Cụm Tây Sơn")).to_be_checked()
    expect(page.get_by_label("Ngày và giờ", exact=True)).to_have_value("2026-11-23T03:15")
    expect(page.get_by_role("radio", name="Hằng ngày")).to_be_checked()
    keep_picture(page, "queue-refused-360")

    page.get_by_label("Lý do phát trong giờ yên lặng").fill("Xả lũ lúc 4 giờ sáng")
    page.get_by_role("button", name="Xếp lịch và gửi duyệt").click()

    expect(page.locator("#queue")).to_contain_text("Xin phát ngoài quy định: giờ yên lặng.")
