"""People at their browsers who plan a relay and decide on it, without JavaScript; and programs."""

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.relays.relay_room import URL, RelayRoom
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient

RELAY = {"duration": "30", "stall": "8", "title": "", "priority": "3"}


class Desk:
    """The product's own app; An plans, Binh decides, both signed in."""

    def __init__(self, room: RelayRoom, app: FastAPI) -> None:
        self.room, self.station, self.app = room, room.newsroom.small, app
        self.an = browser(app, token=self.station.session_of("an", Role.OPERATOR))
        self.binh = browser(app, token=self.station.session_of("binh", Role.LEADER))

    def send(self, client: TestClient, path: str, fields: dict[str, str] | None = None) -> Response:
        """Send a form with the token of the person's own page."""
        token = form_token(client.get("/sign-in").text)
        answer: Response = client.post(path, data={"csrf_token": token, **(fields or {})})
        return answer

    def plan(self, **fields: str) -> Response:
        """An sends the form."""
        return self.send(self.an, "/relays", {**RELAY, "source_id": self.room.source_id, **fields})

    def queue(self, address: str, **fields: str) -> Response:
        """An chooses where and when."""
        where_and_when = {"clusters": "cl-1", "when": "at", "starts_local": "2026-11-23T17:00"}
        return self.send(
            self.an, f"/bulletins/{id_in(address)}/queue", {**where_and_when, **fields}
        )

    def decide(self, address: str, **fields: str) -> Response:
        """Binh decides on what the page shows."""
        page = self.binh.get(address).text
        shown = dict(
            re.findall(r'name="(rendition_id|\w+_sha256|submitted_at_ms)" value="([^"]*)"', page)
        )
        return self.send(
            self.binh,
            f"/bulletins/{id_in(address)}/decision",
            {**shown, "decision": "approve", **fields},
        )


def id_in(address: str) -> str:
    """The relay's id."""
    return address.rsplit("/", 1)[1]


def text_of(page: str) -> str:
    """A page's words without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


@pytest.fixture
def desk(room: RelayRoom, tmp_path: Path) -> Desk:
    """The product's own app around the small station."""
    studio = Studio(voices=OneVoice(ToneEngine()), store=AudioStore(tmp_path / "audio"))
    station: SmallStation = room.newsroom.small
    app = create_app(station.context, studio=studio)
    return Desk(room, app)


def test_a_relay_from_the_form_to_the_plan(desk: Desk) -> None:
    """An plans it and chooses the hour; Binh sees all of it and approves; it goes on air so."""
    address = desk.plan().headers["location"]
    assert desk.queue(address).status_code == 303

    seen = text_of(desk.binh.get(address).text)
    for said in ("VOV1 đài quốc gia", URL, "30 phút 00 giây", "17:00", "Cụm Đông",
                 "sau 8 giây loa im lặng", "Duyệt là duyệt đúng nguồn"):  # fmt: skip
        assert said in seen, said
    assert "Tiếp sóng, dài nhất" in text_of(desk.binh.get("/approvals").text)
    assert desk.decide(address).status_code == 303
    assert "đã duyệt" in text_of(desk.an.get("/relays").text)
    (planned,) = desk.room.newsroom.plan()
    (order,) = desk.room.orders()
    assert order.broadcast == planned.id

    schedule = text_of(desk.an.get("/schedule").text)
    assert "Tiếp sóng VOV1" in schedule
    assert "tiếp sóng, dài nhất 30 phút 00 giây" in schedule
    broadcast = text_of(desk.an.get(f"/broadcasts/{planned.id}").text)
    assert "không ai kiểm chứng trước" in broadcast
    assert "Dấu vân tay âm thanh" not in broadcast
    assert "Tiếp sóng VOV1" in text_of(desk.an.get("/").text)


def test_whoever_planned_it_cannot_approve_it(desk: Desk, room: RelayRoom) -> None:
    """Not even when they lead the station as well."""
    both = browser(
        desk.app, token=room.newsroom.small.session_of("chi", Role.OPERATOR, Role.LEADER)
    )
    fields = {**RELAY, "source_id": room.source_id}
    address = desk.send(both, "/relays", fields).headers["location"]
    where = {"clusters": "cl-1", "when": "at", "starts_local": "2026-11-23T17:00"}
    desk.send(both, f"/bulletins/{id_in(address)}/queue", where)

    assert "không tự duyệt được" in text_of(both.get(address).text)
    page = desk.binh.get(address).text
    shown = dict(re.findall(r'name="(rendition_id|\w+_sha256)" value="([^"]*)"', page))
    refused = desk.send(
        both, f"/bulletins/{id_in(address)}/decision", {**shown, "decision": "approve"}
    )
    assert refused.status_code == 403
    assert not room.is_approved(id_in(address))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"duration": "46"}, "từ 1 đến 45 phút"),
        ({"duration": "nửa giờ"}, "từ 1 đến 45 phút"),
        ({"stall": "0"}, "từ 1 đến 60 giây"),
        ({"source_id": ""}, "Hãy chọn một nguồn"),
        ({"fallback_id": "bul-none"}, "chưa được duyệt"),
    ],
)
def test_a_refused_form_comes_back_with_what_was_typed(
    desk: Desk, fields: dict[str, str], said: str
) -> None:
    """The sentence stands at its field, and nothing is kept."""
    answer = desk.plan(topic="Thời sự", **fields)

    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert 'value="Thời sự"' in answer.text
    assert "Chưa có lịch tiếp sóng nào" in text_of(desk.an.get("/relays").text)


