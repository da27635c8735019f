"""Coverage as people look at it: the goal, a village's days, timelines, the map; and as JSON."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from broadcaster.accounts.tables import Account
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyAuthorisation,
    EmergencyPart,
    EmergencySound,
)
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.hearing.saying import say
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.marks import mark_coverage
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.tables import Play, PlayShare
from broadcaster.live.tables import LivePermit, LiveTalk
from tests.broadcaster.pages.commune import EPOCH
from tests.broadcaster.pages.conftest import CSRF, Browse, Call
from tests.broadcaster.small_station import STATION_ID, SmallStation

YEAR = "/ledger/coverage?period=2026"
OWN, OTHER = "dong-2", "tay-1"


def words_of(page: str) -> str:
    """What stands on a page to be read, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def settle(session: Session, broadcast_id: str, state: str) -> None:
    """Every play of a broadcast comes to this state, and is rolled up."""
    for play in session.exec(select(Play).where(Play.broadcast_id == broadcast_id)):
        play.state = state
        play.played_ms = play.asked_ms if state == "confirmed" else 0
    session.flush()
    mark_coverage(connection_of(session), {broadcast_id})
    roll_up(session)


@pytest.mark.usefixtures("afternoon")
def test_the_year_tells_how_far_the_goal_is(browse: Browse) -> None:
    """Morning: all nine villages of 1,200, 90 % by poles. Nobody is said to have listened."""
    page = words_of(browse("leader").get(YEAR).text)

    assert "Năm 2026" in page
    assert "10.800 người" in page
    assert "Mục tiêu 80%" in page or "Đạt mục tiêu 80%" in page
    for apart in ("đã xác nhận", "phát một phần", "phát hỏng", "chưa xác nhận"):
        assert apart in page
    assert "không phải số người nghe" in page
    assert "chưa loa nào đo được" in page


@pytest.mark.usefixtures("afternoon")
def test_the_goal_counts_whom_it_lacks(call: Call) -> None:
    """Of a topic by village: 80 % of the residents, less those reached, is what is missing."""
    client, header = call("leader")
    told = client.get("/api/coverage?period=2026&by=topic", headers=header).json()
    (figure,) = told["figures"]

    assert (told["first"], told["last"], told["goal"]) == ("2026-01-01", "2026-12-31", 0.8)
    assert figure["key"] == "Y tế"
    assert figure["reach"]["residents"] == 10_800
    assert figure["grades"] == {
        "played": figure["reach"]["reached"], "sounded": None, "heard": None,
    }  # fmt: skip
    assert figure["missing_residents"] == max(round(8_640 - figure["reach"]["reached"]), 0)


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("by", ["station", "cluster", "village", "topic"])
def test_a_village_head_gets_their_own_figures(call: Call, by: str) -> None:
    """Whatever is asked for: 1,200 residents, one cluster, one village."""
    client, header = call("village_head")
    told = client.get(f"/api/coverage?period=2026-11&by={by}", headers=header).json()

    assert [each["reach"]["residents"] for each in told["figures"]] == [1_200]
    assert {"cluster": "dong", "village": OWN}.get(by, told["figures"][0]["key"]) == (
        told["figures"][0]["key"]
    )


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("period", ["2026", "2026-11-22"])
def test_a_clusters_figure_leads_to_its_own_villages(call: Call, period: str) -> None:
    """What they were asked and confirmed adds up to the figure; other clusters are left out."""
    client, header = call("leader")
    told = client.get(f"/api/coverage?period={period}&by=cluster", headers=header).json()

    assert len(told["figures"]) == 3
    for figure in told["figures"]:
        below = client.get(figure["evidence"], headers=header).json()["figures"]
        assert {each["key"].rpartition("-")[0] for each in below} == {figure["key"]}
        for part in ("asked", "confirmed", "not_confirmed", "unverifiable"):
            assert figure["coverage"][part] == pytest.approx(
                sum(each["coverage"][part] for each in below)
            )


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize(
    "path",
    [
        f"/ledger/villages/{OTHER}",
        f"/ledger/villages/{OTHER}/live",
        f"/ledger/villages/{OTHER}/shares",
        f"/api/villages/{OTHER}/days",
        f"/api/villages/{OTHER}/shares",
        "/ledger/villages/none",
    ],
)
def test_the_village_of_another_is_not_found(browse: Browse, call: Call, path: str) -> None:
    """As if it were not there; the operator finds it."""
    if path.startswith("/api"):
        client, header = call("village_head")
        answer = client.get(path, headers=header)
        other, their_header = call("operator")
        theirs = other.get(path, headers=their_header)
    else:
        answer, theirs = browse("village_head").get(path), browse("operator").get(path)

    assert answer.status_code == 404
    assert theirs.status_code == (404 if path.endswith("none") else 200)


