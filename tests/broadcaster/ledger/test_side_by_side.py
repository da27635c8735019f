"""Several processes at one ledger: they wait for each other, and the end is the same."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from sqlmodel import Session, select

from broadcaster.database import Database
from broadcaster.ledger.expectations import expect, forget, freeze
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.ledger.tables import ConfirmationRow, Incident, JournalHead, Play
from broadcaster.ledger.watch import close_overdue
from broadcaster.wire import Delivery
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
from tests.trail import connect

NOW = STARTS + timedelta(seconds=100)
POLES = 6


def found_station(database: Database) -> list[Pole]:
    """A station with poles in both clusters that have all played."""
    with database.writing() as session:
        found(session)
        poles = [
            raise_pole(session, f"loa-{number}", cluster="cum-tay" if number % 2 else "cum-dong")
            for number in range(POLES)
        ]
        expect(session, order(), order("ord-2", cluster="cum-tay"), now=BEFORE)
    for number, pole in enumerate(poles):
        pole.play(order="ord-2" if number % 2 else "ord-1")
        for _ in range(5):
            pole.say(Kind.CACHED, order=None)
    return poles


def hear(url: str, deliveries: Sequence[Delivery]) -> None:
    """One ingest process: its own connection, three messages a transaction."""
    database = connect(url)
    for first in range(0, len(deliveries), 3):
        with database.writing() as session:
            ingest(session, deliveries[first : first + 3], now=NOW)
    database.dispose()


def conduct(url: str, times: int) -> None:
    """The process that plans and watches, beside them."""
    database = connect(url)
    steps: list[Callable[[Session], object]] = [
        lambda session: freeze(session, now=NOW),
        lambda session: close_overdue(session, now=NOW),
        lambda session: expect(
            session, order("ord-3", starts_at=NOW + timedelta(hours=1)), now=NOW
        ),
        lambda session: forget(session, ["ord-3"]),
    ]
    for number in range(times):
        with database.writing() as session:
            for step in (*steps, *reversed(steps)) if number % 2 else steps:
                step(session)
    database.dispose()


def test_ingests_and_the_watch_work_side_by_side(database: Database, database_url: str) -> None:
    """Two ingests with the same words in other orders, and the watch: nothing lost, none twice."""
    poles = found_station(database)
    said = [delivery for pole in poles for delivery in pole.batches(size=2)]
    rng = Random(2026)
    heard = [rng.sample(said, len(said)) for _ in range(2)]
    with ThreadPoolExecutor(max_workers=3) as processes:
        work = [processes.submit(hear, database_url, each) for each in heard]
        work.append(processes.submit(conduct, database_url, 15))
        for each in work:
            each.result(timeout=120)
    with database.writing() as session:
        entries = sorted(session.exec(select(ConfirmationRow.entry)).all())
        heads = {head.device_id: head.seq for head in session.exec(select(JournalHead))}
        states = [play.state for play in session.exec(select(Play))]
        incidents = session.exec(select(Incident)).all()

        assert rebuild_plays(session, now=NOW) == 0

    assert entries == sorted(entry for pole in poles for entry in pole.entries)
    assert heads == {pole.device: len(pole.entries) for pole in poles}
    assert states == ["confirmed"] * POLES
    assert incidents == []
