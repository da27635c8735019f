"""Expectations: who must confirm what, as true on the day, and forgotten only before the start."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Village, VillagePopulation
from broadcaster.database import Database
from broadcaster.fleet.registry import retire, share_village
from broadcaster.fleet.tables import Device
from broadcaster.ledger.expectations import expect, forget, freeze
from broadcaster.ledger.tables import Play, PlayShare
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    BEFORE,
    FIRST_DAY,
    STARTS,
    found,
    ingest,
    order,
    raise_pole,
)


@pytest.fixture
def commune(database: Database) -> Database:
    """Two poles in the east, one wired line, one pole in the west that reaches into the east."""
    with database.writing() as session:
        found(session)
        raise_pole(session, "loa-1", thon_1=0.6, thon_2=0.5)
        raise_pole(session, "loa-2", thon_1=0.2)
        raise_pole(session, "loa-3", cluster="cum-tay", thon_3=1.0, thon_2=0.25)
        share_village(session, village_id="thon-1", share=0.1, device_id=None, valid_from=FIRST_DAY)
        share_village(session, village_id="thon-1", share=0.1, device_id=None, valid_from=FIRST_DAY)
    return database


def shares(session: Session) -> dict[tuple[str, str, str], tuple[int, float]]:
    """Residents and share by order, device and village."""
    return {
        (row.order_id, row.device_id, row.village_id): (row.residents, round(row.share, 9))
        for row in session.exec(select(PlayShare))
    }


def devices(session: Session) -> list[str]:
    """The devices of which a play is expected."""
    return sorted(session.exec(select(Play.device_id)).all())


def test_expects_every_device_of_the_cluster(commune: Database) -> None:
    """Each device of the cluster gets a play, each of its villages its shares."""
    with commune.writing() as session:
        expect(session, order(), now=BEFORE)
    with commune.reading() as session:
        assert devices(session) == ["loa-1", "loa-2"]
        assert shares(session) == {
            ("ord-1", "", "thon-1"): (1_000, 0.2),
            ("ord-1", "", "thon-2"): (500, 0.0),
            ("ord-1", "loa-1", "thon-1"): (1_000, 0.6),
            ("ord-1", "loa-1", "thon-2"): (500, 0.5),
            ("ord-1", "loa-2", "thon-1"): (1_000, 0.2),
        }


def test_a_pole_reaches_into_another_cluster(commune: Database) -> None:
    """A share outside the ordered cluster is recorded under that village's own cluster."""
    with commune.writing() as session:
        expect(session, order(cluster="cum-tay"), now=BEFORE)
    with commune.reading() as session:
        rows = session.exec(select(PlayShare).where(PlayShare.device_id == "loa-3")).all()

        assert {row.village_id: row.cluster_id for row in rows} == {
            "thon-2": "cum-dong",
            "thon-3": "cum-tay",
        }
        assert ("ord-1", "", "thon-2") not in shares(session)


def test_expecting_again_changes_nothing(commune: Database) -> None:
    """The same order and registry write no row."""
    with commune.writing() as session:
        first = expect(session, order(), now=BEFORE)
    with commune.writing() as session:
        again = expect(session, order(), now=BEFORE)

    assert (first, again) == (7, 0)


def test_follows_the_registry_until_the_start(commune: Database) -> None:
    """Before its start a play's record follows names, retirements, residents and titles."""
    with commune.writing() as session:
        expect(session, order(), now=BEFORE)
    with commune.writing() as session:
        retire(session, "loa-2", now=BEFORE)
        session.get_one(Device, "loa-1").name = "Loa đình làng"
        session.add(
            VillagePopulation(
                village_id="thon-2", valid_from=date(2026, 11, 23), households=1, residents=520
            )
        )
        expect(session, order(title="Lịch tiêm mới"), now=BEFORE)
    with commune.reading() as session:
        play = session.exec(select(Play)).one()

        assert (play.device_id, play.device_name, play.title) == (
            "loa-1",
            "Loa đình làng",
            "Lịch tiêm mới",
        )
        assert shares(session)["ord-1", "loa-1", "thon-2"] == (520, 0.5)
        assert ("ord-1", "loa-2", "thon-1") not in shares(session)