@pytest.mark.usefixtures("afternoon")
def test_a_villages_page_holds_no_other_village(browse: Browse) -> None:
    """Neither its figures, nor its list, nor a link to its pages."""
    client = browse("village_head")
    pages = [client.get(YEAR).text, client.get(f"/ledger/villages/{OWN}").text]

    for page in pages:
        for hidden in ("Thôn Đông Hạ", "Thôn Chợ", "Cụm Tây Sơn", "/ledger/villages/tay"):
            assert hidden not in page


@pytest.mark.usefixtures("afternoon")
def test_a_day_holds_its_broadcasts_with_words_and_sound(browse: Browse, call: Call) -> None:
    """The newest day stands open: each item with what was confirmed, its words, its sound."""
    page = browse("village_head").get(f"/ledger/villages/{OWN}").text
    client, header = call("village_head")
    told = client.get(f"/api/villages/{OWN}/days?period=2026-11", headers=header).json()
    (day,) = told["days"]

    assert day["day"] == "2026-11-22"
    assert [each["broadcast_id"] for each in day["broadcasts"]] == [
        "bc-morning", "bc-noon", "bc-now",
    ]  # fmt: skip
    assert day["broadcasts"][0]["coverage"]["confirmed"] == pytest.approx(0.9 * 1_200)
    assert day["broadcasts"][0]["audio_url"] in page
    assert "Kính thưa bà con" in page
    assert 'preload="none"' in page
    assert "/broadcasts/bc-noon/timeline" in page


def test_a_day_changes_when_word_comes(afternoon: SmallStation, browse: Browse) -> None:
    """The calendar's live part says the new state, and is silent while nothing changes."""
    client = browse("village_head")
    before = client.get(f"/ledger/villages/{OWN}/live").text
    version = re.search(r"have=([0-9a-f]+)", before)
    assert version
    quiet = client.get(f"/ledger/villages/{OWN}/live?have={version[1]}")
    with afternoon.database.writing() as session:
        settle(session, "bc-now", "confirmed")
    after = client.get(f"/ledger/villages/{OWN}/live?have={version[1]}")

    assert (quiet.status_code, after.status_code) == (204, 200)
    assert after.text != before


@pytest.mark.usefixtures("afternoon")
def test_a_month_without_broadcasts_says_so(browse: Browse) -> None:
    """An empty calendar, and the way to the months around it."""
    page = browse("operator").get(f"/ledger/villages/{OWN}?period=2026-02")

    assert page.status_code == 200
    assert "Tháng này chưa có lần phát nào" in page.text
    assert f"/ledger/villages/{OWN}?period=2026-01" in page.text
    assert f"/ledger/villages/{OWN}?period=2026-03" in page.text


@pytest.mark.usefixtures("afternoon")
def test_a_share_leads_to_its_signed_statement(browse: Browse, call: Call) -> None:
    """Village, share, device, play, statement: every step is a link that answers."""
    client = browse("operator")
    page = client.get("/ledger/villages/dong-1/shares?period=2026").text
    proof = f"/evidence/loa-dong-1-1/{EPOCH}/3"
    program, header = call("operator")
    told = program.get("/api/villages/dong-1/shares", headers=header).json()
    pole = next(each for each in told["shares"] if each["device_id"] == "loa-dong-1-1")

    assert proof in page
    assert client.get(proof).status_code == 200
    assert pole["confirmed"] == 2
    assert pole["plays"][0]["evidence"] == f"/api{proof}"
    assert program.get(pole["plays"][0]["evidence"], headers=header).json()["signature_holds"]


