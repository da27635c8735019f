"""Material of others: taken as a draft with its source and terms; nothing is fetched amiss."""

import json

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.roles import Role
from broadcaster.bulletins import desk as bulletins
from broadcaster.bulletins.errors import RecordingNotUsed
from broadcaster.bulletins.states import BulletinState
from broadcaster.materials import materials_command as command
from broadcaster.materials.errors import (
    FeedNameless,
    MaterialListed,
    MaterialSoundUnusable,
    MaterialTaken,
    MaterialUnreachable,
    MaterialUnreadable,
    MaterialUrlUnusable,
    UnknownMaterialItem,
)
from broadcaster.materials.feeds import retire_feed
from broadcaster.materials.reading import items_in, plain_words
from broadcaster.materials.sound import is_allowed
from tests.broadcaster.alerts.server import Answer
from tests.broadcaster.materials.conftest import LICENCE, Shelf, on_both, signed_in
from tests.broadcaster.small_station import STATION_ID, form_token
from tests.clients import TestClient

FEED = "https://cam-nang.example/rss"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><rights>CC BY 4.0</rights><entry><id>e-1</id>'
    "<title>Đuối nước</title><published>2026-11-20T08:00:00+07:00</published>"
    '<link href="/bai/1"/><link rel="enclosure" type="audio/mpeg" href="/1.mp3"/>'
    "<summary>Không cho trẻ tắm sông một mình.</summary></entry></feed>"
)


def test_a_feed_is_read_in_both_kinds() -> None:
    """With where its sound lies, its words without a page's marks, its day and its terms."""
    (atom,) = items_in(ATOM.encode(), feed_url=FEED)

    assert (atom.guid, atom.title, atom.licence) == ("e-1", "Đuối nước", "CC BY 4.0")
    assert atom.sound_url == "https://cam-nang.example/1.mp3"
    assert atom.link == "https://cam-nang.example/bai/1"
    assert atom.published_at is not None
    assert atom.published_at.isoformat() == "2026-11-20T01:00:00+00:00"


