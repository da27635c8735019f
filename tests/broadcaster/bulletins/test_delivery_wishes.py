"""How a bulletin is said beyond its words: wished on the page and by program, shown, and heard."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import api, audio, desk, pages
from broadcaster.bulletins.errors import IssueTimeUnusable
from broadcaster.bulletins.forms import BulletinForm, form_of, read_issue_time
from broadcaster.bulletins.sound import Take
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import Written
from broadcaster.database.columns import to_ms
from playlists.reading import read_aloud
from tests.broadcaster.bulletins.newsroom import made_sound, write
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SCRIPT = "Sáng mai, ngày 24/11, trạm y tế xã tiêm vắc xin cho trẻ em."
PREFACE = (
    "Bản tin sau đây được phát hành lúc mười sáu giờ ba mươi phút "
    "ngày hai mươi ba tháng mười một năm hai nghìn không trăm hai mươi sáu."
)


class Desk:
    """An writes, on the page and by program."""

    def __init__(self, station: SmallStation, studio: Studio) -> None:
        self.station = station
        self.app: FastAPI = station.app(pages.router, api.api, audio.router)
        self.app.state.studio = studio
        token = station.session_of("an", Role.OPERATOR)
        self.an = browser(self.app, token=token)
        self.program = TestClient(self.app)
        self.program.headers["Authorization"] = f"Bearer {token}"

    def send(self, path: str = "/bulletins", **fields: str) -> tuple[int, str, str]:
        """Fill in the editor and send it."""
        token = form_token(self.an.get("/sign-in").text)
        given = {"title": "Lịch tiêm", "script": SCRIPT, "csrf_token": token} | fields
        answer = self.an.post(path, data=given)
        return answer.status_code, answer.headers.get("location", ""), unescape(answer.text)

    def written(self, **fields: str) -> str:
        """The address of a bulletin with a sound."""
        status, address, page = self.send(**fields)
        assert status == 303, page
        return address

    def page(self, address: str) -> str:
        """What An sees."""
        return unescape(self.an.get(address).text)


@pytest.fixture
def newsdesk(sqlite_station: SmallStation, studio: Studio) -> Desk:
    """A desk whose voice is tones."""
    return Desk(sqlite_station, studio)


def test_wishes_are_kept_and_come_back_in_the_form(newsdesk: Desk) -> None:
    """And saving the form as it is changes nothing."""
    wishes = {
        "repeat": "closing",
        "rate": "0.9",
        "tells_issue": "yes",
        "issued_at": "2026-11-23T16:30",
        "vietnamese_only": "yes",
    }
    address = newsdesk.written(**wishes)

    told = newsdesk.program.get(f"/api{address}").json()
    issued = to_ms(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    assert (told["repeat"], told["rate"], told["vietnamese_only"]) == ("closing", 0.9, True)
    assert (told["tells_issue"], told["issued_at_ms"]) == (True, issued)
    page = newsdesk.page(address)
    assert '<option value="closing" selected>' in page
    assert '<option value="0.9" selected>0,9 – hơi chậm' in page
    assert 'type="datetime-local" value="2026-11-23T16:30"' in page
    assert len(re.findall(r'value="yes" id="\w+" checked', page)) == 2

    before = told["rendition"]["id"]
    assert newsdesk.send(address, **wishes)[0] == 303
    assert newsdesk.program.get(f"/api{address}").json()["rendition"]["id"] == before


def test_what_is_repeated_stands_under_its_own_heading(newsdesk: Desk) -> None:
    """Exactly what will be said, after the words with their pairs."""
    page = newsdesk.page(newsdesk.written(repeat="whole"))

    repeated = page.split("Rồi nhắc lại")[1]
    assert "Xin nhắc lại:" in repeated
    assert "ngày hai mươi tư tháng mười một" in repeated
    assert "Rồi nhắc lại" not in newsdesk.page(newsdesk.written())


def test_a_replay_says_when_it_was_issued_and_is_heard(newsdesk: Desk) -> None:
    """A second player with what it says first; programs are told all of it."""
    address = newsdesk.written(tells_issue="yes", issued_at="2026-11-23T16:30")

    page = newsdesk.page(address)
    assert PREFACE in page
    players = re.findall(r'src="(/audio/\w+\.mp3)"', page)
    assert len(set(players)) == 2
    replay = newsdesk.program.get(f"/api{address}").json()["rendition"]["replay"]
    assert replay["audio_url"] == players[1]
    assert replay["spoken"].startswith(PREFACE + "\n\n")
    assert newsdesk.an.get(players[1]).headers["content-type"] == "audio/mpeg"


def test_without_a_time_the_last_edit_is_told(newsdesk: Desk) -> None:
    """Noon of the station's clock."""
    page = newsdesk.page(newsdesk.written(tells_issue="yes"))

    assert "được phát hành lúc mười hai giờ ngày hai mươi ba tháng mười một" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("repeat", "thrice", "Phần nhắc lại chỉ có"),
        ("rate", "9", "Tốc độ đọc từ 0,6 đến 1,6"),
        ("rate", "nan", "Tốc độ đọc từ 0,6 đến 1,6"),
        ("rate", "1e1", "Tốc độ đọc từ 0,6 đến 1,6"),
        ("issued_at", "2026-11-23", "Giờ phát hành cần đủ ngày và giờ"),
        ("issued_at", "2026-13-01T10:00", "Giờ phát hành cần đủ ngày và giờ"),
        ("issued_at", "0001-01-01T00:00", "Giờ phát hành cần đủ ngày và giờ"),
        ("issued_at", "sáng mai\0", "Giờ phát hành cần đủ ngày và giờ"),
    ],
)
def test_nonsense_is_told_at_its_field_with_all_that_was_typed(
    newsdesk: Desk, field: str, typed: str, sentence: str
) -> None:
    """The folded part of the form stands open there."""
    status, _, page = newsdesk.send(**{field: typed})

    assert (status, sentence in page) == (422, True)
    assert f'href="#{field}"' in page
    assert '<details class="delivery" open>' in page
    assert SCRIPT in page


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"repeat": "thrice"}, "repeat_unusable"),
        ({"rate": 5}, "rate_unusable"),
        ({"issued_at_ms": -1e15}, "issue_time_unusable"),
        ({"issued_at_ms": 10**18}, "issue_time_unusable"),
    ],
)
def test_programs_are_refused_in_the_common_form(
    newsdesk: Desk, given_: dict[str, object], code: str
) -> None:
    """With the field."""
    body = {"title": "Lịch tiêm", "script": SCRIPT} | given_

    refused = newsdesk.program.post("/api/bulletins", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["field"] == next(iter(given_))


def test_a_program_s_own_speed_stays_in_the_form(newsdesk: Desk) -> None:
    """One that the page does not offer is not lost by saving the page's form."""
    body = {"title": "Lịch tiêm", "script": SCRIPT, "rate": 0.65, "repeat": "opening"}
    made = newsdesk.program.post("/api/bulletins", json=body).json()

    page = newsdesk.page(f"/bulletins/{made['id']}")

    assert '<option value="0.65" selected>' in page


def test_another_voice_that_read_instead_is_named_in_a_warning(
    sqlite_station: SmallStation, studio: Studio
) -> None:
    """Who should have read, who did, and whom to thank; programs get it as well."""
    newsdesk = Desk(sqlite_station, studio)
    with sqlite_station.database.writing() as session:
        bulletin = write(session, by="acc-an", now=sqlite_station.clock(), script=SCRIPT)
        sound = made_sound(SCRIPT)
        spoke = replace(sound.rendering, engine="espeak-ng", engine_version="1.52 135")
        fell = replace(
            sound,
            take=Take(spoken=sound.take.spoken, rendering=spoke),
            fell_back_from="piper:vi_VN-vais1000-medium",
        )
        desk.attach_rendition(session, bulletin.id, sound=fell, now=sqlite_station.clock())

    page = newsdesk.page(f"/bulletins/{bulletin.id}")

    assert "Giọng khác đã đọc thay" in page
    assert "Giọng được chọn, Giọng nữ miền Bắc (VAIS-1000), chưa đọc được" in page
    assert "<strong>eSpeak NG (máy)</strong>" in page
    told = newsdesk.program.get(f"/api/bulletins/{bulletin.id}").json()["rendition"]
    assert told["fell_back_from"] == "piper:vi_VN-vais1000-medium"


def test_a_voice_under_a_licence_is_thanked(sqlite_station: SmallStation, studio: Studio) -> None:
    """Beside its name in words."""
    newsdesk = Desk(sqlite_station, studio)
    with sqlite_station.database.writing() as session:
        bulletin = write(session, by="acc-an", now=sqlite_station.clock(), script=SCRIPT)
        sound = made_sound(SCRIPT)
        piper = replace(
            sound.rendering, engine="piper", engine_version="1.8 vi_VN-vais1000-medium ab12"
        )
        spoken = Take(spoken=sound.take.spoken, rendering=piper)
        desk.attach_rendition(
            session, bulletin.id, sound=replace(sound, take=spoken), now=sqlite_station.clock()
        )

    page = newsdesk.page(f"/bulletins/{bulletin.id}")

    assert "Giọng nữ miền Bắc (VAIS-1000)" in page
    assert re.search(r"Ghi công: [^<]*CC BY 4\.0", page)
    assert "Giọng khác đã đọc thay" not in page


def test_the_longest_script_is_a_page_at_once(sqlite_station: SmallStation, studio: Studio) -> None:
    """30,000 characters full of numbers and doubts: under 1.5 MB, and made in a moment."""
    newsdesk = Desk(sqlite_station, studio)
    line = "Từ 7h30 ngày 24/11/2026, UBND xã và ban XQ{n}Z họp tại nhà văn hóa, gọi 0912.345.678. "
    script = "".join(line.replace("{n}", str(n % 10)) for n in range(400))[:29_990]
    reading = read_aloud(script)
    with sqlite_station.database.writing() as session:
        bulletin = write(session, by="acc-an", now=sqlite_station.clock(), script=script)
        sound = made_sound(script)
        take = Take(spoken=reading.spoken, rendering=sound.rendering)
        desk.attach_rendition(
            session,
            bulletin.id,
            sound=replace(sound, reading=reading, take=take),
            now=sqlite_station.clock(),
        )
    address = f"/bulletins/{bulletin.id}"
    newsdesk.page(address)

    took = []
    for _ in range(3):
        begun = time.perf_counter()
        page = newsdesk.an.get(address).content
        took.append(time.perf_counter() - begun)

    assert page.count(b'href="#s') > 1_000
    assert len(page) < 1_500_000
    assert min(took) < 1.0, took


@given(
    st.sampled_from(["none", "opening", "closing", "whole"]),
    st.none() | st.sampled_from([0.6, 0.65, 1.0, 1.6]),
    st.booleans(),
    st.none()
    | st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)).map(
        lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
)
def test_a_form_gives_back_what_it_was_made_of(
    repeat: str, rate: float | None, tells: bool, issued: datetime | None
) -> None:
    """Whatever a bulletin's row holds, its form would write the same."""
    row = Bulletin(
        id="bul-1",
        station_id="st",
        title="Lịch",
        script=SCRIPT,
        author_id="acc",
        repeat=repeat,
        rate=rate,
        tells_issue=tells,
        issued_at=issued,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        edited_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

    written: Written = form_of(row, zone=HANOI).written(zone=HANOI)

    delivery = written.delivery
    kept = (str(delivery.repeat), delivery.rate, delivery.tells_issue, delivery.issued_at)
    assert kept == (repeat, rate, tells, issued)


@given(st.text(max_size=25))
def test_any_text_is_a_time_or_refused(typed: str) -> None:
    """Never anything else."""
    try:
        at = read_issue_time(typed, zone=HANOI)
    except IssueTimeUnusable:
        return
    assert at is None or at.utcoffset() == timedelta(0)


def test_an_untouched_form_wishes_nothing() -> None:
    """So the folded part stays folded."""
    assert BulletinForm(title="x", script="y").is_as_written
    assert not BulletinForm(rate="0.9").is_as_written
