"""A person reads a bulletin: what they say is its sound, and nobody approves their own voice."""

import io
import zipfile
from pathlib import Path

import pytest

from broadcaster.bulletins.history import versions_of
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.tables import Bulletin
from tests.broadcaster.bulletins.test_recordings import VOICE, Room, voice
from tests.broadcaster.small_station import SmallStation
from tests.playlists.takes import take


@pytest.fixture
def room(sqlite_station: SmallStation, studio: Studio) -> Room:
    """The product's app with people in it."""
    return Room(sqlite_station, studio)


def bring(
    room: Room, address: str, file: bytes = VOICE, *, script: str | None = None
) -> tuple[int, str, str]:
    """Send a recording of the bulletin's own words by its page's form."""
    return room.send(
        room.an,
        f"{address}/sound",
        script_sha256=room.shown_script(address) if script is None else script,
        files={"recording": ("thu.wav", file)},
    )


def rendition(room: Room, address: str) -> dict[str, object]:
    """What a program is told of the sound."""
    found = room.program.get(f"/api{address}").json()["rendition"]
    assert isinstance(found, dict)
    return found


def test_a_persons_voice_takes_the_place_of_the_machines(room: Room) -> None:
    """With the words as they are written, as loud as every bulletin, and said to be a person's."""
    address = room.written(vietnamese_only="yes")
    before = rendition(room, address)
    status, _, page = bring(room, address)
    after = rendition(room, address)

    assert status == 303, page
    assert after["engine"] == "recorded"
    assert after["audio_sha256"] != before["audio_sha256"]
    assert isinstance(after["loudness_lufs"], float)
    assert abs(after["loudness_lufs"] + 16) < 1
    shown = room.binh.get(address).text
    assert "Giọng người, không phải giọng máy" in shown
    assert "Giọng người thu" in shown


def test_the_same_recording_again_changes_nothing(room: Room) -> None:
    """And what was decided on it stays."""
    address = room.written(vietnamese_only="yes")
    bring(room, address)
    first = rendition(room, address)["id"]
    bring(room, address)

    assert rendition(room, address)["id"] == first


def test_whoever_recorded_has_a_part_in_it(room: Room) -> None:
    """Another person approves the very sound; an edit drops it with its approval."""
    address = room.written(vietnamese_only="yes")
    bring(room, address)
    room.send(room.an, f"{address}/submission")
    assert room.decide(address, decision="approve")[0] == 303
    assert room.on_air(address)
    with room.station.database.reading() as session:
        row = session.get_one(Bulletin, address.rsplit("/", 1)[1])
        assert [each.writer for each in versions_of(session, row)] == ["An", "An"]

    bring(room, address, voice(pitch_hz=500))
    assert not room.on_air(address)


def test_other_words_than_those_shown_are_not_taken(room: Room) -> None:
    """They were edited while somebody read aloud."""
    address = room.written(vietnamese_only="yes")
    status, _, page = bring(room, address, script="0" * 64)

    assert status == 409
    assert "Lời bản tin đã đổi" in page
    assert rendition(room, address)["engine"] != "recorded"


@pytest.mark.parametrize("wish", [{"repeat": "whole"}, {"tells_issue": "yes"}])
def test_what_a_recording_cannot_say_by_itself_is_told(room: Room, wish: dict[str, str]) -> None:
    """A wish is never dropped without a word."""
    address = room.written(vietnamese_only="yes", **wish)
    status, _, page = bring(room, address)

    assert status == 422
    assert "hãy bỏ hai lựa chọn đó" in page


def bomb() -> bytes:
    """A hundred megabytes of nothing in a few kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.wav", bytes(100_000_000))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"RIFF\x24\x00\x00\x00WAVE<script>alert(1)</script>", "Không đọc được tệp này"),
        (b"GIF89a/*" + b"\x00" * 2000 + b"*/", "Không đọc được tệp này"),
        (b"<!doctype html><title>x</title>" * 99, "Không đọc được tệp này"),
        (bomb(), "Không đọc được tệp này"),
        (voice(seconds=0.2), "quá ngắn"),
        (b"", "tệp rỗng"),
    ],
    ids=["wav-and-script", "gif", "page", "zip-bomb", "blip", "nothing"],
)
def test_what_is_no_recording_is_refused_by_name(room: Room, file: bytes, told: str) -> None:
    """The sentence says what is wrong; the sound from before stays, and no file is left."""
    address = room.written(vietnamese_only="yes")
    before = rendition(room, address)
    status, _, page = bring(room, address, file)

    assert status == 422
    assert told in page
    assert rendition(room, address) == before
    assert room.left_behind() == []


def test_two_hours_are_refused(room: Room, tmp_path: Path) -> None:
    """However small the file is."""
    source = tmp_path / "second.wav"
    source.write_bytes(VOICE)
    long = take(source, tmp_path / "long.flac", filters="apad,atrim=duration=7200")
    address = room.written(vietnamese_only="yes")
    status, _, page = bring(room, address, long.read_bytes())

    assert status == 422
    assert "45 phút" in page
    assert room.left_behind() == []


def test_programs_bring_it_too(room: Room) -> None:
    """Under the same rules; a leader brings nothing."""
    address = room.written(vietnamese_only="yes")
    answer = room.program.post(f"/api{address}/sound", files={"recording": ("a.wav", VOICE)})

    assert (answer.status_code, answer.json()["rendition"]["engine"]) == (201, "recorded")
    assert room.send(room.binh, f"{address}/sound", files={"recording": ("a", VOICE)})[0] == 403
