"""The same acts by page and by program: confirmed, refused with what to do, and scoped by name."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlmodel import col, select

from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import RoleGrant
from broadcaster.app import create_app
from broadcaster.emergency.tables import EmergencySound
from broadcaster.fleet.registry import share_village
from tests.broadcaster.dispatch.fleet import add_device
from tests.broadcaster.emergency.conftest import WORDS, WatchRoom
from tests.broadcaster.small_station import browser, form_token
from tests.clients import TestClient

ORDER = {"clusters": "cl-1", "hazard": "flood", "mode": "real", "words": WORDS}


@pytest.fixture
def app(room: WatchRoom) -> FastAPI:
    """The real application with a voice that says tones."""
    return create_app(room.newsroom.small.context, studio=room.studio)


@pytest.fixture
def operator(room: WatchRoom, app: FastAPI) -> TestClient:
    """A browser of another operator, whom the leader has authorised."""
    return browser(app, token=room.newsroom.small.session_of("mai", Role.OPERATOR))


@pytest.fixture
def leader(room: WatchRoom, app: FastAPI) -> TestClient:
    """A browser of another leader."""
    return browser(app, token=room.newsroom.small.session_of("bac", Role.LEADER))


def post(client: TestClient, address: str, **given: str) -> Response:
    """Send a form as a page would."""
    token = form_token(client.get("/emergency").text)
    return client.post(address, data={**given, "csrf_token": token})


def authorised(leader: TestClient) -> None:
    """Let the leader authorise the operator by the page."""
    assert post(leader, "/emergency/authorisations", account_id="acc-mai").status_code == 303


def key_in(page: str) -> str:
    """The key that the confirming page carries."""
    return page.split('name="request_key" value="')[1].split('"', maxsplit=1)[0]


def ordered(client: TestClient, **given: str) -> str:
    """Check and confirm an order by the pages; the address of its board."""
    checked = post(client, "/emergency/check", **ORDER, **given)
    assert checked.status_code == 200, checked.text
    answer = post(
        client, "/emergency", **ORDER, **given, typed="khan cap", request_key=key_in(checked.text)
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_an_order_by_the_pages(operator: TestClient, leader: TestClient) -> None:
    """Checked, confirmed, on the board of the day, ended, reviewed, and in the log."""
    authorised(leader)
    board = ordered(operator)

    assert operator.get(board).status_code == 200
    assert "Đang khẩn cấp: Lũ, ngập lụt" in operator.get("/").text
    assert "Chờ xem xét lệnh khẩn cấp" not in operator.get("/").text
    assert "Chờ xem xét lệnh khẩn cấp" in leader.get("/").text
    assert post(operator, f"{board}/end", ending="silence").status_code == 303
    assert post(operator, f"{board}/end", ending="silence").status_code == 409
    assert post(leader, f"{board}/review", verdict="wrong").status_code == 422
    assert post(leader, f"{board}/review", verdict="right").status_code == 303
    assert "Đang khẩn cấp" not in operator.get("/").text


def test_no_lane_says_that_nothing_is_on_air_where_an_emergency_is(
    operator: TestClient, leader: TestClient
) -> None:
    """The cluster that is warned says so itself; the other one is as quiet as it was."""
    authorised(leader)
    quiet = operator.get("/").text.count("Lúc này không phát gì.")
    board = ordered(operator)

    lanes = operator.get("/").text.partition('class="lanes"')[2]
    assert lanes.count(f'<a href="{board}">Đang khẩn cấp: Lũ, ngập lụt</a>') == 1
    assert lanes.count("Lúc này không phát gì.") == quiet - 1


def test_a_review_that_is_late_is_said_to_be(
    room: WatchRoom, operator: TestClient, leader: TestClient
) -> None:
    """On the leader's board and on the page, from the second day on."""
    authorised(leader)
    board = ordered(operator)
    room.newsroom.clock.move(timedelta(hours=24, seconds=1))
    # Sessions last less than a day; the leader signs in again.
    again = browser(leader.app, token=room.newsroom.small.session_of("nga", Role.LEADER))  # type: ignore[arg-type]

    assert "Quá hạn xem xét" in again.get("/").text
    assert "Quá hạn xem xét" in again.get("/emergency").text
    assert "Quá hạn xem xét" in again.get(board).text


def test_who_is_not_authorised_is_told_whom_to_call(
    operator: TestClient, leader: TestClient
) -> None:
    """No form; the names; and no way by sending it all the same."""
    page = operator.get("/emergency").text
    answer = post(operator, "/emergency", **ORDER, typed="khan cap", request_key="k" * 12)

    assert "Ra lệnh khẩn cấp" not in page
    assert "Chưa ai được ủy quyền" in page
    assert answer.status_code == 403
    authorised(leader)
    assert "Ra lệnh khẩn cấp" in operator.get("/emergency").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"clusters": ""}, "Chưa chọn nơi phát"),
        ({"mode": ""}, "Chưa chọn “Thật” hay “Diễn tập”"),
        ({"words": "a" * 1_501}, "Lời dài quá 1.500 ký tự"),
    ],
)
def test_a_form_with_a_mistake_comes_back_complete(
    operator: TestClient, leader: TestClient, changed: dict[str, str], sentence: str
) -> None:
    """With what is wrong at its field, and what was typed."""
    authorised(leader)
    given = {**ORDER, **changed}
    answer = post(operator, "/emergency/check", **{k: v for k, v in given.items() if v})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert given["words"][:60] in answer.text


