"""What the world may hear of a station: read again by independent readers of the same formats."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import icalendar
import pytest
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin, BulletinEdit, BulletinKind, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.publishing.channel import Channel
from broadcaster.publishing.channels_command import decided, told, written
from broadcaster.publishing.errors import ChannelClosed
from broadcaster.publishing.items import Item
from broadcaster.publishing.podcast import SUMMARY_CHARACTERS, podcast, summary
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.pages.commune import add_plays
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.clients import TestClient

PUBLIC = ("/kenh", "/kenh/player", "/kenh/podcast.xml", "/kenh/feed.json", "/kenh/lich.ics")
TITLE = "Lịch tiêm <vắc xin> & uống thuốc"


def opened(leader: TestClient) -> None:
    """A leader opens the channels."""
    answer = leader.put("/api/channels", json={"open": True})
    assert answer.status_code == 200, answer.text


def keep_back(leader: TestClient, bulletin_id: str, *, withheld: bool = True) -> Response:
    """Keep one bulletin out, or let it in."""
    return leader.put(f"/api/channels/items/{bulletin_id}", json={"withheld": withheld})


def titles(anybody: TestClient) -> list[str]:
    """What the podcast lists."""
    feed = feedparser.parse(anybody.get("/kenh/podcast.xml").content)
    assert not feed.bozo
    return [entry.title for entry in feed.entries]


@pytest.mark.parametrize("path", [*PUBLIC, "/kenh/tiem/chapters.json"])
def test_nothing_is_shared_until_a_leader_opens(anybody: TestClient, path: str) -> None:
    """A station that decided nothing tells the world nothing."""
    answer = anybody.get(path, headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert "tiêm" not in answer.text


@pytest.mark.usefixtures("station")
def test_what_went_on_air_is_one_item_with_words_and_sound(
    leader: TestClient, anybody: TestClient
) -> None:
    """Broadcast twice it is one item; what is planned, or was withdrawn, is none."""
    opened(leader)

    feed = feedparser.parse(anybody.get("/kenh/podcast.xml").content)

    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.title == f"DIỄN TẬP – {TITLE}"
    assert entry.id == f"{STATION_ID}/tiem"
    (sound,) = entry.enclosures
    assert re.search(r"/audio/[0-9a-f]{64}\.mp3$", sound.href)
    assert (sound.type, sound.length) == ("audio/mpeg", "500000")
    assert entry.itunes_duration == "92"
    assert "Kính thưa bà con" in entry.content[-1].value
    assert [each["term"] for each in entry.tags] == ["Y tế"]


def test_both_feeds_say_the_same(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """JSON Feed has the fields that its standard asks for, in its own notation."""
    opened(leader)

    feed = anybody.get("/kenh/feed.json").json()

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["title"] == f"DIỄN TẬP – {TITLE}"
    first, last = (
        datetime.fromisoformat(item[f"date_{name}"]) for name in ("published", "modified")
    )
    assert last - first == timedelta(hours=24)
    assert last == station.clock() - timedelta(hours=1)
    assert item["attachments"][0]["mime_type"] == "audio/mpeg"
    assert item["content_text"].startswith("Kính thưa bà con")


def test_the_words_are_those_that_were_approved(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """As they were written then; an edit since then is nobody's business."""
    script = "Sáng 25/11, trạm y tế xã tiêm vắc xin."
    with station.database.writing() as session:
        rendition = session.get_one(Rendition, "r-tiem")
        rendition.script_sha256 = sha256_of(script)
        session.add(
            BulletinEdit(
                bulletin_id="tiem",
                account_id="acc-author",
                title=TITLE,
                script=script,
                edited_at=station.clock() - timedelta(days=2),
            )
        )
        session.get_one(Bulletin, "tiem").script = "Chưa ai duyệt câu này."
    opened(leader)

    (item,) = anybody.get("/kenh/feed.json").json()["items"]

    assert item["content_text"] == script


