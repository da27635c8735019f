"""A device that moves or takes another's place: from today on, and never before."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Village
from broadcaster.audit.acts import Act
from broadcaster.audit.tables import ENTRIES
from broadcaster.database import Database
from broadcaster.fleet.behaviour import Behaviour, behaviour_of, checked_volume, keep_behaviour
from broadcaster.fleet.errors import (
    DeviceNameMissing,
    SameDevice,
    SharesExceedVillage,
    ShareUnusable,
    UnknownDevice,
    VillageElsewhere,
)
from broadcaster.fleet.moving import NewPlace, move_device, predecessors, shares_of, take_over
from broadcaster.fleet.self_tests import (
    GOOD_FOR,
    ask_self_test,
    mark_sent,
    self_test_standing,
    unsent_self_tests,
)
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceShare
from tests.broadcaster.pages.commune import found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation

OLD, NEW = "loa-dong-1-1", "loa-dong-1-2"
ADMIN = "acc-admin"


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """A commune where each village is shared by two devices."""
    station = found_commune(database, state_dir=tmp_path)
    station.member("admin")
    with database.writing() as session:
        for share in session.exec(select(DeviceShare)):
            share.valid_from = today(station) - timedelta(days=100)
    return station


def today(station: SmallStation) -> date:
    """The day of the test."""
    return station.clock().date()


def village(session: Session, name: str) -> str:
    """A village's id."""
    return session.exec(select(Village.id).where(Village.name == name)).one()


def move(session: Session, station: SmallStation, place: NewPlace, *, device: str = OLD) -> None:
    """Move a device today."""
    move_device(
        session, device, place, station_id=STATION_ID, by=ADMIN, today=today(station),
        now=station.clock(),
    )  # fmt: skip


def open_shares(session: Session, device_id: str) -> dict[str, float]:
    """What a device reaches from now on."""
    return {
        each.village_id: each.share
        for each in shares_of(session, device_id)
        if each.valid_until is None
    }


def test_it_serves_the_new_place_from_today_on(station: SmallStation) -> None:
    """Shares end and begin today; those of before stand as they were; the trail has both places."""
    with station.database.writing() as session:
        (before,) = shares_of(session, OLD)
        chosen = village(session, "Thôn Chợ")
        for each in session.exec(select(DeviceShare).where(DeviceShare.village_id == chosen)):
            each.valid_until = today(station)
        kept = before.share, before.valid_from, before.village_id
        move(
            session, station, NewPlace(name=" Loa  chợ ", cluster_id="trung", shares={chosen: 0.5})
        )
    with station.database.reading() as session:
        device = session.get_one(Device, OLD)
        old, new = shares_of(session, OLD)
        entry = session.execute(
            select_rows(ENTRIES.c.person).where(ENTRIES.c.act == Act.DEVICE_MOVED)
        ).scalar_one()

    assert (device.name, device.cluster_id) == ("Loa chợ", "trung")
    assert (old.share, old.valid_from, old.village_id) == kept
    assert old.valid_until == today(station) == new.valid_from
    assert (new.village_id, new.share, new.valid_until) == (chosen, 0.5, None)
    assert entry == ADMIN


def test_what_was_moved_today_is_moved_again_today(station: SmallStation) -> None:
    """A mistake is put right at once: no share of no length stays behind."""
    with station.database.writing() as session:
        own = village(session, "Thôn Đông Hạ")
        for share in (0.1, 0.2):
            move(session, station, NewPlace(name="Loa", cluster_id="dong", shares={own: share}))
    with station.database.reading() as session:
        lengths = [each.valid_from == each.valid_until for each in shares_of(session, OLD)]
        assert open_shares(session, OLD) == {own: 0.2}

    assert not any(lengths)


def test_what_cannot_be_is_refused(station: SmallStation) -> None:
    """No name, a village of another cluster, more than all of it; and nothing has changed."""
    with station.database.reading() as session:
        own, foreign = village(session, "Thôn Đông Hạ"), village(session, "Thôn Chợ")
    wrong: list[tuple[NewPlace, type[Exception]]] = [
        (NewPlace(name=" ", cluster_id="dong", shares={}), DeviceNameMissing),
        (NewPlace(name="A", cluster_id="dong", shares={foreign: 0.1}), VillageElsewhere),
        (NewPlace(name="A", cluster_id="dong", shares={own: 0.0}), ShareUnusable),
        (NewPlace(name="A", cluster_id="dong", shares={own: 1.0}), SharesExceedVillage),
    ]
    for place, error in wrong:
        with pytest.raises(error), station.database.writing() as session:
            move(session, station, place)
    with station.database.reading() as session:
        assert len(shares_of(session, OLD)) == 1
        assert session.get_one(Device, OLD).name != "A"


