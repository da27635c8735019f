"""Feeds over real HTTP: what is new comes once, what fails is said, nobody leads us astray."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from broadcaster.alerts.errors import (
    AlertUnreadable,
    FeedListed,
    FeedNameUnusable,
    FeedUnreachable,
    FeedUrlUnusable,
    UnknownFeed,
)
from broadcaster.alerts.feed_index import entries_of, is_same_host
from broadcaster.alerts.feeds import (
    add_feed,
    certificates_folder,
    checked_url,
    feeds_of,
    find_feed,
    retire_feed,
)
from broadcaster.alerts.fetching import WHOLE_S, fetcher
from broadcaster.alerts.message import MsgType
from broadcaster.alerts.polling import MOST_AT_ONCE, Round, poll_all, poll_one, refused_lately
from broadcaster.alerts.safe_xml import LARGEST_BYTES
from broadcaster.alerts.shown import alert_lines
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.tables import AlertFeed
from broadcaster.alerts.writing import write_alert
from tests.broadcaster.alerts.conftest import Desk
from tests.broadcaster.alerts.made import alert, signed, trust_in
from tests.broadcaster.alerts.server import Answer, Publisher, publishing
from tests.broadcaster.small_station import STATION_ID


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A host with nothing yet."""
    with publishing() as publisher:
        yield publisher


def listed(desk: Desk, url: str, *, must_be_signed: bool = False, name: str = "KTTV") -> str:
    """A feed on the list; its id."""
    with desk.room.database.writing() as session:
        return add_feed(
            session, name=name, url=url, must_be_signed=must_be_signed, station_id=STATION_ID,
            by=desk.room.giver, now=desk.room.now(),
        ).id  # fmt: skip


def asked(desk: Desk, feed_id: str) -> Round:
    """Ask it now."""
    state_dir = desk.room.newsroom.small.settings.state_dir
    return poll_one(
        desk.room.database, feed_id, state_dir=state_dir, station_id=STATION_ID, now=desk.room.now
    )


def standing(desk: Desk, feed_id: str) -> AlertFeed:
    """The feed's row."""
    with desk.room.database.reading() as session:
        return find_feed(session, feed_id, station_id=STATION_ID)


def states(desk: Desk) -> list[tuple[str, Shown]]:
    """Every alert's identifier and how it stands."""
    with desk.room.database.reading() as session:
        lines = alert_lines(session, station_id=STATION_ID, now=desk.room.now())
    return sorted((line.row.identifier, line.state) for line in lines)


