"""The pages of bulletins, as an operator and a leader use them, without JavaScript."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from fastapi import FastAPI, Request
from sqlmodel import Session, select

from broadcaster.accounts.guard import declared_rights
from broadcaster.accounts.roles import Role
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import api, audio, pages
from broadcaster.bulletins.desk import approved_rendition
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin
from playlists.audio.audio_store import AudioStore
from playlists.speech.engine import Pcm, VoiceSettings
from playlists.speech.errors import VoiceCrashed
from playlists.speech.one_voice import OneVoice
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient

SCRIPT = "Sáng mai, ngày 24/11, trạm y tế xã tiêm vắc xin cho trẻ em."
UNREADABLE = "Sang mai tram y te xa tiem vac xin cho tre em. Ba con den dung gio de duoc tiem. " * 8
ROUTERS = (pages.router, api.api, audio.router)


class Newsroom:
    """An app with a studio, An who writes and Binh who approves, both signed in."""

    def __init__(self, station: SmallStation, studio: Studio) -> None:
        self.station = station
        self.app: FastAPI = station.app(*ROUTERS)
        self.app.state.studio = studio
        self.an = self._enter("an", Role.OPERATOR)
        self.binh = self._enter("binh", Role.LEADER)

    def _enter(self, username: str, *roles: Role) -> TestClient:
        return browser(self.app, token=self.station.session_of(username, *roles))

    def send(self, client: TestClient, path: str, **fields: str) -> "Answer":
        """Fill in a form and send it, with the token of the person's own page."""
        token = form_token(client.get("/sign-in").text)
        answer = client.post(path, data={"csrf_token": token, **fields})
        return Answer(answer.status_code, answer.headers.get("location", ""), answer.text)

    def write(self, script: str = SCRIPT, **fields: str) -> "Answer":
        """An writes a bulletin."""
        return self.send(self.an, "/bulletins", **{"title": "Lịch tiêm", "script": script} | fields)

    def written(self, script: str = SCRIPT) -> str:
        """The address of a bulletin that An wrote and heard."""
        answer = self.write(script)
        assert answer.status == 303, answer.text
        return answer.location

    def decide(self, address: str, **fields: str) -> "Answer":
        """Binh decides on what the page shows."""
        page = self.binh.get(address).text
        shown = dict(re.findall(r'name="(rendition_id|\w+_sha256)" value="([^"]+)"', page))
        return self.send(self.binh, f"{address}/decision", **shown | fields)

    def on_air(self, address: str) -> bool:
        """Whether the bulletin may be broadcast."""
        with self.station.database.reading() as session:
            return approved_rendition(session, address.rsplit("/", 1)[1]) is not None


class Answer:
    """What a form was answered with."""

    def __init__(self, status: int, location: str, text: str) -> None:
        self.status, self.location, self.text = status, location, text


class BrokenVoice:
    """A voice that crashes whenever it is asked."""

    name, version = "broken", "1"

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:  # noqa: ARG002
        """Crash."""
        raise VoiceCrashed


@pytest.fixture
def newsroom(sqlite_station: SmallStation, studio: Studio) -> Iterator[Newsroom]:
    """A newsroom whose voice is tones."""
    return Newsroom(sqlite_station, studio)


def test_a_written_bulletin_is_shown_read_and_heard(newsroom: Newsroom) -> None:
    """The exact spoken words, the player with its sound, and how long it is."""
    address = newsroom.written()

    page = newsroom.an.get(address).text

    assert ">hai mươi tư tháng mười một</a>" in page
    assert re.search(r"Thời lượng</dt><dd[^>]*>\d+ giây", page)
    player = re.search(r'<audio controls preload="metadata" src="(/audio/[0-9a-f]{64}\.mp3)"', page)
    assert player
    assert newsroom.an.get(player[1]).headers["content-type"] == "audio/mpeg"


def test_a_draft_is_kept_by_the_stations_clock(newsroom: Newsroom) -> None:
    """The form tells its script the station's zone: a browser may stand in another one."""
    page = newsroom.an.get("/bulletins/new").text

    assert re.search(r'<form id="editor"[^>]* data-zone="Asia/Ho_Chi_Minh"', page)


