"""Live talks by program: the same rules as on the page, each refusal by its code."""

from datetime import timedelta

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.live import api
from tests.broadcaster.live.studio import LiveStudio
from tests.clients import TestClient

TALK = {"title": "Mời họp", "cluster_ids": ["cl-1"], "minutes": 5}


class Program:
    """What acts for one person."""

    def __init__(self, studio: LiveStudio, username: str, *roles: Role) -> None:
        small = studio.room.small
        token = small.session_of(username, *roles)
        self._client = TestClient(small.app(api.api), headers={"Authorization": f"Bearer {token}"})

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        """The status and the answer."""
        answer = self._client.request(method, f"/api{path}", json=body)
        return answer.status_code, answer.json()


@pytest.fixture
def an(studio: LiveStudio) -> Program:
    """An operator's program."""
    return Program(studio, "an", Role.OPERATOR)


@pytest.fixture
def binh(studio: LiveStudio) -> Program:
    """A leader's program."""
    return Program(studio, "binh", Role.LEADER)


def permitted(binh: Program, name: str = "An") -> str:
    """The leader lets somebody speak; the permit's id."""
    _, standing = binh.ask("GET", "/live-permits")
    account = next(each for each in standing["candidates"] if each["name"] == name)  # type: ignore[attr-defined]
    status, answer = binh.ask(
        "POST", "/live-permits", {"account_id": account["account_id"], "days": 7}
    )
    assert status == 201, answer
    return str(answer["permits"][-1]["id"])  # type: ignore[index]


def test_a_microphone_is_asked_for_seen_and_stopped(
    studio: LiveStudio, an: Program, binh: Program
) -> None:
    """Asked for it is not on air; begun it is what runs; stopped by another it is over."""
    permitted(binh)
    status, asked = an.ask("POST", "/live", TALK)
    assert (status, asked["state"], asked["cluster_ids"]) == (201, "asked", ["cl-1"])
    assert an.ask("GET", "/live")[1]["running"] is None

    talk_id = str(asked["id"])
    studio.begin(talk_id)
    studio.sign()
    studio.later(timedelta(seconds=5))
    _, seen = binh.ask("GET", "/live")
    assert (seen["running"]["id"], seen["running"]["state"]) == (talk_id, "on_air")  # type: ignore[index]

    assert binh.ask("POST", f"/live/{talk_id}/stop")[0] == 200
    assert not studio.may_go_on(talk_id)
    assert an.ask("GET", f"/live/{talk_id}")[1]["speaker"] == "An"


def test_nobody_speaks_by_program_without_a_leaders_word(an: Program, binh: Program) -> None:
    """Nor after it was taken back, nor by giving it to oneself."""
    assert an.ask("POST", "/live", TALK)[1]["code"] == "no_live_permit"
    assert an.ask("POST", "/live-permits", {"account_id": "acc-an", "days": 1})[0] == 403

    permit_id = permitted(binh)
    assert an.ask("GET", "/live")[1]["may_speak"] is True
    status, left = binh.ask("DELETE", f"/live-permits/{permit_id}")
    assert (status, left["permits"]) == (200, [])
    assert an.ask("POST", "/live", TALK)[1]["code"] == "no_live_permit"
    assert an.ask("GET", "/live-permits")[1]["candidates"] == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "talk_title_unusable"),
        ({"cluster_ids": []}, "no_cluster_chosen"),
        ({"cluster_ids": ["cl-9"]}, "no_cluster_chosen"),
        ({"minutes": 7}, "talk_length_unusable"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_its_code(
    an: Program, binh: Program, changed: dict[str, object], code: str
) -> None:
    """As on the page, each at its field."""
    permitted(binh)

    status, refused = an.ask("POST", "/live", TALK | changed)

    assert (status, refused["code"]) == (422, code)


def test_a_talk_that_is_not_there_is_404(an: Program) -> None:
    """Whatever is asked of it."""
    assert an.ask("GET", "/live/talk-none")[0] == 404
    assert an.ask("POST", "/live/talk-none/stop")[0] == 404