@pytest.mark.usefixtures("afternoon")
def test_a_timeline_tells_every_statement(browse: Browse, call: Call) -> None:
    """Of the device that spoke its three statements, each with its evidence; of others nothing."""
    page = browse("operator").get("/broadcasts/bc-morning/timeline").text
    client, header = call("operator")
    told = client.get("/api/broadcasts/bc-morning/timeline", headers=header).json()["devices"]
    spoke = next(each for each in told if each["device_id"] == "loa-dong-1-1")

    assert [each["kind"] for each in spoke["statements"]] == ["cached", "started", "finished"]
    assert [each["evidence"] for each in spoke["statements"]] == [
        f"/api/evidence/loa-dong-1-1/{EPOCH}/{seq}" for seq in (1, 2, 3)
    ]
    assert f"/evidence/loa-dong-1-1/{EPOCH}/1" in page
    assert "Loa chưa nói gì về lần phát này." in page


@pytest.mark.usefixtures("afternoon")
def test_a_timeline_holds_only_their_devices(call: Call) -> None:
    """A village head sees the devices of their village, whatever the broadcast's size."""
    client, header = call("village_head")
    told = client.get("/api/broadcasts/bc-morning/timeline", headers=header).json()["devices"]

    assert {each["device_id"] for each in told} == {"loa-dong-2-1", "loa-dong-2-2"}


def test_the_map_holds_the_devices_with_a_place(afternoon: SmallStation, browse: Browse) -> None:
    """As a list that needs no script; the script draws from the same list, and loads no tiles."""
    with afternoon.database.writing() as session:
        device = session.get_one(Device, "loa-dong-1-1")
        device.latitude, device.longitude = 10.3759, 105.4185
    page = browse("leader").get("/devices/map").text

    assert 'data-latitude="10.3759" data-longitude="105.4185"' in page
    assert "Thôn Đông Hạ, cột 1" in page
    assert re.search(r'<script src="/static/map-[A-Z0-9]+\.js" defer>', page)
    assert not re.search(r"https?://(?!testserver)", page)
    assert 'href="/devices/loa-dong-1-2"' in page


def test_an_admin_enters_where_a_device_stands(
    afternoon: SmallStation, browse: Browse, call: Call
) -> None:
    """By the page as copied from a map, by the API in two numbers; emptied, it is unknown again."""
    client = browse("admin")
    address = "/devices/loa-dong-1-1/place"
    saved = client.post(address, data={"place": "10.3759, 105.4185", "csrf_token": CSRF})
    shown = client.get("/devices/loa-dong-1-1").text
    program, header = call("admin")
    told = program.put(
        f"/api{address}", json={"latitude": -8.5, "longitude": 179.25}, headers=header
    ).json()
    client.post(address, data={"place": " ", "csrf_token": CSRF})

    assert saved.status_code == 303
    assert 'value="10.375900, 105.418500"' in shown
    assert (told["latitude"], told["longitude"]) == (-8.5, 179.25)
    with afternoon.database.reading() as session:
        assert session.get_one(Device, "loa-dong-1-1").latitude is None


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize(
    "typed", ["105.4185, 10.3759", "10.3759", "đây", "91, 0", "0, 181", "1,2,3"]
)
def test_a_place_that_is_none_is_said_to_be(browse: Browse, typed: str) -> None:
    """With what was typed still there; swapped numbers, the usual mistake, are no place."""
    answer = browse("admin").post(
        "/devices/loa-dong-1-1/place", data={"place": typed, "csrf_token": CSRF}
    )

    assert answer.status_code == 422
    assert "vĩ độ rồi kinh độ" in answer.text
    assert f'value="{typed}"' in answer.text


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("role", ["operator", "leader"])
def test_only_an_admin_moves_devices(browse: Browse, call: Call, role: str) -> None:
    """Others see the map, and change nothing on it."""
    client, header = call(role)
    given = {"latitude": 1.0, "longitude": 1.0}

    assert "Lưu vị trí" not in browse(role).get("/devices/loa-dong-1-1").text
    assert (
        client.put("/api/devices/loa-dong-1-1/place", json=given, headers=header).status_code == 403
    )


