"""The calendar as an operator uses it: by hand, by keyboard, on a phone without scripts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins import desk
from broadcaster.schedule.planning import plan_broadcasts
from broadcaster.schedule.queueing import Queueing, queue_bulletin
from broadcaster.schedule.tables import Broadcast, Schedule
from tests.broadcaster.bulletins.newsroom import decide, made_sound, write
from tests.broadcaster.small_station import STATION_ID
from tests.browser.conftest import Site, Visit, keep_picture

pytestmark = pytest.mark.browser

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
WEEK = "/schedule/calendar?view=week&day=2026-11-24"
VACCINE, POWER = "Lịch tiêm vắc xin", "Cắt điện sửa đường dây"


def schedule(
    site: Site,
    title: str,
    at: str,
    *,
    recurrence: str = "",
    clusters: tuple[str, ...] = ("dong", "tay"),
) -> str:
    """An approved bulletin, queued in two clusters and planned; its schedule's id."""
    now, by = site.station.clock(), site.accounts["operator"]
    with site.station.database.writing() as session:
        written = write(session, by=by, now=now, script=f"{title}. Kính mời bà con lưu ý.")
        written.title = title
        sound = made_sound(written.script)
        rendition = desk.attach_rendition(session, written.id, sound=sound, now=now)
        desk.submit(session, written.id, by=by, now=now)
        decide(session, rendition, approved=True, by=site.accounts["leader"], now=now)
        kept = queue_bulletin(
            session,
            Queueing(bulletin_id=written.id, cluster_ids=clusters, starts_local=at,
                     recurrence=recurrence),
            by=by,
            now=now,
            station=session.get_one(Station, STATION_ID),
        ).id  # fmt: skip
    plan(site)
    return kept


def plan(site: Site) -> None:
    """What the station's own process does a moment later."""
    with site.station.database.writing() as session:
        plan_broadcasts(
            session,
            station=session.get_one(Station, STATION_ID),
            now=site.station.clock(),
            days=8,
            lead=timedelta(seconds=15),
        )


def planned(site: Site) -> list[tuple[str, str]]:
    """What is to be heard: wall time and title."""

    def local(at: datetime) -> str:
        return at.astimezone(HOME).strftime("%d %H:%M")

    plan(site)
    with site.station.database.reading() as session:
        return [(local(each.starts_at), each.title) for each in _standing(session)]


def _standing(session: Session) -> list[Broadcast]:
    return list(
        session.exec(
            select(Broadcast)
            .where(col(Broadcast.cancelled_at).is_(None))
            .order_by(col(Broadcast.starts_at))
        )
    )


def times_of(site: Site, schedule_id: str) -> int:
    """How often a schedule plays."""
    with site.station.database.reading() as session:
        return session.get_one(Schedule, schedule_id).times


def drawn(page: Page, title: str) -> Locator:
    """An entry of the drawn calendar."""
    return page.locator("#calendar .fc-timegrid-event", has_text=title).first


def drag(page: Page, title: str, *, minutes: int, held_at: float = 0.5, edge: bool = False) -> str:
    """Drag an entry, or its lower edge, down the hours by hand; what it says before it is let go.

    `held_at` is where between its upper and its lower edge it is seized.
    """
    event = drawn(page, title)
    # Away from the window's edge, near which a page scrolls by itself while something is dragged.
    event.evaluate("entry => entry.scrollIntoView({block: 'center', behavior: 'instant'})")
    event.hover()
    box = event.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    y = box["y"] + box["height"] - 2 if edge else mid_step(page, box, held_at)
    down = minutes * half_hour(page) / 30 + (2 if edge else 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down / 2, steps=5)
    page.mouse.move(x, y + down, steps=5)
    said = page.locator("#calendar .fc-event-mirror .fc-event-time").inner_text()
    page.mouse.up()
    return said


