"""The pages of campaigns, their JSON, and what the first page warns of."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI

import broadcaster.bulletins.pages
import broadcaster.campaigns.api
import broadcaster.campaigns.pages
import broadcaster.schedule.pages
from broadcaster.accounts.roles import Role
from broadcaster.campaigns.keeping import find_campaign, plan_of
from broadcaster.campaigns.notices import campaign_notices
from broadcaster.campaigns.plan import Plan
from broadcaster.database import Database
from tests.broadcaster.campaigns.scene import HEALTH, broadcast, keep, write_bulletin
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, form_token
from tests.clients import TestClient
from tests.trail import connect

Browse = Callable[..., TestClient]


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A page's form is the subject here, not a query."""
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def app(commune: SmallStation) -> FastAPI:
    """The pages in the real frame and behind the real guard; the board hears of campaigns."""
    app = commune.app(
        broadcaster.campaigns.pages.router,
        broadcaster.campaigns.api.api,
        broadcaster.schedule.pages.router,
        broadcaster.bulletins.pages.router,
    )
    app.state.board_notices = [campaign_notices]
    return app


@pytest.fixture
def browse(app: FastAPI, commune: SmallStation) -> Browse:
    """A browser in which somebody of this role is signed in."""

    def of(role: Role) -> TestClient:
        return browser(app, token=commune.session_of(f"reader-{role}", role))

    return of


