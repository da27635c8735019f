"""Lịch phát: the next days, what waits for approval, and withdrawing it."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from broadcaster.database import Database
from broadcaster.schedule import pages
from broadcaster.schedule.tables import Broadcast, Schedule, ScheduleCluster
from tests.broadcaster.pages.conftest import CSRF, Browse
from tests.broadcaster.small_station import STATION_ID, SmallStation


@pytest.fixture
def database(on_sqlite: Database) -> Database:
    """These tests are about forms."""
    return on_sqlite


def add_waiting(session: Session, *, by: str, recurrence: str = "", rules: str = "") -> None:
    """A schedule of the bulletin that waits for its approval."""
    session.add(
        Schedule(
            id="sch-storm",
            station_id=STATION_ID,
            bulletin_id="storm",
            starts_local="2026-11-24T17:00",
            recurrence=recurrence,
            override_reason="Bão đổ bộ trong đêm",
            override_rules=rules,
            created_by=by,
            created_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        )
    )
    session.flush()
    session.add(ScheduleCluster(schedule_id="sch-storm", cluster_id="tay"))


@pytest.mark.usefixtures("afternoon")
def test_days_and_clusters_stand_in_order(browse: Browse) -> None:
    """Today comes before tomorrow, and each names its clusters."""
    page = browse("operator").get("/schedule").text

    assert page.index("hôm nay</h2>") < page.index("ngày mai</h2>")
    assert 'href="/broadcasts/bc-tomorrow"' in page


@pytest.mark.usefixtures("afternoon")
def test_where_there_are_many_airings_a_day_is_shown_at_a_time(
    browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A province reads today, and chooses another; a day without any leads back to the first."""
    reader = browse("operator")
    assert '<nav class="periods"' not in reader.get("/schedule").text
    monkeypatch.setattr(pages, "MANY_AIRINGS", 2)

    today = reader.get("/schedule").text
    tomorrow = reader.get("/schedule?day=2026-11-23").text

    assert 'href="/schedule?day=2026-11-23">ngày mai</a>' in today
    assert "hôm nay</h2>" in today
    assert "ngày mai</h2>" not in today
    assert 'href="/broadcasts/bc-tomorrow"' in tomorrow
    assert "hôm nay</h2>" not in tomorrow
    assert 'href="/schedule?day=2026-11-23" aria-current="date"' in tomorrow
    assert "hôm nay</h2>" in reader.get("/schedule?day=2030-01-01").text


@pytest.mark.usefixtures("afternoon")
def test_a_village_head_chooses_among_the_days_of_their_own_villages(
    browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The days that are offered hold what reaches the villages in view, and nothing else."""
    every = browse("leader").get("/schedule").text
    own = browse("village_head").get("/schedule").text
    monkeypatch.setattr(pages, "MANY_AIRINGS", 0)

    offered = re.findall(
        r'href="/schedule\?day=([0-9-]+)"', browse("village_head").get("/schedule").text
    )

    assert offered == re.findall(r'id="day-([0-9-]+)"', own)
    assert len(every) > len(own)


def test_what_waits_for_approval_says_when_where_and_why(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """A recurring wish inside quiet hours is written out in words."""
    with afternoon.database.writing() as session:
        add_waiting(
            session, by=people["operator"], recurrence="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA",
            rules="quiet_hours",
        )  # fmt: skip

    page = browse("leader").get("/schedule").text

    assert "Thứ Hai đến Thứ Bảy lúc" in page
    assert "Cụm Tây Sơn" in page
    assert "Xin phát ngoài quy định: giờ yên lặng." in page
    assert "Bão đổ bộ trong đêm" in page


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ("weekend sessions", "Xin phát ngoài quy định: cuối tuần, quá số buổi phát trong ngày."),
        ("minutes", "Xin phát ngoài quy định: quá số phút của một buổi phát."),
        ("", "Có ghi lý do; lịch này không trái quy định nào, không cần phép."),
    ],
)
def test_the_rules_that_leave_is_asked_for_are_named(
    afternoon: SmallStation, browse: Browse, people: dict[str, str], rules: str, sentence: str
) -> None:
    """Whoever decides reads what they allow, and where there is nothing to allow, that."""
    with afternoon.database.writing() as session:
        add_waiting(session, by=people["operator"], rules=rules)

    page = browse("leader").get("/schedule").text

    assert sentence in page
    assert "giờ yên lặng." not in page[page.index("waiting-title") :]


def test_a_schedule_can_be_withdrawn(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """After withdrawing it the page no longer shows it, and it is marked in the records."""
    with afternoon.database.writing() as session:
        add_waiting(session, by=people["operator"])
    client = browse("operator")

    answer = client.post(
        "/schedules/sch-storm/cancel", data={"csrf_token": CSRF, "next": "/schedule"}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/schedule")
    assert "sch-storm" not in client.get("/schedule").text
    with afternoon.database.reading() as session:
        assert session.get_one(Schedule, "sch-storm").cancelled_at == afternoon.clock()


def test_withdrawing_leads_back_to_this_site_only(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """Another site's address is not followed."""
    with afternoon.database.writing() as session:
        add_waiting(session, by=people["operator"])
    client = browse("operator")

    answer = client.post(
        "/schedules/sch-storm/cancel", data={"csrf_token": CSRF, "next": "//evil.example/"}
    )

    assert answer.headers["location"] == "/"


def test_a_village_head_cannot_withdraw(
    afternoon: SmallStation, browse: Browse, people: dict[str, str]
) -> None:
    """Who may not schedule is refused, and nothing changes."""
    with afternoon.database.writing() as session:
        add_waiting(session, by=people["operator"])
    client = browse("village_head")

    assert client.post("/schedules/sch-storm/cancel", data={"csrf_token": CSRF}).status_code == 403
    with afternoon.database.reading() as session:
        assert session.get_one(Schedule, "sch-storm").cancelled_at is None


@pytest.mark.usefixtures("afternoon")
def test_one_broadcast_can_be_withdrawn_from_its_page(browse: Browse) -> None:
    """The page then says that it will not be played."""
    client = browse("operator")

    client.post("/broadcasts/bc-evening/cancel", data={"csrf_token": CSRF})

    assert "Lần phát này đã bị hủy" in client.get("/broadcasts/bc-evening").text


def test_what_has_begun_is_not_withdrawn(afternoon: SmallStation, browse: Browse) -> None:
    """A broadcast on air answers 409, and stays as it was."""
    client = browse("operator")

    answer = client.post("/broadcasts/bc-now/cancel", data={"csrf_token": CSRF})

    assert answer.status_code == 409
    with afternoon.database.reading() as session:
        assert session.get_one(Broadcast, "bc-now").cancelled_at is None