@pytest.mark.parametrize("frozen_by", ["freeze", "start"])
def test_history_is_not_rewritten(commune: Database, frozen_by: str) -> None:
    """From its start on, what was true on the day stays, whatever the registry becomes."""
    with commune.writing() as session:
        expect(session, order(), now=BEFORE)
    with commune.writing() as session:
        before = shares(session)
        if frozen_by == "freeze":
            freeze(session, now=STARTS)
        retire(session, "loa-2", now=STARTS)
        session.get_one(Village, "thon-1").name = "Tổ dân phố 1"
        now = BEFORE if frozen_by == "freeze" else STARTS
        written = expect(session, order(title="Khác"), now=now)
    with commune.reading() as session:
        names = set(session.exec(select(PlayShare.village_name)))

        assert (written, devices(session)) == (0, ["loa-1", "loa-2"])
        assert shares(session) == before
        assert names == {"Thôn Một", "Thôn Hai"}


def test_an_order_first_seen_after_its_start_is_still_expected(commune: Database) -> None:
    """A station that was away records what it asked, late rather than never."""
    with commune.writing() as session:
        expect(session, order(), now=STARTS + timedelta(seconds=5))
    with commune.reading() as session:
        assert devices(session) == ["loa-1", "loa-2"]


def test_freezes_what_begins_and_nothing_else(commune: Database) -> None:
    """Exactly the plays whose start has come are frozen, once."""
    with commune.writing() as session:
        later = order("ord-2", broadcast="bc-2", starts_at=STARTS + timedelta(milliseconds=1))
        expect(session, order(), later, now=BEFORE)
        assert freeze(session, now=STARTS - timedelta(milliseconds=1)) == 0
        assert freeze(session, now=STARTS) == 7
        assert freeze(session, now=STARTS) == 0
    with commune.reading() as session:
        frozen = session.exec(select(Play.order_id).where(col(Play.frozen))).all()

    assert set(frozen) == {"ord-1"}


def test_forgets_what_was_dropped_before_its_start(commune: Database) -> None:
    """A dropped order leaves nothing to be confirmed; one that began stays on record."""
    with commune.writing() as session:
        expect(session, order(), order("ord-2", broadcast="bc-2"), now=BEFORE)
        forget(session, ["ord-2"])
        freeze(session, now=STARTS)
        forget(session, ["ord-1"])
    with commune.reading() as session:
        assert set(session.exec(select(Play.order_id))) == {"ord-1"}
        assert {key[0] for key in shares(session)} == {"ord-1"}


def test_words_heard_before_they_were_expected_count(commune: Database) -> None:
    """A play expected after its device spoke of it is folded from what is already held."""
    with commune.writing() as session:
        pole = raise_pole(session, "loa-9")
        pole.say(Kind.RECEIVED)
        pole.say(Kind.CACHED)
        ingest(session, [pole.batch()], now=BEFORE)
        expect(session, order(), now=BEFORE)
    with commune.reading() as session:
        play = session.exec(select(Play).where(Play.device_id == "loa-9")).one()

    assert (play.state, play.evidence_seq) == ("cached", 2)


def test_following_the_registry_keeps_what_was_said(commune: Database) -> None:
    """A renamed device keeps the state that it has confirmed."""
    with commune.writing() as session:
        pole = raise_pole(session, "loa-9")
        expect(session, order(), now=BEFORE)
        pole.say(Kind.RECEIVED)
        ingest(session, [pole.batch()], now=BEFORE)
        session.get_one(Device, "loa-9").name = "Loa chợ"
        expect(session, order(), now=BEFORE)
    with commune.reading() as session:
        play = session.exec(select(Play).where(Play.device_id == "loa-9")).one()

    assert (play.device_name, play.state) == ("Loa chợ", "received")


def test_shares_and_residents_are_those_of_the_local_day(commune: Database) -> None:
    """A share that ends on a day does not hold on it; the day is the station's, not UTC's."""
    late = STARTS.replace(hour=18)  # 01:00 on the 24th in the station's zone
    with commune.writing() as session:
        for share, begin, end in (
            (0.4, FIRST_DAY, date(2026, 11, 24)),
            (0.3, date(2026, 11, 24), None),
        ):
            share_village(
                session,
                village_id="thon-2",
                share=share / 4,
                device_id=None,
                valid_from=begin,
                valid_until=end,
            )
        expect(session, order(), order("ord-2", broadcast="bc-2", starts_at=late), now=BEFORE)
    with commune.reading() as session:
        held = shares(session)

    assert held["ord-1", "", "thon-2"][1] == pytest.approx(0.1)
    assert held["ord-2", "", "thon-2"][1] == pytest.approx(0.075)
