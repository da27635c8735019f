"""A relay from the source to the ledger, as three people do it in a browser."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from broadcaster.areas.tables import Station
from broadcaster.dispatch.signing import sign_changed_plans
from broadcaster.fleet.behaviour import keep_relay_hosts
from broadcaster.ledger.tables import Play
from broadcaster.schedule.planning import plan_broadcasts
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys
from tests.browser.conftest import Site, Visit, keep_picture
from tests.devices.controller.relay.https_radio import HttpsRadio, https_radio, made_by_ffmpeg
from tests.trail import followed

pytestmark = pytest.mark.browser

MINUTE = timedelta(minutes=1)


@pytest.fixture
def radio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsRadio]:
    """A broadcaster on the loopback, whose certificate this machine trusts."""
    folder = tmp_path / "radio"
    folder.mkdir()
    with https_radio(folder) as radio:
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "radio.pem"))
        radio.paths["/vov1"] = made_by_ffmpeg("mp3")
        yield radio


def add_sources(site: Site, page: Page, radio: HttpsRadio) -> None:
    """An admin lists a source that plays and one that is gone, and tries both."""
    with site.station.database.writing() as session:
        keep_relay_hosts(
            session, ["127.0.0.1"], station_id=STATION_ID, by=None, now=site.station.clock()
        )
    page.goto("/schedule")
    page.get_by_role("link", name="Tiếp sóng").first.click()
    page.get_by_role("link", name="Nguồn tiếp sóng").click()
    for name, path in (("VOV1", "/vov1"), ("Đài tỉnh", "/gone")):
        page.get_by_label("Tên nguồn").fill(name)
        page.get_by_role("textbox", name="Địa chỉ").fill(radio.url(path))
        page.get_by_role("button", name="Thêm nguồn").click()
        page.wait_for_load_state()
    for name in ("VOV1", "Đài tỉnh"):
        region = page.get_by_role("region", name=name)
        region.get_by_role("button", name="Thử nguồn").click()
        expect(region.get_by_role("status")).to_be_visible(timeout=30_000)


def plan_relay(page: Page) -> None:
    """An operator plans half an hour of VOV1 for two clusters at five."""
    page.goto("/relays")
    page.get_by_role("link", name="Lập lịch tiếp sóng").first.click()
    page.get_by_role("radio", name="VOV1").check()
    page.get_by_label("Dài nhất bao nhiêu phút?").fill("30")
    keep_picture(page, f"relay-editor-{page.viewport_size['width']}")  # type: ignore[index]
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_url("**/relays/bul-*")
    page.get_by_role("checkbox", name="Cụm Đông").check()
    page.get_by_role("checkbox", name="Cụm Tây Sơn").check()
    page.get_by_role("radio", name="Vào giờ").check()
    page.get_by_label("Ngày và giờ").fill("2026-11-23T17:00")
    page.get_by_role("radio", name="Hằng ngày").check()
    page.get_by_role("button", name="Xếp lịch và gửi duyệt").click()
    page.wait_for_load_state()


def plan_and_sign(site: Site) -> str:
    """What the station's own process does a moment after an approval; the first broadcast."""
    with site.station.database.writing() as session:
        station, now = session.get_one(Station, STATION_ID), site.station.clock()
        plan_broadcasts(session, station=station, now=now, days=8, lead=timedelta(seconds=15))
        sign_changed_plans(session, station=station, keys=made_keys(), trail=followed(), now=now,
                           days=8, start_within=MINUTE, end_within=MINUTE)  # fmt: skip
        return first_broadcast(session)


def first_broadcast(session: Session) -> str:
    """The relay's broadcast of today."""
    starts = select(Broadcast).where(Broadcast.relay.is_not(None))  # type: ignore[union-attr]
    return min(session.exec(starts).all(), key=lambda each: each.starts_at).id