def words_of(page: str) -> str:
    """What stands on a page to be read, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def read(station: SmallStation, campaign_id: str) -> Plan:
    """What a campaign consists of now."""
    with station.database.reading() as session:
        return plan_of(session, find_campaign(session, campaign_id, station_id=STATION_ID))


def test_a_campaign_tells_its_figures_with_their_evidence(
    commune: SmallStation, browse: Browse
) -> None:
    """Reached of all residents, those never asked by name, and links to the ledger behind both."""
    write_bulletin(commune, "tin-1", contributor="Trạm Y tế xã")
    broadcast(commune, "bc-1", "tin-1", "confirmed", "confirmed", "not_confirmed")
    campaign_id = keep(commune)
    page = browse(Role.INSPECTOR).get(f"/campaigns/{campaign_id}").text
    words = words_of(page)

    assert "1.200 trong 10.800 người" in words
    assert "Mục tiêu 80%: còn thiếu 7.440 người" in words
    assert "chưa xác nhận" in words
    assert "Thôn Chợ (1.200 người)" in words
    assert 'href="/ledger/coverage?period=2026&amp;topic=Y%20t%E1%BA%BF"' in page
    assert 'href="/ledger/villages/dong-2/shares?period=2026&amp;topic=Y%20t%E1%BA%BF"' in page
    assert 'href="/broadcasts/bc-1"' in page
    assert "Ít nhất 80% người dân được tiếp cận." in words


def test_the_list_tells_each_campaigns_first_goal_and_next_day(
    commune: SmallStation, browse: Browse
) -> None:
    """One bar and one day for each of two campaigns, and what is missing for both."""
    keep(commune)
    keep(commune)
    page = browse(Role.INSPECTOR).get("/campaigns").text
    words = words_of(page)

    assert page.count('class="goal-bar"') == 2
    assert words.count("Tiếp theo: Ngày Dân số Việt Nam") == 2
    assert words.count("4 việc còn thiếu") == 2


def test_inspectors_read_and_operators_are_led_to_write(
    commune: SmallStation, browse: Browse
) -> None:
    """What is missing leads to a new bulletin that begins with topic and contributor."""
    campaign_id = keep(commune)
    seen = browse(Role.INSPECTOR).get(f"/campaigns/{campaign_id}").text
    operator = browse(Role.OPERATOR)
    page = operator.get(f"/campaigns/{campaign_id}").text
    (address,) = re.findall(r'href="(/bulletins/new\?[^"]*contributor[^"]*)"', page)
    begun = operator.get(address.replace("&amp;", "&")).text

    assert "/edit" not in seen
    assert "/bulletins/new" not in seen
    assert 'name="topic" type="text" value="Y tế"' in begun
    assert 'value="Trạm Y tế xã"' in begun


def test_only_marked_rows_are_taken(commune: SmallStation, browse: Browse) -> None:
    """Two goals typed, one marked; an empty row is no entry; contributors apart by semicolons."""
    operator = browse(Role.OPERATOR)
    token = form_token(operator.get("/campaigns/new").text)
    sent = operator.post(
        "/campaigns",
        data={
            "csrf_token": token,
            "title": "Chuyển đổi số",
            "first": "2026-01-01",
            "last": "2030-12-31",
            "topic_name": ["Chuyển đổi số", ""],
            "topic_sentence": ["", ""],
            "goal_percent": ["80", "70 %", ""],
            "goal_year": ["2030", "2030", ""],
            "goal_measure": ["residents", "other", "residents"],
            "goal_village": ["", "", ""],
            "goal_sentence": ["Ít nhất 80%.", "", ""],
            "quota_number": ["02"],
            "quota_contributor": ["Trường Tiểu học; Trạm Y tế xã;"],
            "quota_sentence": ["Tối thiểu 02 tin, bài/tháng/đơn vị."],
            "day_name": ["Chuyển đổi số quốc gia", "Báo cáo"],
            "day_on": ["10/10", "10/12/2026"],
            "day_kind": ["key_day", "before"],
            "day_sentence": ["", ""],
            "kept": ["topic-0", "topic-1", "goal-0", "goal-2", "quota-0", "day-0", "day-1"],
        },
    )
    plan = read(commune, sent.headers["location"].removeprefix("/campaigns/"))

    assert [(each.percent, each.sentence) for each in plan.goals] == [(80, "Ít nhất 80%.")]
    assert [(each.contributor, each.a_month) for each in plan.quotas] == [
        ("Trường Tiểu học", 2),
        ("Trạm Y tế xã", 2),
    ]
    assert [each.written for each in plan.days] == ["10/10", "10/12/2026"]
    assert plan.topics == ["Chuyển đổi số"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": ""}, "cần một tên"),
        ({"first": "hôm nay"}, "ngày đầu và ngày cuối"),
        ({"kept": []}, "ít nhất một chủ đề"),
        ({"goal_percent": "nhiều"}, "tỷ lệ từ 1 đến 100"),
        ({"goal_measure": "listeners"}, "tỷ lệ từ 1 đến 100"),
        ({"goal_village": "none"}, "tỷ lệ từ 1 đến 100"),
        ({"quota_number": "0"}, "số tin mỗi tháng"),
        ({"day_on": "31/2"}, "viết như 18/5"),
        ({"day_kind": "some"}, "viết như 18/5"),
    ],
)
def test_what_cannot_be_used_is_told_and_what_was_typed_stays(
    commune: SmallStation, browse: Browse, wrong: dict[str, object], told: str
) -> None:
    """Nothing changes, and the form comes back as it was."""
    campaign_id = keep(commune)
    operator = browse(Role.OPERATOR)
    given = {
        "csrf_token": form_token(operator.get(f"/campaigns/{campaign_id}/edit").text),
        "title": "Tên khác",
        "first": "2026-01-01",
        "last": "2026-12-31",
        "topic_name": ["Y tế"],
        "goal_percent": ["80"],
        "goal_year": ["2026"],
        "goal_measure": ["residents"],
        "goal_village": [""],
        "goal_sentence": ["Câu của kế hoạch."],
        "quota_number": ["2"],
        "quota_contributor": ["Trạm Y tế xã"],
        "day_name": ["Ngày"],
        "day_on": ["1/3"],
        "day_kind": ["key_day"],
        "kept": ["topic-0", "goal-0", "quota-0", "day-0"],
    }
    answer = operator.post(f"/campaigns/{campaign_id}", data={**given, **wrong})

    assert answer.status_code == 422
    assert told in answer.text
    assert "Câu của kế hoạch." in answer.text
    assert read(commune, campaign_id).title == HEALTH.title


def test_saving_what_the_form_shows_changes_nothing(commune: SmallStation, browse: Browse) -> None:
    """The form of a campaign, sent as it came, writes the same plan."""
    campaign_id = keep(commune)
    before = read(commune, campaign_id)
    operator = browse(Role.OPERATOR)
    page = operator.get(f"/campaigns/{campaign_id}/edit").text
    action = f"/campaigns/{campaign_id}"
    sent = operator.post(action, data=_as_a_browser_sends(page, action=action))

    assert sent.status_code == 303, words_of(sent.text)
    assert read(commune, campaign_id) == before


@pytest.mark.parametrize(
    ("days", "warned", "urgent"),
    [(0, True, False), (1, True, True), (4, True, True), (5, False, False)],
)
def test_today_warns_ahead_of_a_key_day(
    commune: SmallStation, browse: Browse, days: int, warned: bool, urgent: bool
) -> None:
    """26/11 seen from 22/11 on: four days ahead quietly, from three on loudly, then no more."""
    keep(commune)
    leader = browse(Role.LEADER)
    commune.clock.move(timedelta(days=days))
    page = browse(Role.OPERATOR).get("/").text if days else leader.get("/").text
    lines = [each for each in re.findall(r'<div class="banner.*?</div></div>', page)
             if "Ngày Dân số Việt Nam" in each]  # fmt: skip

    assert bool(lines) is warned
    assert all("Ngày trọng điểm chưa có bản tin nào xếp lịch" in each for each in lines)
    assert any("banner-failed" in each for each in lines) is urgent


def test_a_name_with_a_per_cent_sign_does_not_spoil_the_first_page(
    commune: SmallStation, browse: Browse
) -> None:
    """*Báo cáo 100% đơn vị*, seen seven days ahead; a retired campaign is silent."""
    campaign_id = keep(commune)
    operator = browse(Role.OPERATOR)
    commune.clock.move(timedelta(days=10))
    admin = browse(Role.ADMIN)
    shown = admin.get("/")
    page = admin.get(f"/campaigns/{campaign_id}")
    retired = admin.post(
        f"/campaigns/{campaign_id}/retirement", data={"csrf_token": form_token(page.text)}
    )

    assert "Sắp đến hạn: Báo cáo 100% đơn vị (Truyền thông y tế 2026)" in words_of(shown.text)
    assert retired.status_code == 303
    assert "Báo cáo 100% đơn vị" not in admin.get("/").text
    assert "Đợt này đã khép" in admin.get(f"/campaigns/{campaign_id}").text
    assert operator.get("/campaigns").status_code == 303  # its session is over by now


def test_village_heads_are_not_told_of_plans(commune: SmallStation, browse: Browse) -> None:
    """Neither on the first page nor by address."""
    campaign_id = keep(commune)
    head = browse(Role.VILLAGE_HEAD)

    assert "Ngày Dân số Việt Nam" not in head.get("/").text
    assert head.get(f"/campaigns/{campaign_id}").status_code == 403


def test_programs_keep_read_change_and_retire(commune: SmallStation, app: FastAPI) -> None:
    """The same acts as JSON; the evidence stands beside each figure."""
    program = TestClient(app)
    leader = {"Authorization": f"Bearer {commune.session_of('leader-2', Role.LEADER)}"}
    plan = {
        "title": "Y tế",
        "first": "2026-01-01",
        "last": "2026-12-31",
        "topics": ["Y tế"],
        "goals": [{"percent": 80, "by_year": 2026}],
        "quotas": [{"contributor": "Trạm Y tế xã", "a_month": 2}],
        "days": [{"kind": "key_day", "name": "Dân số", "day": 26, "month": 11}],
    }
    made = program.post("/api/campaigns", json=plan, headers=leader)
    address = f"/api/campaigns/{made.json()['id']}"
    changed = program.put(address, json={**plan, "title": "Y tế xã"}, headers=leader)
    gone = program.delete(address, headers=leader)
    listed = program.get("/api/campaigns", headers=leader).json()["campaigns"]

    assert made.status_code == 201
    assert made.json()["missing"] == ["key_day", "contribution", "villages"]
    (goal,) = changed.json()["goals"]
    assert (goal["residents"], goal["missing_residents"]) == (10_800, 8_640)
    assert goal["evidence"] == "/api/coverage?period=2026&topic=Y+t%E1%BA%BF&by=village"
    assert changed.json()["coming"][0]["days_left"] == 4
    assert gone.status_code == 204
    assert [(each["title"], each["retired_at_ms"] is None) for each in listed] == [
        ("Y tế xã", False)
    ]


def _as_a_browser_sends(page: str, *, action: str) -> dict[str, list[str]]:
    """What a form of a page would send without a change, several rows under one name."""
    form = page.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>|<select.*?</select>", form, re.DOTALL):
        name = re.search(r'name="([^"]*)"', tag)
        if name is None or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        chosen = re.search(r'<option value="([^"]*)" selected', tag)
        value = chosen or re.search(r' value="([^"]*)"', tag)
        sent.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return sent
