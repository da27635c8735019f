"""Who lives where and who reaches whom, as entered from a day on: what held before stays."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from broadcaster.areas.errors import (
    DayPast,
    DayUnreadable,
    NothingToMerge,
    PeopleUnusable,
    UnknownVillage,
)
from broadcaster.areas.languages import keep_languages, languages_of
from broadcaster.areas.queries import residents_on
from broadcaster.areas.registering import (
    checked_day,
    checked_people,
    enter_residents,
    populations_of,
    read_day,
)
from broadcaster.areas.tables import VillageMerger
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.fleet.errors import SharesExceedVillage, ShareUnusable, UnknownDevice
from broadcaster.fleet.registry import known_devices, retire, share_village
from broadcaster.fleet.shares import (
    WIRED,
    Merging,
    keep_shares,
    merge_with_poles,
    next_change,
    read_percent,
    shares_on,
    written_percent,
)
from broadcaster.fleet.tables import DeviceShare
from tests.broadcaster.ledger.commune import FIRST_DAY, STATION, found, raise_pole

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = date(2026, 11, 23)
NEW_YEAR = date(2027, 1, 1)
SPRING = date(2027, 3, 1)


@pytest.fixture
def station(database: Database) -> Database:
    """Poles a and b share Thôn Một, c has half of Thôn Hai, the other half is wired."""
    with database.writing() as session:
        found(session)
        raise_pole(session, "loa-a", thon_1=0.6)
        raise_pole(session, "loa-b", thon_1=0.4)
        raise_pole(session, "loa-c", thon_2=0.5)
        share_village(session, village_id="thon-2", share=0.5, device_id=None, valid_from=FIRST_DAY)
    return database


def keep(session: Session, village_id: str, since: date, **shares: float) -> None:
    """Enter shares: `loa_a=0.5`, `wired=0.5`."""
    keep_shares(
        session,
        village_id,
        {
            WIRED if name == "wired" else name.replace("_", "-"): share
            for name, share in shares.items()
        },
        since=since,
        station_id=STATION,
        by="acc-an",
        now=NOW,
    )


def merge(session: Session, *village_ids: str, since: date = NEW_YEAR, **more: int) -> str:
    """Let villages become one; its id."""
    wanted = Merging(
        village_ids=village_ids, name="Thôn Mới", cluster_id="cum-dong", since=since, **more
    )
    return merge_with_poles(session, wanted, station_id=STATION, by="acc-an", now=NOW).id


def test_people_hold_from_their_day_on(station: Database) -> None:
    """Each day has the people that were entered for it; entered again for a day, that holds."""
    with station.writing() as session:
        for residents in (1_050, 1_100):
            enter_residents(
                session,
                "thon-1",
                households=260,
                residents=residents,
                since=NEW_YEAR,
                station_id=STATION,
                by="acc-an",
                now=NOW,
            )
        before, after = (residents_on(session, ["thon-1"], day) for day in (TODAY, SPRING))
        entered = [(each.valid_from, each.residents) for each in populations_of(session, "thon-1")]

    assert (before["thon-1"].residents, after["thon-1"].residents) == (1_000, 1_100)
    assert entered == [(NEW_YEAR, 1_100), (FIRST_DAY, 1_000)]


def test_shares_that_held_end_and_are_not_changed(station: Database) -> None:
    """A share that stays the same is not touched; one that changes ends, and another begins."""
    with station.writing() as session:
        keep(session, "thon-1", NEW_YEAR, loa_a=0.6, loa_b=0.3, loa_c=0.1)
        rows = session.exec(
            select(DeviceShare).where(DeviceShare.village_id == "thon-1").order_by("id")
        ).all()
        told = [(row.device_id, row.share, row.valid_from, row.valid_until) for row in rows]

        assert shares_on(session, "thon-1", TODAY) == {"loa-a": 0.6, "loa-b": 0.4}
        assert shares_on(session, "thon-1", NEW_YEAR) == {
            "loa-a": 0.6,
            "loa-b": 0.3,
            "loa-c": 0.1,
        }
        assert next_change(session, "thon-1", TODAY) == NEW_YEAR
        assert next_change(session, "thon-1", NEW_YEAR) is None
    assert told == [
        ("loa-a", 0.6, FIRST_DAY, None),
        ("loa-b", 0.4, FIRST_DAY, NEW_YEAR),
        ("loa-b", 0.3, NEW_YEAR, None),
        ("loa-c", 0.1, NEW_YEAR, None),
    ]


def test_what_is_entered_for_an_earlier_day_replaces_what_stood_for_later(
    station: Database,
) -> None:
    """What was entered for spring never held, so it goes; nothing of it is left."""
    with station.writing() as session:
        keep(session, "thon-1", SPRING, loa_a=1.0)
        keep(session, "thon-1", NEW_YEAR, loa_b=1.0)

        assert shares_on(session, "thon-1", SPRING) == {"loa-b": 1.0}
        assert shares_on(session, "thon-1", TODAY) == {"loa-a": 0.6, "loa-b": 0.4}
        assert next_change(session, "thon-1", NEW_YEAR) is None


@pytest.mark.parametrize(
    ("shares", "refused"),
    [
        ({"loa_a": 0.7, "loa_b": 0.4}, SharesExceedVillage),
        ({"loa_x": 0.1}, UnknownDevice),
    ],
)
def test_shares_that_cannot_be_are_refused(
    station: Database, shares: dict[str, float], refused: type[LoaError]
) -> None:
    """More than the whole village, or a pole that is none of the station's."""
    with pytest.raises(refused), station.writing() as session:
        keep(session, "thon-1", NEW_YEAR, **shares)
    with station.reading() as session:
        assert shares_on(session, "thon-1", SPRING) == {"loa-a": 0.6, "loa-b": 0.4}


