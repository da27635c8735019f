"""An empty slot of the calendar: what is offered, what the address sets, what is refused."""

import re
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from broadcaster.bulletins.tables import Bulletin
from broadcaster.calendar.slot_form import first_guess
from broadcaster.database import Database
from broadcaster.schedule.quiet_hours import quiet_hours
from broadcaster.schedule.tables import Schedule
from tests.broadcaster.pages.commune import add_bulletin
from tests.broadcaster.pages.conftest import CSRF, Browse
from tests.broadcaster.small_station import SmallStation

QUIET = quiet_hours("21:00", "05:30", ZoneInfo("Asia/Ho_Chi_Minh"))
SLOT = "/schedule/slot?starts_local=2026-11-24T09%3A00&cluster=tay&view=day"
FILLED = {"csrf_token": CSRF, "bulletin_id": "ready", "clusters": "tay",
          "starts_local": "2026-11-24T09:00"}  # fmt: skip


@pytest.fixture
def database(on_sqlite: Database) -> Database:
    """These tests are about a page's form, not a query."""
    return on_sqlite


@pytest.fixture
def newsroom(commune: SmallStation, people: dict[str, str]) -> SmallStation:
    """One bulletin that is ready, one that has ended, one without a sound."""
    now: datetime = commune.clock()
    with commune.database.writing() as session:
        for id_, title in (("ready", "Họp thôn <tối>"), ("old", "Tin đã hết hạn"),
                           ("mute", "Tin chưa có tiếng")):  # fmt: skip
            add_bulletin(
                session, id_, title=title, author=people["operator"], now=now, submitted=False
            )
        session.flush()
        session.get_one(Bulletin, "old").valid_until = date(2026, 11, 23)
        session.get_one(Bulletin, "mute").rendition_id = None
    return commune


@pytest.mark.usefixtures("newsroom")
def test_a_slot_offers_what_can_fill_it(browse: Browse) -> None:
    """With a sound and holding on that day; the picked start and lane stand in the form."""
    page = browse("operator").get(SLOT).text

    assert re.findall(r'<option value="(\w+)"', page) == ["ready"]
    assert "Họp thôn &lt;tối&gt; · 1 phút 32 giây" in page
    assert 'value="2026-11-24T09:00"' in page
    assert re.findall(r'value="(\w+)"(?: id="clusters")? checked', page)[0] == "tay"
    day_before = browse("operator").get(SLOT.replace("11-24", "11-23")).text
    assert re.findall(r'<option value="(\w+)"', day_before) == ["old", "ready"]


@pytest.mark.usefixtures("newsroom")
def test_a_search_finds_what_is_not_offered(browse: Browse) -> None:
    """And what was chosen before stays, whatever is searched for."""
    found = browse("leader").get(f"{SLOT}&q=khong-co-tu-nay").text
    assert "Chưa có bản tin nào đã có âm thanh" in found
    assert 'name="q" type="search" value="khong-co-tu-nay"' in found

    kept = browse("leader").get(f"{SLOT}&q=khong-co-tu-nay&bulletin_id=ready").text
    assert '<option value="ready" selected>' in kept


@pytest.mark.usefixtures("newsroom")
@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"bulletin_id": ""}, 422, "Chưa chọn bản tin nào"),
        ({"clusters": ""}, 422, "Có cụm loa không thuộc đài này"),
        ({"starts_local": ""}, 422, "Chưa nhập giờ phát"),
        ({"starts_local": "2026-11-20T09:00"}, 422, "Giờ phát đã qua"),
        ({"starts_local": "2026-11-24T22:00"}, 422, "thuộc giờ yên lặng"),
        ({"bulletin_id": "mute"}, 409, "chưa có bản thu giọng đọc"),
        ({"bulletin_id": "old"}, 422, "nằm ngoài ngày hiệu lực"),
        ({"bulletin_id": "bul-of-nobody"}, 404, "Không có bản tin này"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(
    newsroom: SmallStation, browse: Browse, changed: dict[str, str], status: int, sentence: str
) -> None:
    """Each in a sentence that says what to do."""
    answer = browse("operator").post("/schedule/slot", data={**FILLED, **changed})

    assert (answer.status_code, sentence in unescape(answer.text)) == (status, True)
    with newsroom.database.reading() as session:
        assert session.exec(select(Schedule)).all() == []


def test_what_was_not_approved_is_sent_for_approval_with_its_slot(
    newsroom: SmallStation, browse: Browse
) -> None:
    """As from a bulletin's page; the calendar says where it stands and that it waits."""
    client = browse("operator")
    answer = client.post("/schedule/slot", data={**FILLED, "view": "day", "cluster": "tay"})

    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "Đã lưu: Họp thôn &lt;tối&gt;" in page
    assert "Còn chờ duyệt: duyệt xong mới phát." in page
    with newsroom.database.reading() as session:
        assert session.get_one(Bulletin, "ready").submitted_at is not None


def test_a_day_without_an_hour_begins_at_the_usual_one() -> None:
    """Or at the next full hour, where that has gone by."""

    def guess(day: int, now_local: datetime) -> str:
        return first_guess(date(2026, 11, day), now_local=now_local, quiet=QUIET)

    noon = datetime(2026, 11, 24, 12, 20)
    evening = datetime(2026, 11, 24, 18, 20)

    assert guess(24, noon) == "2026-11-24T17:00"
    assert guess(24, evening) == "2026-11-24T19:00"
    assert guess(25, evening) == "2026-11-25T17:00"


@pytest.mark.parametrize(
    ("now_local", "guessed"),
    [
        (datetime(2026, 11, 24, 22, 5), "2026-11-25T05:30"),
        (datetime(2026, 11, 24, 20, 5), "2026-11-25T05:30"),
        (datetime(2026, 11, 24, 19, 5), "2026-11-24T20:00"),
    ],
)
def test_no_quiet_hour_is_guessed(now_local: datetime, guessed: str) -> None:
    """At night the form begins at the minute at which quiet is over."""
    assert first_guess(now_local.date(), now_local=now_local, quiet=QUIET) == guessed