@pytest.mark.parametrize(
    ("enclosure", "found"),
    [
        ('<enclosure url="/a.mp3" type="audio/mpeg"/>', "https://cam-nang.example/a.mp3"),
        ('<enclosure url="/a.mp3"/>', "https://cam-nang.example/a.mp3"),
        ('<enclosure url="/a.mp4" type="video/mp4"/>', None),
        ('<enclosure url="file:///etc/passwd" type="audio/mpeg"/>', None),
        ('<enclosure url="javascript:alert(1)" type="audio/mpeg"/>', None),
        ('<enclosure url="https://[::1/a.mp3" type="audio/mpeg"/>', None),
        ("", None),
    ],
)
def test_an_item_without_a_sound_is_none(enclosure: str, found: str | None) -> None:
    """Nor one whose sound lies where nothing is ever fetched."""
    content = f"<rss><channel><item><title>A</title>{enclosure}</item></channel></rss>"
    items = items_in(content.encode(), feed_url=FEED)

    assert [each.sound_url for each in items] == ([found] if found else [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"not xml",
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>',
        b"<rss>" + b" " * 1_048_577 + b"</rss>",
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    """A document type, and so every entity, among it."""
    with pytest.raises(MaterialUnreadable):
        items_in(content, feed_url=FEED)


@given(st.text())
def test_words_lose_a_pages_marks_whatever_they_are(text: str) -> None:
    """Nothing fails, and nothing grows."""
    assert len(plain_words(text)) <= max(5_000, len(text))
    assert plain_words("<p>Một</p><script>x</script>hai&nbsp;ba") == "Một\nx hai ba"


@on_both
def test_what_is_taken_is_a_draft_with_its_source_and_its_terms(shelf: Shelf) -> None:
    """Its sound is made as loud as speech; somebody else hears and approves it."""
    shelf.sounds()
    shelf.publishes(shelf.item())
    assert shelf.ask(shelf.feed()) is None
    taken = shelf.take()
    with shelf.room.database.reading() as session:
        row = bulletins.find_bulletin(session, taken, station_id=STATION_ID)
        state = bulletins.state_of(session, row)
        rendition = bulletins.current_rendition(session, row)

    assert (row.title, row.script, row.topic) == (
        "Rửa tay g-1", "Rửa tay trước khi ăn.", "Cẩm nang số",
    )  # fmt: skip
    assert (row.contributor, row.author_id) == ("Cẩm nang", shelf.room.giver)
    assert row.source.startswith(LICENCE)
    assert state == BulletinState.RENDERED
    assert rendition is not None
    assert rendition.engine == "recorded"
    assert rendition.duration_ms >= 1_500
    with pytest.raises(MaterialTaken):
        shelf.take()


def test_an_items_own_terms_come_before_its_feeds(shelf: Shelf) -> None:
    """And a channel's before what an admin wrote."""
    own = '<x:license xmlns:x="http://cyber.law.harvard.edu/rss/">CC BY-SA</x:license>'
    shelf.publishes(
        shelf.item("g-1", inside=own), shelf.item("g-2"), of_channel="<copyright>© Bộ</copyright>"
    )
    shelf.ask(shelf.feed())

    assert [each.licence for each in shelf.items()] == ["CC BY-SA", "© Bộ"]


@on_both
def test_asked_again_an_item_is_there_once(shelf: Shelf) -> None:
    """As its feed says now; what was taken stays as it was taken."""
    shelf.sounds()
    shelf.publishes(shelf.item("g-1"), shelf.item("g-2"))
    feed = shelf.feed()
    shelf.ask(feed)
    shelf.take()
    other = shelf.host.url("/b.wav")
    shelf.publishes(shelf.item("g-1", at=other), shelf.item("g-2", at=other), shelf.item("g-3"))
    shelf.ask(feed)

    assert [each.guid for each in shelf.items()] == ["g-1", "g-2", "g-3"]
    assert [each.sound_url == other for each in shelf.items()] == [False, True, False]


@pytest.mark.parametrize(
    ("at", "sound_host", "allowed"),
    [
        ("https://cam-nang.example/a.mp3", "", True),
        ("http://cam-nang.example/a.mp3", "", False),
        ("https://cam-nang.example:8443/a.mp3", "", False),
        ("https://tep.example/a.mp3", "tep.example", True),
        ("http://tep.example/a.mp3", "tep.example", False),
        ("https://tep.example:22/a.mp3", "tep.example", False),
        ("https://tep.example.ke-gian.example/a.mp3", "tep.example", False),
        ("http://169.254.169.254/latest", "tep.example", False),
        ("https://127.0.0.1/a.mp3", "", False),
        ("https://[::1", "tep.example", False),
    ],
)
def test_a_sound_is_fetched_from_named_hosts_only(at: str, sound_host: str, allowed: bool) -> None:
    """The list's own, or by TLS the one that an admin named."""
    assert is_allowed(at, feed_url=FEED, sound_host=sound_host) is allowed


@pytest.mark.parametrize("location", ["http://127.0.0.1:9/a.wav", "file:///etc/passwd", "//["])
def test_no_answer_leads_to_another_host(shelf: Shelf, location: str) -> None:
    """Whatever the host of a sound says; the item goes on waiting."""
    shelf.host.has["/a.wav"] = Answer(status=302, headers={"Location": location})
    shelf.publishes(shelf.item())
    shelf.ask(shelf.feed())
    with pytest.raises((MaterialSoundUnusable, MaterialUnreachable)):
        shelf.take()

    assert shelf.items()[0].bulletin_id is None


@pytest.mark.parametrize(
    ("content", "kind", "refused"),
    [
        (b"<html>", "text/html", MaterialSoundUnusable),
        (b"no sound at all", "audio/mpeg", RecordingNotUsed),
    ],
)
def test_what_is_no_sound_is_refused(
    shelf: Shelf, content: bytes, kind: str, refused: type[Exception]
) -> None:
    """By what its host calls it, or when it is decoded."""
    shelf.sounds(content=content, kind=kind)
    shelf.publishes(shelf.item())
    shelf.ask(shelf.feed())
    with pytest.raises(refused):
        shelf.take()


def test_a_sound_that_is_too_large_is_not_read_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is dropped where the limit is reached."""
    monkeypatch.setattr("broadcaster.materials.sound.LARGEST_RECORDING_BYTES", 1_000)
    shelf.sounds()
    shelf.publishes(shelf.item())
    shelf.ask(shelf.feed())
    with pytest.raises(MaterialSoundUnusable, match="too large"):
        shelf.take()


def test_a_host_that_fails_is_named_and_takes_nothing_away(shelf: Shelf) -> None:
    """What was seen stays; so does why it could not be read."""
    shelf.publishes(shelf.item())
    feed = shelf.feed()
    shelf.ask(feed)
    shelf.host.has["/rss"] = Answer(status=500)
    assert isinstance(shelf.ask(feed), MaterialUnreachable)
    shelf.host.has["/rss"] = Answer(b"<html/>")
    assert isinstance(shelf.ask(feed), MaterialUnreadable)

    assert len(shelf.items()) == 1


@on_both
def test_a_feed_that_was_retired_gives_nothing_more(shelf: Shelf) -> None:
    """Its items are nobody's any more; bulletins made of them stay."""
    shelf.sounds()
    shelf.publishes(shelf.item())
    feed = shelf.feed()
    shelf.ask(feed)
    with shelf.room.database.writing() as session:
        retire_feed(session, feed, station_id=STATION_ID, by=None, now=shelf.room.now())
    with pytest.raises(UnknownMaterialItem):
        shelf.take()


@pytest.mark.parametrize(
    ("url", "sound_host"),
    [
        ("ftp://a.example/rss", ""),
        ("https://ai:gi@a.example/rss", ""),
        ("https://a.example/rss", "https://tep.example"),
        ("https://a.example/rss", "tep.example/a"),
        ("https://a.example/rss", "-tep"),
    ],
)
def test_an_address_that_is_none_is_refused(shelf: Shelf, url: str, sound_host: str) -> None:
    """And the same feed is listed once."""
    with pytest.raises(MaterialUrlUnusable):
        shelf.feed(url=url, sound_host=sound_host)
    shelf.feed(sound_host="tep.example")
    with pytest.raises(MaterialListed):
        shelf.feed()


@on_both
def test_by_page_and_by_program(shelf: Shelf, app: FastAPI) -> None:
    """An admin names a feed, an operator asks it and takes an item; others look."""
    shelf.sounds()
    shelf.publishes(shelf.item("g-1"), shelf.item("g-2"))
    admin = signed_in(shelf, app, "tuan", Role.ADMIN)
    operator = signed_in(shelf, app, "mai", Role.OPERATOR)

    def post(client: TestClient, to: str, **given: str) -> tuple[int, str]:
        token = form_token(client.get("/account").text)
        answer = client.post(to, data={**given, "csrf_token": token})
        return answer.status_code, answer.headers.get("location", answer.text)

    named = {"name": "Cẩm nang", "url": shelf.host.url("/rss"), "licence": ""}
    status, page = post(admin, "/materials/feeds", **named)
    assert (status, FeedNameless.message_vi in page) == (422, True)
    anew = admin.get("/materials/feeds", headers={"Accept": "text/html"})
    assert (anew.status_code, anew.headers["location"]) == (303, "/materials")
    assert post(admin, "/materials/feeds", **named | {"licence": LICENCE})[0] == 303
    assert post(operator, "/materials/feeds", **named)[0] == 403
    feed = operator.get("/materials").text.split('action="/materials/feeds/')[1].split("/")[0]
    assert post(operator, f"/materials/feeds/{feed}/asking") == (303, f"/materials#{feed}")
    assert "Rửa tay g-2" in operator.get("/materials").text
    first, second = (each.id for each in shelf.items())
    status, at = post(operator, f"/materials/items/{first}/taking")
    assert (status, at.startswith("/bulletins/bul-")) == (303, True)
    assert "Đã nhận thành bản tin" in operator.get("/materials").text

    token = shelf.room.newsroom.small.session_of("lan2", Role.OPERATOR)
    program = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    assert program.post(f"/api/materials/feeds/{feed}/asking").json()["trouble"] == ""
    assert program.post(f"/api/materials/items/{second}/taking").status_code == 201
    assert program.post(f"/api/materials/items/{second}/taking").status_code == 409
    told = program.get("/api/materials").json()
    assert all(each["bulletin_id"] for each in told["feeds"][0]["items"])
    assert json.dumps(told).count(shelf.host.url("/rss")) == 1
    shelf.host.has["/rss"] = Answer(status=500)
    status, page = post(operator, f"/materials/feeds/{feed}/asking")
    assert (status, MaterialUnreachable.message_vi in page) == (200, True)
    assert "không trả lời như mong đợi" in operator.get("/materials").text
    assert "Nguồn không có mục nào có âm thanh." not in operator.get("/materials").text
    silent = shelf.feed(url=shelf.host.url("/away"))
    post(operator, f"/materials/feeds/{silent}/asking")
    assert "Nguồn không có mục nào có âm thanh." not in operator.get("/materials").text
    shelf.host.has["/away"] = Answer(b'<rss version="2.0"><channel/></rss>')
    post(operator, f"/materials/feeds/{silent}/asking")
    assert "Nguồn không có mục nào có âm thanh." in operator.get("/materials").text
    assert post(admin, f"/materials/feeds/{feed}/retirement")[0] == 303


def test_the_same_at_the_stations_machine(shelf: Shelf) -> None:
    """`loa materials`: added, asked, listed, removed."""
    database, now = shelf.room.database, shelf.room.now()
    shelf.publishes(shelf.item())
    assert "No sources" in command.listed(database, station_id=STATION_ID)
    feed = command.added(
        database, name="Cẩm nang", url=shelf.host.url("/rss"), sound_host="", licence=LICENCE,
        station_id=STATION_ID, now=now,
    ).strip()  # fmt: skip
    assert "Rửa tay g-1" in command.asked(database, feed, station_id=STATION_ID, now=now)
    assert "Rửa tay g-1" in command.listed(database, station_id=STATION_ID)
    shelf.host.has.clear()
    with pytest.raises(MaterialUnreachable):
        command.asked(database, feed, station_id=STATION_ID, now=now)
    command.retired(database, feed, station_id=STATION_ID, now=now)
    assert "No sources" in command.listed(database, station_id=STATION_ID)
