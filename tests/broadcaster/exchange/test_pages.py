"""The link by page, by program and at the machine; its secret is told to nobody."""

import json
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import Response

from broadcaster.accounts.roles import Role
from broadcaster.exchange import exchange_command as command
from broadcaster.exchange.errors import NotTested, OfficeAnswersOddly, SecretUnusable
from broadcaster.exchange.link import secret_file
from tests.broadcaster.exchange.conftest import Desk, signed_in
from tests.broadcaster.exchange.province import SECRET
from tests.broadcaster.small_station import STATION_ID, form_token
from tests.clients import TestClient


@pytest.fixture
def admin(desk: Desk, app: FastAPI) -> TestClient:
    """A browser of an admin."""
    return signed_in(desk, app, "tuan", Role.ADMIN)


def post(client: TestClient, to: str, **given: object) -> Response:
    """Send a form as a page would."""
    token = form_token(client.get("/account").text)
    return client.post(to, data={**given, "csrf_token": token})


def test_an_admin_enters_tests_and_switches_on(desk: Desk, admin: TestClient) -> None:
    """In this order: what was not tested is not switched on, and every change undoes the test."""
    entered = {"address": desk.province.at, "source_id": "XA-1", "secret": SECRET}
    assert "Chưa nối với hệ thống thông tin nguồn" in admin.get("/exchange").text
    assert post(admin, "/exchange/link", **entered).status_code == 303
    refused = post(admin, "/exchange/switch", on="true")
    assert (refused.status_code, NotTested.message_vi in refused.text) == (409, True)
    assert post(admin, "/exchange/test").status_code == 303
    assert post(admin, "/exchange/switch", on="true").status_code == 303
    assert "Đang bật, trao đổi mỗi 60 giây" in admin.get("/exchange").text
    assert desk.round().trouble == ""
    assert post(admin, "/exchange/link", **entered).status_code == 303
    assert "Chưa kiểm tra, đang tắt" in admin.get("/exchange").text


def test_no_page_and_no_database_has_the_secret(desk: Desk, admin: TestClient) -> None:
    """It is a file that only its owner reads."""
    desk.switch_on()
    desk.round()
    file = secret_file(desk.keys_dir, STATION_ID)
    kept = b"".join(
        each.read_bytes() for each in file.parent.parent.glob("*.sqlite3*") if each.is_file()
    )

    assert file.stat().st_mode & 0o077 == 0
    assert SECRET not in admin.get("/exchange").text
    assert SECRET.encode() not in kept


def test_the_secret_goes_to_no_other_host_unless_typed_again(desk: Desk, admin: TestClient) -> None:
    """Nor does it follow where an answer leads."""
    desk.switch_on()
    moved = post(admin, "/exchange/link", address="https://khac.example", source_id="XA-1")
    assert (moved.status_code, SecretUnusable.message_vi in moved.text) == (422, True)
    desk.link(secret="")
    desk.province.status, desk.province.headers = 302, {"Location": "http://127.0.0.1:9/kiem-tra"}
    answer = post(admin, "/exchange/test")

    assert (answer.status_code, OfficeAnswersOddly.message_vi in answer.text) == (200, True)
    assert set(desk.province.told_secrets) == {f"Bearer {SECRET}"}


@pytest.mark.parametrize(
    "address",
    [
        "http://tinh.example/nguon",
        "https://ai:gi@tinh.example",
        "ftp://tinh.example",
        "https://",
        "https://tinh.example/?a=1",
        "https://[::1",
        "không phải",
    ],
)
def test_an_address_that_is_not_safe_is_refused(admin: TestClient, address: str) -> None:
    """In a sentence at its field, and with what was typed still there."""
    answer = post(
        admin, "/exchange/link", address=address, source_id="XA-1", secret="mot-khoa-nao-do"
    )

    assert answer.status_code == 422
    assert "phải bắt đầu bằng https://" in answer.text
    assert "mot-khoa-nao-do" not in answer.text


@pytest.mark.parametrize("secret", ["", "ngan", "có dấu và cách", "a" * 501])
def test_a_secret_that_no_header_carries_is_refused(admin: TestClient, secret: str) -> None:
    """And is not shown again."""
    answer = post(
        admin, "/exchange/link", address="https://tinh.example", source_id="XA-1", secret=secret
    )

    assert (answer.status_code, SecretUnusable.message_vi in answer.text) == (422, True)