def test_what_is_wanted_soonest_is_decided_first(newsroom: Newsroom) -> None:
    """When and where stand beside each; what nobody wants at any time comes after."""
    first, second = newsroom.written(), newsroom.written()
    for address in (first, second):
        newsroom.send(newsroom.an, f"{address}/submission")

    def wishes(_session: object, ids: Sequence[str], *_when: object) -> dict[str, SimpleNamespace]:
        at = newsroom.station.clock() + timedelta(hours=5)
        wanted = SimpleNamespace(at=at, clusters=["Cụm Đông"])
        return {id_: wanted for id_ in ids if second.endswith(id_)}

    newsroom.app.state.wanted_places = wishes
    page = newsroom.binh.get("/approvals").text

    assert page.index(f'href="{second}"') < page.index(f'href="{first}"')
    assert len(re.findall(r"<dt>Cần phát</dt><dd><strong><time[^>]*>17:00.*Cụm Đông", page)) == 1


def test_the_whole_way_to_approval(newsroom: Newsroom) -> None:
    """Written, submitted, found among what waits, approved by the leader."""
    address = newsroom.written()
    assert "chưa gửi duyệt" in newsroom.an.get(address).text
    assert newsroom.send(newsroom.an, f"{address}/submission").status == 303

    waiting = newsroom.binh.get("/approvals").text
    assert f'href="{address}"' in waiting
    assert newsroom.decide(address, decision="approve").status == 303

    assert newsroom.on_air(address)
    assert "đã duyệt" in newsroom.an.get(address).text
    assert "Không có bản tin nào chờ duyệt" in newsroom.binh.get("/approvals").text


def test_editing_an_approved_bulletin_says_that_the_approval_is_void(newsroom: Newsroom) -> None:
    """Before the edit as a warning, afterwards as a fact."""
    address = newsroom.written()
    newsroom.send(newsroom.an, f"{address}/submission")
    newsroom.decide(address, decision="approve")
    assert "Nếu sửa, lần duyệt này hết hiệu lực" in newsroom.an.get(address).text

    newsroom.send(newsroom.an, address, title="Lịch tiêm", script="Hoãn tiêm.", priority="3")

    assert not newsroom.on_air(address)
    assert "Lần duyệt trước đã hết hiệu lực" in newsroom.an.get(address).text
    assert "bản cũ" in newsroom.an.get(address).text


def test_a_returned_bulletin_shows_why_to_its_author(newsroom: Newsroom) -> None:
    """A return without a word is refused; nothing that was typed is lost."""
    address = newsroom.written()
    newsroom.send(newsroom.an, f"{address}/submission")

    silent = newsroom.decide(address, decision="return")
    assert (silent.status, "Hãy ghi lý do trả lại" in silent.text) == (422, True)

    newsroom.decide(address, decision="return", comment="Thiếu giờ <b>tiêm</b>.")
    page = newsroom.an.get(address).text
    assert "Thiếu giờ &lt;b&gt;tiêm&lt;/b&gt;." in page
    assert "Chỉ gửi duyệt" in page