def atom(*entries: tuple[str, str]) -> bytes:
    """An Atom list of addresses, each with its version."""
    items = "".join(
        f'<entry><id>{url}</id><updated>{version}</updated><link rel="alternate" href="{url}x"/>'
        f'<link type="application/cap+xml" href="{url}"/></entry>'
        for url, version in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{items}</feed>'.encode()


def test_a_document_of_its_own_is_taken_once(desk: Desk, publisher: Publisher) -> None:
    """By its mark the host says that it is as it was."""
    publisher.has["/cap"] = Answer(write_alert(alert()), headers={"ETag": '"1"'})
    feed = listed(desk, publisher.url("/cap"))

    assert len(asked(desk, feed).new) == 1
    assert asked(desk, feed) == Round()
    assert publisher.asked == [("/cap", ""), ("/cap", '"1"')]
    assert states(desk) == [("KTTV-1", Shown.WAITING)]


def test_a_list_is_followed_and_each_entry_fetched_once(desk: Desk, publisher: Publisher) -> None:
    """The newest first, as lists are: the update that came before its alert acts all the same."""
    first = alert("A-1", sent=alert().sent - timedelta(minutes=5))
    update = alert("A-2", msg_type=MsgType.UPDATE, references=(first.identity,))
    publisher.has["/atom"] = Answer(atom(("/2.xml", "v1"), ("/1.xml", "v1")))
    publisher.has["/1.xml"] = Answer(write_alert(first))
    publisher.has["/2.xml"] = Answer(write_alert(update))
    feed = listed(desk, publisher.url("/atom"))

    assert len(asked(desk, feed).new) == 2
    assert len(asked(desk, feed).new) == 0
    assert [path for path, _ in publisher.asked] == ["/atom", "/2.xml", "/1.xml", "/atom"]
    assert states(desk) == [("A-1", Shown.REPLACED), ("A-2", Shown.WAITING)]


def test_an_entry_in_a_new_version_is_fetched_again(desk: Desk, publisher: Publisher) -> None:
    """As some publish: one address, another message each time."""
    publisher.has["/atom"] = Answer(atom(("/now.xml", "v1")))
    publisher.has["/now.xml"] = Answer(write_alert(alert("N-1")))
    feed = listed(desk, publisher.url("/atom"))
    asked(desk, feed)
    publisher.has["/atom"] = Answer(atom(("/now.xml", "v2")))
    publisher.has["/now.xml"] = Answer(write_alert(alert("N-2")))

    assert len(asked(desk, feed).new) == 1


def test_rss_is_read_as_well(desk: Desk, publisher: Publisher) -> None:
    """By its enclosure, or by its link."""
    publisher.has["/rss"] = Answer(
        b'<rss version="2.0"><channel><item><link>/1.xml</link></item><item><link>/web</link>'
        b'<enclosure type="application/cap+xml" url="/2.xml"/></item></channel></rss>'
    )
    publisher.has["/1.xml"] = Answer(write_alert(alert("R-1")))
    publisher.has["/2.xml"] = Answer(write_alert(alert("R-2")))

    assert len(asked(desk, listed(desk, publisher.url("/rss"))).new) == 2
    assert "/web" not in [path for path, _ in publisher.asked]


def test_no_other_host_is_ever_asked(desk: Desk, publisher: Publisher) -> None:
    """Neither by an entry nor by being sent there."""
    with publishing() as other:
        other.has["/1.xml"] = Answer(write_alert(alert("O-1")))
        publisher.has["/atom"] = Answer(atom((other.url("/1.xml"), ""), ("/moved.xml", "")))
        publisher.has["/moved.xml"] = Answer(status=302, headers={"Location": other.url("/1.xml")})
        done = asked(desk, listed(desk, publisher.url("/atom")))

        assert other.asked == []
        assert (done.new, done.trouble) == ([], FeedUnreachable.code)


def test_a_redirect_at_home_is_followed_and_a_ring_is_not(desk: Desk, publisher: Publisher) -> None:
    """Three times at most."""
    publisher.has["/old"] = Answer(status=301, headers={"Location": "/new"})
    publisher.has["/new"] = Answer(write_alert(alert()))
    publisher.has["/ring"] = Answer(status=302, headers={"Location": "/ring"})

    assert len(asked(desk, listed(desk, publisher.url("/old"))).new) == 1
    assert asked(desk, listed(desk, publisher.url("/ring"))).trouble == FeedUnreachable.code
    assert [path for path, _ in publisher.asked].count("/ring") == 4


def test_what_fails_is_said_with_since_when(desk: Desk, publisher: Publisher) -> None:
    """Until it answers again; its last answer stays known."""
    feed = listed(desk, publisher.url("/cap"))
    began = desk.room.now()
    assert asked(desk, feed).trouble == FeedUnreachable.code
    desk.room.newsroom.clock.move(timedelta(seconds=30))
    asked(desk, feed)

    row = standing(desk, feed)
    assert (row.trouble, row.trouble_since) == (FeedUnreachable.code, began)
    assert (row.polled_at, row.answered_at) == (desk.room.now(), None)
    publisher.has["/cap"] = Answer(write_alert(alert()))
    asked(desk, feed)
    row = standing(desk, feed)
    assert (row.trouble, row.trouble_since, row.answered_at) == ("", None, desk.room.now())


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Answer(b"<html/>"), "alert_unreadable"),
        (Answer(b"never XML"), "alert_unreadable"),
        (Answer(b" " * (LARGEST_BYTES + 1)), "alert_too_large"),
        (Answer(status=500), "feed_unreachable"),
        (Answer(status=302), "feed_unreachable"),
        (Answer(write_alert(alert()).replace(b">Actual<", b">Real<")), "alert_invalid"),
    ],
    ids=["html", "bytes", "large", "500", "302", "invalid"],
)
def test_whatever_a_host_answers_is_a_trouble_by_name(
    desk: Desk, publisher: Publisher, answer: Answer, trouble: str
) -> None:
    """And hinders no other feed."""
    publisher.has["/bad"] = answer
    publisher.has["/good"] = Answer(write_alert(alert()))
    bad = listed(desk, publisher.url("/bad"), name="A")
    listed(desk, publisher.url("/good"), name="B")
    state_dir = desk.room.newsroom.small.settings.state_dir
    poll_all(desk.room.database, state_dir=state_dir, station_id=STATION_ID, now=desk.room.now)

    assert standing(desk, bad).trouble == trouble
    assert states(desk) == [("KTTV-1", Shown.WAITING)]


