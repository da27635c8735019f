"""The calendar's pages: what a day holds, moving by a plain form, the station's rules."""

import re
from datetime import datetime
from html import unescape

import pytest
from sqlmodel import select

from broadcaster.database import Database
from broadcaster.schedule.tables import Schedule, ScheduleCluster, ScheduleException
from tests.broadcaster.pages.commune import add_bulletin
from tests.broadcaster.pages.conftest import CSRF, Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation

TUESDAY = "/schedule/calendar?view=day&day=2026-11-24"


@pytest.fixture
def database(on_sqlite: Database) -> Database:
    """These tests are about pages; moving itself is tested on both databases."""
    return on_sqlite


@pytest.fixture
def planned(commune: SmallStation, people: dict[str, str]) -> SmallStation:
    """Every Tuesday at 17:00 something waits for its approval; something else at 18:00 once."""
    now: datetime = commune.clock()
    with commune.database.writing() as session:
        for id_, title, at, rule in (
            ("weekly", "Bản tin thứ Ba", "2026-11-24T17:00", "FREQ=WEEKLY"),
            ("once", "Họp thôn <tối>", "2026-11-24T18:00", ""),
        ):
            add_bulletin(session, id_, title=title, author=people["operator"], now=now)
            session.add(
                Schedule(
                    id=f"sch-{id_}", station_id=STATION_ID, bulletin_id=id_, starts_local=at,
                    recurrence=rule, created_by=people["operator"], created_at=now,
                )
            )  # fmt: skip
            session.flush()
            session.add(ScheduleCluster(schedule_id=f"sch-{id_}", cluster_id="tay"))
    return commune


@pytest.mark.usefixtures("planned")
def test_a_day_says_what_plays_when_and_where(browse: Browse) -> None:
    """With its lunar date, and each entry with a way to move it."""
    page = browse("operator").get(TUESDAY).text

    assert "âm lịch 16/10" in page
    assert page.index("Bản tin thứ Ba") < page.index("Họp thôn &lt;tối&gt;")
    assert "chờ duyệt · Cụm Tây Sơn · lặp lại" in page
    assert 'href="/schedules/sch-once?at=2026-11-24T18%3A00' in page


@pytest.mark.usefixtures("planned")
def test_another_clusters_calendar_is_empty(browse: Browse) -> None:
    """The filter is by cluster."""
    page = browse("admin").get(f"{TUESDAY}&cluster=dong").text

    assert "Bản tin thứ Ba" not in page
    assert "Không có lần phát nào." in page


@pytest.mark.usefixtures("planned")
def test_only_this_answers_own_styles_are_let_in(browse: Browse) -> None:
    """A nonce of its own for each answer, and nothing unsafe in the policy."""
    answers = [browse("operator").get(TUESDAY) for _ in range(2)]

    nonces = [re.search(r'csp-nonce" content="([^"]+)"', each.text) for each in answers]
    policies = [each.headers["content-security-policy"] for each in answers]
    for nonce, policy in zip(nonces, policies, strict=True):
        assert nonce is not None
        assert policy.endswith(f"style-src 'self' 'nonce-{nonce[1]}'")
        assert "unsafe" not in policy
    assert policies[0] != policies[1]
    assert "nonce" not in browse("operator").get("/schedule").headers["content-security-policy"]


def test_an_entrys_page_without_a_time_is_about_the_next(
    planned: SmallStation, browse: Browse
) -> None:
    """And there is none where all has gone by."""
    page = browse("leader").get("/schedules/sch-weekly").text
    assert 'name="at" value="2026-11-24T17:00"' in page

    with planned.database.writing() as session:
        session.get_one(Schedule, "sch-once").starts_local = "2026-11-22T16:00"
    answer = browse("leader").get("/schedules/sch-once")
    assert (answer.status_code, "Hãy mở lại lịch" in answer.text) == (409, True)


