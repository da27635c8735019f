"""The API of bulletins: the whole way, and every refusal in the documented form."""

from typing import Any

import pytest
from fastapi import FastAPI

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import api, audio, pages
from broadcaster.bulletins.studio import Studio
from tests.broadcaster.small_station import SmallStation
from tests.clients import TestClient

SCRIPT = "Sáng mai, ngày 24/11, trạm y tế xã tiêm vắc xin cho trẻ em."
UNREADABLE = "Sang mai tram y te xa tiem vac xin cho tre em. Ba con den dung gio de duoc tiem. " * 8


class Client:
    """A program that acts for one person."""

    def __init__(self, app: FastAPI, token: str) -> None:
        self._client = TestClient(app, headers={"Authorization": f"Bearer {token}"})

    def ask(self, method: str, path: str = "", body: object = None) -> tuple[int, dict[str, Any]]:
        """The status and the answer."""
        answer = self._client.request(method, f"/api/bulletins{path}", json=body)
        return answer.status_code, answer.json()

    def done(self, method: str, path: str = "", body: object = None) -> dict[str, Any]:
        """The answer to what must succeed."""
        status, answer = self.ask(method, path, body)
        assert status in (200, 201), answer
        return answer


@pytest.fixture
def app(sqlite_station: SmallStation, studio: Studio) -> FastAPI:
    """The bulletins' routes with a studio."""
    app = sqlite_station.app(pages.router, api.api, audio.router)
    app.state.studio = studio
    return app


@pytest.fixture
def an(sqlite_station: SmallStation, app: FastAPI) -> Client:
    """An operator's program."""
    return Client(app, sqlite_station.session_of("an", Role.OPERATOR))


@pytest.fixture
def binh(sqlite_station: SmallStation, app: FastAPI) -> Client:
    """A leader's program."""
    return Client(app, sqlite_station.session_of("binh", Role.LEADER))


def decision(bulletin: dict[str, Any], **given: object) -> dict[str, object]:
    """A decision on the rendition that a bulletin shows."""
    shown = bulletin["rendition"]
    return {
        "rendition_id": shown["id"],
        "spoken_sha256": shown["spoken_sha256"],
        "audio_sha256": shown["audio_sha256"],
        "approved": True,
    } | given


def test_the_whole_way_by_program(an: Client, binh: Client) -> None:
    """Each act answers with the bulletin as it then stands."""
    draft = an.done("POST", body={"title": "Lịch tiêm", "script": SCRIPT, "topic": "y tế"})
    assert (draft["state"], draft["rendition"], draft["priority"]) == ("draft", None, 3)

    rendered = an.done("POST", f"/{draft['id']}/rendition")
    sound = rendered["rendition"]
    assert rendered["state"] == "rendered"
    assert "ngày hai mươi tư tháng mười một" in sound["spoken"]
    assert "".join(span["written"] for span in sound["reading"]) == SCRIPT
    assert sound["audio_url"] == f"/audio/{sound['audio_sha256']}.mp3"
    assert sound["duration_ms"] > 1_000

    assert an.done("POST", f"/{draft['id']}/submission")["state"] == "submitted"
    approved = binh.done("POST", f"/{draft['id']}/decisions", decision(rendered))
    assert (approved["state"], approved["decisions"][0]["approver"]) == ("approved", "Binh")

    body = {"title": "Lịch tiêm", "script": "Hoãn tiêm.", "topic": "y tế", "priority": 2}
    edited = an.done("PUT", f"/{draft['id']}", body)
    assert (edited["state"], edited["decisions"][0]["present"]) == ("draft", False)
    assert binh.done("GET", f"/{draft['id']}") == edited


