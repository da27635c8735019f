"""Reach over several topics: kept by village, summed by the database, or counted pole by pole."""

from datetime import date

import pytest
from sqlalchemy import delete, insert, select

from broadcaster.database import Database
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.period_queries import By, covered, topics_in
from broadcaster.ledger.periods import Period, between, one_year
from broadcaster.ledger.reach import Reach
from broadcaster.ledger.rollups import rebuild_rollups, wrong_rollups
from broadcaster.ledger.tables import PERIOD_COVERAGE, PERIOD_REACH, PERIOD_SHARES
from tests.benchmarks.large_station import ZONE
from tests.benchmarks.province import YEAR, province
from tests.broadcaster.ledger import commune

ALL_YEAR = one_year(YEAR)
ALL_BUT_A_DAY = between(date(YEAR, 1, 1), date(YEAR, 12, 30))
"""Nothing was played on the last day, but days are counted one by one."""


def reaches(
    database: Database, period: Period, *, by: By, topics: list[str] | None = None
) -> dict[str, tuple[int, float]]:
    """Residents and those reached, by key."""
    with database.reading() as session:
        found = covered(session, period, villages=None, topics=topics, by=by)
    return {each.key: (each.reach.residents, pytest.approx(each.reach.reached)) for each in found}


@pytest.mark.parametrize("by", [By.STATION, By.CLUSTER, By.VILLAGE])
def test_all_three_ways_come_to_the_same(by: By) -> None:
    """What is kept, what the database sums of the poles, and what is counted one by one."""
    with province(4_000, communes=2) as found:
        with found.database.reading() as session:
            topics = topics_in(session, ALL_YEAR, villages=None)
        kept = reaches(found.database, ALL_YEAR, by=by)
        summed = reaches(found.database, ALL_YEAR, by=by, topics=topics)
        counted = reaches(found.database, ALL_BUT_A_DAY, by=by)

    assert len(topics) > 1
    assert kept == summed == counted
    assert all(residents for residents, _ in kept.values())


def test_before_it_is_kept_reach_is_counted_anew() -> None:
    """Just after the migration, or where its rows were lost: slower, and the same."""
    with province(2_000, communes=1) as found:
        before = reaches(found.database, ALL_YEAR, by=By.VILLAGE)
        with found.database.writing() as session:
            connection_of(session).execute(delete(PERIOD_REACH))
        after = reaches(found.database, ALL_YEAR, by=By.VILLAGE)
        with found.database.writing() as session:
            put_right = rebuild_rollups(session)
            still_wrong = wrong_rollups(connection_of(session), zone=ZONE)

    assert after == before
    assert put_right > 0
    assert still_wrong == []


def test_a_pole_that_played_in_one_layout_counts_in_the_next(database: Database) -> None:
    """It stood in both: with the new pole beside it everybody was reached."""
    with database.writing() as session:
        commune.found(session)
        connection = connection_of(session)
        village, cluster = connection.execute(
            select(PERIOD_COVERAGE.metadata.tables["village"].c["id", "cluster_id"]).limit(1)
        ).one()
        period = {"grain": "year", "begins": ALL_YEAR.first, "village_id": village}
        nobody = dict.fromkeys(
            ("confirmed", "relayed", "partial", "failed", "not_confirmed", "unverifiable",
             "pending", "reached"), 0.0,
        )  # fmt: skip
        connection.execute(
            insert(PERIOD_COVERAGE),
            [
                {**period, **nobody, "topic": topic, "cluster_id": cluster, "times": 1,
                 "asked": 500, "residents": 500, "last_at": commune.STARTS}
                for topic in ("a", "b")
            ],
        )  # fmt: skip
        connection.execute(
            insert(PERIOD_SHARES),
            [
                {**period, "topic": topic, "layout": layout, "device_id": device, "share": share,
                 "asked": 1, "confirmed": confirmed}
                for topic, layout, device, share, confirmed in (
                    ("a", "before", "loa-1", 0.5, 1),
                    ("a", "before", "loa-2", 0.5, 0),
                    ("b", "after", "loa-1", 0.3, 0),
                    ("b", "after", "loa-3", 0.7, 1),
                )
            ],
        )  # fmt: skip
        (found,) = covered(session, ALL_YEAR, villages=None, topics=["a", "b"])

    assert found.reach == Reach(500, pytest.approx(500.0))
