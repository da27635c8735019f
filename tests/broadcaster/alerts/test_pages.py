"""Alerts by page and by program: brought, shown, led into an order, dismissed; their settings."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import Response

from broadcaster.accounts.roles import Role
from broadcaster.alerts.message import MsgType, Severity, Status
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.writing import write_alert
from broadcaster.app import create_app
from broadcaster.emergency.authorising import authorise
from tests.broadcaster.alerts.cap_schema import wrong_with
from tests.broadcaster.alerts.conftest import Desk
from tests.broadcaster.alerts.made import alert, info
from tests.broadcaster.alerts.server import Answer, publishing
from tests.broadcaster.small_station import NOON, STATION_ID, browser, form_token
from tests.clients import TestClient


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    """The real application."""
    return create_app(desk.room.newsroom.small.context, studio=desk.room.studio)


def person(desk: Desk, app: FastAPI, name: str, role: Role, *, authorised: bool = False) -> str:
    """Somebody signed in; their token. Authorised by a leader who is another."""
    token = desk.room.newsroom.small.session_of(name, role)
    if authorised:
        with desk.room.database.writing() as session:
            authorise(
                session, f"acc-{name}", station_id=STATION_ID, by=desk.room.second_leader,
                now=desk.room.now(),
            )  # fmt: skip
    assert app is not None
    return token


@pytest.fixture
def operator(desk: Desk, app: FastAPI) -> TestClient:
    """A browser of an operator who may order."""
    return browser(app, token=person(desk, app, "mai", Role.OPERATOR, authorised=True))


@pytest.fixture
def admin(desk: Desk, app: FastAPI) -> TestClient:
    """A browser of an admin."""
    return browser(app, token=person(desk, app, "tuan", Role.ADMIN))


def post(client: TestClient, address: str, **given: object) -> Response:
    """Send a form as a page would."""
    token = form_token(client.get("/account").text)
    return client.post(address, data={**given, "csrf_token": token})


def brought(client: TestClient, content: bytes) -> Response:
    """Bring a file by the page."""
    token = form_token(client.get("/account").text)
    files = {"file": ("canh-bao.xml", content, "application/xml")}
    return client.post("/alerts/import", data={"csrf_token": token}, files=files)


def fields_of(page: str, action: str) -> dict[str, list[str]]:
    """The hidden fields of one form of a page."""
    form = page.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="hidden"' in tag:
            found.setdefault(name[1], []).append(value[1])
    for name_, words in re.findall(
        r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', form, re.DOTALL
    ):
        found[name_] = [words]
    return found


def test_an_alert_leads_into_the_order_that_every_emergency_goes_through(
    desk: Desk, operator: TestClient
) -> None:
    """A file, its page, the form filled in, the page that asks, the word, and it runs."""
    answer = brought(operator, write_alert(alert()))
    assert answer.status_code == 303
    address = answer.headers["location"]
    alert_id = address.rsplit("/", 1)[1]
    page = operator.get(address).text
    assert "Thôn Một, Thôn Hai" in page
    assert "không ký số" in page
    given = fields_of(page, "/emergency/form")
    assert given["clusters"] == ["cl-1"]
    assert given["hazard"] == ["flood"]
    assert given["mode"] == ["real"]

    form = operator.post("/emergency/form", data=given).text
    assert f'name="origin" value="cap-{alert_id}"' in form
    assert "Bà con ven sông lên nơi cao ngay." in form
    checked = operator.post("/emergency/check", data=given | {"cadence": "once"})
    assert checked.status_code == 200, checked.text
    confirm = fields_of(checked.text, "/emergency")
    assert confirm["request_key"] == [f"cap-{alert_id}"]
    assert desk.emergency(alert_id) is None
    ordered = operator.post("/emergency", data=confirm | {"typed": "khan cap"})
    assert ordered.status_code == 303, ordered.text

    emergency = desk.emergency(alert_id)
    assert emergency is not None
    assert (emergency.drill, emergency.given_by) == (False, "acc-mai")
    assert desk.state(alert_id) == Shown.RUNNING
    assert f"/emergency/{emergency.id}" in operator.get(address).text
    assert operator.post("/emergency/check", data=given).status_code == 409


def test_what_was_taken_back_meanwhile_is_not_ordered(desk: Desk, operator: TestClient) -> None:
    """The last click comes too late, and says so."""
    first = alert()
    alert_id = desk.take(first)
    given = fields_of(operator.get(f"/alerts/{alert_id}").text, "/emergency/form")
    checked = operator.post("/emergency/check", data=given | {"cadence": "once"})
    confirm = fields_of(checked.text, "/emergency") | {"typed": "khan cap"}
    desk.take(alert("K-2", msg_type=MsgType.CANCEL, references=(first.identity,), sent=NOON))
    answer = operator.post("/emergency", data=confirm)

    assert answer.status_code == 409
    assert "không còn chờ quyết định" in answer.text
    assert desk.emergency(alert_id) is None


def test_an_exercise_is_filled_in_as_a_drill(desk: Desk, operator: TestClient) -> None:
    """And nothing that matched no place is everywhere."""
    far = info(areas=(), event="Động đất")
    alert_id = desk.take(alert(status=Status.EXERCISE, said=far))
    page = operator.get(f"/alerts/{alert_id}").text
    given = fields_of(page, "/emergency/form")

    assert (given["mode"], given["hazard"]) == (["drill"], [""])
    assert "clusters" not in given
    assert "không thôn nào khớp" in page
    assert "Cảnh báo chưa khớp thôn nào, chờ xem" in operator.get("/").text
    form = operator.post("/emergency/form", data=given).text
    assert 'value="everywhere" checked' not in form


def test_the_day_says_what_waits_and_what_runs_on_a_word_taken_back(
    desk: Desk, operator: TestClient
) -> None:
    """Until somebody decides or its time is over."""
    first = alert()
    alert_id = desk.take(first)
    assert "Cảnh báo nhận được chờ quyết định" in operator.get("/").text
    assert "Lũ trên sông Cầu lên nhanh" in operator.get("/").text
    desk.room.authorise()
    desk.room.raise_(key=f"cap-{alert_id}")
    assert "Cảnh báo nhận được chờ quyết định" not in operator.get("/").text
    desk.take(alert("K-2", msg_type=MsgType.CANCEL, references=(first.identity,), sent=NOON))
    assert "Nơi phát đã hủy cảnh báo, loa vẫn đang phát" in operator.get("/").text
    assert "Nơi phát đã hủy, nhưng loa vẫn đang phát." in operator.get("/alerts").text


def test_it_is_dismissed_with_a_reason(desk: Desk, operator: TestClient) -> None:
    """Once, by name."""
    alert_id = desk.take(alert())
    assert post(operator, f"/alerts/{alert_id}/dismissal", reason="Xã khác").status_code == 303
    assert "Mai" in operator.get(f"/alerts/{alert_id}").text
    assert post(operator, f"/alerts/{alert_id}/dismissal").status_code == 409


def test_what_cannot_be_read_is_said_at_the_file(operator: TestClient) -> None:
    """And nothing is kept."""
    for content in (b"?", b"", write_alert(alert()).replace(b">Public<", b">All<")):
        answer = brought(operator, content)
        assert answer.status_code == 422
        assert "Chưa có gì thay đổi" in answer.text
    assert "Không có cảnh báo nào chờ quyết định." in operator.get("/alerts").text


def test_an_admin_keeps_feeds_and_codes(admin: TestClient) -> None:
    """Shown with what is wrong, asked at once, and a code makes a village sure."""
    with publishing() as publisher:
        publisher.has["/cap"] = Answer(b"<html/>")
        url = publisher.url("/cap")
        assert post(admin, "/alerts/feeds", name="KTTV", url=url).status_code == 303
        feed = re.search(r"/alerts/feeds/([^/]+)/poll", admin.get("/alerts/settings").text)
        assert feed is not None
        assert post(admin, f"/alerts/feeds/{feed[1]}/poll").status_code == 303
    assert "gửi tệp không đọc được" in admin.get("/alerts/settings").text
    assert "Nguồn “KTTV” trục trặc" in admin.get("/alerts").text
    assert post(admin, f"/alerts/feeds/{feed[1]}/retirement").status_code == 303
    assert post(admin, "/alerts/feeds", name="", url=url).status_code == 422
    code = {"list_name": "maxa", "value": "10051", "village_id": "v-2"}
    assert post(admin, "/alerts/codes", **code).status_code == 303
    assert post(admin, "/alerts/codes", **code | {"village_id": "v-none"}).status_code == 422
    page = admin.get("/alerts/settings").text
    assert "maxa = 10051" in page
    removal = re.search(r"/alerts/codes/[^/]+/removal", page)
    assert removal is not None
    assert post(admin, removal[0]).status_code == 303
    assert "maxa = 10051" not in admin.get("/alerts/settings").text


def test_a_leader_decides_rules_only_when_authorised_and_proven(desk: Desk, app: FastAPI) -> None:
    """As an order would ask."""
    leader = browser(app, token=person(desk, app, "bac", Role.LEADER))
    assert post(leader, "/alerts/rules", severity="Extreme").status_code == 403
    other = browser(app, token=person(desk, app, "nga", Role.LEADER, authorised=True))
    assert post(other, "/alerts/rules", severity="Extreme").status_code == 303
    page = other.get("/alerts/settings").text
    assert "đặc biệt nghiêm trọng" in page
    revocation = re.search(r"/alerts/rules/[^/]+/revocation", page)
    assert revocation is not None
    assert post(leader, revocation[0]).status_code == 303
    desk.room.newsroom.clock.move(timedelta(hours=9))
    again = browser(app, token=person(desk, app, "hoa", Role.LEADER, authorised=True))
    desk.room.newsroom.clock.move(timedelta(hours=8, minutes=1))
    assert post(again, "/alerts/rules", severity="Extreme").status_code == 409


def test_an_emergency_is_handed_out_as_cap(desk: Desk, operator: TestClient) -> None:
    """By its board's link, and by the API."""
    desk.room.authorise()
    emergency = desk.room.raise_()
    assert f"/alerts/exports/{emergency}" in operator.get(f"/emergency/{emergency}").text
    answer = operator.get(f"/alerts/exports/{emergency}")

    assert answer.headers["content-type"].startswith("application/cap+xml")
    assert wrong_with(answer.content) == []
    assert operator.get("/alerts/exports/em-none").status_code == 404


