"""Recordings in other languages: wanted by village, brought, confirmed, known before approval."""

import io
import math
import re
import struct
import wave
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.areas.tables import VillageLanguage
from broadcaster.bulletins.desk import approved_rendition
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.uploads import LARGEST_RECORDING_BYTES, LARGEST_UPLOAD_BYTES
from playlists.audio.audio_store import INCOMING
from tests.broadcaster.small_station import SmallStation, browser, form_token
from tests.clients import TestClient

SCRIPT = "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em."


def voice(pitch_hz: int = 300, seconds: float = 2.0) -> bytes:
    """A WAV file that somebody might have recorded."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        for n in range(int(seconds * 16_000)):
            sample = 9_000 * math.sin(2 * math.pi * pitch_hz * n / 16_000)
            out.writeframesraw(struct.pack("<h", int(sample * (1 + math.sin(n / 900)) / 2)))
    return file.getvalue()


VOICE = voice()


class Room:
    """The product's app; An writes, Binh decides, and two villages have Tày beside Vietnamese."""

    def __init__(self, station: SmallStation, studio: Studio) -> None:
        self.station, self.store = station, studio.store
        self.app: FastAPI = create_app(station.context, studio=studio)
        tokens = {
            "an": station.session_of("an", Role.OPERATOR),
            "binh": station.session_of("binh", Role.LEADER),
        }
        self.an, self.binh = (browser(self.app, token=each) for each in tokens.values())
        self.program = TestClient(self.app)
        self.program.headers["Authorization"] = f"Bearer {tokens['an']}"
        with station.database.writing() as session:
            session.add(VillageLanguage(village_id="v-1", language="Tày"))
            session.add(VillageLanguage(village_id="v-2", language="Tày"))
            session.add(VillageLanguage(village_id="v-2", language="Nùng"))

    def send(self, client: TestClient, path: str, **fields: object) -> tuple[int, str, str]:
        """Fill in a form; status, where it leads, and the page."""
        token = form_token(client.get("/sign-in").text)
        files = fields.pop("files", None)
        answer = client.post(path, data={"csrf_token": token, **fields}, files=files)
        return answer.status_code, answer.headers.get("location", ""), answer.text

    def written(self, **fields: str) -> str:
        """The address of a bulletin with a sound."""
        given = {"title": "Lịch tiêm", "script": SCRIPT} | fields
        status, address, page = self.send(self.an, "/bulletins", **given)
        assert status == 303, page
        return address

    def shown_script(self, address: str) -> str:
        """The hash of the words that the page shows, as its forms carry it."""
        found = re.search(r'name="script_sha256" value="(\w+)"', self.an.get(address).text)
        assert found
        return found[1]

    def bring(
        self,
        address: str,
        *villages: str,
        language: str = "Tày",
        file: bytes = VOICE,
        script: str | None = None,
    ) -> tuple[int, str, str]:
        """Send a recording by the page's form."""
        return self.send(
            self.an,
            f"{address}/recordings",
            language=language,
            village_id=list(villages),
            script_sha256=self.shown_script(address) if script is None else script,
            files={"recording": ("thu.wav", file)},
        )

    def wanted(self, address: str) -> dict[tuple[str, str], str]:
        """Village and language to what there is, as the API says."""
        listed = self.program.get(f"/api{address}/recordings").json()["wanted"]

        def state(recording: dict[str, object] | None) -> str:
            return "none" if recording is None else "there" if recording["holds"] else "old"

        return {(each["village_id"], each["language"]): state(each["recording"]) for each in listed}

    def recording_id(self, address: str, village_id: str) -> str:
        """The id of a village's first recording."""
        listed = self.program.get(f"/api{address}/recordings").json()["wanted"]
        found = [each["recording"] for each in listed if each["village_id"] == village_id]
        return str(next(each["id"] for each in found if each))

    def decide(self, address: str, **fields: str) -> tuple[int, str, str]:
        """Binh decides on what the page shows."""
        page = self.binh.get(address).text
        shown = dict(re.findall(r'name="(rendition_id|\w+_sha256)" value="([^"]+)"', page))
        return self.send(self.binh, f"{address}/decision", **shown | fields)

    def on_air(self, address: str) -> bool:
        """Whether the bulletin may be broadcast."""
        with self.station.database.reading() as session:
            return approved_rendition(session, address.rsplit("/", 1)[1]) is not None

    def left_behind(self) -> list[Path]:
        """Files in the making that nobody waits for any more."""
        return list(self.store.directory.glob(f"{INCOMING}*"))


@pytest.fixture
def room(sqlite_station: SmallStation, studio: Studio) -> Room:
    """A newsroom with villages of other languages."""
    return Room(sqlite_station, studio)