def test_an_unreadable_script_is_refused_with_its_reason_and_kept(newsroom: Newsroom) -> None:
    """The reason stands at the script, today and whenever the draft is opened."""
    answer = newsroom.write(UNREADABLE)

    assert answer.status == 422
    assert "mất dấu tiếng Việt" in answer.text
    assert UNREADABLE.strip()[:60] in answer.text
    with newsroom.station.database.reading() as session:
        draft = session.exec(select(Bulletin)).one()
    assert draft.script == UNREADABLE
    assert "mất dấu tiếng Việt" in newsroom.an.get(f"/bulletins/{draft.id}").text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"script": " \n"}, "chưa có chữ nào"),
        ({"script": "Xã ta. " * 30_000}, "quá giới hạn 30.000"),
        ({"title": ""}, "Tiêu đề cần từ 1 đến 200"),
        ({"title": "a" * 201}, "Tiêu đề cần từ 1 đến 200"),
        ({"topic": "a" * 101}, "Chủ đề dài quá"),
        ({"priority": "1"}, "trang Khẩn cấp riêng"),
        ({"priority": "²"}, "2 (ưu tiên) hoặc 3"),
        ({"script": "Xã\0ta"}, "ký tự hỏng"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_a_sentence(
    newsroom: Newsroom, fields: dict[str, str], told: str
) -> None:
    """At its field, with all that was typed; nothing is stored, and saving later works."""
    answer = newsroom.write(**{"script": SCRIPT, "topic": "y tế"} | fields)

    assert (answer.status, told in answer.text) == (422, True)
    kept = fields.get("script", SCRIPT).strip().replace("\0", "")[:50]
    assert kept in answer.text.replace("\0", "")
    with newsroom.station.database.reading() as session:
        assert session.exec(select(Bulletin)).all() == []


def test_a_script_of_megabytes_is_refused_while_it_comes(newsroom: Newsroom) -> None:
    """413, in a sentence."""
    answer = newsroom.write("Xã ta. " * 100_000)

    assert (answer.status, "quá lớn" in answer.text) == (413, True)


def test_a_voice_that_fails_loses_nothing(sqlite_station: SmallStation, tmp_path: Path) -> None:
    """The page says what happened and offers to try again; the words are saved."""
    broken = Studio(voices=OneVoice(BrokenVoice()), store=AudioStore(tmp_path / "audio"))
    newsroom = Newsroom(sqlite_station, broken)

    answer = newsroom.write()

    assert answer.status == 503
    assert VoiceCrashed.message_vi in answer.text.replace("&#39;", "'")
    with sqlite_station.database.reading() as session:
        draft = session.exec(select(Bulletin)).one()
    assert draft.script == SCRIPT
    assert "Lưu và tạo giọng đọc" in newsroom.an.get(f"/bulletins/{draft.id}").text


def test_saving_again_makes_the_sound_that_is_missing(
    sqlite_station: SmallStation, studio: Studio, tmp_path: Path
) -> None:
    """Once the voice is back, the unchanged form suffices."""
    newsroom = Newsroom(
        sqlite_station, Studio(voices=OneVoice(BrokenVoice()), store=AudioStore(tmp_path / "audio"))
    )
    newsroom.write()
    newsroom.app.state.studio = studio
    with sqlite_station.database.reading() as session:
        address = f"/bulletins/{session.exec(select(Bulletin)).one().id}"

    again = newsroom.send(newsroom.an, address, title="Lịch tiêm", script=SCRIPT, priority="3")

    assert again.status == 303
    assert "<audio" in newsroom.an.get(address).text


def test_a_warning_is_marked_in_its_place_and_must_be_accepted(newsroom: Newsroom) -> None:
    """Place and suggestion lead to each other; approving over it is said in so many words."""
    address = newsroom.written("Sáng mai, ban XQZ họp tại nhà văn hóa thôn Một.")
    page = newsroom.an.get(address).text
    marked = re.search(r'<mark id="place-1"><a id="w1" href="#s1">XQZ</a>(.*?)</mark>', page)
    assert marked
    assert 'href="#warning-1"' in marked[1]
    assert 'id="warning-1"' in page
    newsroom.send(newsroom.an, f"{address}/submission")

    unsaid = newsroom.decide(address, decision="approve")
    assert (unsaid.status, newsroom.on_air(address)) == (422, False)

    assert newsroom.decide(address, decision="approve", over_warnings="yes").status == 303
    assert newsroom.on_air(address)


def test_print_that_is_not_read_is_named_and_asks_nothing_of_the_leader(
    newsroom: Newsroom,
) -> None:
    """A letterhead pasted along is left out, said so, and approved without a word more."""
    head = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n"
    address = newsroom.written(head + SCRIPT)
    newsroom.send(newsroom.an, f"{address}/submission")

    page = newsroom.binh.get(address).text
    assert "1 phần không đọc" in page
    assert "Độc lập - Tự do - Hạnh phúc</li>" in page
    assert "chưa chắc cách đọc" not in page
    assert "chưa chắc cách đọc" not in newsroom.binh.get("/approvals").text

    assert newsroom.decide(address, decision="approve").status == 303
    assert newsroom.on_air(address)


def test_a_doubt_leads_to_the_commune_s_own_lexicon(newsroom: Newsroom) -> None:
    """With the word and its sentence filled in; not where no entry could end the doubt."""
    address = newsroom.written("Mời bà con. Sáng mai, ban XQZ họp & ăn @ nhà văn hóa. Xin hết.")

    page = newsroom.an.get(address).text

    links = re.findall(r'href="/lexicon\?([^"#]+)', page)
    assert [parse_qs(unescape(link)) for link in links] == [
        {"written": ["XQZ"], "sample": ["Sáng mai, ban XQZ họp & ăn @ nhà văn hóa."]}
    ]


def test_a_decision_on_what_was_edited_meanwhile_is_not_taken(newsroom: Newsroom) -> None:
    """The leader is told to read the new one."""
    address = newsroom.written()
    newsroom.send(newsroom.an, f"{address}/submission")
    page = newsroom.binh.get(address).text
    shown = dict(re.findall(r'name="(rendition_id|\w+_sha256)" value="([^"]+)"', page))
    newsroom.send(newsroom.an, address, title="Lịch tiêm", script="Hoãn.", priority="3")

    late = newsroom.send(newsroom.binh, f"{address}/decision", decision="approve", **shown)

    assert (late.status, "đã thay đổi sau khi bạn mở trang" in late.text) == (409, True)
    assert not newsroom.on_air(address)


def test_who_wrote_and_leads_is_sent_to_another_leader(newsroom: Newsroom) -> None:
    """One person with both roles sees why there is no button, and the act itself is refused."""
    both = newsroom._enter("chi", Role.OPERATOR, Role.LEADER)
    sent = {"title": "Lịch tiêm", "script": SCRIPT, "priority": "3"}
    address = newsroom.send(both, "/bulletins", **sent).location
    newsroom.send(both, f"{address}/submission")
    assert "Hãy nhờ một lãnh đạo khác" in both.get(address).text
    page = newsroom.binh.get(address).text
    shown = dict(re.findall(r'name="(rendition_id|\w+_sha256)" value="([^"]+)"', page))

    own = newsroom.send(both, f"{address}/decision", decision="approve", **shown)

    assert (own.status, newsroom.on_air(address)) == (403, False)


def test_rights_hold_on_the_pages(newsroom: Newsroom) -> None:
    """A leader writes nothing, an operator decides nothing, and neither sees the other's form."""
    address = newsroom.written()
    newsroom.send(newsroom.an, f"{address}/submission")

    assert newsroom.binh.get("/bulletins/new").status_code == 403
    assert newsroom.send(newsroom.binh, address, title="x", script="y").status == 403
    assert newsroom.send(newsroom.an, f"{address}/decision", decision="approve").status == 403
    assert newsroom.an.get("/approvals").status_code == 403
    assert "Sửa bản tin" not in newsroom.binh.get(address).text
    assert "/decision" not in newsroom.an.get(address).text


def test_an_unknown_bulletin_is_a_page_that_says_so(newsroom: Newsroom) -> None:
    """Whatever is asked of it."""
    assert newsroom.an.get("/bulletins/bul-none").status_code == 404
    assert newsroom.an.get("/bulletins/%00").status_code == 404
    assert newsroom.send(newsroom.an, "/bulletins/bul-none/submission").status == 404


def test_a_script_is_shown_as_text(newsroom: Newsroom) -> None:
    """Whatever it holds, it runs nowhere."""
    address = newsroom.written("Xin chào bà con <script>alert(1)</script> xã Thượng thân mến.")

    assert "<script>alert" not in newsroom.an.get(address).text
    assert "<script>alert" not in newsroom.an.get("/bulletins").text


def test_the_list_says_where_each_stands(newsroom: Newsroom) -> None:
    """An empty one says how it fills."""
    assert "Chưa có bản tin nào" in newsroom.an.get("/bulletins").text
    address = newsroom.written()

    page = newsroom.binh.get("/bulletins").text

    assert f'href="{address}"' in page
    assert "chưa gửi duyệt" in page


def test_other_capabilities_add_panels(newsroom: Newsroom) -> None:
    """A panel is told who looks at which bulletin; what it returns stands on the page as it is."""

    def panel(request: Request, session: Session, bulletin: Bulletin, viewer: Viewer) -> str:
        assert session.is_active
        return f'<section id="queue">{bulletin.title}/{viewer.username}{request.url.path}</section>'

    newsroom.app.state.bulletin_panels = [panel]
    address = newsroom.written()

    expected = f'<section id="queue">Lịch tiêm/an{address}</section>'
    assert expected in newsroom.an.get(address).text


def test_every_route_of_bulletins_declares_its_right(newsroom: Newsroom) -> None:
    """Pages, API and audio."""
    rights = declared_rights(newsroom.app)

    assert [route for route, asked in rights.items() if not asked] == []
    assert rights["POST /bulletins/{bulletin_id}/decision"] == {"approve_bulletins"}
    assert rights["HEAD /audio/{sha256}.mp3"] == {"public"}