def test_a_retired_pole_leaves_its_share_to_another(station: Database) -> None:
    """It reaches nobody any more: whoever takes its place may be enrolled with its share."""
    with station.writing() as session:
        retire(session, "loa-b", now=NOW)
        raise_pole(session, "loa-d", thon_1=0.4)

        assert shares_on(session, "thon-1", TODAY) == {"loa-a": 0.6, "loa-d": 0.4}


def test_poles_go_along_when_villages_merge(station: Database) -> None:
    """Of 1,500: a reached 600, b 400, c 250, wired poles 250; each keeps as many people."""
    with station.writing() as session:
        for village, language in (("thon-1", "Tày"), ("thon-2", "Nùng")):
            keep_languages(session, village, [language], station_id=STATION, by="acc-an", now=NOW)
        merged = merge(session, "thon-1", "thon-2")
        people = residents_on(session, [merged], NEW_YEAR)[merged]

        assert shares_on(session, merged, NEW_YEAR) == {
            "loa-a": pytest.approx(600 / 1_500),
            "loa-b": pytest.approx(400 / 1_500),
            "loa-c": pytest.approx(250 / 1_500),
            WIRED: pytest.approx(250 / 1_500),
        }
        assert (people.households, people.residents) == (375, 1_500)
        assert shares_on(session, "thon-1", TODAY) == {"loa-a": 0.6, "loa-b": 0.4}
        assert shares_on(session, "thon-1", NEW_YEAR) == {}
        assert set(languages_of(session, merged)) == {"Tày", "Nùng"}
        assert {each.village_id for each in session.exec(select(VillageMerger))} == {
            "thon-1",
            "thon-2",
        }


def test_a_merger_may_bring_a_census_of_its_own(station: Database) -> None:
    """The people are those that were counted; the poles' shares are as before."""
    with station.writing() as session:
        merged = merge(session, "thon-1", "thon-2", households=400, residents=1_600)
        people = residents_on(session, [merged], NEW_YEAR)[merged]

        assert (people.households, people.residents) == (400, 1_600)
        assert sum(shares_on(session, merged, NEW_YEAR).values()) == pytest.approx(1)


def test_only_villages_that_stand_merge(station: Database) -> None:
    """Two at least, each once; and what became part of another has no poles of its own."""
    with station.writing() as session:
        for ids in (["thon-1"], ["thon-1", "thon-1"]):
            with pytest.raises(NothingToMerge):
                merge(session, *ids)
        merge(session, "thon-1", "thon-2")
        with pytest.raises(NothingToMerge):
            merge(session, "thon-2", "thon-3")
        with pytest.raises(UnknownVillage):
            keep(session, "thon-1", SPRING, loa_a=0.5)


def test_a_day_that_has_passed_is_not_entered() -> None:
    """What was counted on it stays; today may still be."""
    assert checked_day(TODAY, today=TODAY) == TODAY
    with pytest.raises(DayPast):
        checked_day(date(2026, 11, 22), today=TODAY)


def test_days_numbers_and_shares_are_read_as_people_write_them() -> None:
    """With dots, commas and signs of our country; what is none is named."""
    assert read_day("31/1/2027") == read_day("2027-01-31") == date(2027, 1, 31)
    assert checked_people("1.250", field="residents") == 1_250
    assert [read_percent(each) for each in ("33,3", "40 %", "")] == [
        pytest.approx(0.333),
        0.4,
        0.0,
    ]
    assert [written_percent(each) for each in (0.333, 0.4, 1.0, 0.0)] == ["33,3", "40", "100", ""]
    for typed in ("", "31/2/2027", "2027", "9999-12-31", f"1/1/{10**20}"):
        with pytest.raises(DayUnreadable):
            read_day(typed)
    for typed in ("", "-1", "1,5", "2000000", "một"):
        with pytest.raises(PeopleUnusable):
            checked_people(typed, field="residents")
    for typed in ("nan", "101", "-5", "nửa"):
        with pytest.raises(ShareUnusable):
            read_percent(typed)


def test_of_many_poles_those_are_asked_for_that_are_near_or_have_a_share(station: Database) -> None:
    """The poles of its cluster and whichever else reaches it; those taken down never."""
    with station.writing() as session:
        raise_pole(session, "loa-w", cluster="cum-tay", thon_3=0.5)
        raise_pole(session, "loa-x", cluster="cum-tay", thon_3=0.5)
        raise_pole(session, "loa-y", cluster="cum-tay")
        retire(session, "loa-y", now=NOW)
        far = known_devices(session, STATION, of_clusters={"cum-tay"})
        some = known_devices(
            session, STATION, of_clusters={"cum-tay"}, beside={"loa-b", "loa-y", "elsewhere"}
        )
        one = known_devices(session, STATION, of_clusters=(), beside={"loa-x"})

    assert [each.id for each in far] == ["loa-w", "loa-x"]
    assert [each.id for each in some] == ["loa-b", "loa-w", "loa-x"]
    assert [each.id for each in one] == ["loa-x"]
