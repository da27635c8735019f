"""Silent and decaying devices: by their own words, four weeks against the four before."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from broadcaster.database import Database
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.device_trends import DeviceTrend, Tally, device_trends
from broadcaster.ledger.device_verdicts import Verdict
from broadcaster.ledger.tables import Play
from broadcaster.ledger.wording import words_of_code
from tests.broadcaster.ledger.commune import STATION, found, raise_pole

NOW = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
DAY = timedelta(days=1)


@pytest.fixture
def station(database: Database) -> Database:
    """Two poles of the east and one of the west, each heard of a minute ago."""
    with database.writing() as session:
        found(session)
        for device, cluster, village in (
            ("loa-1", "cum-dong", "thon_1"),
            ("loa-2", "cum-dong", "thon_2"),
            ("loa-3", "cum-tay", "thon_3"),
        ):
            raise_pole(session, device, cluster=cluster, **{village: 1.0})
            heard(session, device, at=NOW - timedelta(minutes=1))
    return database


def heard(session: Session, device: str, *, at: datetime, online: bool = True) -> None:
    """The last status of a device."""
    session.merge(
        DeviceStatus(
            device_id=device,
            online=online,
            boot="b" * 32,
            software="test",
            plan_version=1,
            said_at=at,
            received_at=at,
        )
    )


def played(
    session: Session, device: str, *states: str, days_ago: int, code: str | None = None
) -> None:
    """Plays of one device, one an hour, that came to these states."""
    for hour, state in enumerate(states):
        at = NOW - days_ago * DAY + timedelta(hours=hour)
        session.add(
            Play(
                order_id=f"o-{device}-{days_ago}-{hour}",
                device_id=device,
                broadcast_id=f"b-{days_ago}-{hour}",
                cluster_id="cum-dong",
                device_name=device,
                title="Tin",
                audio_sha256="a" * 64,
                asked_ms=60_000,
                starts_at=at,
                start_due_at=at,
                end_due_at=at,
                frozen=True,
                state=state,
                code=code,
                played_ms={"confirmed": 60_000, "partial": 30_000}.get(state, 0),
            )
        )


def trends(database: Database, villages: frozenset[str] | None = None) -> dict[str, DeviceTrend]:
    """The trends by device, in the order in which they are told."""
    with database.reading() as session:
        told = device_trends(session, station_id=STATION, villages=villages, now=NOW)
    return {each.device_id: each for each in told}


def test_days_of_silence_are_counted(station: Database) -> None:
    """A device whose last word is 3 days and 1 hour old is silent for 3 days, and told first."""
    with station.writing() as session:
        heard(session, "loa-3", at=NOW - 3 * DAY - timedelta(hours=1), online=False)
    told = trends(station)

    assert list(told) == ["loa-3", "loa-1", "loa-2"]
    assert (told["loa-3"].verdict, told["loa-3"].days_silent) == (Verdict.SILENT, 3)
    assert (told["loa-1"].verdict, told["loa-1"].days_silent) == (Verdict.GOOD, 0)


def test_a_device_that_was_never_heard_of_is_not_called_silent(station: Database) -> None:
    """Nobody knows since when it should speak."""
    with station.writing() as session:
        raise_pole(session, "loa-9")
    told = trends(station)["loa-9"]

    assert (told.verdict, told.days_silent, told.online) == (Verdict.NEVER_HEARD, None, None)


def test_a_fading_device_is_seen_before_it_is_silent(station: Database) -> None:
    """Before: 4 of 4 confirmed. Now: 3 of 4, a quarter less."""
    with station.writing() as session:
        played(session, "loa-1", *["confirmed"] * 4, days_ago=40)
        played(session, "loa-1", *["confirmed"] * 3, "not_confirmed", days_ago=10)
    told = trends(station)["loa-1"]

    assert (told.before, told.recent) == (Tally(4, 4), Tally(4, 3))
    assert told.change == pytest.approx(-0.25)
    assert told.verdict is Verdict.DECAYING
    assert told.confirmed_at == NOW - 10 * DAY + timedelta(hours=2)


def test_a_fault_that_repeats_is_named(station: Database) -> None:
    """Three failures of one kind in four weeks; a word that never came is no fault of its own."""
    with station.writing() as session:
        played(session, "loa-1", *["failed"] * 3, days_ago=5, code="audio_device")
        played(session, "loa-1", "partial", "not_confirmed", days_ago=6)
        played(session, "loa-1", *["failed"] * 5, days_ago=40, code="too_late")
    told = trends(station)["loa-1"]

    assert told.faults == (("audio_device", 3), ("partial", 1))
    assert told.verdict is Verdict.FAULTY


def test_a_device_that_never_did_well_is_no_good_one(station: Database) -> None:
    """It does not fade, it is weak: 2 of 4 now as before."""
    with station.writing() as session:
        for days_ago in (40, 10):
            played(session, "loa-1", *["confirmed", "not_confirmed"] * 2, days_ago=days_ago)

    assert trends(station)["loa-1"].verdict is Verdict.WEAK


def test_what_is_still_to_come_says_nothing(station: Database) -> None:
    """Plays that have not ended, or lie longer back than eight weeks, are in no figure."""
    with station.writing() as session:
        played(session, "loa-1", "planned", "started", days_ago=1)
        played(session, "loa-1", "failed", days_ago=57)
    told = trends(station)["loa-1"]

    assert (told.recent, told.before, told.faults) == (Tally(), Tally(), ())
    assert told.recent.share is None


def test_only_devices_of_villages_in_view_are_told(station: Database) -> None:
    """The scope stands in the query."""
    assert set(trends(station, frozenset({"thon-3"}))) == {"loa-3"}
    assert trends(station, frozenset()) == {}


def test_obedience_is_no_fault(station: Database) -> None:
    """What was cut because the station said so is counted neither for a pole nor against it."""
    with station.writing() as session:
        played(session, "loa-1", *["confirmed"] * 7, days_ago=1)
        played(session, "loa-1", *["cut"] * 3, days_ago=2, code="stopped")
        played(session, "loa-2", *["cut"] * 3, days_ago=2, code="emergency")
    told = trends(station)

    assert (told["loa-1"].recent, told["loa-1"].faults) == (Tally(7, 7), ())
    assert told["loa-2"].faults == (("emergency", 3),)
    assert words_of_code("stopped") == "dừng theo lệnh của đài"
