"""What goes up to a province over real HTTP: nothing lost, nothing doubled, nothing made up."""

from datetime import timedelta

import pytest
from sqlmodel import select

from broadcaster.exchange.errors import OfficeDenies, OfficeUnreachable
from broadcaster.exchange.link import find_link, resend_refused, switch
from broadcaster.exchange.mapping import V1
from broadcaster.exchange.outbox import Outgoing
from broadcaster.exchange.rounds import pause_after
from broadcaster.exchange.tables import ExchangeLink
from broadcaster.ledger.play_state import PlayState
from tests.broadcaster.exchange.conftest import Desk, as_text, on_both
from tests.broadcaster.small_station import STATION_ID


def test_nothing_goes_out_before_it_is_switched_on(desk: Desk) -> None:
    """Nor is anything gathered: a station that is linked to nobody keeps no queue."""
    desk.play("som")
    desk.round()
    desk.link()
    desk.round()

    assert desk.province.asked == []
    assert desk.outbox() == []


@on_both
def test_loudspeakers_are_told_every_minute_as_they_last_said(on: Desk) -> None:
    """What one never said is not made up, and of two statuses that wait only the newer goes."""
    on.province.status = 503
    on.round()
    on.round()
    on.province.status = 0
    on.round(later=timedelta(minutes=5))
    told = on.province.of("status")

    assert len(told) == 1
    devices = [V1.read_device(each) for each in told[0]["ThietBi"]]
    assert [each.device_id for each in devices] == ["loa-0", "loa-1"]
    assert {(each.connected, each.activity, each.volume_percent) for each in devices} == {
        (None, None, None)
    }
    assert all(each.simulated for each in devices)
    assert told[0]["DienTap"] is True


def test_a_play_log_has_the_start_and_the_end_that_were_signed(on: Desk) -> None:
    """And the outcome in the ledger's words, which never say that anybody heard it."""
    whole = on.play("tron")
    on.play("cut", state="cut", ended_at=None, played_ms=20_500, code="interrupted")
    on.play("im", state="not_confirmed", started_at=None, ended_at=None, played_ms=0)
    on.play("gio", clock_doubtful=True)
    on.round()
    logs = {each.log_id: each for each in map(V1.read_play, on.logs())}
    told = logs[whole]

    assert told.outcome == "confirmed"
    assert told.ended_at is not None
    assert told.started_at is not None
    assert told.ended_at - told.started_at == timedelta(minutes=1)
    cut, silent, doubtful = (logs[f"o-{each}/0/loa-0"] for each in ("cut", "im", "gio"))
    assert (cut.ended_at, cut.played_ms, cut.reason) == (None, 20_000, "interrupted")
    assert (silent.started_at, silent.ended_at, silent.played_ms) == (None, None, 0)
    assert silent.outcome_words == "chưa xác nhận"
    assert (doubtful.started_at, doubtful.clock_doubtful) == (None, True)
    assert "nghe" not in as_text(on.logs())


@pytest.mark.parametrize("state", ["planned", "received", "cached", "started"])
def test_what_is_not_over_is_no_log(on: Desk, state: PlayState) -> None:
    """A play is told once the ledger has folded it to an outcome."""
    on.play("dang", state=state, ended_at=None)
    on.round()
    assert on.logs() == []
    on.play("dang", state="confirmed")
    on.round()

    assert [each["KetQua"] for each in on.logs()] == ["confirmed"]


@on_both
def test_late_word_makes_a_newer_version_of_the_same_log(on: Desk) -> None:
    """Told once each: what did not change is not told again."""
    on.play("cham", state="not_confirmed", started_at=None, ended_at=None)
    on.round()
    on.round()
    on.play("cham", state="confirmed", folded_at=on.room.now())
    on.round()
    on.round()
    first, second = on.logs()

    assert first["NhatKyID"] == second["NhatKyID"]
    assert first["PhienBan"] < second["PhienBan"]
    assert (first["KetQua"], second["KetQua"]) == ("not_confirmed", "confirmed")


@on_both
def test_the_plan_goes_up_where_it_changed(on: Desk) -> None:
    """With its hour, its clusters and the province's code of its topic."""
    newsroom = on.room.newsroom
    newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00")
    newsroom.plan()
    on.round()
    on.round()
    (told,) = on.province.of("schedule")
    item = V1.read_scheduled(told["LichPhat"][0])

    assert item.device_groups == ("cl-1", "cl-2")
    assert item.starts_at.isoformat() == "2026-11-23T10:00:00+00:00"
    assert (item.priority, item.topic) == (3, 1)
    newsroom.queue(newsroom.bulletin("Tin thứ hai của xã."), at="2026-11-23T18:00")
    newsroom.plan()
    on.round()
    assert [len(each["LichPhat"]) for each in on.province.of("schedule")] == [1, 2]


