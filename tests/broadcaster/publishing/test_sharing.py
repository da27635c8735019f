"""Text and card of a bulletin: what is public, within limits, and playable anywhere."""

import os
import re
import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from broadcaster.database import Database
from broadcaster.publishing import card
from broadcaster.publishing.card import SIDE, Card, picture
from broadcaster.publishing.cards import CardRoom, Cards, Standing
from broadcaster.publishing.channels_command import card_written, text_of
from broadcaster.publishing.share_text import Limits, first_sentences, share_text
from playlists.audio import ffmpeg
from playlists.audio.audio_store import AudioStore
from tests.broadcaster.publishing.test_channels import CHANNEL, an_item, keep_back, opened
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.clients import TestClient
from tests.trail import connect

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VIETNAMESE = "ăâđêôơư" + "áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One kind is enough here: what is asked of it is what the channels ask."""
    reached = connect(sqlite_url)
    yield reached
    reached.dispose()


def test_the_text_says_what_when_and_where_and_leads_to_the_page(
    leader: TestClient, station: SmallStation
) -> None:
    """Where: only the clusters in which a loudspeaker confirmed that it began."""
    opened(leader)

    told = leader.get("/api/channels/items/tiem/share").json()
    title, sentences, end = told["text"].split("\n\n")

    assert title == "DIỄN TẬP – Lịch tiêm <vắc xin> & uống thuốc"
    assert not sentences.startswith("Kính thưa")
    at = (station.clock() - timedelta(hours=1)).astimezone(ZONE)
    when = f"{at:%H:%M} ngày {at.day}/{at.month}/{at.year}"
    assert f"đã phát trên loa lúc {when}, ở Cụm Đông." in end
    assert "Cụm Tây" not in end
    assert end.endswith("\nNghe lại: http://127.0.0.1:8000/kenh#tiem")


@pytest.mark.parametrize(
    "path",
    [
        *("/channels/{}", "/api/channels/items/{}/share"),
        *("/kenh/{}/card.png", "/kenh/{}/card.mp4"),
    ],
)
def test_what_is_not_public_is_not_shared(
    leader: TestClient, reader: TestClient, anybody: TestClient, path: str
) -> None:
    """Nothing before a leader opened; nothing that was kept back, or never began."""
    asks = leader if path.startswith("/api") else reader if path.startswith("/ch") else anybody
    assert asks.get(path.format("tiem")).status_code == 404
    opened(leader)
    for never_aired in ("dien", "rut", "nobody"):
        assert asks.get(path.format(never_aired)).status_code == 404
    keep_back(leader, "tiem")

    assert asks.get(path.format("tiem")).status_code == 404


def test_sentences_are_whole_and_few() -> None:
    """The greeting goes; an abbreviation's full stop ends nothing."""
    words = (
        "Kính thưa bà con! TP. Hồ Chí Minh có mưa to. Hai. Bà con đề phòng ngập. Ba bốn năm. Sáu."
    )

    assert first_sentences(words) == (
        "TP. Hồ Chí Minh có mưa to. Hai. Bà con đề phòng ngập. Ba bốn năm."
    )
    assert first_sentences("Kính thưa bà con!") == "Kính thưa bà con!"


@given(st.text(), st.text(), st.integers(min_value=120, max_value=1_000))
def test_no_text_is_longer_than_its_channel_takes(title: str, words: str, limit: int) -> None:
    """And the address stands in each of them whole."""
    text = share_text(CHANNEL, an_item(title, words), clusters=["Cụm Đông"], zone=ZONE)

    told = text.fitted(Limits(title=100, text=limit))

    assert len(told) <= limit
    assert told.endswith("https://dai.example/kenh#b")


def a_card(title: str, *, audio_sha256: str = "0f" * 32) -> Card:
    """A card with this title."""
    return Card(
        title=title,
        station="Đài truyền thanh xã Thượng",
        when="Phát trên loa lúc 17:00 ngày 24/11/2026",
        address="Nghe lại: dai.example/kenh",
        audio_sha256=audio_sha256,
        duration_ms=3_000,
    )


def test_every_vietnamese_letter_has_its_own_shape() -> None:
    """A letter that the type lacks would look like every other that it lacks."""
    letters = VIETNAMESE + VIETNAMESE.upper() + "aeiouyd"
    shapes = set()
    for letter in letters:
        ((font, set_as),) = card._runs(letter, size=40, bold=True)
        mask = font.getmask(set_as)
        shapes.add((mask.size, bytes(mask)))

    assert len(shapes) == len(letters)