def test_a_change_asks_for_a_new_decision(desk: Desk, room: RelayRoom) -> None:
    """The page says that the approval is gone, and the button that it will be asked for."""
    address = desk.plan().headers["location"]
    desk.queue(address)
    desk.decide(address)
    desk.send(desk.an, address, {**RELAY, "source_id": room.source_id, "duration": "20"})

    page = text_of(desk.an.get(address).text)
    assert "Lần duyệt trước đã hết hiệu lực" in page
    assert "20 phút 00 giây" in page
    desk.send(desk.an, f"/bulletins/{id_in(address)}/submission")
    desk.decide(address)
    assert room.is_approved(id_in(address))
    more = desk.queue(address, starts_local="2026-11-23T18:00")
    assert more.status_code == 303
    assert "đang chờ duyệt" in text_of(desk.an.get(address).text)


def test_a_relay_whose_source_is_gone_says_so(desk: Desk, room: RelayRoom) -> None:
    """It is not aired, can be made anew where that is possible, and cannot be approved."""
    address = desk.plan().headers["location"]
    desk.queue(address)
    admin = browser(desk.app, token=room.newsroom.small.session_of("quan", Role.ADMIN))
    source = {"name": "VOV1", "level": "national", "kind": "stream", "url": f"{URL}-moi"}
    desk.send(admin, f"/relay-sources/{room.source_id}", source)

    refused = desk.decide(address)
    assert refused.status_code == 409
    assert "Phải lập lại lịch tiếp sóng này" in text_of(refused.text)
    desk.send(desk.an, f"{address}/rendition")
    assert f"{URL}-moi" in text_of(desk.an.get(address).text)
    desk.send(admin, f"/relay-sources/{room.source_id}/retirement")
    again = desk.send(desk.an, f"{address}/rendition")
    assert again.status_code == 422
    assert "phải lập lại" in text_of(desk.an.get("/relays").text)


def test_a_bulletins_address_leads_to_its_relay(desk: Desk) -> None:
    """Lists of what waits or was broadcast know only bulletins."""
    address = desk.plan().headers["location"]

    assert desk.an.get(f"/bulletins/{id_in(address)}").headers["location"] == address
    assert desk.an.get("/relays/bul-none").status_code == 404
    assert "Tiếp sóng" not in text_of(desk.an.get("/bulletins").text)


def test_programs_plan_queue_and_decide_as_people_do(desk: Desk, room: RelayRoom) -> None:
    """The same acts, the same rights, the same refusals."""
    news = room.newsroom
    fallback = news.bulletin()

    def program(name: str, role: Role) -> TestClient:
        token = news.small.session_of(name, role)
        return TestClient(desk.app, headers={"Authorization": f"Bearer {token}"})

    an, binh = program("api-an", Role.OPERATOR), program("api-binh", Role.LEADER)
    wish = {"source_id": room.source_id, "duration_ms": 1_200_000,
            "fallback_bulletin_id": fallback}  # fmt: skip
    relay = an.post("/api/relays", json=wish).json()["bulletin"]
    assert relay["rendition"]["relay"]["fallback_bulletin_id"] == fallback
    assert (relay["rendition"]["relay"]["url"], relay["rendition"]["duration_ms"]) == (
        URL, 1_200_000,
    )  # fmt: skip
    queued = an.post(
        "/api/schedules",
        json={"bulletin_id": relay["id"], "cluster_ids": ["cl-1"],
              "starts_local": "2026-11-23T17:00", "recurrence": "FREQ=DAILY"},
    )  # fmt: skip
    assert queued.status_code == 201
    rendition = binh.get(f"/api/relays/{relay['id']}").json()["bulletin"]["rendition"]
    named = {"rendition_id": rendition["id"], "approved": True} | {
        name: rendition[name] for name in ("spoken_sha256", "audio_sha256")
    }
    decided = binh.post(f"/api/bulletins/{relay['id']}/decisions", json=named)
    assert decided.status_code == 201, decided.text
    (listed,) = an.get("/api/relays").json()["relays"]
    assert (listed["state"], listed["holds"], listed["source"]) == ("approved", True, "VOV1")
    news.plan()
    room.sign()
    days = an.get("/api/broadcasts", params={"day": "2026-11-23"}).json()["broadcasts"]
    assert [each["is_relay"] for each in days] == [True]
    report = an.get(f"/api/broadcasts/{days[0]['id']}").json()
    assert (report["audio_url"], report["relay"]["fallback_title"]) == ("", "Lịch tiêm")
    assert report["coverage"]["relayed"] == 0

    too_long = an.put(f"/api/relays/{relay['id']}", json=wish | {"duration_ms": 86_400_000})
    assert (too_long.status_code, too_long.json()["field"]) == (422, "duration")
    changed = an.put(f"/api/relays/{relay['id']}", json=wish | {"duration_ms": 600_000})
    assert changed.json()["bulletin"]["state"] == "rendered"
    assert an.post(f"/api/relays/{relay['id']}/rendition").json()["holds"] is True
    assert an.get("/api/relays/bul-none").status_code == 404