def test_programs_do_the_same(desk: Desk, app: FastAPI) -> None:
    """Brought, read with what it would be, ordered by its key, once."""
    token = person(desk, app, "mai", Role.OPERATOR, authorised=True)
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    xml = write_alert(alert()).decode()
    answer = program.post("/api/cap-alerts", json={"xml": xml})
    assert answer.status_code == 201, answer.text
    assert answer.json()["severity"] == Severity.SEVERE
    alert_id = answer.json()["id"]
    proposal = program.get(f"/api/cap-alerts/{alert_id}").json()["proposal"]
    order = {
        "clusters": proposal["clusters"],
        "hazard": proposal["hazard"],
        "words": proposal["words"],
        "mode": "real",
        "typed": "khan cap",
        "request_key": proposal["request_key"],
    }
    ordered = program.post("/api/emergencies", json=order)
    assert ordered.status_code == 201, ordered.text
    assert (
        program.post("/api/emergencies", json=order).json()["emergency_id"]
        == (ordered.json()["emergency_id"])
    )
    (line,) = program.get("/api/cap-alerts").json()["alerts"]
    assert (line["state"], line["emergency_id"]) == ("running", ordered.json()["emergency_id"])
    assert program.post("/api/cap-alerts", json={"xml": "<a/>"}).status_code == 422
    export = program.get(f"/api/cap-alerts/exports/{ordered.json()['emergency_id']}")
    assert wrong_with(export.content) == []
