"""An empty time of the calendar is picked and filled: by hand, by keyboard, without scripts."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from broadcaster.bulletins import desk
from tests.broadcaster.bulletins.newsroom import decide, made_sound, write
from tests.browser.conftest import Site, Visit, keep_picture
from tests.browser.test_calendar import POWER, VACCINE, WEEK, half_hour, planned, schedule

pytestmark = pytest.mark.browser


def ready(site: Site, title: str, *, approved: bool = True) -> None:
    """A bulletin with a sound, approved or not yet, that nobody has scheduled."""
    now: datetime = site.station.clock()
    by = site.accounts["operator"]
    with site.station.database.writing() as session:
        written = write(session, by=by, now=now, script=f"{title}. Kính mời bà con lưu ý.")
        written.title = title
        rendition = desk.attach_rendition(
            session, written.id, sound=made_sound(written.script), now=now
        )
        if approved:
            desk.submit(session, written.id, by=by, now=now)
            decide(session, rendition, approved=True, by=site.accounts["leader"], now=now)


def pick(page: Page, at: str, *, down_to: str = "") -> None:
    """Press on an empty time of Wednesday 25/11, and draw down to another where one is given."""
    lane = page.locator(f'#calendar .fc-timegrid-slot-lane[data-time="{at}:00"]')
    lane.evaluate("lane => lane.scrollIntoView({block: 'center', behavior: 'instant'})")
    column = page.locator('#calendar .fc-timegrid-col[data-date="2026-11-25"]').bounding_box()
    line = lane.bounding_box()
    assert column is not None
    assert line is not None
    x, y = column["x"] + column["width"] / 2, line["y"] + half_hour(page) / 12
    page.mouse.move(x, y)
    page.mouse.down()
    if down_to:
        end = page.locator(f'#calendar .fc-timegrid-slot-lane[data-time="{down_to}:00"]')
        ends = end.bounding_box()
        assert ends is not None
        page.mouse.move(x, (y + ends["y"]) / 2, steps=5)
        page.mouse.move(x, ends["y"] - half_hour(page) / 12, steps=5)
    page.mouse.up()


def test_an_empty_time_is_drawn_out_and_filled(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """The start is where it was begun, the lane the one that is shown; approved, it is planned."""
    ready(site, VACCINE)
    ready(site, POWER, approved=False)
    page = visit("operator")
    page.goto(f"{WEEK}&cluster=tay")
    pick(page, "09:30", down_to="10:00")

    expect(page.get_by_label("Ngày và giờ")).to_have_value("2026-11-25T09:30")
    expect(page.locator("#starts_local-hint")).to_contain_text("30 phút")
    expect(page.get_by_role("checkbox", name="Cụm Tây Sơn")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Cụm Đông")).not_to_be_checked()
    expect(page.locator('optgroup[label="Đã duyệt"]')).to_contain_text(VACCINE)
    expect(page.locator('optgroup[label^="Chưa duyệt"]')).to_contain_text(POWER)
    keep_picture(page, "calendar-slot-1280")
    page.get_by_role("button", name="Lưu vào lịch").click()
    expect(page.locator("#bulletin_id-error")).to_contain_text("Chưa chọn bản tin")

    page.get_by_label("Bản tin nào?").select_option(label=f"{VACCINE} · 6 giây")
    page.get_by_role("button", name="Lưu vào lịch").click()
    expect(page.locator("#notice")).to_contain_text("09:30 Thứ Tư 25/11")
    assert "cluster=tay" in page.url
    assert planned(site) == [("25 09:30", VACCINE)]
    assert [each for each in complaints if "422 (" not in each] == []


def test_a_click_that_lands_on_another_broadcast_is_settled_by_a_person(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """What is in the way is said before anything is kept, with the same ways out as elsewhere."""
    schedule(site, VACCINE, "2026-11-25T09:30")
    ready(site, POWER, approved=False)
    page = visit("operator", dark=True)
    page.goto(WEEK)
    pick(page, "08:00")
    expect(page.get_by_label("Ngày và giờ")).to_have_value("2026-11-25T08:00")

    page.get_by_label("Bản tin nào?").select_option(label=f"{POWER} · 6 giây")
    page.get_by_role("checkbox", name="Cụm Đông").check()
    page.get_by_label("Ngày và giờ").fill("2026-11-25T09:30")
    page.get_by_role("button", name="Lưu vào lịch").click()
    expect(page.locator(".conflict")).to_contain_text(VACCINE)
    assert planned(site) == [("25 09:30", VACCINE)]
    keep_picture(page, "calendar-slot-conflict-dark-1280")

    page.get_by_role("button", name="Phát tin này sau").click()
    expect(page.locator("#notice")).to_contain_text("09:31 Thứ Tư 25/11")
    expect(page.locator("#notice")).to_contain_text("Còn chờ duyệt")
    assert planned(site) == [("25 09:30", VACCINE)]
    assert [each for each in complaints if "409 (Conflict)" not in each] == []


def test_an_hour_that_has_gone_by_is_not_picked(site: Site, visit: Visit) -> None:
    """Nothing happens: the calendar stays, and nothing is asked."""
    ready(site, VACCINE)
    page = visit("operator")
    page.goto("/schedule/calendar?view=week&day=2026-11-16")
    expect(page.locator("#calendar .fc-timegrid-col").first).to_be_visible()
    page.locator('#calendar .fc-timegrid-slot-lane[data-time="09:00:00"]').click()

    assert "/schedule/calendar" in page.url


def test_a_day_is_filled_by_keyboard(site: Site, visit: Visit, complaints: list[str]) -> None:
    """The list under the drawn calendar has a link for each day; the form is all plain fields."""
    ready(site, VACCINE)
    page = visit("operator")
    page.goto(WEEK)
    page.locator("#agenda > summary").focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Thêm bản tin Thứ Sáu 27/11")
    link.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_label("Ngày và giờ")).to_have_value("2026-11-27T17:00")
    page.get_by_label("Bản tin nào?").focus()
    page.keyboard.type(VACCINE[:4])
    page.get_by_role("checkbox", name="Cụm Đông").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Lưu vào lịch").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#notice")).to_contain_text("17:00 Thứ Sáu 27/11")
    assert planned(site) == [("27 17:00", VACCINE)]
    assert complaints == []


def test_a_day_is_filled_on_a_phone_without_scripts(site: Site, visit: Visit) -> None:
    """A link, a form, and a mistake told at its field."""
    ready(site, VACCINE)
    page = visit("operator", width=360, script=False)
    page.goto("/schedule/calendar?view=day&day=2026-11-24")
    page.get_by_role("link", name="Thêm bản tin Thứ Ba 24/11").click()
    page.get_by_label("Bản tin nào?").select_option(label=f"{VACCINE} · 6 giây")
    page.get_by_role("checkbox", name="Cụm Trung Tâm").check()
    page.get_by_label("Ngày và giờ").fill("2026-11-24T22:00")
    page.get_by_role("button", name="Lưu vào lịch").click()
    expect(page.locator("#starts_local-error")).to_contain_text("giờ yên lặng")
    keep_picture(page, "calendar-slot-refused-360")

    page.get_by_label("Ngày và giờ").fill("2026-11-24T06:30")
    page.get_by_role("button", name="Lưu vào lịch").click()
    expect(page.locator("#notice")).to_contain_text("06:30 Thứ Ba 24/11")
    assert planned(site) == [("24 06:30", VACCINE)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_day_of_the_month_and_an_hour_on_a_phone_are_picked_by_a_press(
    site: Site, visit: Visit, complaints: list[str]
) -> None:
    """A day leaves the hour to the form; where a phone draws a single day, its hours are there."""
    ready(site, VACCINE)
    page = visit("leader", width=1280)
    page.goto("/schedule/calendar?view=month&day=2026-11-24")
    page.locator('#calendar .fc-daygrid-day[data-date="2026-11-28"]').click()
    expect(page.get_by_label("Ngày và giờ")).to_have_value("2026-11-28T17:00")

    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/schedule/calendar?view=day&day=2026-11-24")
    page.locator('#calendar .fc-timegrid-slot-lane[data-time="09:00:00"]').click(
        position={"x": 60, "y": 3}
    )
    expect(page.get_by_label("Ngày và giờ")).to_have_value("2026-11-24T09:00")
    assert complaints == []
