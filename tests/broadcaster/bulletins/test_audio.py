"""Audio by its hash: whole, in parts, for ever, and nothing else from the folder."""

import hashlib

import pytest

from broadcaster.bulletins import audio
from broadcaster.bulletins.studio import Studio
from tests.broadcaster.small_station import SmallStation
from tests.clients import TestClient

SOUND = bytes(range(256)) * 40


@pytest.fixture
def listener(sqlite_station: SmallStation, studio: Studio) -> TestClient:
    """A device or a browser; nobody is signed in."""
    app = sqlite_station.app(audio.router)
    app.state.studio = studio
    return TestClient(app)


@pytest.fixture
def address(studio: Studio) -> str:
    """Where the sound is."""
    return f"/audio/{studio.store.put(SOUND)}.mp3"


def test_a_sound_is_fetched_whole_and_kept_for_ever(listener: TestClient, address: str) -> None:
    """Its bytes hash to its name."""
    answer = listener.get(address)

    assert answer.status_code == 200
    assert f"/audio/{hashlib.sha256(answer.content).hexdigest()}.mp3" == address
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_broken_fetch_goes_on_where_it_stopped(listener: TestClient, address: str) -> None:
    """Part by part the same bytes; If-Range with another name starts anew."""
    rest = listener.get(address, headers={"Range": "bytes=1000-"})
    middle = listener.get(address, headers={"Range": "bytes=10-19"})
    same = {"Range": "bytes=1000-", "If-Range": rest.headers["etag"]}
    other = {"Range": "bytes=1000-", "If-Range": '"another"'}

    assert (rest.status_code, rest.content) == (206, SOUND[1000:])
    assert rest.headers["content-range"] == f"bytes 1000-{len(SOUND) - 1}/{len(SOUND)}"
    assert middle.content == SOUND[10:20]
    assert listener.get(address, headers=same).status_code == 206
    assert listener.get(address, headers=other).content == SOUND
    assert listener.get(address, headers={"Range": "bytes=99999-"}).status_code == 416


@pytest.mark.parametrize("part", ["0-0", "10-19", "10000-99999", f"0-{len(SOUND)}"])
def test_a_short_part_is_answered_as_any_other(
    listener: TestClient, address: str, part: str
) -> None:
    """It is read at once; with If-Range it goes the long way round, and says the same."""
    asked = {"Range": f"bytes={part}"}
    short = listener.get(address, headers=asked)
    other = listener.get(address, headers={**asked, "If-Range": short.headers["etag"]})

    assert short.status_code == other.status_code == 206
    assert short.content == other.content
    assert dict(short.headers) == dict(other.headers)


def test_a_part_that_is_not_there_is_refused(listener: TestClient, address: str) -> None:
    """Behind the end, or ending before it begins."""
    behind = listener.get(address, headers={"Range": "bytes=99999-100000"})
    backwards = listener.get(address, headers={"Range": "bytes=20-10"})

    assert (behind.status_code, backwards.status_code) == (416, 400)
    assert behind.headers["content-range"] == f"bytes */{len(SOUND)}"


def test_its_size_is_told_without_its_bytes(listener: TestClient, address: str) -> None:
    """HEAD says what GET would bring."""
    answer = listener.head(address)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(SOUND))


@pytest.mark.parametrize(
    "name", ["0" * 64, "x", "..%2f..%2fstation.sqlite3", "A" * 64, "0" * 63, "%00" * 8]
)
def test_what_is_not_kept_is_not_there(listener: TestClient, name: str) -> None:
    """404 in the common form, which nobody may keep."""
    answer = listener.get(f"/audio/{name}.mp3")

    assert answer.status_code == 404
    assert answer.json()["code"] in {"unknown_audio", "not_found"}
    assert "immutable" not in answer.headers.get("cache-control", "")
