"""A relay or live programme that the province orders: a relay of the station's own, or refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import state_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin
from broadcaster.exchange.codes import Refusal, why_not_taken
from broadcaster.exchange.errors import StreamNotListed, TakenAsEmergency
from broadcaster.exchange.mapping import ForeignBulletin
from broadcaster.exchange.relaying import TakenUp, take_up
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.taking import dismiss
from broadcaster.fleet.behaviour import relay_hosts_of
from broadcaster.relays.desk import GivenRelay, find_relay, given_of
from broadcaster.schedule.errors import TimePassed
from broadcaster.schedule.queueing import clusters_of, schedules_of
from broadcaster.schedule.tables import Broadcast
from tests.broadcaster.exchange.conftest import WORDS, Desk, on_both, signed_in
from tests.broadcaster.relays.relay_room import URL, listed_source
from tests.broadcaster.small_station import STATION_ID, form_token

HALF_AN_HOUR_MS = 30 * 60_000
LIVE = {"kind": 5, "content_url": URL, "duration_ms": HALF_AN_HOUR_MS, "words": ""}


def tomorrow(on: Desk, *, minute: int = 0) -> datetime:
    """Two in the afternoon of the next day."""
    return on.room.now().replace(hour=7, minute=minute, second=0, microsecond=0) + timedelta(days=1)


def listed(on: Desk) -> str:
    """An admin puts the province's stream on the list; the source's id."""
    with on.database.writing() as session:
        return listed_source(session, by=on.room.giver, now=on.room.now())


def ordered(on: Desk, **fields: Any) -> None:  # noqa: ANN401 - columns of a bulletin
    """The province orders a live programme, or what else is said, and it comes."""
    on.sends(**LIVE | fields)
    on.round()


def take(on: Desk) -> TakenUp:
    """The operator takes what came last."""
    small = on.room.newsroom.small
    return take_up(small.context, on.room.studio, on.newest().id, by=on.room.giver)


def relay(on: Desk, relay_id: str) -> tuple[GivenRelay, BulletinState, list[str]]:
    """A relay of the station: what it is to be, how it stands, and the hours asked for."""
    with on.database.reading() as session:
        row = find_relay(session, relay_id, station_id=STATION_ID)
        hours = [each.starts_local for each in schedules_of(session, relay_id)]
        return given_of(session, row), state_of(session, row), hours


@on_both
def test_a_stream_that_no_admin_listed_is_not_opened(on: Desk) -> None:
    """The order waits; neither a source nor a host comes from the province."""
    ordered(on)
    with pytest.raises(StreamNotListed):
        take(on)

    assert on.standings() == [Standing.WAITING]
    with on.database.reading() as session:
        assert session.exec(select(Bulletin)).all() == []
        assert list(relay_hosts_of(session, STATION_ID)) == []
    source_id = listed(on)
    assert relay(on, take(on).bulletin_id)[0].source_id == source_id


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": 1, "relay": True, "relay_source": URL, "content_url": ""},
        {"kind": 6, "relay": True, "relay_source": "vov1", "content_url": ""},
    ],
)
@pytest.mark.parametrize("priority", [2, 3])
def test_taken_it_is_a_relay_that_somebody_else_approves_with_its_hour(
    on: Desk, fields: dict[str, Any], priority: int
) -> None:
    """By its address or by a name of the list; in every cluster, and not on air by itself."""
    source_id = listed(on)
    ordered(on, priority=priority, starts_at=tomorrow(on), title="Họp báo tỉnh", **fields)
    made = take(on)
    given, state, hours = relay(on, made.bulletin_id)
    with on.database.reading() as session:
        (schedule,) = schedules_of(session, made.bulletin_id)
        clusters = set(clusters_of(session, schedule.id))
        assert session.exec(select(Broadcast)).all() == []

    assert (given.source_id, given.duration_ms, given.priority, given.title) == (
        source_id, HALF_AN_HOUR_MS, priority, "Họp báo tỉnh",
    )  # fmt: skip
    assert (made.is_relay, made.not_queued, state) == (True, None, BulletinState.RENDERED)
    assert (len(hours), clusters) == (1, {"cl-1", "cl-2"})
    assert on.standings() == [Standing.TAKEN]
    on.round()
    assert on.receipts() == [("da_nhan", ""), ("tiep_song", "")]


def test_it_is_no_longer_than_a_session_of_the_station(on: Desk) -> None:
    """And the province is told so."""
    listed(on)
    ordered(on, duration_ms=10 * 3_600_000)
    given, _, hours = relay(on, take(on).bulletin_id)
    on.round()
    with on.database.reading() as session:
        longest_ms = session.get_one(Station, STATION_ID).longest_session_ms

    assert (given.duration_ms, hours) == (longest_ms, [])
    assert "dài nhất" in on.province.of("receipt")[-1]["BienNhan"]["LyDo"]


@on_both
def test_an_hour_that_is_over_leaves_it_without_one(on: Desk) -> None:
    """Whoever took it is told why, and so is the province."""
    listed(on)
    ordered(on, starts_at=on.room.now() - timedelta(hours=1))
    made = take(on)
    on.round()

    assert isinstance(made.not_queued, TimePassed)
    assert relay(on, made.bulletin_id)[2] == []
    assert "giờ tỉnh muốn" in on.province.of("receipt")[-1]["BienNhan"]["LyDo"]


@on_both
def test_a_newer_version_moves_the_hour_and_asks_for_a_new_decision(on: Desk) -> None:
    """The same relay; what a person queued by hand stays. Taken once each, however often sent."""
    listed(on)
    ordered(on, starts_at=tomorrow(on))
    first = take(on).bulletin_id
    ordered(on, version=2, starts_at=tomorrow(on, minute=30), duration_ms=HALF_AN_HOUR_MS // 2)
    on.province.documents += on.province.documents
    on.round()
    second = take(on).bulletin_id
    given, _, hours = relay(on, second)

    assert (second, given.duration_ms) == (first, HALF_AN_HOUR_MS // 2)
    assert [each[-5:] for each in hours] == ["14:30"]
    assert on.standings() == [Standing.REPLACED, Standing.TAKEN]


def test_a_withdrawal_ends_what_waits_and_is_told_of_what_was_taken(on: Desk) -> None:
    """As of every bulletin of the province."""
    listed(on)
    ordered(on)
    ordered(on, version=2, withdrawn=True)
    assert on.standings() == [Standing.WITHDRAWN, Standing.WITHDRAWN]
    ordered(on, remote_id="BT-2")
    take(on)
    ordered(on, remote_id="BT-2", version=2, withdrawn=True)

    assert on.standings()[2:] == [Standing.TAKEN, Standing.WAITING]


@on_both
def test_put_away_the_province_hears_that_it_is_not_relayed(on: Desk) -> None:
    """Without the words of whoever decided."""
    ordered(on)
    with on.database.writing() as session:
        dismiss(
            session, on.newest().id, reason="Trùng hội nghị của xã", station_id=STATION_ID,
            by=on.room.leader, now=on.room.now(),
        )  # fmt: skip
    on.round()

    assert on.receipts()[-1] == ("khong_tiep_song", "")
    assert "hội nghị" not in str(on.province.of("receipt"))


def test_an_emergency_with_words_and_a_stream_is_proposed_by_its_words(on: Desk) -> None:
    """What cuts into everything is what a person here has read."""
    listed(on)
    ordered(on, priority=1, words=WORDS)

    assert on.standings() == [Standing.WAITING]
    with pytest.raises(TakenAsEmergency):
        take(on)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"title": "", "words": ""}, None),
        ({"content_url": "rtmp://tinh.example/live"}, Refusal.STREAM_PROTOCOL),
        ({"content_url": "http://tinh.example/live.mp3"}, Refusal.STREAM_PROTOCOL),
        ({"content_url": ""}, Refusal.NO_STREAM),
        ({"duration_ms": None}, Refusal.NO_LENGTH),
        ({"duration_ms": 0}, Refusal.NO_LENGTH),
        ({"priority": 1}, Refusal.EMERGENCY_STREAM),
        ({"priority": 1, "words": WORDS}, None),
        ({"priority": 7}, Refusal.PRIORITY_UNKNOWN),
        ({"withdrawn": True, "content_url": ""}, None),
    ],
)
def test_what_no_device_could_open_is_refused_by_its_reason(
    changed: dict[str, Any], expected: Refusal | None
) -> None:
    """Before anybody here looks at it; the reason goes up."""
    usual = {"remote_id": "BT", "title": "Họp báo", **LIVE}

    assert why_not_taken(ForeignBulletin(**usual | changed)) == expected


def test_the_page_leads_to_the_list_or_to_the_relay(on: Desk, app: FastAPI) -> None:
    """It names the stream, and what of the list it is."""
    ordered(on, starts_at=on.room.now() - timedelta(hours=1), duration_ms=10 * 3_600_000)
    operator = signed_in(on, app, "operator-2", Role.OPERATOR)
    at = f"/exchange/received/{on.newest().id}"
    before = operator.get(at).text
    refused = operator.post(f"{at}/taking", data={"csrf_token": form_token(before)})
    listed(on)
    page = operator.get(at).text
    taken = operator.post(f"{at}/taking", data={"csrf_token": form_token(page)})

    assert 'href="/relay-sources"' in before
    assert "Nhận thành tiếp sóng" in before
    assert (refused.status_code, "chưa có trong danh sách nguồn" in refused.text) == (409, True)
    assert "VOV1" in page
    assert "chưa có giờ phát" in taken.text
    assert 'href="/bulletins/' in taken.text
