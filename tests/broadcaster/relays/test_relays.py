"""A relay goes on air only as a second person approved it: what, from where, how long, and when."""

from datetime import timedelta

import pytest
from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import authors_of, find_bulletin, submit
from broadcaster.bulletins.errors import OwnBulletin, RelayOutdated
from broadcaster.database import Database
from broadcaster.fleet.behaviour import keep_relay_hosts
from broadcaster.ledger.tables import Play
from broadcaster.relays.desk import change_relay
from broadcaster.relays.errors import (
    FallbackNotApproved,
    RelayLengthUnusable,
    RelaySourceMissing,
    StallUnusable,
)
from broadcaster.schedule.errors import InQuietHours, SessionOverfull, SlotTaken
from broadcaster.schedule.stopping import stop_broadcast
from broadcaster.schedule.tables import Broadcast, Schedule
from broadcaster.sources.desk import change_source, checked_source, retire_source
from devices.protocol.messages import OnCut, OnReboot, Relay
from tests.broadcaster.bulletins.newsroom import SCRIPT, decide
from tests.broadcaster.relays.relay_room import HALF_AN_HOUR_MS, URL, RelayRoom, listed_source
from tests.broadcaster.small_station import STATION_ID

AT_FIVE = "2026-11-23T17:00"
DAILY = "FREQ=DAILY"


def test_what_is_relayed_stands_in_the_signed_plan(room: RelayRoom) -> None:
    """The programme's address, its greatest length, and an approved bulletin that fills in."""
    news = room.newsroom
    fallback = news.bulletin()
    relay = room.write(fallback_id=fallback, stall_timeout_ms=8_000)
    news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    (planned,) = news.plan()
    (order,) = room.orders()

    assert order.items == ()
    assert isinstance(order.relay, Relay)
    assert (order.relay.url, order.relay.duration_ms) == (URL, HALF_AN_HOUR_MS)
    assert order.relay.stall_timeout_ms == 8_000
    with news.small.database.reading() as session:
        rendition = news.rendition(session, fallback)
        assert order.relay.fallback is not None
        assert order.relay.fallback.sha256 == rendition.audio_sha256
        plays = session.exec(select(Play)).all()
    assert (order.on_cut, order.on_reboot) == (OnCut.RESUME, OnReboot.JOIN)
    assert {(play.asked_ms, play.relay, play.audio_sha256) for play in plays} == {
        (HALF_AN_HOUR_MS, True, "")
    }
    assert planned.slot_ms == HALF_AN_HOUR_MS
    assert {order.broadcast for order in room.orders("cl-2")} == {planned.id}


def test_what_nobody_approved_is_neither_planned_nor_signed(room: RelayRoom) -> None:
    """Queued and submitted is not approved."""
    relay = room.write()
    room.newsroom.queue(relay, at=AT_FIVE)

    assert room.newsroom.plan() == []
    assert room.orders() == ()


def test_whoever_wrote_it_does_not_approve_it(room: RelayRoom) -> None:
    """A second person does, and it says what they decide on."""
    news = room.newsroom
    relay = room.write()
    news.queue(relay, at=AT_FIVE)
    with news.small.database.writing() as session:
        row = find_bulletin(session, relay, station_id=STATION_ID)
        rendition = news.rendition(session, relay)
        assert authors_of(session, row) == {news.operator}
        assert rendition.spoken.splitlines() == [
            "Tiếp sóng VOV1, đài quốc gia.",
            f"Địa chỉ: {URL}",
            "Dài nhất 30 phút 00 giây.",
            "Mất sóng quá 10 giây thì loa im lặng cho đến khi có sóng trở lại.",
        ]
    room.approve(relay)
    with pytest.raises(OwnBulletin), news.small.database.writing() as session:
        decide(session, news.rendition(session, relay), approved=False, by=news.operator,
               now=news.now())  # fmt: skip


@pytest.mark.parametrize(
    "wish",
    [
        {"duration_ms": HALF_AN_HOUR_MS + 60_000},
        {"stall_timeout_ms": 20_000},
        {"title": "Thời sự"},
        {"priority": 2},
    ],
    ids=["length", "stall", "title", "priority"],
)
def test_any_change_voids_the_approval(room: RelayRoom, wish: dict[str, object]) -> None:
    """What was planned is withdrawn, and signed no more, until it is approved again."""
    news = room.newsroom
    relay = room.write()
    news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    news.plan()
    assert len(room.orders()) == 1
    room.change(relay, **wish)

    assert not room.is_approved(relay)
    assert room.orders() == ()
    assert news.plan() == []
    room.approve(relay)
    news.plan()
    assert len(room.orders()) == 1


