"""The page and the API of the station's voice, and what they leave untouched."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.settings import Settings
from broadcaster.voices.station_house import StationHouse
from broadcaster.voices.wishes import VoiceWish, keep_wish, wish_of
from playlists.audio.audio_store import AudioStore
from playlists.speech.engines import House, Voices
from playlists.speech.errors import VoiceOffline
from playlists.speech.voice_store import install
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, form_token
from tests.broadcaster.voices.joe import NAME, joe_in
from tests.clients import TestClient

FORM = {
    "voice": "auto",
    "accent": "north",
    "rate": "1.0",
    "gaps": "normal",
    "loudspeaker": "horn",
    "fallback": "yes",
}
NO_NETWORK = "Giọng đã chọn chưa đọc được; eSpeak NG đọc thay."


class NoLine:
    """An online service that notes what it is sent and has no network."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def mp3s(self, text: str) -> tuple[bytes, ...]:
        """Never an answer."""
        self.sent.append(text)
        raise VoiceOffline("no network")


@pytest.fixture
def line() -> NoLine:
    """What would leave the house."""
    return NoLine()


@pytest.fixture
def app(sqlite_station: SmallStation, tmp_path: Path, line: NoLine) -> Iterator[FastAPI]:
    """The product's own app with its real voices."""
    voices_dir = sqlite_station.settings.voices_dir
    with Voices(House(voices_dir=voices_dir, processes=1, online=line)) as voices:
        studio = Studio(
            voices=voices,
            store=AudioStore(tmp_path / "audio"),
            house=StationHouse(
                sqlite_station.database, station_id=STATION_ID, voices_dir=voices_dir
            ),
        )
        yield create_app(sqlite_station.context, studio=studio)


@pytest.fixture
def an(sqlite_station: SmallStation, app: FastAPI) -> TestClient:
    """An operator's browser."""
    return browser(app, token=sqlite_station.session_of("an", Role.OPERATOR))


@pytest.fixture
def minh(sqlite_station: SmallStation, app: FastAPI) -> TestClient:
    """An admin's browser."""
    return browser(app, token=sqlite_station.session_of("minh", Role.ADMIN))


def send(client: TestClient, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
    """Send a form; status and page."""
    token = form_token(client.get("/sign-in").text)
    answer = client.post(path, data={"csrf_token": token, **fields})
    return answer.status_code, answer.text


def kept(station: SmallStation) -> VoiceWish:
    """What the station asks for now."""
    with station.database.reading() as session:
        return wish_of(session, station_id=STATION_ID)


def keep(station: SmallStation, wish: VoiceWish) -> None:
    """Ask for it past every check."""
    with station.database.writing() as session:
        keep_wish(session, wish, station_id=STATION_ID, by=None, now=station.clock())


def test_the_page_says_who_speaks_and_whom_to_thank(an: TestClient) -> None:
    """And what a better voice would need."""
    page = an.get("/voices").text

    assert "<strong>eSpeak NG (máy)</strong>" in page
    assert "(tự chọn)" in page
    assert "VAIS-1000 Vietnamese Speech Synthesis Corpus" in page
    assert "CC BY 4.0" in page
    assert "63 MB" in page
    assert "<code>loa voice install vi_VN-vais1000-medium</code>" in page


def test_a_choice_is_kept_and_shown_again(sqlite_station: SmallStation, an: TestClient) -> None:
    """Every field of the form; the pitch, which it does not ask, stays."""
    keep(sqlite_station, VoiceWish(pitch=60))
    form = {
        **FORM,
        "voice": "espeak-ng",
        "accent": "south",
        "rate": "0.9",
        "gaps": "wide",
        "loudspeaker": "column",
        "ident_words": " Đây là   đài ta. ",
    }
    del form["fallback"]

    assert send(an, "/voices", form)[0] == 303

    assert kept(sqlite_station) == VoiceWish(
        engine="espeak-ng",
        accent="south",
        rate=0.9,
        pitch=60,
        gaps="wide",
        loudspeaker="column",
        fallback=False,
        ident_words="Đây là đài ta.",
    )
    page = an.get("/voices?saved=1").text
    assert "Từ lần tạo âm thanh sau" in page
    assert re.search(r'<option value="south" selected>', page)
    assert re.search(r'<option value="0.9" selected>0,9', page)
    assert re.search(r'value="wide"[^>]* checked', page)
    assert not re.search(r'name="fallback"[^>]* checked', page)
    assert 'value="Đây là đài ta."' in page


def test_a_sentence_is_heard_before_anything_is_kept(
    sqlite_station: SmallStation, an: TestClient
) -> None:
    """As the form says it, from the station's own store; what was typed is still there."""
    form = {**FORM, "accent": "central", "rate": "1.3", "sentence": "Sáng mai 7h họp thôn."}
    status, page = send(an, "/voices/trial", form)

    assert status == 200
    sound = re.search(r'<audio [^>]*src="(/audio/\w+\.mp3)"', page)
    assert sound
    assert an.get(sound[1]).headers["content-type"] == "audio/mpeg"
    assert re.search(r'<option value="central" selected>', page)
    assert 'value="Sáng mai 7h họp thôn."' in page
    assert "espeak-ng 1." in page
    assert kept(sqlite_station) == VoiceWish()

    other = send(an, "/voices/trial", {**form, "accent": "south"})[1]
    assert sound[1] not in other


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("voice", "xyz"),
        ("voice", "piper:vi_VN-vais1000-medium"),
        ("voice", "piper:../x"),
        ("voice", "espeak-ng:x"),
        ("voice", ":x"),
        ("voice", "gtts"),
        ("accent", "east"),
        ("rate", "1.7"),
        ("rate", "nan"),
        ("rate", "nhanh"),
        ("gaps", "x"),
        ("loudspeaker", "x"),
        ("ident_words", "a" * 301),
        ("closing_words", "… !!! \x00"),
    ],
)
def test_what_is_refused_is_named_at_its_field(
    sqlite_station: SmallStation, an: TestClient, line: NoLine, field: str, wrong: str
) -> None:
    """Saved or heard; nothing is changed and nothing leaves."""
    for path in ("/voices", "/voices/trial"):
        status, page = send(an, path, {**FORM, field: wrong})

        assert status == 422
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
    assert kept(sqlite_station) == VoiceWish()
    assert line.sent == []