def tell_ledger(site: Site, broadcast_id: str) -> None:
    """All devices passed it on to its end, but for one whose stream died."""
    with site.station.database.writing() as session:
        plays = session.exec(select(Play).where(Play.broadcast_id == broadcast_id)).all()
        for number, play in enumerate(plays):
            play.state, play.reached, play.code = "relayed", "finished", "relay"
            play.played_ms, play.started_at = play.asked_ms, play.starts_at
            if number == 0:
                play.state, play.played_ms = "partial", play.asked_ms // 3
    site.station.clock.now = plays[0].starts_at + timedelta(minutes=40)


def test_a_relay_from_its_source_to_the_ledger(
    site: Site, visit: Visit, radio: HttpsRadio, complaints: list[str]
) -> None:
    """Every page says what is relayed, from where, and that nobody verified what it said."""
    admin = visit("admin")
    add_sources(site, admin, radio)
    expect(admin.get_by_role("region", name="VOV1")).to_contain_text("Nghe được")
    expect(admin.get_by_role("region", name="Đài tỉnh")).to_contain_text("từ chối")
    keep_picture(admin, "relay-sources-1280")
    dark = visit("admin", width=360, dark=True)
    dark.goto("/relay-sources")
    keep_picture(dark, "relay-sources-360-dark")

    operator = visit("operator")
    plan_relay(operator)
    expect(operator.locator("#queue")).to_contain_text("Cụm Đông, Cụm Tây Sơn")
    keep_picture(operator, "relay-queued-1280")

    leader = visit("leader", width=360)
    leader.goto("/approvals")
    leader.get_by_role("link", name="Tiếp sóng VOV1").click()
    expect(leader.get_by_role("main")).to_contain_text(radio.url("/vov1"))
    keep_picture(leader, "relay-approval-360")
    leader.get_by_role("button", name="Duyệt cho phát").click()
    leader.wait_for_load_state()
    broadcast_id = plan_and_sign(site)

    operator.goto("/relays")
    keep_picture(operator, "relays-1280")
    operator.goto("/schedule")
    expect(operator.get_by_role("link", name="Tiếp sóng VOV1").first).to_be_visible()
    keep_picture(operator, "relay-schedule-1280")
    operator.goto("/")
    lane = operator.get_by_role("region", name="Cụm Đông")
    expect(lane.get_by_role("link", name="Tiếp sóng VOV1").first).to_be_visible()
    keep_picture(operator, "relay-today-1280")

    operator.close()
    tell_ledger(site, broadcast_id)
    # So much later everybody signs in anew.
    operator, leader = visit("operator"), visit("leader", width=360)
    dark = visit("leader", width=360, dark=True)
    operator.goto(f"/broadcasts/{broadcast_id}")
    expect(operator.get_by_role("main")).to_contain_text("Không ai kiểm chứng nội dung")
    keep_picture(operator, "relay-broadcast-1280")
    leader.goto(f"/broadcasts/{broadcast_id}")
    keep_picture(leader, "relay-broadcast-360")
    leader.goto("/ledger")
    keep_picture(leader, "relay-ledger-360")
    dark.goto(f"/broadcasts/{broadcast_id}")
    keep_picture(dark, "relay-broadcast-360-dark")
    assert complaints == []


def test_a_relay_is_planned_and_approved_without_javascript(
    site: Site, visit: Visit, radio: HttpsRadio
) -> None:
    """On a phone whose browser runs no scripts."""
    add_sources(site, visit("admin", script=False), radio)
    plan_relay(visit("operator", width=360, script=False))
    leader = visit("leader", width=360, script=False)
    leader.goto("/approvals")
    leader.get_by_role("link", name="Tiếp sóng VOV1").click()
    leader.get_by_role("button", name="Duyệt cho phát").click()

    plan_and_sign(site)
    leader.goto("/schedule")
    expect(leader.get_by_role("link", name="Tiếp sóng VOV1").first).to_be_visible()