def test_worrying_devices_are_told_with_why(
    afternoon: SmallStation, browse: Browse, call: Call
) -> None:
    """Silent for four days, never heard of, in good order: each in words."""
    with afternoon.database.writing() as session:
        status = session.get_one(DeviceStatus, "loa-trung-1-1")
        status.received_at = afternoon.clock() - timedelta(days=4, hours=2)
    page = words_of(browse("operator").get("/devices/trends").text)
    client, header = call("operator")
    told = client.get("/api/device-trends", headers=header).json()["devices"]

    assert (told[0]["device_id"], told[0]["verdict"], told[0]["days_silent"]) == (
        "loa-trung-1-1",
        "silent",
        4,
    )
    assert "4 ngày" in page
    assert "Chưa từng báo về" in page
    assert {each["verdict"] for each in told} >= {"silent", "never_heard", "good"}


def test_a_trend_leads_to_the_plays_that_it_is_counted_from(
    afternoon: SmallStation, browse: Browse, call: Call
) -> None:
    """Each with its signed statement, on the page and for programs; what is under way is none."""
    client, header = call("operator")
    trends = client.get("/api/device-trends", headers=header).json()["devices"]
    trend = next(each for each in trends if each["device_id"] == "loa-dong-1-1")
    told = client.get(trend["evidence"], headers=header).json()["plays"]
    page = browse("operator").get("/devices/loa-dong-1-1/plays")

    assert len(told) == trend["recent_asked"] > 0
    assert sum(each["state"] == "confirmed" for each in told) == trend["recent_confirmed"]
    signed = [each["evidence"] for each in told if each["evidence"]]
    assert client.get(signed[0], headers=header).json()["signature_holds"] is True
    assert signed[0].removeprefix("/api") in page.text
    assert "/devices/loa-dong-1-1/plays" in browse("operator").get("/devices/loa-dong-1-1").text
    assert browse("operator").get("/devices/loa-none/plays").status_code == 404
    version = re.search(r"have=([0-9a-f]+)", page.text)
    assert version is not None
    unchanged = browse("operator").get(f"/devices/loa-dong-1-1/plays/live?have={version[1]}")
    assert unchanged.status_code == 204
    with afternoon.database.writing() as session:
        settle(session, "bc-now", "confirmed")
    changed = browse("operator").get(f"/devices/loa-dong-1-1/plays/live?have={version[1]}")
    assert changed.status_code == 200


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("by", ["station", "cluster", "village", "topic"])
def test_every_figure_names_what_it_is_counted_from(call: Call, by: str) -> None:
    """Step by step, from the year down to a signature that holds."""
    client, header = call("leader")
    told = client.get(f"/api/coverage?period=2026&by={by}", headers=header).json()
    address, steps = told["figures"][0]["evidence"], 0
    while "/shares" not in address:
        below = client.get(address, headers=header).json()
        assert below["by"] == "village"
        assert below["figures"]
        address, steps = below["figures"][0]["evidence"], steps + 1
    poles = client.get(address, headers=header).json()["shares"]
    signed = [play["evidence"] for pole in poles for play in pole["plays"] if play["evidence"]]

    assert steps <= 1
    assert client.get(signed[0], headers=header).json()["signature_holds"] is True


def test_a_program_is_told_what_people_said_they_heard(afternoon: SmallStation, call: Call) -> None:
    """Beside the devices' figures and never among them; by whatever they are grouped."""
    with afternoon.database.writing() as session:
        say(
            session,
            broadcast_id="bc-morning",
            village_id="dong-2",
            clear=True,
            by="acc-village_head",
            own_villages={"dong-2"},
            now=afternoon.clock(),
        )
    client, header = call("leader")
    told = [
        client.get(f"/api/coverage?period=2026&by={by}", headers=header).json()
        for by in ("station", "village")
    ]

    assert told[0]["heard"] == told[1]["heard"]
    assert (told[0]["heard"]["clear"], told[0]["heard"]["not_heard"]) == (1_200, 0)
    assert told[0]["heard"]["asked"] == told[0]["figures"][0]["coverage"]["asked"]
    assert told[0]["figures"][0]["grades"]["heard"] is None