def test_a_sentence_too_long_to_listen_to_is_refused(an: TestClient) -> None:
    """At its own field."""
    status, page = send(an, "/voices/trial", {**FORM, "sentence": "họp " * 90})

    assert status == 422
    assert 'id="sentence-error"' in page


def test_only_an_admin_lets_words_leave_the_house(
    sqlite_station: SmallStation, an: TestClient, minh: TestClient, line: NoLine
) -> None:
    """An operator is not asked, cannot forge it, and does not undo it by saving something else."""
    assert 'name="text_may_leave"' not in an.get("/voices").text
    assert 'value="gtts"' not in an.get("/voices").text
    assert "không chữ nào rời khỏi máy này" in an.get("/voices").text
    forged = send(an, "/voices", {**FORM, "text_may_leave": "yes"})
    assert forged[0] == 403
    assert kept(sqlite_station) == VoiceWish()

    assert "máy chủ của Google" in minh.get("/voices").text
    opened = {**FORM, "voice": "gtts", "text_may_leave": "yes"}
    assert send(minh, "/voices", opened)[0] == 303
    assert send(an, "/voices", {**FORM, "voice": "gtts", "rate": "0.8"})[0] == 303
    assert kept(sqlite_station) == VoiceWish(engine="gtts", text_may_leave=True, rate=0.8)
    assert 'value="gtts" selected' in an.get("/voices").text

    page = send(an, "/voices/trial", {**FORM, "voice": "gtts", "sentence": "Họp thôn."})[1]
    assert NO_NETWORK in page
    assert line.sent == ["Họp thôn."]

    closed = send(minh, "/voices", {**FORM, "voice": "gtts"})
    assert closed[0] == 422
    assert 'id="voice-error"' in closed[1]


def test_without_a_fallback_the_failing_voice_is_told(
    sqlite_station: SmallStation, an: TestClient
) -> None:
    """What happened, and that nothing is lost."""
    keep(sqlite_station, VoiceWish(engine="gtts", text_may_leave=True))
    form = {**FORM, "voice": "gtts"}
    del form["fallback"]

    status, page = send(an, "/voices/trial", form)

    assert status >= 500
    assert VoiceOffline.message_vi in page
    assert "<audio" not in page


def test_a_voice_that_is_away_is_said_to_be(sqlite_station: SmallStation, an: TestClient) -> None:
    """It stays chosen in the list, and the page says who reads instead."""
    keep(sqlite_station, VoiceWish(engine="piper", voice="vi_VN-gone"))
    page = an.get("/voices").text

    assert "<strong>eSpeak NG (máy)</strong>" in page
    assert "Giọng đã chọn, vi_VN-gone, chưa có trên máy." in page
    assert "eSpeak NG đọc thay." in page
    assert '<option value="piper:vi_VN-gone" selected>' in page