def test_signatures_are_checked_by_the_feeds_own_certificates(
    desk: Desk, publisher: Publisher, state_dir: Path
) -> None:
    """A good one is kept with its signer; a bad or a missing one is refused, shown, asked once."""
    publisher.has["/atom"] = Answer(atom(*((f"/{n}.xml", "") for n in range(3))))
    publisher.has["/0.xml"] = Answer(signed(alert("G-1")))
    publisher.has["/1.xml"] = Answer(signed(alert("T-1"), "thief"))
    publisher.has["/2.xml"] = Answer(write_alert(alert("U-1")))
    feed = listed(desk, publisher.url("/atom"), must_be_signed=True)
    trust_in(certificates_folder(state_dir, feed))
    trust_in(certificates_folder(state_dir, "another-feed"), "thief")
    done = asked(desk, feed)
    asked(desk, feed)

    assert states(desk) == [("G-1", Shown.WAITING)]
    assert desk.shown(done.new[0]).line.row.signer == "CN=kttv"
    assert done.refused == ["alert_signature_bad", "alert_signature_missing"]
    assert [path for path, _ in publisher.asked].count("/1.xml") == 1
    with desk.room.database.reading() as session:
        shown = refused_lately(
            session, station_id=STATION_ID, since=desk.room.now() - timedelta(days=1)
        )
    assert {document.trouble for _, document in shown} == set(done.refused)


def test_a_long_list_is_taken_in_several_rounds(desk: Desk, publisher: Publisher) -> None:
    """No round fetches more than its share, and none is forgotten."""
    many = MOST_AT_ONCE + 3
    publisher.has["/atom"] = Answer(
        atom(*((f"/{n}.xml", "") for n in range(many))), headers={"ETag": '"1"'}
    )
    for number in range(many):
        publisher.has[f"/{number}.xml"] = Answer(write_alert(alert(f"M-{number}")))
    feed = listed(desk, publisher.url("/atom"))

    assert [len(asked(desk, feed).new) for _ in range(3)] == [MOST_AT_ONCE, 3, 0]


def test_a_host_that_dribbles_is_left(publisher: Publisher) -> None:
    """The whole of a document has its time, whatever each piece takes."""
    publisher.has["/cap"] = Answer(write_alert(alert()))
    seconds = count(0.0, WHOLE_S + 1)
    with fetcher(now_s=lambda: next(seconds)) as fetch, pytest.raises(FeedUnreachable):
        fetch.get(publisher.url("/cap"))


def test_nothing_listens_there(desk: Desk) -> None:
    """A closed port is a trouble like any other."""
    with publishing() as publisher:
        gone = publisher.url("/cap")
    assert asked(desk, listed(desk, gone)).trouble == FeedUnreachable.code


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a.example/x", "file:///etc/passwd", "https://", "https://u:p@a.example/",
     "https://a.example/ x", "https://a.example:99999/", "https://á.example/", "javascript:1"],
)  # fmt: skip
def test_an_address_is_that_of_a_host(url: str) -> None:
    """By http or https, and without a password."""
    with pytest.raises(FeedUrlUnusable):
        checked_url(url)


def test_the_list_is_kept(desk: Desk) -> None:
    """Each address once; a feed that was retired is asked no more and may come again."""
    feed = listed(desk, "https://kttv.example/cap")
    with pytest.raises(FeedListed):
        listed(desk, " https://kttv.example/cap ")
    with pytest.raises(FeedNameUnusable):
        listed(desk, "https://b.example/", name=" ")
    with desk.room.database.writing() as session:
        retire_feed(session, feed, station_id=STATION_ID, by=desk.room.giver, now=desk.room.now())
    with desk.room.database.reading() as session:
        assert feeds_of(session, station_id=STATION_ID) == []
    with pytest.raises(UnknownFeed):
        asked(desk, feed)
    assert listed(desk, "https://kttv.example/cap") != feed


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_of_an_entry_leads_anywhere_else(href: str, version: str) -> None:
    """Every address that a list gives is of the feed's own host."""
    root = etree.Element("{http://www.w3.org/2005/Atom}feed")
    entry = etree.SubElement(root, "{http://www.w3.org/2005/Atom}entry")
    try:
        link = etree.SubElement(entry, "{http://www.w3.org/2005/Atom}link", href=href)
        etree.SubElement(entry, "{http://www.w3.org/2005/Atom}updated").text = version
    except ValueError:
        return
    link.set("rel", "alternate")
    home = "https://kttv.example/feed"
    for each in entries_of(etree.tostring(root), feed_url=home) or ():
        assert is_same_host(each.url, home)


def test_what_is_neither_is_refused() -> None:
    """A page of a web site is no feed."""
    with pytest.raises(AlertUnreadable):
        entries_of(b"<html><body/></html>", feed_url="https://a.example/")


def test_an_alert_is_no_list() -> None:
    """It is taken itself."""
    assert entries_of(write_alert(alert()), feed_url="https://a.example/") is None