def test_whoever_lets_another_of_the_same_title_fill_in_has_a_part_in_it(room: RelayRoom) -> None:
    """Titles may be alike: it is an edit, and its editor is not the second person."""
    news = room.newsroom
    one, other = news.bulletin(), news.bulletin(SCRIPT + " Mời bà con đến sớm.")
    relay = room.write(fallback_id=one)
    room.approve(relay)
    with news.small.database.writing() as session:
        change_relay(
            session, relay, room.given(fallback_id=other), station_id=STATION_ID,
            by=news.leader, now=news.now(),
        )  # fmt: skip
    assert not room.is_approved(relay)

    with news.small.database.writing() as session:
        submit(session, relay, by=news.operator, now=news.now())
    with news.small.database.writing() as session, pytest.raises(OwnBulletin):
        decide(session, news.rendition(session, relay), approved=True, by=news.leader,
               now=news.now())  # fmt: skip


def test_to_ask_for_the_same_changes_nothing(room: RelayRoom) -> None:
    """A form that is sent again is no edit."""
    relay = room.write()
    room.approve(relay)
    room.change(relay, title="Tiếp sóng VOV1")
    room.make_anew(relay)

    assert room.is_approved(relay)


def test_another_hour_needs_another_decision(room: RelayRoom) -> None:
    """Nobody can hear a relay beforehand: where and when it is are what can be judged."""
    news = room.newsroom
    relay = room.write()
    news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    news.plan()
    news.queue(relay, at="2026-11-23T18:00")

    assert not room.is_approved(relay)
    assert news.plan() == []
    room.approve(relay)
    assert len(news.plan()) == 2


def test_an_hour_that_no_approver_saw_is_not_signed(room: RelayRoom) -> None:
    """A schedule that came past the desk does not reach a pole."""
    news = room.newsroom
    relay = room.write()
    schedule = news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    news.plan()
    news.clock.move(timedelta(minutes=1))
    with news.small.database.writing() as session:
        session.get_one(Schedule, schedule.id).created_at = news.now()

    assert room.orders() == ()


@pytest.mark.parametrize(
    "forged",
    [
        {"relay": None},
        {"url": "https://elsewhere.example/x"},
        {"duration_ms": HALF_AN_HOUR_MS + 1},
        {"stall_timeout_ms": 60_000},
    ],
    ids=["no relay", "address", "length", "stall"],
)
def test_a_row_that_says_other_than_approved_is_not_signed(
    room: RelayRoom, forged: dict[str, object]
) -> None:
    """Signing looks for itself."""
    news = room.newsroom
    relay = room.write(fallback_id=news.bulletin())
    news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    (planned,) = news.plan()
    with news.small.database.writing() as session:
        row = session.get_one(Broadcast, planned.id)
        if "relay" in forged:
            row.relay = None
        elif "duration_ms" in forged:
            row.duration_ms = HALF_AN_HOUR_MS + 1
        else:
            row.relay = {**(row.relay or {}), **forged}

    assert room.orders() == ()


@pytest.mark.parametrize("what", ["changed", "retired", "host"])
def test_a_source_that_is_no_longer_what_was_approved_is_not_relayed(
    room: RelayRoom, what: str
) -> None:
    """Whoever changes it, retires it or takes its host away withdraws what was planned."""
    news = room.newsroom
    relay = room.write()
    news.queue(relay, at=AT_FIVE, recurrence=DAILY)
    room.approve(relay)
    assert len(news.plan()) == 8
    waiting = room.write(title="Cũng VOV1")
    with news.small.database.writing() as session:
        if what == "changed":
            given = checked_source(name="VOV1", level="national", kind="stream", url=f"{URL}b")
            change_source(session, room.source_id, given, station_id=STATION_ID,
                          by=news.leader, now=news.now())  # fmt: skip
        elif what == "retired":
            retire_source(session, room.source_id, station_id=STATION_ID, by=news.leader,
                          now=news.now())  # fmt: skip
        else:
            keep_relay_hosts(session, [], station_id=STATION_ID, by=None, now=news.now())

    assert room.orders() == ()
    assert news.plan() == []
    with pytest.raises(RelayOutdated):
        room.approve(waiting)
    if what == "changed":
        room.make_anew(relay)
        room.approve(relay)
        news.plan()
        assert {order.relay.url for order in room.orders() if isinstance(order.relay, Relay)} == {
            f"{URL}b"
        }