def test_with_the_chosen_voice_away_the_rest_can_still_be_saved(
    sqlite_station: SmallStation, app: FastAPI, an: TestClient
) -> None:
    """On the page and by program; another voice that is away is refused as ever."""
    keep(sqlite_station, VoiceWish(engine="piper", voice="vi_VN-gone"))
    form = {**FORM, "voice": "piper:vi_VN-gone", "closing_words": "Chào bà con."}
    del form["fallback"]

    assert send(an, "/voices", form)[0] == 303
    assert send(an, "/voices", {**form, "voice": "piper:vi_VN-other"})[0] == 422

    assert kept(sqlite_station) == VoiceWish(
        engine="piper", voice="vi_VN-gone", fallback=False, closing_words="Chào bà con."
    )
    assert "Không có giọng đọc thay" in an.get("/voices").text
    client = TestClient(app)
    client.headers["Authorization"] = f"Bearer {sqlite_station.session_of('ba', Role.OPERATOR)}"
    present = client.get("/api/station/voice").json()
    assert present["speaks"] is None
    assert client.put("/api/station/voice", json=present["wish"]).status_code == 200


def test_a_voice_that_arrived_speaks_from_then_on(
    sqlite_station: SmallStation, app: FastAPI, an: TestClient, tmp_path: Path
) -> None:
    """Without a restart; its credit and licence stand on the page and beside the trial."""
    before = send(an, "/voices/trial", FORM)[1]
    joe = joe_in(tmp_path)
    settings = Settings(state_dir=tmp_path, voice_catalogue=joe.catalogue_file)
    app.state.context = SmallStation(sqlite_station.database, settings).context
    install(NAME, source=joe.source, into=settings.voices_dir, catalogue=joe.catalogue)

    page = an.get("/voices").text
    assert "<strong>Giọng thử Joe</strong>" in page
    assert "Joe (CC0 1.0)" in page

    after = send(an, "/voices/trial", {**FORM, "sentence": "Họp thôn."})[1]
    assert "espeak-ng 1." in before
    assert "en_US-joe-medium" in after


def test_sound_that_was_made_keeps_its_voice(an: TestClient) -> None:
    """A new choice changes no bulletin by itself."""
    token = form_token(an.get("/sign-in").text)
    script = {"csrf_token": token, "title": "Họp", "script": "Sáng mai họp thôn Một."}
    bulletin = an.post("/bulletins", data=script).headers["location"]
    sound = re.search(r"/audio/\w+", an.get(bulletin).text)

    send(an, "/voices", {**FORM, "voice": "espeak-ng", "accent": "south"})

    assert "không đổi giọng" in an.get("/voices").text
    assert sound
    assert sound[0] in an.get(bulletin).text
    assert send(an, f"{bulletin}/rendition", {})[0] == 303
    assert sound[0] not in an.get(bulletin).text


@pytest.mark.parametrize("role", list(Role))
def test_operators_and_admins_choose_the_voice(
    sqlite_station: SmallStation, app: FastAPI, role: Role
) -> None:
    """Leaders approve what was made; inspectors look on; village heads see their village."""
    client = browser(app, token=sqlite_station.session_of("x", role))
    passes = role in {Role.OPERATOR, Role.ADMIN}
    sees = passes or role is Role.INSPECTOR

    assert (client.get("/voices").status_code == 200) == sees
    assert ('href="/voices"' in client.get("/bulletins").text) == sees
    assert (send(client, "/voices", FORM)[0] == 303) == passes


def test_whoever_reads_english_reads_english(an: TestClient) -> None:
    """The page, its voices, and what is refused."""
    an.cookies.set("loa_language", "en")

    page = an.get("/voices").text
    assert "<strong>eSpeak NG (a machine)</strong>" in page
    assert "A woman from the north" in page
    assert "not a word leaves this machine" in page
    assert "rate is 0.6 to 1.6" in send(an, "/voices", {**FORM, "rate": "9"})[1]


def test_programs_do_the_same(sqlite_station: SmallStation, app: FastAPI) -> None:
    """See the voices, see the wish, change it; refusals in the common form."""
    client = TestClient(app)
    client.headers["Authorization"] = f"Bearer {sqlite_station.session_of('an', Role.OPERATOR)}"

    listed = client.get("/api/voices").json()["voices"]
    assert [(each["engine"], each["speaks"]) for each in listed] == [
        ("piper", False),
        ("espeak-ng", True),
        ("gtts", False),
    ]
    assert listed[0]["size_bytes"] == 63_206_154

    present = client.get("/api/station/voice").json()
    assert present["speaks"]["engine"] == "espeak-ng"
    wish = {**present["wish"], "accent": "south", "rate": 0.9}
    changed = client.put("/api/station/voice", json=wish)
    assert changed.json()["wish"] == wish
    assert client.get("/api/station/voice").json() == changed.json()
    assert kept(sqlite_station) == VoiceWish(accent="south", rate=0.9)

    for wrong, status, code in (
        ({"text_may_leave": True}, 403, "online_switch_denied"),
        ({"engine": "gtts"}, 422, "online_voice_closed"),
        ({"engine": "piper", "voice": "x"}, 422, "voice_not_offered"),
        ({"pitch": 100}, 422, "voice_delivery_unusable"),
    ):
        refused = client.put("/api/station/voice", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert kept(sqlite_station) == VoiceWish(accent="south", rate=0.9)