@pytest.mark.parametrize("greeting", [{}, {"TraoDoi": "khac"}, []])
def test_a_host_that_is_none_of_it_is_named_so(
    desk: Desk, admin: TestClient, greeting: object
) -> None:
    """An admin who typed another office's address learns it before anything goes out."""
    desk.link()
    desk.province.greeting = greeting  # type: ignore[assignment]
    answer = post(admin, "/exchange/test")

    assert (answer.status_code, OfficeAnswersOddly.message_vi in answer.text) == (200, True)


def test_others_see_it_and_change_nothing(on: Desk, app: FastAPI) -> None:
    """An inspector reads what came; an operator takes it, and changes no link."""
    on.sends(priority=2)
    on.round()
    received = on.newest().id
    inspector = signed_in(on, app, "thu", Role.INSPECTOR)
    operator = signed_in(on, app, "mai", Role.OPERATOR)
    page = inspector.get(f"/exchange/received/{received}").text

    assert "Tin BT-1" in page
    assert "/taking" not in page
    assert post(inspector, f"/exchange/received/{received}/taking").status_code == 403
    assert post(operator, "/exchange/switch", on="true").status_code == 403
    assert 'action="/exchange/link"' not in operator.get("/exchange").text
    taken = post(operator, f"/exchange/received/{received}/taking")
    assert taken.headers["location"].startswith("/bulletins/bul-")
    again = post(operator, f"/exchange/received/{received}/taking")
    assert again.status_code == 409


def test_a_refusal_is_shown_in_the_readers_language(on: Desk, app: FastAPI) -> None:
    """Vietnamese first, English for who chose it."""
    on.sends(kind=4)
    on.round()
    operator = signed_in(on, app, "mai", Role.OPERATOR)
    at = f"/exchange/received/{on.newest().id}"
    assert "bản tin video, loa không phát được" in operator.get(at).text
    operator.cookies.set("loa_language", "en")
    assert "a video, which loudspeakers cannot play" in operator.get(at).text


def test_programs_see_and_do_the_same(on: Desk, app: FastAPI) -> None:
    """The API tells how it stands, takes and puts away; the secret is not in it."""
    on.sends("BT-1", priority=2)
    on.sends("BT-2")
    on.round()
    token = on.room.newsroom.small.session_of("mai", Role.OPERATOR)
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    told_ = program.get("/api/exchange").json()
    first, second = (each["id"] for each in told_["received"])

    assert (told_["on"], told_["trouble"]) == (True, "")
    assert [each["priority"] for each in told_["received"]] == [2, 3]
    assert SECRET not in json.dumps(told_)
    taken = program.post(f"/api/exchange/received/{first}/taking")
    assert taken.status_code == 201
    put_away = program.post(f"/api/exchange/received/{second}/dismissal", json={"reason": "Đã có."})
    assert put_away.json()["standing"] == "dismissed"
    assert program.post(f"/api/exchange/received/{second}/taking").status_code == 409


def test_a_link_that_fails_for_an_hour_stands_on_the_board(on: Desk, app: FastAPI) -> None:
    """A province that is away for a moment calls nobody."""
    operator = signed_in(on, app, "mai", Role.OPERATOR)
    on.province.status = 500
    on.round()
    assert "Hệ thống của tỉnh trục trặc" not in operator.get("/").text
    for _ in range(5):
        on.round(later=timedelta(minutes=15))

    assert "Hệ thống của tỉnh trục trặc" in operator.get("/").text
    assert "Lần thử tới" in operator.get("/exchange").text


def test_the_same_at_the_stations_machine(desk: Desk) -> None:
    """`loa exchange`: linked, tested, on, one round, told as words and as JSON."""
    database, settings, now = desk.database, desk.room.newsroom.small.settings, desk.room.now()
    assert "Not linked" in command.told(database, settings, station_id=STATION_ID, as_json=False)
    command.linked(
        database, settings, address=desk.province.at, source_id="XA-1", target_id="",
        secret=SECRET, station_id=STATION_ID, now=now,
    )  # fmt: skip
    assert "answered" in command.tested(database, settings, station_id=STATION_ID, now=now)
    assert "On" in command.switched(database, settings, is_on=True, station_id=STATION_ID, now=now)
    words, is_well = command.sent(database, settings, station_id=STATION_ID, now=now)
    as_json = json.loads(command.told(database, settings, station_id=STATION_ID, as_json=True))

    assert (is_well, "Sent 2" in words) == (True, True)
    assert (as_json["on"], [each["waiting"] for each in as_json["outgoing"]]) == (True, [0] * 4)
    desk.province.status = 401
    assert command.sent(database, settings, station_id=STATION_ID, now=now)[1] is False