@pytest.mark.parametrize(
    "title", ["Họp", "Thông báo tạm ngừng cấp điện " * 20, "Ă" * 300, "", "📢 \x00 漢字"]
)
def test_any_title_makes_a_square_picture_with_its_margins_free(title: str) -> None:
    """However long: nothing is drawn over the edge."""
    image = Image.open(BytesIO(picture(a_card(title)))).convert("RGB")

    assert image.size == (SIDE, SIDE)
    for box in ((0, 180, 60, SIDE), (SIDE - 60, 180, SIDE, SIDE), (0, SIDE - 40, SIDE, SIDE)):
        colours = image.crop(box).getcolors()
        assert colours is not None
        assert len(colours) == 1, box


def boxes(content: bytes) -> list[str]:
    """The names of an MP4's outermost boxes, in their order (ISO/IEC 14496-12)."""
    found, at = [], 0
    while at < len(content):
        size, name = struct.unpack(">I4s", content[at : at + 8])
        found.append(name.decode())
        at += size
    return found


@pytest.mark.usefixtures("sound")
def test_the_video_plays_from_its_beginning_on_any_telephone(
    leader: TestClient, reader: TestClient, anybody: TestClient, app: FastAPI, tmp_path: Path
) -> None:
    """H.264 and AAC, square, as long as the sound, its index first; made once."""
    opened(leader)
    begun: list[Callable[[], None]] = []
    cards = app.state.card_room.cards
    app.state.card_room = CardRoom(cards, start=begun.append)
    missing = anybody.get("/kenh/tiem/card.mp4", headers={"Accept": "application/json"})
    assert missing.json()["code"] == "card_not_made"

    asked = [leader.post("/api/channels/items/tiem/card") for _ in range(2)]
    page = reader.get("/channels/tiem").text
    assert [each.json()["video_standing"] for each in asked] == [Standing.MAKING] * 2
    assert 'hx-get="/channels/tiem"' in page
    (work,) = begun
    work()
    made = anybody.get("/kenh/tiem/card.mp4")
    file = tmp_path / "fetched.mp4"
    file.write_bytes(made.content)
    log = ffmpeg.run(["-i", str(file), "-f", "null", "-"]).stderr.decode()

    assert made.headers["Content-Type"] == "video/mp4"
    assert re.search(rf"Video: h264 .*yuv420p.*, {SIDE}x{SIDE}", log), log
    assert re.search(r"Audio: aac .*44100 Hz", log)
    (length,) = re.findall(r"Duration: 00:00:(\d\d\.\d\d)", log)
    assert abs(float(length) - 1) < 0.2
    order = boxes(made.content)
    assert order.index("moov") < order.index("mdat")
    assert leader.get("/api/channels/items/tiem/share").json()["video_standing"] == "ready"
    leader.post("/api/channels/items/tiem/card")
    assert len(begun) == 1
    assert "/kenh/tiem/card.mp4" in reader.get("/channels/tiem").text


def test_a_card_that_cannot_be_made_says_so(
    leader: TestClient, reader: TestClient, app: FastAPI
) -> None:
    """The sound is gone: the page says it, and it may be tried again."""
    opened(leader)
    app.state.card_room = CardRoom(app.state.card_room.cards, start=lambda work: work())

    leader.post("/api/channels/items/tiem/card")

    assert leader.get("/api/channels/items/tiem/share").json()["video_standing"] == "failed"
    assert "Chưa tạo được thẻ tiếng" in reader.get("/channels/tiem").text


def test_the_folder_of_cards_does_not_grow_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest go first."""
    monkeypatch.setattr("broadcaster.publishing.cards.MOST_FILES", 3)
    cards = Cards(tmp_path / "cards", AudioStore(tmp_path / "audio"))
    for number in range(5):
        file = cards.picture(a_card(str(number)))
        os.utime(file, (number, number))

    assert len(list((tmp_path / "cards").iterdir())) == 3
    assert cards.picture(a_card("4")).stat().st_mtime == 4


def test_the_page_gives_the_text_to_copy_and_the_picture(
    leader: TestClient, reader: TestClient, anybody: TestClient
) -> None:
    """In a field that is marked without script as well; no title is markup."""
    opened(leader)

    page = reader.get("/channels/tiem").text
    image = anybody.get("/kenh/tiem/card.png")

    assert 'data-copy="text"' in page
    assert "&lt;vắc xin&gt; &amp; uống thuốc" in page
    assert "<vắc" not in page
    assert Image.open(BytesIO(image.content)).format == "PNG"
    assert len(image.content) < 200_000
    assert 'href="/channels/tiem"' in reader.get("/channels").text


def test_the_command_writes_text_and_card(
    station: SmallStation, leader: TestClient, sound: str, tmp_path: Path
) -> None:
    """For whoever carries them to a telephone on a stick."""
    assert len(sound) == 64
    opened(leader)
    given = {"station_id": STATION_ID, "now": station.clock()}

    words = text_of(station.database, station.settings, "tiem", **given)
    told = card_written(station.database, station.settings, "tiem", tmp_path / "ra", **given)

    assert words.endswith("/kenh#tiem\n")
    assert [Path(each).name for each in told.split()] == ["tiem.png", "tiem.mp4"]