def test_what_is_kept_back_is_in_no_feed(leader: TestClient, anybody: TestClient) -> None:
    """Not in the feeds, not on the page, not in the calendar; and back when it is let in."""
    opened(leader)
    assert keep_back(leader, "tiem").status_code == 204

    assert titles(anybody) == []
    assert all(TITLE not in anybody.get(path).text for path in PUBLIC)
    assert [each["withheld"] for each in leader.get("/api/channels/items").json()] == [True]
    assert keep_back(leader, "tiem", withheld=False).status_code == 204
    assert len(titles(anybody)) == 1


def test_only_what_went_on_air_is_kept_back(leader: TestClient) -> None:
    """A bulletin that was never said is not in question."""
    for unknown in ("dien", "rut", "nobody"):
        assert keep_back(leader, unknown).status_code == 404


def test_a_relay_is_another_stations(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """What others broadcast is theirs to share."""
    with station.database.writing() as session:
        session.get_one(Bulletin, "tiem").kind = BulletinKind.RELAY
    opened(leader)

    assert titles(anybody) == []


def test_what_was_stopped_on_air_was_on_air(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """Withdrawn before its start is silence; afterwards it had begun."""
    with station.database.writing() as session:
        gone = session.get_one(Broadcast, "b-gone")
        gone.cancelled_at = gone.starts_at + timedelta(seconds=30)
        add_plays(session, "b-gone", "dong", ("cut",))
    opened(leader)

    assert len(titles(anybody)) == 2


def test_what_no_loudspeaker_confirmed_is_not_told_as_broadcast(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """Its time has passed, and whether anything sounded nobody knows."""
    station.clock.move(timedelta(hours=4))
    with station.database.writing() as session:
        add_plays(session, "b-tonight", "dong", ("not_confirmed",))
    opened(leader)

    assert titles(anybody) == [f"DIỄN TẬP – {TITLE}"]
    with station.database.writing() as session:
        add_plays(session, "b-tonight", "tay", ("started",))
    assert len(titles(anybody)) == 2


def test_a_playlist_brings_its_chapters(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """Where each part begins, in seconds; a bulletin by itself has none."""
    opened(leader)
    assert anybody.get("/kenh/tiem/chapters.json").status_code == 404
    with station.database.writing() as session:
        session.get_one(Bulletin, "tiem").kind = BulletinKind.PLAYLIST
        session.get_one(Rendition, "r-tiem").parts = [
            {"start_ms": 0, "end_ms": 4_200, "title": "Nhạc hiệu", "kind": "ident"},
            {"start_ms": 4_200, "end_ms": 92_000, "title": "Tiêm chủng", "kind": "bulletin"},
        ]

    told_parts = anybody.get("/kenh/tiem/chapters.json").json()["chapters"]
    feed = ET.fromstring(anybody.get("/kenh/podcast.xml").content)  # noqa: S314 - ours

    assert told_parts == [
        {"startTime": 0.0, "title": "Nhạc hiệu"},
        {"startTime": 4.2, "title": "Tiêm chủng"},
    ]
    (link,) = feed.iter("{https://podcastindex.org/namespace/1.0}chapters")
    assert link.get("url", "").endswith("/kenh/tiem/chapters.json")


def test_the_calendar_has_what_is_planned(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """Read again by another library's rules: instants, places; nothing that was withdrawn."""
    opened(leader)

    answer = anybody.get("/kenh/lich.ics")
    events = {
        str(each["uid"]).split("@")[0]: each
        for each in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    }

    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert set(events) == {"b-first", "b-again", "b-tonight"}
    tonight = events["b-tonight"]
    assert tonight["dtstart"].dt == station.clock() + timedelta(hours=3)
    assert tonight["dtend"].dt - tonight["dtstart"].dt == timedelta(seconds=92)
    assert tonight["location"] == "Cụm Đông, Cụm Tây Sơn"
    assert tonight["summary"] == "DIỄN TẬP – Cắt điện thôn Chợ"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))


def test_a_real_station_is_not_marked(
    station: SmallStation, leader: TestClient, anybody: TestClient
) -> None:
    """Only a rehearsal is told as one."""
    with station.database.writing() as session:
        session.get_one(Station, STATION_ID).rehearsal = False
    opened(leader)

    assert titles(anybody) == [TITLE]


def test_who_holds_the_same_is_told_so(leader: TestClient, anybody: TestClient) -> None:
    """A reader that asks every five minutes costs no more than a header."""
    opened(leader)
    for path in ("/kenh/podcast.xml", "/kenh/feed.json", "/kenh/lich.ics"):
        first = anybody.get(path)
        again = anybody.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path


def test_only_the_player_may_be_framed(leader: TestClient, anybody: TestClient) -> None:
    """By any site, without a form or a cookie in it; every other page by none."""
    opened(leader)
    framed = {path: anybody.get(path) for path in ("/kenh", "/kenh/player")}

    policies = {path: each.headers["Content-Security-Policy"] for path, each in framed.items()}
    assert "frame-ancestors 'none'" in policies["/kenh"]
    assert "frame-ancestors *" in policies["/kenh/player"]
    assert "<form" not in framed["/kenh/player"].text
    assert "set-cookie" not in framed["/kenh/player"].headers


def test_a_title_is_never_markup(leader: TestClient, anybody: TestClient) -> None:
    """On pages as in feeds."""
    opened(leader)
    for path in ("/kenh", "/kenh/player"):
        page = anybody.get(path).text
        assert "<vắc" not in page
        assert "&lt;vắc xin&gt;" in page


def test_an_operator_keeps_back_and_does_not_open(station: SmallStation, app: object) -> None:
    """Opening to the world is a leader's decision."""
    token = station.session_of("operator", Role.OPERATOR)
    operator = TestClient(app, headers={"Authorization": f"Bearer {token}"})  # type: ignore[arg-type]

    assert operator.put("/api/channels", json={"open": True}).status_code == 403
    assert keep_back(operator, "tiem").status_code == 204


def test_the_command_opens_and_writes_files(station: SmallStation, tmp_path: Path) -> None:
    """For a portal that takes files: nothing while closed, then the three feeds."""
    database, settings, now = station.database, station.settings, station.clock()
    given_to = {"station_id": STATION_ID}
    with pytest.raises(ChannelClosed):
        written(database, settings, tmp_path / "kenh", now=now, **given_to)

    decided(database, settings, is_open=True, now=now, **given_to)
    written(database, settings, tmp_path / "kenh", now=now, **given_to)

    names = {each.name for each in (tmp_path / "kenh").iterdir()}
    assert names == {"podcast.xml", "feed.json", "lich.ics"}
    assert json.loads(told(database, settings, as_json=True, **given_to))["open"] is True


CHANNEL = Channel(
    station_id="thuong",
    station="Đài xã Thượng",
    commune="xã Thượng",
    province="Hà Nội",
    base="https://dai.example",
    rehearsal=False,
)
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def an_item(title: str, words: str) -> Item:
    """Something that was said."""
    return Item(
        bulletin_id="b",
        title=title,
        topic=title,
        contributor=title,
        words=words,
        spoken=words,
        audio_sha256="0" * 64,
        audio_size_bytes=1,
        duration_ms=1_000,
        first_at=NOW,
        last_at=NOW,
    )


@given(st.text(), st.text())
def test_any_words_make_a_feed_that_can_be_read(title: str, words: str) -> None:
    """Whatever people wrote: the feed is XML, and says it, without the signs XML cannot write."""
    feed = ET.fromstring(podcast(CHANNEL, [an_item(title, words)], now=NOW))  # noqa: S314 - ours

    told_title = feed.findtext("channel/item/title") or ""
    # A reader of XML takes every kind of line end for \n (XML 1.0, 2.11).
    expected = title.replace("\r\n", "\n").replace("\r", "\n")
    assert [each for each in expected if each >= " "] == [
        each for each in told_title if each >= " "
    ] or any(each in title for each in "\ufffe\uffff")


@given(st.text(alphabet="ab ạ", max_size=2_000))
def test_a_summary_ends_between_two_words(words: str) -> None:
    """And is never much longer than it may be."""
    told_words = summary(an_item("t", words))
    plain = " ".join(words.split())

    assert len(told_words) <= SUMMARY_CHARACTERS + 1
    assert plain.startswith(told_words.removesuffix("…"))