def test_the_list_is_of_lines_and_may_be_narrowed(an: Client) -> None:
    """Without scripts, last edited first."""
    one = an.done("POST", body={"title": "Một", "script": SCRIPT})["id"]
    two = an.done("POST", body={"title": "Hai", "script": SCRIPT})["id"]
    an.done("POST", f"/{one}/rendition")

    lines = an.done("GET")["bulletins"]
    rendered = an.done("GET", "?state=rendered")["bulletins"]

    assert {line["id"] for line in lines} == {one, two}
    assert "script" not in lines[0]
    assert [(line["id"], line["duration_ms"] > 0) for line in rendered] == [(one, True)]
    assert an.ask("GET", "?state=lost")[0] == 422


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"title": "a", "script": ""}, 422, "script_empty"),
        ({"title": "a", "script": "…"}, 422, "script_empty"),
        ({"title": "a", "script": UNREADABLE}, 422, "script_unreadable"),
        ({"title": "a", "script": "Xã ta. " * 30_000}, 422, "script_too_long"),
        ({"title": "a", "script": "Xã ta. " * 200_000}, 413, "too_large"),
        ({"title": " ", "script": SCRIPT}, 422, "title_unusable"),
        ({"title": "a", "script": SCRIPT, "priority": 1}, 422, "emergency_not_here"),
        ({"title": "a", "script": SCRIPT, "priority": 10**30}, 422, "priority_unusable"),
        ({"title": "a\0", "script": SCRIPT}, 422, "text_unusable"),
        ({"title": "a", "script": SCRIPT, "more": 1}, 422, "bad_input"),
        ({"title": "a"}, 422, "bad_input"),
        ("not an object", 422, "bad_input"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_keeps_nothing(
    an: Client, body: object, status: int, code: str
) -> None:
    """A code for programs, Vietnamese and English for people."""
    answered, problem = an.ask("POST", body=body)

    assert (answered, problem["code"]) == (status, code)
    assert problem["message"].endswith(".")
    assert problem["message_en"].endswith(".")
    assert an.done("GET") == {"bulletins": []}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"\\ud800": 1, "title": "a", "script": "b"}',
        b'{"title": "\\ud800", "script": "Xin ch\\u00e0o"}',
        b'{"title": "a", "script": NaN}',
        b'{"title": "a", "script": "b", "priority": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_no_bulletin_is_a_documented_refusal(
    sqlite_station: SmallStation, app: FastAPI, body: bytes
) -> None:
    """However broken, it is never a fault of ours."""
    held = {"Authorization": f"Bearer {sqlite_station.session_of('an', Role.OPERATOR)}"}
    as_json = {**held, "Content-Type": "application/json"}

    answer = TestClient(app).post("/api/bulletins", content=body, headers=as_json)

    documented = app.openapi()["paths"]["/api/bulletins"]["post"]["responses"]
    assert str(answer.status_code) in set(documented) - {"201"}
    assert answer.json()["message"].endswith(".")


def test_acts_out_of_place_are_conflicts(an: Client, binh: Client) -> None:
    """409 with a code, and the bulletin as it was."""
    draft = an.done("POST", body={"title": "Lịch tiêm", "script": SCRIPT})
    assert an.ask("POST", f"/{draft['id']}/submission")[1]["code"] == "act_out_of_place"
    rendered = an.done("POST", f"/{draft['id']}/rendition")

    early = binh.ask("POST", f"/{draft['id']}/decisions", decision(rendered))
    other = binh.ask("POST", f"/{draft['id']}/decisions", decision(rendered, audio_sha256="0" * 64))

    assert (early[0], early[1]["code"]) == (409, "act_out_of_place")
    assert (other[0], other[1]["code"]) == (409, "rendition_changed")
    assert an.done("GET", f"/{draft['id']}") == rendered


def test_something_is_said_while_it_waits(an: Client, binh: Client) -> None:
    """It goes on waiting; an empty word, and a word about what does not wait, are refused."""
    draft = an.done("POST", body={"title": "Lịch tiêm", "script": SCRIPT})
    rendered = an.done("POST", f"/{draft['id']}/rendition")
    early, _ = binh.ask("POST", f"/{draft['id']}/comments", {"comment": "Ngày nào?"})
    an.done("POST", f"/{draft['id']}/submission")
    empty, told = binh.ask("POST", f"/{draft['id']}/comments", {"comment": " "})

    said = binh.done("POST", f"/{draft['id']}/comments", {"comment": "Ngày nào?"})

    assert (early, empty, told["code"]) == (409, 422, "nothing_said")
    assert (said["state"], said["rendition"]["id"]) == ("submitted", rendered["rendition"]["id"])
    (comment,) = said["comments"]
    assert (comment["by"], comment["comment"], comment["present"]) == ("Binh", "Ngày nào?", True)


def test_rights_are_those_of_the_pages(an: Client, binh: Client, app: FastAPI) -> None:
    """Nobody in particular may read nothing."""
    draft = an.done("POST", body={"title": "Lịch tiêm", "script": SCRIPT})
    rendered = an.done("POST", f"/{draft['id']}/rendition")

    assert binh.ask("POST", body={"title": "a", "script": SCRIPT})[0] == 403
    assert an.ask("POST", f"/{draft['id']}/decisions", decision(rendered))[0] == 403
    assert Client(app, "guessed").ask("GET")[1]["code"] == "session_gone"


def test_an_unknown_bulletin_is_404_whatever_is_asked(an: Client) -> None:
    """Reading, changing, rendering, submitting."""
    body = {"title": "a", "script": SCRIPT}
    asked = [("GET", "/x", None), ("PUT", "/x", body), ("POST", "/x/rendition", None)]

    for method, path, given in [*asked, ("POST", "/%00/submission", None)]:
        status, problem = an.ask(method, path, given)
        assert (status, problem["code"]) == (404, "unknown_bulletin")


def test_every_route_documents_its_refusals(app: FastAPI) -> None:
    """OpenAPI names the problem's shape for each 4xx, and limits for each text."""
    document = app.openapi()

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            refusals = {status for status in operation["responses"] if status >= "400"}
            assert refusals, (method, path)
            for status in refusals - {"416"}:
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema["$ref"].endswith("/Problem"), (method, path, status)
    given = document["components"]["schemas"]["BulletinGiven"]["properties"]
    assert (given["title"]["maxLength"], given["script"]["maxLength"]) == (200, 30_000)
