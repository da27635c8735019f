"""Khẩn cấp as people do it: ordered by keyboard alone, on a phone, without scripts; and watched."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from broadcaster.accounts import second_factor
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import open_studio
from broadcaster.emergency.announcer import announcing, make_next
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.raising import checked_wish, raise_emergency
from broadcaster.emergency.tables import Emergency, EmergencyPart
from broadcaster.fleet.tables import Device
from devices.protocol.messages import Kind
from tests.broadcaster.emergency.words_of_devices import let_all_say, let_say
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

SECOND = timedelta(seconds=1)


@pytest.fixture
def authorised(site: Site) -> Site:
    """The leader has authorised the operator."""
    with site.station.database.writing() as session:
        authorise(
            session,
            site.accounts["operator"],
            station_id=STATION_ID,
            by=site.accounts["leader"],
            now=site.station.clock(),
        )
    return site


@pytest.fixture
def announcer(authorised: Site) -> Iterator[None]:
    """Sounds are made beside the site, as in its own process."""
    station = authorised.station
    with (
        open_studio(station.settings) as studio,
        announcing(station.database, studio, now=station.clock),
    ):
        yield


def the_emergency(site: Site) -> Emergency:
    """The one that was ordered."""
    with site.station.database.reading() as session:
        return session.exec(select(Emergency)).one()


def fill_in(page: Page, *, drill: bool) -> None:
    """Choose place, kind and hazard, and go on to the page that asks once more."""
    page.goto("/emergency")
    page.get_by_label("Cụm Đông").check()
    page.get_by_label("Diễn tập" if drill else "Thật", exact=False).first.check()
    page.get_by_label("Lũ, ngập lụt").check()
    page.get_by_role("button", name="Xem lại và xác nhận").click()
    expect(page.get_by_role("heading", name="Xem lại rồi xác nhận")).to_be_visible()


def devices(site: Site, cluster_id: str) -> list[str]:
    """The devices of a cluster."""
    with site.station.database.reading() as session:
        return list(
            session.exec(
                select(Device.id).where(Device.cluster_id == cluster_id).order_by(col(Device.id))
            )
        )


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.usefixtures("announcer")
def test_a_real_one_is_ordered_by_keyboard_alone(
    authorised: Site, visit: Visit, complaints: list[str]
) -> None:
    """Tab, space and arrows to the end; the word typed without its marks; Enter orders it."""
    page = visit("operator")
    page.goto("/emergency")
    keep_picture(page, "emergency-form-1280")
    page.get_by_label("Toàn xã").focus()
    page.keyboard.press("Space")
    page.get_by_label("Thật", exact=False).first.focus()
    page.keyboard.press("Space")
    page.get_by_label("Bão, gió mạnh").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Xem lại và xác nhận").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lời đã có tiếng")).to_be_visible(timeout=30_000)
    keep_picture(page, "emergency-check-1280")
    expect(page.get_by_label("Gõ chữ “KHẨN CẤP”", exact=False)).to_be_focused()
    page.keyboard.type("khan cap")
    page.keyboard.press("Enter")
    page.wait_for_url("**/emergency/em-*")
    expect(page.get_by_text("Chưa trả lời").first).to_be_visible()
    found = the_emergency(authorised)

    assert (found.hazard, found.drill) == ("flood", False)
    with authorised.station.database.reading() as session:
        assert [part.kind for part in session.exec(select(EmergencyPart))] == ["message"]
    assert complaints == []


def test_a_wrong_word_orders_nothing(authorised: Site, visit: Visit) -> None:
    """What was filled in is still there, and the page says that nothing went out."""
    page = visit("operator")
    fill_in(page, drill=False)
    page.get_by_label("Gõ chữ", exact=False).fill("dien tap")
    page.get_by_role("button", name="Phát khẩn cấp ngay").click()

    expect(page.get_by_text("chưa phát gì").first).to_be_visible()
    with authorised.station.database.reading() as session:
        assert session.exec(select(Emergency)).all() == []


@pytest.mark.parametrize("script", [True, False])
def test_a_drill_from_a_phone_is_a_drill_on_every_page(
    authorised: Site, visit: Visit, script: bool
) -> None:
    """360 pixels, with scripts and without; named on the page before, after and in the log."""
    page = visit("operator", width=360, script=script)
    fill_in(page, drill=True)
    assert page.get_by_text("DIỄN TẬP", exact=True).first.is_visible()
    keep_picture(page, f"emergency-check-drill-360{'' if script else '-plain'}")
    page.get_by_label("Gõ chữ", exact=False).fill("Diễn tập")
    page.get_by_role("button", name="Phát diễn tập ngay").click()
    page.wait_for_url("**/emergency/em-*")

    assert page.get_by_text("Đây là diễn tập").is_visible()
    assert the_emergency(authorised).drill
    if script:
        assert fits(page)
    page.goto("/emergency")
    assert page.get_by_text("DIỄN TẬP", exact=True).count() >= 2


def test_the_board_fills_second_by_second(
    authorised: Site, visit: Visit, complaints: list[str]
) -> None:
    """Each device by its own word; who says nothing is named with whom to call."""
    station = authorised.station
    page = visit("operator")
    fill_in(page, drill=False)
    with open_studio(station.settings) as studio:
        make_next(station.database, studio, now=station.clock)
    page.get_by_label("Gõ chữ", exact=False).fill("KHẨN CẤP")
    page.get_by_role("button", name="Phát khẩn cấp ngay").click()
    page.wait_for_url("**/emergency/em-*")
    page.evaluate("window.stillTheSamePage = true")
    emergency_id = page.url.rsplit("/", 1)[-1]
    there = devices(authorised, "dong")
    at = station.clock() + SECOND

    with station.database.writing() as session:
        let_all_say(session, there[:-1], emergency_id, Kind.RECEIVED, at=at)
        let_all_say(session, there[:4], emergency_id, Kind.TONE_STARTED, at=at)
    expect(page.get_by_text("đang báo động").first).to_be_visible(timeout=5_000)
    with station.database.writing() as session:
        let_all_say(session, there[:3], emergency_id, Kind.STARTED, at=at)
        let_all_say(session, there[:2], emergency_id, Kind.FINISHED, at=at)
        let_say(session, there[3], emergency_id, Kind.FAILED, at=at, code="audio_missing")
    marks = page.locator(".emergency-board .device-marks")
    expect(marks.get_by_text("đã đọc xong")).to_be_visible(timeout=5_000)
    expect(marks.get_by_text("không phát được")).to_be_visible(timeout=5_000)

    figures = page.locator(".emergency-figures dd").all_inner_texts()
    assert [each.replace("\n", "") for each in figures] == ["5/6", "4/6", "2/6", "1"]
    assert page.evaluate("window.stillTheSamePage") is True
    keep_picture(page, "emergency-board-1280")
    for width, dark in ((360, False), (360, True), (1280, True)):
        small = visit("leader", width=width, dark=dark)
        for name, address in (
            ("board", f"/emergency/{emergency_id}"),
            ("page", "/emergency"),
            ("warnings", "/emergency/warnings"),
            ("today", "/"),
        ):
            small.goto(address)
            keep_picture(small, f"emergency-{name}-{width}{'-dark' if dark else ''}")
            assert fits(small), address
    assert complaints == []


def test_a_leader_authorises_and_reviews(site: Site, visit: Visit) -> None:
    """By the pages: named, listed, used, looked at by another, taken back."""
    leader = visit("leader")
    leader.goto("/emergency")
    expect(leader.get_by_text("Chưa ai được ủy quyền", exact=False)).to_be_visible()
    leader.get_by_label("Ủy quyền thêm cho").select_option(label="Operator")
    leader.get_by_role("button", name="Ủy quyền", exact=True).click()
    expect(leader.get_by_text("Operator").first).to_be_visible()
    operator = visit("operator")
    fill_in(operator, drill=False)
    operator.get_by_label("Gõ chữ", exact=False).fill("KHẨN CẤP")
    operator.get_by_role("button", name="Phát khẩn cấp ngay").click()
    operator.wait_for_url("**/emergency/em-*")
    operator.get_by_text("Hết nguy hiểm: đọc thông báo cuối cùng").click()
    operator.get_by_role("button", name="Kết thúc và đọc thông báo").click()
    expect(operator.get_by_text("Đã kết thúc lúc", exact=False)).to_be_visible()

    leader.goto("/")
    leader.get_by_role("link", name="Chờ xem xét lệnh khẩn cấp", exact=False).click()
    leader.get_by_role("button", name="Ra lệnh đúng").click()
    expect(leader.locator("#review").get_by_text("Đúng", exact=False).first).to_be_visible()
    assert the_emergency(site).reviewed_by == site.accounts["leader"]
    leader.goto("/emergency")
    leader.get_by_role("button", name="Rút ủy quyền", exact=False).click()
    expect(leader.get_by_text("Chưa ai được ủy quyền", exact=False)).to_be_visible()


def test_own_last_words_ask_for_a_code(authorised: Site, visit: Visit) -> None:
    """Refused without one, nothing typed is lost, and they go out with it; on a phone as well."""
    station, account = authorised.station, authorised.accounts["operator"]
    with station.database.writing() as session:
        wish = checked_wish(
            cluster_ids=["dong"], hazard="flood", drill=False, words="Lũ lên.", cadence="usual"
        )
        emergency = raise_emergency(
            session, wish, request_key="of-this-morning", by=account, now=station.clock(),
            station=session.get_one(Station, STATION_ID),
        )  # fmt: skip
        keys = {"keys_dir": station.settings.keys_dir, "now": station.clock()}
        second_factor.enrol_at_the_machine(session, account, **keys)
        code = second_factor.present_code(session, account, **keys)
        address = f"/emergency/{emergency.id}"
    for width, dark in ((1280, False), (1280, True), (360, True), (360, False)):
        page = visit("operator", width=width, dark=dark, proven=False)
        page.goto(address)
        page.get_by_text("Báo nhầm: cho im ngay và đính chính").click()
        keep_picture(page, f"emergency-last-words-{width}{'-dark' if dark else ''}")
        assert fits(page)
    page.get_by_label("Lời đính chính").fill("Xin đính chính: không có lũ.")
    page.get_by_role("button", name="Cho im ngay và đính chính").click()
    expect(page.get_by_label("Lời đính chính")).to_have_value("Xin đính chính: không có lũ.")
    page.get_by_label("Mã xác thực").last.fill(code)
    keep_picture(page, "emergency-last-words-refused-360")
    page.get_by_role("button", name="Cho im ngay và đính chính").click()
    expect(page.get_by_text("Đã kết thúc lúc", exact=False)).to_be_visible()

    assert the_emergency(authorised).final_words == "Xin đính chính: không có lũ."


@pytest.mark.usefixtures("announcer")
def test_a_stored_warning_is_written_heard_and_approved(site: Site, visit: Visit) -> None:
    """By two people; then it is what devices keep."""
    operator = visit("operator")
    operator.goto("/emergency/warnings")
    operator.locator("#warning-flood").get_by_text("Viết lời mới").click()
    operator.locator("#warning-flood").get_by_role("button", name="Gửi duyệt").click()
    leader = visit("leader")

    def heard() -> bool:
        leader.goto("/emergency/warnings")
        return leader.locator("#warning-flood audio").count() == 1

    for _ in range(60):
        if heard():
            break
        leader.wait_for_timeout(500)
    leader.locator("#warning-flood").get_by_role("button", name="Duyệt cho loa giữ").click()
    expect(leader.locator("#warning-flood").get_by_text("Đang dùng")).to_be_visible()
    keep_picture(leader, "emergency-warnings-1280")
    assert site.accounts["leader"]