def test_a_conflict_is_shown_before_anything_is_kept(planned: SmallStation, browse: Browse) -> None:
    """What is there, when, and the ways out as buttons; what was typed is still there."""
    fields = {"csrf_token": CSRF, "at": "2026-11-24T18:00", "starts_local": "2026-11-24T17:00"}

    answer = browse("operator").post("/schedules/sch-once/move", data=fields)

    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "Bản tin thứ Ba" in page
    assert re.findall(r'name="choice" value="(\w+)"', page) == ["after", "shift", "overwrite"]
    assert 'value="2026-11-24T17:00"' in page
    with planned.database.reading() as session:
        assert session.get_one(Schedule, "sch-once").starts_local == "2026-11-24T18:00"

    answer = browse("operator").post(
        "/schedules/sch-once/move", data={**fields, "choice": "overwrite"}
    )

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/schedule/calendar?view=week&day=2026-11-24")
    with planned.database.reading() as session:
        (left_out,) = session.exec(select(ScheduleException))
        assert (left_out.schedule_id, left_out.moved_to) == ("sch-weekly", "")


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"starts_local": "chiều"}, 422, "Giờ phát chưa đúng"),
        ({"starts_local": "2026-11-24T22:00"}, 422, "thuộc giờ yên lặng"),
        ({"starts_local": "2026-11-24T19:00", "times": "nhiều"}, 422, "phải là số"),
        ({"starts_local": "2026-11-24T19:00", "scope": "mọi"}, 422, "Lựa chọn này không có"),
        ({"starts_local": "2026-11-24T19:00", "choice": "?"}, 422, "Lựa chọn này không có"),
        ({"starts_local": "2026-11-24T19:00", "at": "2026-11-24T18:01"}, 409, "vừa được đổi"),
    ],
)
def test_a_mistake_is_named_in_a_sentence(
    browse: Browse, fields: dict[str, str], status: int, sentence: str
) -> None:
    """Nothing fails inside, whatever is typed."""
    filled = {"csrf_token": CSRF, "at": "2026-11-24T18:00", **fields}

    answer = browse("operator").post("/schedules/sch-once/move", data=filled)

    assert (answer.status_code, sentence in unescape(answer.text)) == (status, True)


def repeats_of(planned: SmallStation) -> tuple[int, int]:
    """How often the entry that is only once plays, and how far apart."""
    with planned.database.reading() as session:
        schedule = session.get_one(Schedule, "sch-once")
        return schedule.times, schedule.every_min


def test_a_dragged_edge_fills_the_form_and_keeps_nothing(
    planned: SmallStation, browse: Browse
) -> None:
    """A minute and a half, let go twenty minutes later: ten times every two minutes, if saved."""
    asked = "at=2026-11-24T18:00&ends=2026-11-24T18:20"

    page = unescape(browse("operator").get(f"/schedules/sch-once?{asked}").text)

    assert "Chưa lưu gì. Với giờ đã kéo, tin phát 10 lần." in page
    assert re.search(r'name="times"[^>]*value="10"|value="10"[^>]*name="times"', page)
    assert re.search(r'name="every_min"[^>]*value="2"|value="2"[^>]*name="every_min"', page)
    assert repeats_of(planned) == (1, 0)


def test_more_plays_are_counted_and_undone_with_one_press(
    planned: SmallStation, browse: Browse
) -> None:
    """The calendar says how many there are now; undoing brings back how many there were."""
    operator = browse("operator")
    fields = {"csrf_token": CSRF, "at": "2026-11-24T18:00", "starts_local": "2026-11-24T18:00",
              "times": "10", "every_min": "2"}  # fmt: skip
    saved = operator.post("/schedules/sch-once/move", data=fields)
    assert repeats_of(planned) == (10, 2)

    page = unescape(operator.get(saved.headers["location"]).text)

    assert "Phát 10 lần, cách nhau 2 phút." in page
    banner = page[page.index("banner-done") :]
    undo = dict(re.findall(r'name="(\w+)" value="([^"]*)"', banner[: banner.index("</form>")]))
    assert operator.post("/schedules/sch-once/move", data=undo).status_code == 303
    assert repeats_of(planned) == (1, 0)


@pytest.mark.usefixtures("planned")
def test_the_communes_rules_are_kept_and_shown(browse: Browse) -> None:
    """By a leader, with what is no number sent back."""
    leader = browse("leader")
    wrong = leader.post("/schedule/rules", data={"csrf_token": CSRF, "sessions_a_day": "ba"})
    assert (wrong.status_code, "từ 1 đến 24" in wrong.text) == (422, True)

    rules = {"csrf_token": CSRF, "sessions_a_day": "3", "weekdays_only": "yes"}
    kept = leader.post("/schedule/rules", data=rules)

    assert kept.status_code == 303
    page = browse("operator").get(TUESDAY).text
    assert "Mỗi ngày nhiều nhất 3 buổi phát." in page
    assert "Không phát Thứ Bảy, Chủ Nhật." in page


@pytest.mark.usefixtures("planned")
def test_programs_see_the_same_calendar(call: Call) -> None:
    """Wall time beside instants, and days with their names."""
    client, bearer = call("admin")

    found = client.get("/api/calendar?first=2026-11-24&last=2026-12-01", headers=bearer).json()

    first = found["entries"][0]
    assert (first["schedule_id"], first["occurrence"]) == ("sch-weekly", "2026-11-24T17:00")
    assert (first["ends_local"], first["state"]) == ("2026-11-24T17:01:32", "waiting")
    assert [each["occurrence"] for each in found["entries"]][-1] == "2026-12-01T17:00"
    assert found["days"][0] == {
        "day": "2026-11-24",
        "lunar": "16/10",
        "names": [],
        "holiday": False,
    }
    for span in ("first=2026-11-24&last=2026-11-23", "first=2026-01-01&last=2026-12-31"):
        refused = client.get(f"/api/calendar?{span}", headers=bearer)
        assert refused.json()["code"] == "span_unusable"