def test_one_takes_the_others_place(station: SmallStation) -> None:
    """Shares, place and settings go over; the old one is retired; both keep what they were."""
    with station.database.writing() as session:
        old = session.get_one(Device, OLD)
        old.latitude, old.longitude = 10.1, 105.1
        keep_behaviour(
            session,
            OLD,
            Behaviour(volume=checked_volume([("20:00", "22:00", 40)])),
            station_id=STATION_ID,
            by=ADMIN,
            now=station.clock(),
        )
        both = {**open_shares(session, OLD)}
        mine = open_shares(session, NEW)
        take_over(
            session, OLD, NEW, station_id=STATION_ID, by=ADMIN, today=today(station),
            now=station.clock(),
        )  # fmt: skip
    with station.database.reading() as session:
        new = session.get_one(Device, NEW)
        total = sum(each.share for each in shares_of(session, NEW) if each.valid_until is None)
        before = predecessors(session, NEW)
        assert len(open_shares(session, NEW)) == len({*both, *mine})
        assert session.get_one(Device, OLD).retired_at == station.clock()
        assert open_shares(session, OLD) == {}
        assert behaviour_of(session, NEW).volume[0].percent == 40

    assert total == pytest.approx(sum(both.values()) + sum(mine.values()))
    assert (new.latitude, new.longitude) == (10.1, 105.1)
    assert [each.id for each in before] == [OLD]


def test_a_box_from_elsewhere_moves_to_where_it_hangs_now(station: SmallStation) -> None:
    """Its cluster becomes the old one's; whom it reached before it reaches no more."""
    far = "loa-tay-1-1"
    with station.database.writing() as session:
        both = open_shares(session, OLD)
        take_over(
            session, OLD, far, station_id=STATION_ID, by=ADMIN, today=today(station),
            now=station.clock(),
        )  # fmt: skip
    with station.database.reading() as session:
        assert session.get_one(Device, far).cluster_id == "dong"
        assert open_shares(session, far) == both


@pytest.mark.parametrize(("into", "error"), [(OLD, SameDevice), ("loa-x", UnknownDevice)])
def test_nobody_takes_its_own_place(
    station: SmallStation, into: str, error: type[Exception]
) -> None:
    """Nor does one that is not in service."""
    with pytest.raises(error), station.database.writing() as session:
        take_over(
            session, OLD, into, station_id=STATION_ID, by=ADMIN, today=today(station),
            now=station.clock(),
        )  # fmt: skip
    with station.database.reading() as session:
        assert session.get_one(Device, OLD).retired_at is None


def test_a_self_test_is_asked_once_and_waited_for_a_while(station: SmallStation) -> None:
    """Sent once; old asks are not sent; an answer is the device's own word."""
    now = station.clock()
    with station.database.writing() as session:
        ask_self_test(session, OLD, station_id=STATION_ID, by=ADMIN, now=now)
        assert unsent_self_tests(session, station_id=STATION_ID, now=now) == [OLD]
        assert unsent_self_tests(session, station_id=STATION_ID, now=now + GOOD_FOR) == []
        mark_sent(session, [OLD], now=now)
        assert unsent_self_tests(session, station_id=STATION_ID, now=now) == []
        assert self_test_standing(session, OLD, now=now).waits
        assert not self_test_standing(session, OLD, now=now + GOOD_FOR).waits
        heard = {"at_ms": int(now.timestamp() * 1000) + 4_000, "played": True, "heard": False}
        session.add(
            DeviceHealth(device_id=OLD, said={"self_test": heard}, said_at=now, received_at=now)
        )
    with station.database.reading() as session:
        standing = self_test_standing(session, OLD, now=now + timedelta(seconds=10))
        acts = session.execute(
            select_rows(ENTRIES.c.about).where(ENTRIES.c.act == Act.SELF_TEST_ASKED)
        ).scalars()
        assert list(acts) == [OLD]

    assert (standing.waits, standing.played, standing.heard) == (False, True, False)


def test_two_exchanges_in_a_row_keep_all_that_went_before(station: SmallStation) -> None:
    """A pole that had three boxes tells of all of them."""
    third = "loa-dong-2-1"
    with station.database.writing() as session:
        for old, new in ((OLD, NEW), (NEW, third)):
            take_over(
                session, old, new, station_id=STATION_ID, by=ADMIN, today=today(station),
                now=station.clock(),
            )  # fmt: skip
        gone = session.exec(select(Device.id).where(col(Device.retired_at).is_not(None))).all()
        assert [each.id for each in predecessors(session, third)] == [NEW, OLD]

    assert sorted(gone) == [OLD, NEW]