def test_a_poles_plays_are_shown_to_the_last(afternoon: SmallStation, browse: Browse) -> None:
    """Five of each at first; the page says how many there are, and shows them all when asked."""
    address = "/ledger/villages/dong-1/shares?period=2026"
    with afternoon.database.writing() as session:
        play = session.exec(
            select(Play).where(Play.broadcast_id == "bc-morning", Play.device_id == "loa-dong-1-1")
        ).one()
        for number in range(1, 8):
            session.add(Play(**play.model_dump() | {"repeat": number, "title": f"Lần {number}"}))
    first, every = (browse("leader").get(address + more).text for more in ("", "&all=true"))

    assert "Lần 7" not in first
    assert "&amp;all=true" in first
    assert "Lần 7" in every
    assert "&amp;all=true#" not in every
    assert 'hx-get="/ledger/villages/dong-1/shares/live?' in first


@pytest.mark.usefixtures("afternoon")
def test_open_alerts_are_told(call: Call) -> None:
    """The station sees the device that owes its word; another village's head does not."""
    staff, header = call("operator")
    head, their_header = call("village_head")
    (alert,) = staff.get("/api/alerts", headers=header).json()["alerts"]

    assert (alert["broadcast_id"], alert["device_id"]) == ("bc-noon", "loa-trung-1-1")
    assert head.get("/api/alerts", headers=their_header).json() == {"alerts": []}


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize("written", ["2026-13", "mai", "2026-11-22..2026-11-01", "1900"])
def test_a_period_that_is_none_is_refused(browse: Browse, call: Call, written: str) -> None:
    """In words that say how to write one, on pages as under /api."""
    page = browse("leader").get(f"/ledger/coverage?period={written}")
    client, header = call("leader")
    told = client.get(f"/api/coverage?period={written}", headers=header)

    assert (page.status_code, told.status_code) == (422, 422)
    assert "2026-Q3" in page.text
    assert told.json()["code"] == "period_unreadable"


@pytest.mark.usefixtures("afternoon")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/ledger/coverage?first=0001-01-01&last=9999-12-31", 422),
        ("/ledger/coverage?first=2026-02-01&last=2026-01-01", 422),
        ("/ledger/coverage?first=2026-02-01", 200),
        ("/ledger/villages/dong-2?day=0001-01-01", 422),
        ("/ledger/villages/dong-2?day=9999-12-31", 422),
        ("/ledger/villages/dong-2?day=2099-12-31", 200),
        ("/ledger/villages/dong-2/live?day=2000-01-01", 200),
        ("/ledger/villages/dong-2?period=2000-01", 200),
        ("/ledger/coverage?period=2099-12", 200),
    ],
)
def test_days_at_the_ends_of_time_break_nothing(browse: Browse, address: str, status: int) -> None:
    """What no calendar of ours holds is refused, and its last and first months are shown."""
    assert browse("operator").get(address).status_code == status


@pytest.mark.usefixtures("afternoon")
def test_a_village_is_told_a_quarter_at_once(call: Call) -> None:
    """With all their words, years would be no answer any more; sums may be of any length."""
    client, header = call("operator")
    quarter = client.get("/api/villages/dong-2/days?period=2026-Q4", headers=header)
    year = client.get("/api/villages/dong-2/days?period=2026", headers=header)
    century = client.get("/api/coverage?period=2000..2099", headers=header)

    assert [day["day"] for day in quarter.json()["days"]] == ["2026-11-22"]
    assert (year.status_code, year.json()["code"]) == (422, "period_too_long")
    assert century.json()["figures"][0]["reach"]["residents"] == 10_800


@pytest.mark.usefixtures("afternoon")
def test_a_campaign_is_a_set_of_topics_and_days(browse: Browse) -> None:
    """The form's two days and topics lead to its figures; a topic nobody spoke of has none."""
    client = browse("leader")
    asked = "first=2026-11-20&last=2026-11-30"
    found = client.get(f"/ledger/coverage?{asked}&topic=Y+t%E1%BA%BF")
    none = client.get(f"/ledger/coverage?{asked}&topic=Kh%C3%A1c")

    assert "Từ 20/11/2026 đến 30/11/2026" in words_of(found.text)
    assert "10.800 người" in words_of(found.text)
    assert "Trong thời gian này chưa có lần phát nào." in none.text