def test_what_fills_in_must_stay_approved(room: RelayRoom) -> None:
    """A bulletin that was edited since is not what anybody heard."""
    news = room.newsroom
    fallback = news.bulletin()
    relay = room.write(fallback_id=fallback)
    news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    news.plan()
    news.render(fallback, "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em.", take="khác")

    assert room.orders() == ()
    news.approve(fallback)
    room.make_anew(relay)
    room.approve(relay)
    news.plan()
    assert len(room.orders()) == 1


def test_no_relay_overlaps_another_broadcast(room: RelayRoom) -> None:
    """Its slot is its greatest length, for bulletins that come later and relays alike."""
    news = room.newsroom
    relay = room.write()
    news.queue(relay, at=AT_FIVE)
    room.approve(relay)
    news.plan()

    with pytest.raises(SlotTaken):
        news.queue(news.bulletin(), at="2026-11-23T17:29")
    with pytest.raises(SlotTaken):
        news.queue(room.write(), at="2026-11-23T16:45")
    with pytest.raises(SessionOverfull):
        # One after the other without a pause they are one session, longer than allowed.
        news.queue(room.write(), at="2026-11-23T16:29")
    news.queue(room.write(), at="2026-11-23T16:20")


def test_quiet_hours_hold_for_all_of_it(room: RelayRoom) -> None:
    """A relay that would run into them is refused, and with a reason a leader decides."""
    news = room.newsroom
    relay = room.write()
    with pytest.raises(InQuietHours):
        news.queue(relay, at="2026-11-23T20:45")
    news.queue(relay, at="2026-11-23T20:45", reason="Bão số 9, tỉnh phát trực tiếp")
    room.approve(relay)
    news.plan()
    (order,) = room.orders()

    assert order.override is not None
    assert order.override.reason == "Bão số 9, tỉnh phát trực tiếp"


def test_what_the_station_or_devices_would_refuse_is_told_at_its_field(room: RelayRoom) -> None:
    """A session's length, a stall of more than a minute, an unknown source, unapproved words."""
    waiting = room.newsroom.bulletin(approved=False)
    with room.newsroom.small.database.reading() as session:
        longest_ms = session.get_one(Station, STATION_ID).longest_session_ms
    for wish, refused, field in (
        ({"duration_ms": longest_ms + 1}, RelayLengthUnusable, "duration"),
        ({"duration_ms": 0}, RelayLengthUnusable, "duration"),
        ({"stall_timeout_ms": 60_001}, StallUnusable, "stall"),
        ({"source_id": "src-none"}, RelaySourceMissing, "source_id"),
        ({"source_id": "\0"}, RelaySourceMissing, "source_id"),
        ({"source_id": "\ud800"}, RelaySourceMissing, "source_id"),
        ({"fallback_id": "\0"}, FallbackNotApproved, "fallback_id"),
        ({"fallback_id": waiting}, FallbackNotApproved, "fallback_id"),
        ({"fallback_id": "bul-none"}, FallbackNotApproved, "fallback_id"),
        ({"fallback_id": room.write()}, FallbackNotApproved, "fallback_id"),
    ):
        with pytest.raises(refused) as error:
            room.write(**wish)
        assert getattr(error.value, "field", None) == field


def test_a_relay_is_stopped_as_every_broadcast_is(room: RelayRoom) -> None:
    """It stays in the plan with its stop beside it."""
    news = room.newsroom
    relay = room.write()
    news.queue(relay)
    room.approve(relay)
    (planned,) = news.plan()
    room.sign()
    news.clock.now = planned.starts_at + timedelta(seconds=30)
    with news.small.database.writing() as session:
        stop_broadcast(session, planned.id, station_id=STATION_ID, by=news.operator, now=news.now())

    with news.small.database.reading() as session:
        assert session.get_one(Broadcast, planned.id).stopped_by == news.operator


def test_a_source_of_another_name_is_another_relay(room: RelayRoom, database: Database) -> None:
    """Two sources side by side; each relay is called after its own."""
    with database.writing() as session:
        other = listed_source(session, by=room.newsroom.operator, now=room.newsroom.now(),
                              url="https://hanoi.example/live")  # fmt: skip
    relay = room.write(source_id=other)

    with database.reading() as session:
        assert find_bulletin(session, relay, station_id=STATION_ID).title == "Tiếp sóng VOV1"
        rendition = room.newsroom.rendition(session, relay)
    assert rendition.relay is not None
    assert rendition.relay["url"] == "https://hanoi.example/live"
