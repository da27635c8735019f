"""The daily root: signed, chained, over every row of the day; devices repeat it."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from broadcaster.audit import Act, record
from broadcaster.audit.merkle import leaf_hash, merkle_root, node_hash
from broadcaster.audit.roots import make_due_roots, newest_root, open_root, root_of_day
from broadcaster.audit.tables import LEAVES, ROOTS
from broadcaster.database import Database
from broadcaster.ledger.tables import CONFIRMATIONS, INCIDENTS
from devices.protocol.roots import AuditRoot
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole, found, ingest, raise_pole
from tests.broadcaster.station_keys import trust_of
from tests.trail import keys_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 11, 23)
NEXT_MORNING = STARTS + timedelta(hours=9)
"""02:00 of the day after, in the station's zone."""


def seal(session: Session, *, days_later: int = 0) -> int:
    """Sign what is due, as the dispatch does."""
    return make_due_roots(
        session,
        station_id=STATION,
        zone=ZONE,
        keys=keys_of(STATION),
        now=NEXT_MORNING + timedelta(days=days_later),
    )


@pytest.fixture
def pole(database: Database) -> Pole:
    """A device that played on the day."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        pole.play()
        ingest(session, pole.batches(size=2), now=STARTS + timedelta(minutes=2))
    return pole


def told(database: Database) -> AuditRoot:
    """The newest root, as devices are told it."""
    with database.reading() as session:
        newest = newest_root(session.connection())
    assert newest is not None
    return newest


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40))
def test_a_tree_is_the_hash_of_its_halves(leaves: list[bytes]) -> None:
    """As RFC 6962 defines it: the left half is the largest power of two below the whole."""

    def by_definition(some: list[bytes]) -> bytes:
        if len(some) == 1:
            return leaf_hash(some[0])
        half = 1 << ((len(some) - 1).bit_length() - 1)
        return node_hash(by_definition(some[:half]), by_definition(some[half:]))

    assert merkle_root(leaves) == by_definition(leaves).hex()


def test_a_day_gets_its_root_when_it_is_over(database: Database, pole: Pole) -> None:
    """Not before; then once; and each day that was missed after it, each naming the one before."""
    assert pole.entries
    with database.writing() as session:
        assert (seal(session), seal(session), seal(session, days_later=2)) == (1, 0, 2)

    with database.reading() as session:
        rows = session.execute(select(ROOTS).order_by(ROOTS.c.day)).all()
    roots = [open_root(row.message, trusted=trust_of(keys_of(STATION)).keys) for row in rows]
    assert [root.day for root in roots] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [root.prev for root in roots[1:]] == [root.root for root in roots[:-1]]
    assert [row.root for row in rows] == [root.root for root in roots]
    assert told(database) == AuditRoot(day="2026-11-25", root=roots[-1].root)


def changed_byte(session: Session) -> None:
    """One instant that no device signed."""
    session.execute(
        CONFIRMATIONS.update().where(CONFIRMATIONS.c.seq == 3).values(received_at=STARTS)
    )


def row_gone(session: Session) -> None:
    """The last confirmation is removed."""
    session.execute(CONFIRMATIONS.delete().where(CONFIRMATIONS.c.seq == 5))


def act_more(session: Session) -> None:
    """Somebody did something."""
    record(session, Act.BULLETIN_WRITTEN, by="acc-an", at=STARTS)


@pytest.mark.parametrize("change", [changed_byte, row_gone, act_more])
def test_whatever_is_another_makes_another_root(
    database: Database, pole: Pole, change: Callable[[Session], None]
) -> None:
    """A row of the day, one row less, one entry more in the trail."""
    assert pole.entries
    with database.writing() as session:
        before = root_of_day(
            session.connection(), DAY, station_id=STATION, zone=ZONE, now=NEXT_MORNING
        )
        change(session)
    with database.reading() as session:
        after = root_of_day(
            session.connection(), DAY, station_id=STATION, zone=ZONE, now=NEXT_MORNING
        )

    assert before.root.root != after.root.root


def test_the_traces_tell_which_row_is_another(database: Database, pole: Pole) -> None:
    """By its key, among all of its device."""
    with database.writing() as session:
        seal(session)
        changed_byte(session)
    with database.reading() as session:
        now = root_of_day(
            session.connection(), DAY, station_id=STATION, zone=ZONE, now=NEXT_MORNING
        )
        kept = session.execute(
            select(LEAVES.c.traces).where(LEAVES.c.source == "confirmation")
        ).scalar_one()
    (leaf,) = [each for each in now.leaves if each.source == "confirmation"]

    assert leaf.differing(bytes(kept)) == [f"loa-1|{pole.epoch}|3"]


def test_receipts_bring_the_newest_root(database: Database, pole: Pole) -> None:
    """Before there is one, none."""
    with database.writing() as session:
        (before,) = ingest(session, pole.batches(), now=NEXT_MORNING).receipts
        seal(session)
        (after,) = ingest(session, pole.batches(), now=NEXT_MORNING).receipts

    assert not isinstance(before.audit_root, AuditRoot)
    assert after.audit_root == told(database)


def test_a_device_that_repeats_another_root_is_an_incident(database: Database, pole: Pole) -> None:
    """And one that repeats ours is none: yesterday is as it was signed."""
    with database.writing() as session:
        seal(session)
    root = told(database)
    with database.writing() as session:
        agreed = pole.status(online=True, at_ms=1, audit_root=root)
        assert ingest(session, [agreed], now=NEXT_MORNING).refused == 0
        other = AuditRoot(day=root.day, root="0" * 64)
        said = pole.status(online=True, at_ms=2, audit_root=other)
        assert ingest(session, [said], now=NEXT_MORNING).refused == 1

        (incident,) = session.execute(select(INCIDENTS)).all()
        assert incident.code == "root_contradicted"
        assert incident.device_id == "loa-1"
        assert root.root in incident.detail
