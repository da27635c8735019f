"""The watch: what nobody confirmed in time is said so, once, and corrected by late word."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from broadcaster.database import Database
from broadcaster.ledger.alert_queries import open_alerts
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.tables import Alert, Play
from broadcaster.ledger.watch import close_overdue
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)

START_DUE = STARTS + timedelta(seconds=90)
END_DUE = STARTS + timedelta(seconds=150)


@pytest.fixture
def poles(database: Database) -> tuple[Pole, Pole]:
    """Two poles with one order."""
    with database.writing() as session:
        found(session)
        poles = raise_pole(session, "loa-1"), raise_pole(session, "loa-2")
        expect(session, order(), now=BEFORE)
    return poles


def look(database: Database, *, now: datetime) -> tuple[int, int]:
    """One look at the deadlines."""
    with database.writing() as session:
        closed = close_overdue(session, now=now)
    return closed.plays, closed.alerts_open


def alerts(database: Database) -> dict[str | None, datetime | None]:
    """The alerts by device, and when they were resolved."""
    with database.reading() as session:
        return {each.device_id: each.resolved_at for each in session.exec(select(Alert))}


def states(database: Database) -> dict[str, str]:
    """How the plays stand, by device."""
    with database.reading() as session:
        return {play.device_id: play.state for play in session.exec(select(Play))}


def test_raises_one_alert_for_each_silent_device(
    database: Database, poles: tuple[Pole, Pole]
) -> None:
    """At the deadline of the start, not before: one alert each, however often one looks."""
    poles[0].play()
    with database.writing() as session:
        ingest(session, [poles[0].batch()])
    early = look(database, now=START_DUE - timedelta(milliseconds=1))
    due = look(database, now=START_DUE)
    again = look(database, now=START_DUE + timedelta(seconds=1))

    assert (early, due, again) == ((0, 0), (1, 1), (0, 0))
    assert states(database) == {"loa-1": "confirmed", "loa-2": "not_confirmed"}
    assert alerts(database) == {"loa-2": None}


def test_late_word_resolves_the_alert(database: Database, poles: tuple[Pole, Pole]) -> None:
    """Days later a device gives its word: the record and the alert are corrected, not erased."""
    look(database, now=START_DUE)
    poles[0].play()
    late = STARTS + timedelta(days=3)
    with database.writing() as session:
        ingest(session, [poles[0].batch()], now=late)

    assert states(database) == {"loa-1": "confirmed", "loa-2": "not_confirmed"}
    assert alerts(database) == {"loa-1": late, "loa-2": None}


def test_a_start_without_an_end_raises_the_alert_again(
    database: Database, poles: tuple[Pole, Pole]
) -> None:
    """A late start resolves the alert; when the end stays away it is raised again, the same one."""
    look(database, now=START_DUE)
    poles[0].say(Kind.STARTED)
    with database.writing() as session:
        ingest(session, [poles[0].batch()], now=START_DUE + timedelta(seconds=1))
    resolved = alerts(database)["loa-1"]
    look(database, now=END_DUE)

    assert resolved == START_DUE + timedelta(seconds=1)
    assert alerts(database) == {"loa-1": None, "loa-2": None}
    assert states(database)["loa-1"] == "not_confirmed"


def test_a_repeat_that_is_owed_keeps_the_alert(
    database: Database, poles: tuple[Pole, Pole]
) -> None:
    """An alert speaks of a broadcast and a device: one confirmed repeat does not settle another."""
    with database.writing() as session:
        expect(session, order("ord-2"), now=BEFORE)
    look(database, now=START_DUE)
    poles[0].play(order="ord-1")
    with database.writing() as session:
        ingest(session, [poles[0].batch()], now=END_DUE)

    assert alerts(database)["loa-1"] is None


def test_nothing_stays_in_progress(database: Database, poles: tuple[Pole, Pole]) -> None:
    """After the last deadline no play is open, whatever was said."""
    poles[0].say(Kind.STARTED)
    poles[1].say(Kind.CACHED)
    with database.writing() as session:
        ingest(session, [pole.batch() for pole in poles])
    look(database, now=END_DUE)

    assert set(states(database).values()) == {"not_confirmed"}


def told(database: Database) -> list[tuple[str, datetime]]:
    """The open alerts as people see them: the device, and the start that it owes its word on."""
    with database.reading() as session:
        return [
            (each.device_id, each.starts_at)
            for each in open_alerts(session, villages=None, limit=10)
        ]


def test_an_alert_tells_of_the_play_that_is_owed(
    database: Database, poles: tuple[Pole, Pole]
) -> None:
    """The first was confirmed, its repeat was not; and a pole that came between owes that alone."""
    later = STARTS + timedelta(minutes=10)
    for pole in poles:
        pole.play()
    with database.writing() as session:
        ingest(session, [pole.batch() for pole in poles])
        raise_pole(session, "loa-3")
        expect(session, order(repeat=1, starts_at=later), now=STARTS + timedelta(minutes=5))
    look(database, now=later + timedelta(seconds=90))

    assert sorted(told(database)) == [("loa-1", later), ("loa-2", later), ("loa-3", later)]


def test_two_orders_that_are_owed_are_one_alert(
    database: Database, poles: tuple[Pole, Pole]
) -> None:
    """People read it once, of the earlier start."""
    assert len(poles) == 2
    with database.writing() as session:
        expect(session, order("ord-2", starts_at=STARTS + timedelta(seconds=5)), now=BEFORE)
    look(database, now=START_DUE + timedelta(seconds=5))

    assert sorted(told(database)) == [("loa-1", STARTS), ("loa-2", STARTS)]
