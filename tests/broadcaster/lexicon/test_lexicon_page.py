"""The page and the API of the commune's own words, and what they leave untouched."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.lexicon.entries import StationLexicon
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient

WORD = {"written": "XQZ", "spoken": "xuân quý", "note": "hợp tác xã"}


@pytest.fixture
def app(sqlite_station: SmallStation, tmp_path: Path) -> FastAPI:
    """The product's own app, its studio reading with the station's words."""
    studio = Studio(
        voices=OneVoice(ToneEngine()),
        store=AudioStore(tmp_path / "audio"),
        lexicon=StationLexicon(sqlite_station.database),
    )
    return create_app(sqlite_station.context, studio=studio)


@pytest.fixture
def an(sqlite_station: SmallStation, app: FastAPI) -> TestClient:
    """An operator's browser."""
    return browser(app, token=sqlite_station.session_of("an", Role.OPERATOR))


def send(client: TestClient, path: str, fields: Mapping[str, str]) -> tuple[int, str, str]:
    """Send a form; status, where it leads, and the page."""
    token = form_token(client.get("/sign-in").text)
    answer = client.post(path, data={"csrf_token": token, **fields})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_a_word_is_added_shown_and_taken_out(an: TestClient) -> None:
    """With the name of whoever added it."""
    status, location, _ = send(an, "/lexicon", WORD)
    assert status == 303

    page = an.get(location).text
    assert "Đã lưu: “XQZ” đọc là “xuân quý”." in page
    assert "hợp tác xã" in page
    assert "An, " in page
    retirement = re.search(r'action="(/lexicon/lex-\w+/retirement)"', page)
    assert retirement

    assert send(an, retirement[1], {})[0] == 303
    assert "Xã chưa có cách đọc riêng nào" in an.get("/lexicon").text
    assert send(an, retirement[1], {})[0] == 404


def test_a_trial_keeps_nothing_and_shows_today_beside_then(an: TestClient) -> None:
    """In the sentence of the bulletin that the doubt came from."""
    status, _, page = send(an, "/lexicon/trial", {**WORD, "sample": "Sáng mai, ban XQZ họp."})

    assert status == 200
    assert "Sáng mai, ban ích quy dét họp." in page
    assert "<strong>Sáng mai, ban xuân quý họp.</strong>" in page
    assert 'value="xuân quý"' in page
    assert "Xã chưa có cách đọc riêng nào" in page


def test_what_is_refused_comes_back_with_what_was_typed(an: TestClient) -> None:
    """At its field, in the list of mistakes, and in English for who reads English."""
    for path in ("/lexicon", "/lexicon/trial"):
        status, _, page = send(an, path, {**WORD, "spoken": "xuân 5"})
        assert status == 422
        assert 'href="#spoken"' in page
        assert 'value="xuân 5"' in page
        assert "không còn chữ số" in page

    an.cookies.set("loa_language", "en")
    assert "without digits or signs" in send(an, "/lexicon", {**WORD, "spoken": "5"})[2]


def test_a_link_from_a_bulletin_fills_the_form_in(an: TestClient) -> None:
    """As text: whatever stands in the address stays in its field."""
    page = an.get("/lexicon", params={"written": 'X"><b>', "sample": "Ban X họp."}).text

    assert 'value="X&#34;&gt;&lt;b&gt;"' in page
    assert 'value="Ban X họp."' in page


def test_the_page_says_that_sound_does_not_change_by_itself_and_it_does_not(
    an: TestClient,
) -> None:
    """A bulletin keeps its words until somebody renders it again; then they are the new ones."""
    script = {"title": "Họp", "script": "Sáng mai, ban XQZ họp tại nhà văn hóa thôn Một."}
    bulletin = send(an, "/bulletins", script)[1]
    sound = re.search(r"/audio/\w+", an.get(bulletin).text)

    send(an, "/lexicon", WORD)

    assert "Âm thanh đã tạo không tự đổi" in an.get("/lexicon").text
    before = an.get(bulletin).text
    assert sound
    assert sound[0] in before
    assert "ban ích quy dét họp" in _words(before)

    assert send(an, f"{bulletin}/rendition", {})[0] == 303
    assert "ban xuân quý họp" in _words(an.get(bulletin).text)
    assert sound[0] not in an.get(bulletin).text


def _words(page: str) -> str:
    """What a person reads of a page, marks and links left out."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


@pytest.mark.parametrize(
    ("role", "passes"), [(role, role not in {Role.VILLAGE_HEAD, Role.INSPECTOR}) for role in Role]
)
def test_operators_leaders_and_admins_edit_words(
    sqlite_station: SmallStation, app: FastAPI, role: Role, passes: bool
) -> None:
    """Village heads see their village only, and inspectors change nothing."""
    client = browser(app, token=sqlite_station.session_of("x", role))

    assert (send(client, "/lexicon", WORD)[0] == 303) == passes
    assert (client.get("/lexicon").status_code == 200) == (role is not Role.VILLAGE_HEAD)


def test_programs_do_the_same(sqlite_station: SmallStation, app: FastAPI) -> None:
    """Add, try, list, retire; refusals in the common form."""
    client = TestClient(app)
    token = sqlite_station.session_of("an", Role.LEADER)
    client.headers["Authorization"] = f"Bearer {token}"

    tried = client.post("/api/lexicon/trial", json={**WORD, "sample": "Ban XQZ."}).json()
    assert tried == {"sample": "Ban XQZ.", "today": "Ban ích quy dét.", "then": "Ban xuân quý."}
    assert client.get("/api/lexicon").json() == {"words": []}

    added = client.post("/api/lexicon", json=WORD)
    assert added.status_code == 201
    assert client.get("/api/lexicon").json() == {"words": [added.json()]}

    retired = client.delete(f"/api/lexicon/{added.json()['id']}")
    assert retired.json()["retired_at_ms"] is not None
    assert client.delete(f"/api/lexicon/{added.json()['id']}").json()["code"] == (
        "unknown_lexicon_entry"
    )

    refused = client.post("/api/lexicon", json={**WORD, "spoken": "5"})
    assert (refused.status_code, refused.json()["code"]) == (422, "lexicon_spoken_unusable")