def unwritten(station: SmallStation) -> None:
    """The noon was somebody at the microphone, and what is on air is the drill of a flood."""
    with station.database.writing() as session:
        person = session.exec(select(Account.id)).first() or ""
        now = station.clock()
        session.add(
            LivePermit(
                id="permit-1", station_id=STATION_ID, account_id=person, granted_by=person,
                granted_at=now, valid_until=now,
            )
        )  # fmt: skip
        session.add(
            EmergencyAuthorisation(
                id="emu-1", station_id=STATION_ID, account_id=person, granted_by=person,
                granted_at=now,
            )
        )  # fmt: skip
        session.add(
            EmergencySound(
                script_sha256="e" * 64, script="Diễn tập lũ.", spoken="Diễn tập. Lũ về.",
                wanted_at=now, audio_sha256="f" * 64, duration_ms=9_000,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            LiveTalk(
                id="talk-1", station_id=STATION_ID, title="Mời họp", speaker_id=person,
                permit_id="permit-1", longest_ms=60_000, said_ms=40_000, asked_at=now,
                starts_at=now, ended_at=now,
            )
        )  # fmt: skip
        session.add(
            Emergency(
                id="em-1", station_id=STATION_ID, request_key="once", hazard="flood", drill=True,
                words="Lũ về.", cadence="once", given_by=person, giver_name="Người ra lệnh",
                authorisation_id="emu-1", raised_at=now, repeats_until=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            EmergencyPart(
                id="emp-1", emergency_id="em-1", kind="message", script_sha256="e" * 64,
                starts_at=now,
            )
        )  # fmt: skip
        for was, becomes in (("bc-noon", "talk-1"), ("bc-now", "emp-1")):
            for share in session.exec(select(PlayShare).where(PlayShare.broadcast_id == was)):
                share.broadcast_id = becomes
            for play in session.exec(select(Play).where(Play.broadcast_id == was)):
                play.broadcast_id, play.title = becomes, f"Lệnh {becomes}"


def test_a_day_holds_also_what_was_spoken_live_and_ordered_in_an_emergency(
    afternoon: SmallStation, browse: Browse, call: Call
) -> None:
    """What the day's figure counts stands under it: each item, and of each what is known of it."""
    unwritten(afternoon)
    client, header = call("village_head")
    told = client.get(f"/api/villages/{OWN}/days?period=2026-11", headers=header).json()
    (day,) = told["days"]
    page = browse("village_head").get(f"/ledger/villages/{OWN}").text

    assert day["coverage"]["asked"] == sum(each["coverage"]["asked"] for each in day["broadcasts"])
    assert [
        (each["title"], each["duration_ms"], each["spoken"], each["audio_url"])
        for each in day["broadcasts"][1:]
    ] == [
        ("Mời họp", 40_000, "", ""),
        ("Lệnh emp-1", 9_000, "Diễn tập. Lũ về.", f"/audio/{'f' * 64}.mp3"),
    ]
    assert page.count("<audio ") == 2
    assert "Không có lời viết trước." in page


@pytest.mark.parametrize("broadcast_id", ["talk-1", "emp-1"])
def test_every_item_of_a_day_leads_to_what_each_device_said(
    afternoon: SmallStation, browse: Browse, call: Call, broadcast_id: str
) -> None:
    """Whichever room it came from: as a page, and as the address that the JSON itself names."""
    unwritten(afternoon)
    client, header = call("village_head")
    days = client.get(f"/api/villages/{OWN}/days?period=2026-11", headers=header).json()["days"]
    item = next(each for each in days[0]["broadcasts"] if each["broadcast_id"] == broadcast_id)
    told = client.get(item["evidence"], headers=header)
    page = browse("village_head").get(f"/broadcasts/{broadcast_id}/timeline")

    assert (told.status_code, page.status_code) == (200, 200)
    assert {each["device_id"] for each in told.json()["devices"]} == {
        "loa-dong-2-1", "loa-dong-2-2",
    }  # fmt: skip
