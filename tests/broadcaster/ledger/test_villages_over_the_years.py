"""Residents, shares, villages that change: what was true on the day stays, late word counts then.

Thôn Một has 1,000 residents and poles a and b (0.5 each); Thôn Hai has 500 and pole c.
"""

from datetime import date, datetime

import pytest

from broadcaster.areas.registering import enter_residents
from broadcaster.database import Database
from broadcaster.fleet.shares import Merging, keep_shares, merge_with_poles
from broadcaster.ledger.period_queries import By, Covered, covered
from broadcaster.ledger.periods import month_of, one_year
from broadcaster.ledger.rollups import rebuild_rollups
from tests.broadcaster.ledger.air import Air, noon
from tests.broadcaster.ledger.commune import STATION, found, raise_pole

YEAR = one_year(2026)
JULY = date(2026, 7, 1)
ON_THE_EVE = noon(6, 30)


@pytest.fixture
def air(database: Database) -> Air:
    """The station on air."""
    with database.writing() as session:
        found(session)
        poles = {
            "loa-a": raise_pole(session, "loa-a", thon_1=0.5),
            "loa-b": raise_pole(session, "loa-b", thon_1=0.5),
            "loa-c": raise_pole(session, "loa-c", thon_2=1.0),
        }
    return Air(database, poles)


def village(air: Air, village_id: str, period: object = YEAR) -> Covered | None:
    """One village's figures; what a rebuild makes of them must be the same."""
    with air.database.writing() as session:
        assert rebuild_rollups(session) == 0
        rows = covered(session, period, villages=None, by=By.VILLAGE)  # type: ignore[arg-type]
    return next((each for each in rows if each.key == village_id), None)


def more_people(air: Air, residents: int, *, since: date = JULY, now: datetime) -> None:
    """Thôn Một grows."""
    with air.database.writing() as session:
        enter_residents(
            session,
            "thon-1",
            households=300,
            residents=residents,
            since=since,
            station_id=STATION,
            by="acc-an",
            now=now,
        )


def test_each_day_counts_the_people_of_that_day(air: Air) -> None:
    """March: 500 of 1,000. August, when 1,200 live there: 600 of 1,200. Mean: 1,100 ÷ 2,200."""
    air.broadcast(noon(3, 1), played=["loa-a"])
    more_people(air, 1_200, now=ON_THE_EVE)
    air.broadcast(noon(8, 1), played=["loa-a"])
    march, august, year = (
        village(air, "thon-1", period)
        for period in (month_of(date(2026, 3, 1)), month_of(date(2026, 8, 1)), YEAR)
    )

    assert march is not None
    assert august is not None
    assert year is not None
    assert (march.coverage.asked, march.coverage.confirmed) == (1_000, pytest.approx(500))
    assert (august.coverage.asked, august.coverage.confirmed) == (1_200, pytest.approx(600))
    assert (year.coverage.asked, year.coverage.confirmed) == (2_200, pytest.approx(1_100))


def test_late_word_counts_by_the_people_and_shares_of_its_day(air: Air) -> None:
    """B's word of March comes in August, when it has 0.1 of 1,200: it reached 500 of 1,000 then.

    March is counted again and nothing else.
    """
    march = air.broadcast(noon(3, 1), played=["loa-a"])
    more_people(air, 1_200, now=ON_THE_EVE)
    with air.database.writing() as session:
        keep_shares(
            session,
            "thon-1",
            {"loa-a": 0.9, "loa-b": 0.1},
            since=JULY,
            station_id=STATION,
            by="acc-an",
            now=ON_THE_EVE,
        )
    air.broadcast(noon(8, 1), played=["loa-a"])
    august = village(air, "thon-1", month_of(date(2026, 8, 1)))
    air.say("loa-b", march, at=noon(3, 1))
    air.roll()
    counted = village(air, "thon-1", month_of(date(2026, 3, 1)))

    assert august is not None
    assert counted is not None
    assert august.coverage.confirmed == pytest.approx(0.9 * 1_200)
    assert (counted.coverage.asked, counted.coverage.confirmed) == (1_000, pytest.approx(1_000))
    assert village(air, "thon-1", month_of(date(2026, 8, 1))) == august


def test_late_word_of_a_village_that_merged_stays_its_own(air: Air) -> None:
    """March was Thôn Một's; the new village is asked from July on, by the poles of both.

    C's word of March comes after the merger: Thôn Hai was reached then. Over the year people
    count once, in the new village.
    """
    march = air.broadcast(noon(3, 1), played=["loa-a"])
    with air.database.writing() as session:
        merged = merge_with_poles(
            session,
            Merging(
                village_ids=["thon-1", "thon-2"],
                name="Thôn Một Hai",
                cluster_id="cum-dong",
                since=JULY,
            ),
            station_id=STATION,
            by="acc-an",
            now=ON_THE_EVE,
        ).id
    air.broadcast(noon(8, 1), played=["loa-a", "loa-c"])
    air.say("loa-c", march, at=noon(3, 1))
    air.roll()
    old, new = village(air, "thon-2"), village(air, merged)
    with air.database.writing() as session:
        (year,) = covered(session, YEAR, villages=None)

    assert old is not None
    assert new is not None
    assert (old.coverage.asked, old.coverage.confirmed) == (500, pytest.approx(500))
    # A third of 1,500 each: a reached 500 of them, c 500.
    assert (new.coverage.asked, new.coverage.confirmed) == (1_500, pytest.approx(1_000))
    assert year.reach.residents == 1_500
    assert year.reach.reached == pytest.approx(1_000)
    assert village(air, "thon-2", month_of(date(2026, 8, 1))) is None