def test_a_recording_serves_several_villages_and_is_as_loud_as_the_voice(room: Room) -> None:
    """Brought once, mastered, heard on the page, kept with the words that are approved."""
    address = room.written()
    page = unescape(room.an.get(address).text)
    assert page.count("chưa có bản thu") == 3

    status, location, page = room.bring(address, "v-1", "v-2")

    assert (status, location) == (303, f"{address}#recordings"), page
    assert room.wanted(address) == {
        ("v-1", "Tày"): "there",
        ("v-2", "Nùng"): "none",
        ("v-2", "Tày"): "there",
    }
    page = unescape(room.an.get(address).text)
    player = re.search(r'src="(/audio/\w+\.mp3)" aria-label="Bản thu tiếng Tày cho Thôn Một"', page)
    assert player
    assert room.an.get(player[1]).headers["content-type"] == "audio/mpeg"
    told = room.program.get(f"/api{address}").json()["rendition"]["recordings"]
    assert [(each["village"], each["language"]) for each in told] == [
        ("Thôn Một", "Tày"),
        ("Thôn Hai", "Tày"),
    ]
    assert {each["audio_url"] for each in told} == {player[1]}
    assert room.left_behind() == []


def test_what_is_missing_is_told_before_approval_and_must_be_accepted(room: Room) -> None:
    """By village and language, beside the decision; afterwards it is written down."""
    address = room.written()
    room.bring(address, "v-1", "v-2")
    room.send(room.an, f"{address}/submission")

    page = unescape(room.binh.get(address).text)
    assert "mọi loa của cụm có thôn đó phát bản thu sau lời tiếng Việt" in page
    assert "Thôn Hai: tiếng Nùng – chưa có bản thu" in page
    assert "Thôn Một: tiếng Tày" not in page
    assert "dài thêm, nhiều nhất:" in page
    waiting = unescape(room.binh.get("/approvals").text)
    assert "Thôn Hai: tiếng Nùng" in waiting
    assert "Thôn Một: tiếng Tày" not in waiting
    assert "Tôi biết các thôn này chỉ nghe được tiếng Việt và vẫn đồng ý phát" in page

    status, _, page = room.decide(address, decision="approve")
    assert (status, room.on_air(address)) == (422, False)
    page = unescape(page)
    assert "Bản tin còn thiếu bản thu bằng tiếng của thôn." in page
    assert "chưa chắc cách đọc" not in page
    assert room.decide(address, decision="approve", over_warnings="yes")[0] == 422

    assert room.decide(address, decision="approve", over_missing="yes")[0] == 303
    assert room.on_air(address)
    page = unescape(room.binh.get(address).text)
    assert "(biết còn thiếu bản thu bằng tiếng của thôn)" in page
    assert "đã nghe các chỗ chưa chắc" not in page


def test_with_every_recording_nothing_more_is_asked(room: Room) -> None:
    """The leader approves as ever, and a recording that comes later voids it."""
    address = room.written()
    room.bring(address, "v-1", "v-2")
    room.bring(address, "v-2", language="Nùng", file=voice(400))
    room.send(room.an, f"{address}/submission")
    assert "over_missing" not in room.binh.get(address).text
    assert room.decide(address, decision="approve")[0] == 303
    assert room.on_air(address)

    assert room.bring(address, "v-1", file=voice(500))[0] == 303

    assert not room.on_air(address)
    assert "Lần duyệt trước đã hết hiệu lực" in room.an.get(address).text


def test_an_edit_makes_recordings_old_until_somebody_says_they_hold(room: Room) -> None:
    """For each village by itself; taken back, it is missing."""
    address = room.written()
    room.bring(address, "v-1", "v-2")

    edited = {"title": "Lịch tiêm", "script": f"{SCRIPT} Mời bà con.", "priority": "3"}
    assert room.send(room.an, address, **edited)[0] == 303
    assert room.wanted(address)["v-1", "Tày"] == "old"
    assert "bản thu làm cho lời cũ" in unescape(room.an.get(address).text)

    one = f"{address}/recordings/{room.recording_id(address, 'v-1')}"
    script = room.shown_script(address)
    assert room.send(room.an, f"{one}/confirmation", script_sha256=script)[0] == 303
    assert room.wanted(address)["v-1", "Tày"] == "there"
    assert room.wanted(address)["v-2", "Tày"] == "old"

    one = f"{address}/recordings/{room.recording_id(address, 'v-1')}"
    assert room.send(room.an, f"{one}/removal")[0] == 303
    assert room.wanted(address)["v-1", "Tày"] == "none"
    assert room.send(room.an, f"{one}/confirmation", script_sha256=script)[0] == 303


def test_a_recording_of_other_words_than_those_shown_is_not_taken(room: Room) -> None:
    """Somebody edited meanwhile: whoever recorded is told, nothing is kept."""
    address = room.written()
    before = room.shown_script(address)
    edited = {"title": "Lịch tiêm", "script": "Hoãn tiêm đến khi có tin mới.", "priority": "3"}
    room.send(room.an, address, **edited)

    status, _, page = room.bring(address, "v-1", script=before)

    assert (status, "Lời bản tin đã đổi" in unescape(page)) == (409, True)
    assert set(room.wanted(address).values()) == {"none"}