def test_the_ledger_leads_to_the_board(
    room: WatchRoom, operator: TestClient, leader: TestClient
) -> None:
    """What it counts like a broadcast has a page of its own."""
    authorised(leader)
    board = ordered(operator)
    part = room.parts(board.rsplit("/", 1)[-1])["message"]
    answer = operator.get(f"/broadcasts/{part.id}")

    assert (answer.status_code, answer.headers["location"]) == (303, board)


def test_an_emergency_by_a_program(room: WatchRoom, app: FastAPI, leader: TestClient) -> None:
    """Ordered once however often it is sent; watched, ended, listed."""
    authorised_token = room.newsroom.small.session_of("mai", Role.OPERATOR)
    authorised(leader)
    api = TestClient(app, headers={"Authorization": f"Bearer {authorised_token}"})
    order = {
        "clusters": ["everywhere"],
        "hazard": "storm",
        "mode": "real",
        "typed": "KHẨN CẤP",
        "request_key": "from-a-program",
    }
    first = api.post("/api/emergencies", json=order)
    second = api.post("/api/emergencies", json=order)
    emergency_id = first.json()["emergency_id"]
    board = api.get(f"/api/emergencies/{emergency_id}").json()

    assert first.status_code == 201, first.text
    assert second.json()["emergency_id"] == emergency_id
    assert board["stages"]["silent"] == 2
    assert api.post("/api/emergencies", json={**order, "typed": "ừ"}).status_code == 422
    ended = api.post(f"/api/emergencies/{emergency_id}/end", json={"ending": "silence"})
    assert ended.json()["ending"] == "silence"
    assert len(api.get("/api/emergencies").json()["emergencies"]) == 1
    assert len(api.get("/api/emergency-authorisations").json()["authorisations"]) == 1


def test_another_persons_key_is_no_way_to_their_order(
    room: WatchRoom, operator: TestClient, leader: TestClient
) -> None:
    """The same key from somebody else is refused, not answered with what it named."""
    authorised(leader)
    board = ordered(operator)
    key = room.emergency(board.rsplit("/", 1)[-1]).request_key
    other = browser(operator.app, token=room.newsroom.small.session_of("tam", Role.OPERATOR))  # type: ignore[arg-type]
    assert post(leader, "/emergency/authorisations", account_id="acc-tam").status_code == 303
    answer = post(other, "/emergency", **ORDER, typed="khan cap", request_key=key)

    assert answer.status_code == 409


def test_a_village_head_sees_what_concerns_their_village(
    room: WatchRoom, app: FastAPI, operator: TestClient, leader: TestClient
) -> None:
    """Their own poles on the board, nothing to press; what is elsewhere is not there for them."""
    small = room.newsroom.small
    head = browser(app, token=small.session_of("tu", Role.VILLAGE_HEAD))
    with room.database.writing() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == "acc-tu")).one()
        grant.village_id = "v-1"
        share_village(
            session,
            device_id="loa-0",
            village_id="v-1",
            share=1.0,
            valid_from=room.now().date(),
        )
    authorised(leader)
    board = ordered(operator)
    elsewhere = ordered_in(operator, "cl-2")
    page = head.get(board)

    assert page.status_code == 200
    assert "Loa 0" in page.text
    assert "Cho mọi loa im ngay" not in page.text
    assert board in head.get("/").text
    assert head.get(elsewhere).status_code == 404
    assert elsewhere not in head.get("/").text
    assert head.get("/emergency").status_code == 403


def ordered_in(client: TestClient, cluster_id: str) -> str:
    """An order for one other cluster."""
    given = {**ORDER, "clusters": cluster_id}
    checked = post(client, "/emergency/check", **given)
    key = key_in(checked.text)
    answer = post(client, "/emergency", **given, typed="khan cap", request_key=key)
    return str(answer.headers["location"])


def test_a_drill_by_night_is_refused_before_anything_is_made(
    room: WatchRoom, leader: TestClient, operator: TestClient
) -> None:
    """At its own choice, with the clock from which one may be held; the choice itself is grey."""
    authorised(leader)
    room.newsroom.clock.move(timedelta(hours=10))

    refused = post(operator, "/emergency/check", **{**ORDER, "mode": "drill"})

    assert refused.status_code == 409
    assert 'name="typed"' not in refused.text
    assert "Hãy diễn tập từ 05:30" in refused.text
    assert 'value="drill" disabled' in refused.text
    with room.database.reading() as session:
        assert (
            session.exec(
                select(EmergencySound.script).where(col(EmergencySound.script).contains(WORDS))
            ).all()
            == []
        )


def test_a_pole_that_came_later_was_not_asked(
    room: WatchRoom, leader: TestClient, operator: TestClient
) -> None:
    """A rehearsal's poles enter no board; one without a village has a sentence of its own."""
    authorised(leader)
    board = ordered(operator)
    room.newsroom.clock.move(timedelta(minutes=1))
    with room.database.writing() as session:
        add_device(session, 7, cluster="cl-1", now=room.now())

    page = operator.get(board).text

    assert page.count('class="row-title"') == 1
    assert "chưa được giao thôn nào" in page