def mid_step(page: Page, box: FloatRect, held_at: float) -> float:
    """A height of an entry, amid one of the five-minute steps that the calendar counts by."""
    lane = page.locator("#calendar .fc-timegrid-slot-lane").first.bounding_box()
    assert lane is not None
    step = half_hour(page) / 6
    steps = (box["y"] + box["height"] * held_at - lane["y"]) // step
    return lane["y"] + (steps + 0.5) * step


def half_hour(page: Page) -> float:
    """How far apart two lines of the drawn calendar are, in pixels."""
    lanes = page.locator("#calendar .fc-timegrid-slot-lane")
    first, later = lanes.nth(0).bounding_box(), lanes.nth(20).bounding_box()
    assert first is not None
    assert later is not None
    return (later["y"] - first["y"]) / 20


def test_hour_and_title_stand_apart_where_entries_share_a_column(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """In the week's narrow columns, two at once in two clusters: no word lies on an hour."""
    schedule(site, VACCINE, "2026-11-24T17:00", clusters=("dong",))
    schedule(site, POWER, "2026-11-24T17:02", clusters=("tay",))
    page = visit("operator")
    page.goto(WEEK)
    for title in (VACCINE, POWER):
        hour, words = (
            drawn(page, title).locator(part).evaluate(LINES)
            for part in (".fc-event-time", ".fc-event-title")
        )
        assert hour
        assert words
        assert not [each for each in words if _overlap(each, hour[0])], (title, hour, words)
    keep_picture(page, "calendar-side-by-side")
    assert complaints == []


LINES = """part => Array.from(part.getClientRects(),
    line => ({left: line.left, right: line.right, top: line.top, bottom: line.bottom}))"""
"""Where the lines of an entry's part lie."""


def _overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    # Boxes of neighbouring lines may touch by what a letter hangs below its line.
    return (
        min(one["right"], other["right"]) - max(one["left"], other["left"]) > 1
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 4
    )


def test_an_entry_is_dragged_into_a_conflict_and_settled_by_a_person(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """Dragged to a free hour it is there; onto another one a person chooses who goes first."""
    schedule(site, VACCINE, "2026-11-24T09:00")
    power = schedule(site, POWER, "2026-11-24T11:00")
    page = visit("operator")
    page.goto(WEEK)
    expect(drawn(page, VACCINE)).to_be_visible()
    keep_picture(page, "calendar-week-1280")

    drag(page, VACCINE, minutes=60)
    expect(page.locator("#notice")).to_contain_text("10:00 Thứ Ba 24/11")
    assert planned(site) == [("24 10:00", VACCINE), ("24 11:00", POWER)]
    keep_picture(page, "calendar-moved-1280")

    drag(page, VACCINE, minutes=60)
    expect(page.locator("#conflict-title")).to_be_visible()
    expect(page.locator(".conflict")).to_contain_text(POWER)
    assert planned(site) == [("24 10:00", VACCINE), ("24 11:00", POWER)]
    keep_picture(page, "calendar-conflict-1280")

    page.get_by_role("button", name="Phát tin này trước, dời tin kia").click()
    expect(page.locator("#notice")).to_contain_text("11:00 Thứ Ba 24/11")
    assert planned(site) == [("24 11:00", VACCINE), ("24 11:01", POWER)]

    # A pulled edge is shown as a number of times; nothing is kept before a person says so.
    drag(page, POWER, minutes=25, edge=True)
    expect(page.get_by_text("Chưa lưu gì.")).to_be_visible()
    assert times_of(site, power) == 1
    page.get_by_role("button", name="Lưu giờ mới").click()
    expect(page.locator("#notice")).to_contain_text(POWER)
    assert times_of(site, power) > 1
    page.locator("#notice").get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#notice")).not_to_contain_text("cách nhau")
    assert times_of(site, power) == 1
    # Chromium counts the answer that names the conflict among its errors.
    assert [each for each in complaints if "409 (Conflict)" not in each] == []


def test_an_entry_lands_where_it_is_shown_wherever_it_was_seized(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """Near its upper edge, at its middle, near its lower one: an hour down is an hour later."""
    schedule(site, VACCINE, "2026-11-24T09:00")
    page = visit("operator")
    for held_at, then in ((0.1, "10:00"), (0.5, "11:00"), (0.75, "12:00")):
        page.goto(WEEK)
        assert drag(page, VACCINE, minutes=60, held_at=held_at) == then
        expect(page.locator("#notice")).to_contain_text(f"{then} Thứ Ba 24/11")
        assert planned(site) == [(f"24 {then}", VACCINE)]
    # Twenty minutes are twenty, not the nearest half hour.
    assert drag(page, VACCINE, minutes=20, held_at=0.1) == "12:20"
    expect(page.locator("#notice")).to_contain_text("12:20 Thứ Ba 24/11")
    assert complaints == []


def test_one_time_of_a_series_is_moved_by_keyboard(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """An entry is a link: Enter opens its page, where one time or the whole series is moved."""
    schedule(site, VACCINE, "2026-11-23T17:00", recurrence="FREQ=DAILY")
    page = visit("operator", dark=True)
    page.goto(WEEK)
    drawn(page, VACCINE).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Chỉ lần này")).to_be_checked()
    page.get_by_label("Ngày và giờ").fill("2026-11-23T18:30")
    keep_picture(page, "calendar-entry-1280")
    page.get_by_role("button", name="Lưu giờ mới").click()

    expect(page.locator("#notice")).to_contain_text("18:30 ngày mai")
    assert planned(site)[:2] == [("23 18:30", VACCINE), ("24 17:00", VACCINE)]
    keep_picture(page, "calendar-dark-1280")

    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#notice")).to_contain_text("17:00 ngày mai")
    assert planned(site)[0] == ("23 17:00", VACCINE)
    assert complaints == []


def test_the_month_names_its_days(site: Site, visit: Visit, complaints: list[str]) -> None:
    """Lunar dates, a holiday, a key day, and the entries of an approved series far ahead."""
    schedule(site, VACCINE, "2026-11-23T17:00", recurrence="FREQ=WEEKLY")
    page = visit("operator")
    page.goto("/schedule/calendar?view=month&day=2027-02-01")

    calendar = page.locator("#calendar")
    expect(calendar).to_contain_text("Tết Nguyên đán")
    expect(calendar.locator('[data-date="2027-02-06"]')).to_contain_text("1/1")
    expect(calendar.locator('[data-date="2027-02-08"]')).to_contain_text(VACCINE)
    keep_picture(page, "calendar-month-1280")

    page.goto("/schedule/calendar?view=month&day=2027-05-18")
    expect(calendar).to_contain_text("Ngày Khoa học và Công nghệ Việt Nam")
    assert complaints == []


def test_a_day_is_copied_on_a_phone_without_scripts(site: Site, visit: Visit) -> None:
    """A list, a form, and by name what could not be copied."""
    schedule(site, VACCINE, "2026-11-24T09:00")
    schedule(site, POWER, "2026-11-25T09:00")
    page = visit("operator", width=360, script=False)
    page.goto("/schedule/calendar?view=day&day=2026-11-24")
    expect(page.locator("#on-2026-11-24")).to_contain_text("âm lịch 16/10")
    page.get_by_text("Chép ngày này sang ngày khác").click()

    for day, expected in (("2026-11-25", "Không chép được"), ("2026-11-26", "Đã chép 1 lần phát")):
        page.goto("/schedule/calendar?view=day&day=2026-11-24")
        page.get_by_text("Chép ngày này sang ngày khác").click()
        page.get_by_label("Sang ngày").fill(day)
        page.get_by_role("button", name="Chép lịch").click()
        expect(page.locator("#notice")).to_contain_text(expected)
        keep_picture(page, f"calendar-copied-{day}-360")

    assert ("26 09:00", VACCINE) in planned(site)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