@pytest.mark.parametrize(
    ("villages", "language", "file", "sentence"),
    [
        (("v-1",), "Tày", b"", "Chưa có tệp ghi âm nào được chọn"),
        ((), "Tày", VOICE, "Chưa chọn thôn nào"),
        (("v-1",), "Tày", b"%PDF-1.7 no sound", "Không đọc được tệp này"),
        (("v-1",), "Nùng", VOICE, "Thôn này chưa ghi ngôn ngữ đó"),
        (("v-1", "v-9"), "Tày", VOICE, "Thôn này chưa ghi ngôn ngữ đó"),
    ],
    ids=["no file", "no village", "no sound", "other language", "unknown village"],
)
def test_a_refused_recording_is_told_on_the_page_and_nothing_is_kept(
    room: Room, villages: tuple[str, ...], language: str, file: bytes, sentence: str
) -> None:
    """In a sentence that says what to do."""
    address = room.written()

    status, _, page = room.bring(address, *villages, language=language, file=file)

    assert (status, sentence in unescape(page)) == (422, True)
    assert set(room.wanted(address).values()) == {"none"}
    assert room.left_behind() == []


def test_only_so_much_may_come(room: Room) -> None:
    """A little too large is told in a sentence; larger still is refused while it comes."""
    address = room.written()

    status, _, page = room.bring(address, "v-1", file=bytes(LARGEST_RECORDING_BYTES + 1))
    assert (status, "lớn quá 50 MB" in unescape(page)) == (422, True)

    status, _, _ = room.bring(address, "v-1", file=bytes(LARGEST_UPLOAD_BYTES))
    assert status == 413
    long = room.send(room.an, f"{address}/submission", x="a" * 1_100_000)
    assert long[0] == 413


def test_whoever_recorded_does_not_decide(room: Room) -> None:
    """Their voice is part of what is approved."""
    address = room.written()
    both = browser(room.app, token=room.station.session_of("chi", Role.OPERATOR, Role.LEADER))
    room.send(
        both,
        f"{address}/recordings",
        language="Tày",
        village_id=["v-1"],
        files={"recording": ("thu.wav", VOICE)},
    )
    room.send(room.an, f"{address}/submission")

    assert "Hãy nhờ một lãnh đạo khác" in unescape(both.get(address).text)


def test_vietnamese_only_wants_no_recording(room: Room) -> None:
    """Its author said so; the section is not there and nothing is asked of the leader."""
    address = room.written(vietnamese_only="yes")
    room.send(room.an, f"{address}/submission")

    assert room.wanted(address) == {}
    assert "Bản thu tiếng dân tộc" not in unescape(room.an.get(address).text)
    assert "over_missing" not in room.binh.get(address).text


def test_a_leader_hears_and_brings_nothing(room: Room) -> None:
    """And a stranger's file is not taken in at all."""
    address = room.written()
    page = unescape(room.binh.get(address).text)
    assert "chưa có bản thu" in page
    assert "Gửi bản thu" not in page

    files = {"recording": ("thu.wav", VOICE)}
    assert room.send(room.binh, f"{address}/recordings", files=files)[0] == 403
    stranger = TestClient(room.app, follow_redirects=False, headers={"Accept": "text/html"})
    answer = stranger.post(f"{address}/recordings", files=files)
    assert answer.headers["location"] == "/sign-in"


def test_programs_bring_confirm_and_remove(room: Room) -> None:
    """The same acts; refusals in the common form."""
    path = f"/api{room.written()}/recordings"
    given = {"language": "Tày", "village_id": ["v-1", "v-2"]}

    kept = room.program.post(path, data=given, files={"recording": ("thu.wav", VOICE)})
    assert kept.status_code == 201, kept.text
    first = kept.json()["wanted"][0]
    assert (first["village"], first["missing"]) == ("Thôn Một", False)
    assert first["recording"]["duration_ms"] >= 1_900

    one = f"{path}/{first['recording']['id']}"
    assert room.program.post(f"{one}/confirmation", json={}).status_code == 200
    assert room.program.post(f"{one}/confirmation", json={}).json()["code"] == "recording_missing"
    stale = room.program.post(f"{one}/confirmation", json={"script_sha256": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "words_recorded_changed")

    now = room.program.get(path).json()["wanted"][0]["recording"]["id"]
    assert room.program.delete(f"{path}/{now}").status_code == 204
    assert room.program.delete(f"{path}/{now}").status_code == 404

    refused = room.program.post(path, data=given, files={"recording": ("a.wav", b"RIFF")})
    assert (refused.status_code, refused.json()["field"]) == (422, "recording")
    assert room.program.post(path, data=given).json()["code"] == "recording_file_missing"
    elsewhere = path.replace("bul-", "bul-x")
    assert room.program.post(elsewhere, data=given).json()["code"] == "unknown_bulletin"