@on_both
def test_thirty_days_away_lose_and_double_nothing(on: Desk) -> None:
    """Every log arrives once, in order, when the province is back; statuses only the newest."""
    on.province.status = 503
    expected = []
    for day in range(31):
        expected += [on.play(f"{day:02}-{hour}") for hour in ("05", "17")]
        assert on.round(later=timedelta(days=1)).trouble == OfficeUnreachable.code
    assert on.province.taken == {}
    on.province.status = 0
    done = on.round(later=timedelta(hours=1))

    assert [each["NhatKyID"] for each in on.logs()] == expected
    assert len(on.province.of("status")) == 1
    assert done.trouble == ""
    assert max(on.province.tries.values()) == 1


def test_what_was_taken_without_a_word_is_sent_again_and_counts_once(on: Desk) -> None:
    """The province took it, and its answer was lost: the key says that it is the same."""
    expected = [on.play("a"), on.play("b")]
    on.province.hangs_up = True
    first = on.round()
    on.province.hangs_up = False
    on.round(later=timedelta(minutes=2))

    assert first.trouble == OfficeUnreachable.code
    assert [each["NhatKyID"] for each in on.logs()] == expected
    assert max(on.province.tries.values()) == 2


@on_both
def test_acknowledged_logs_stay_thirty_days_to_be_seen(on: Desk) -> None:
    """Then they go; what was never acknowledged does not."""
    on.play("cu")
    on.round()
    on.province.status = 503
    on.play("moi")
    on.round()
    on.province.status = 0
    on.province.refuses = {"play"}
    on.round(later=timedelta(days=31))
    kept = [each.about for each in on.outbox() if each.kind == Outgoing.PLAY]

    assert kept == ["o-moi/0/loa-0"]


@on_both
def test_what_the_province_will_not_take_is_kept_and_not_in_the_way(on: Desk) -> None:
    """Its words are shown, the next go on, and an admin may send it again."""
    on.province.refuses = {"play"}
    on.play("la")
    done = on.round()
    refused = next(each for each in on.outbox() if each.kind == Outgoing.PLAY)

    assert (done.refused, done.trouble) == (1, "")
    assert refused.refusal == "Thiếu trường ở tỉnh"
    assert len(on.province.of("status")) == 1
    on.province.refuses = set()
    on.round()
    assert on.logs() == []
    with on.database.writing() as session:
        assert resend_refused(session, station_id=STATION_ID, by=None, now=on.room.now()) == 1
    on.round()
    assert len(on.logs()) == 1


def test_a_province_that_fails_is_asked_later_and_later(on: Desk) -> None:
    """Between tries it is left alone; what waits is gathered all the same."""
    on.province.status = 500
    on.round()
    asked = len(on.province.asked)
    on.province.status = 0
    assert on.round(later=timedelta(seconds=30)).paused
    assert len(on.province.asked) == asked
    assert on.round(later=timedelta(seconds=31)).trouble == ""

    minutes = [pause_after(each) / timedelta(minutes=1) for each in (1, 2, 3, 4, 5, 500)]
    assert minutes == [1, 2, 4, 8, 15, 15]


def test_a_province_may_say_when_to_come_again(on: Desk) -> None:
    """`Retry-After` is heeded, up to an hour."""
    on.province.status, on.province.headers = 429, {"Retry-After": "1800"}
    on.round()
    with on.database.reading() as session:
        link = find_link(session, station_id=STATION_ID)

    assert link.next_try_at == on.room.now() + timedelta(minutes=30)


def test_a_secret_that_is_refused_is_told_and_loses_nothing(on: Desk) -> None:
    """An admin enters another one, tests, and all goes up."""
    on.play("giu")
    on.link(secret="khoa-khac-da-cu")
    with on.database.writing() as session:
        link = session.exec(select(ExchangeLink)).one()
        link.tested_at = on.room.now()
        switch(session, is_on=True, station_id=STATION_ID, by=None, now=on.room.now())
    assert on.round().trouble == OfficeDenies.code
    on.switch_on()
    on.round()

    assert len(on.logs()) == 1


@on_both
def test_a_crowd_of_logs_goes_up_in_order(on: Desk) -> None:
    """More than one round gathers at once, none left out."""
    on.province.status = 503
    expected = [on.play(f"{number:03}") for number in range(120)]
    on.round()
    on.province.status = 0
    on.round(later=timedelta(minutes=2))

    assert [each["NhatKyID"] for each in on.logs()] == expected
