"""Roll-ups: whatever came in whatever order, they are what counting everything again gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, delete, select
from sqlmodel import Session

from broadcaster.database import Database
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.coverage import Coverage, total
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.period_queries import By, covered
from broadcaster.ledger.periods import Period, between, one_day, one_year
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.ledger.rollups import rebuild_rollups, roll_up
from broadcaster.ledger.tables import (
    BATCHES,
    CONFIRMATIONS,
    HEADS,
    INCIDENTS,
    JOURNALS,
    MARKS,
    PERIOD_COVERAGE,
    PERIOD_REACH,
    PERIOD_SHARES,
    PLAYS,
    SHARES,
    VILLAGE_COVERAGE,
)
from broadcaster.ledger.watch import close_overdue
from broadcaster.wire import Delivery
from tests.broadcaster.ledger.air import EAST, HEALTH, SAFETY, WEST, noon, word
from tests.broadcaster.ledger.commune import Pole, found, ingest, order, raise_pole

ROLLED = (VILLAGE_COVERAGE, PERIOD_COVERAGE, PERIOD_SHARES, PERIOD_REACH)
DEVICES = {"loa-a": EAST, "loa-b": EAST, "loa-d": WEST}
DAYS = (noon(2, 28), noon(3, 1), noon(3, 31, hour=23), noon(12, 31, hour=23), noon(1, 1, 2027))


@dataclass(frozen=True)
class Planned:
    """A broadcast to come: when, where, about what, and how much of it which poles will play."""

    day: int
    clusters: Sequence[str]
    topic: str
    played: dict[str, float]


broadcasts = st.lists(
    st.builds(
        Planned,
        day=st.integers(0, len(DAYS) - 1),
        clusters=st.sampled_from([(EAST,), (WEST,), (EAST, WEST)]),
        topic=st.sampled_from([HEALTH, SAFETY]),
        played=st.dictionaries(st.sampled_from(sorted(DEVICES)), st.sampled_from([0.5, 1.0])),
    ),
    max_size=6,
)


@pytest.fixture
def keys(database: Database) -> dict[str, Pole]:
    """The station with three poles, founded once for all examples of a test."""
    with database.writing() as session:
        found(session)
        return {
            "loa-a": raise_pole(session, "loa-a", thon_1=0.5),
            "loa-b": raise_pole(session, "loa-b", thon_1=0.25, thon_2=0.7, thon_3=0.2),
            "loa-d": raise_pole(session, "loa-d", cluster=WEST, thon_3=0.6),
        }


def emptied(session: Session) -> None:
    """A ledger in which nothing ever happened."""
    connection = connection_of(session)
    for table in (
        *ROLLED,
        MARKS,
        CONFIRMATIONS,
        BATCHES,
        HEADS,
        JOURNALS,
        INCIDENTS,
        SHARES,
        PLAYS,
    ):
        connection.execute(delete(table))


def put_on_air(session: Session, planned: Sequence[Planned]) -> None:
    """All broadcasts have begun and passed their deadlines; nobody said anything yet."""
    for number, each in enumerate(planned):
        at = DAYS[each.day] + timedelta(minutes=number)
        orders = [
            order(
                f"ord-{number}-{cluster}",
                broadcast=f"bc-{number}",
                cluster=cluster,
                topic=each.topic,
                starts_at=at,
            )
            for cluster in each.clusters
        ]
        expect(session, *orders, now=at - timedelta(hours=1))
        freeze(session, now=at)
    close_overdue(session, now=noon(2, 1, 2027))


def said(keys: dict[str, Pole], planned: Sequence[Planned]) -> list[Delivery]:
    """What the poles then say, a delivery for each play."""
    deliveries: list[Delivery] = []
    for device, key in keys.items():
        pole = Pole(device, key=key.key)
        for number, each in enumerate(planned):
            if device in each.played and DEVICES[device] in each.clusters:
                first = len(pole.entries) + 1
                word(
                    pole,
                    f"ord-{number}-{DEVICES[device]}",
                    share=each.played[device],
                    at=DAYS[each.day],
                )
                deliveries.append(pole.batch(first))
    return deliveries


def rolled(connection: Connection) -> list[list[dict[str, Any]]]:
    """Everything that is rolled up."""
    return [
        [
            dict(row)
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in ROLLED
    ]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(planned=broadcasts, every=st.integers(1, 4), rng=st.randoms(use_true_random=False))
def test_any_order_of_arrival_rolls_up_the_same(
    database: Database, keys: dict[str, Pole], planned: list[Planned], every: int, rng: Random
) -> None:
    """Rolled up after every few words, or once at the end, or counted anew: all are equal."""
    deliveries = said(keys, planned)
    found_rows = []
    for turn in ("in order", "shuffled"):
        if turn == "shuffled":
            rng.shuffle(deliveries)
        with database.writing() as session:
            emptied(session)
            put_on_air(session, planned)
        for number, delivery in enumerate(deliveries):
            with database.writing() as session:
                ingest(session, [delivery], now=noon(1, 20, 2027))
                if number % every == 0 and turn == "shuffled":
                    roll_up(session)
        with database.writing() as session:
            assert rebuild_plays(session, now=noon(2, 1, 2027)) == 0
            while roll_up(session).broadcasts:
                pass
            found_rows.append(rolled(connection_of(session)))

            assert rebuild_rollups(session) == 0
            assert connection_of(session).execute(select(MARKS)).all() == []

    assert found_rows[0] == found_rows[1]


spans = st.tuples(st.dates(date(2026, 1, 1), date(2027, 2, 1)), st.integers(0, 400))


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(planned=broadcasts, span=spans, cut=st.integers(0, 400))
def test_a_period_is_the_sum_of_its_parts(
    database: Database,
    keys: dict[str, Pole],
    planned: list[Planned],
    span: tuple[date, int],
    cut: int,
) -> None:
    """Split anywhere, whole months or not: sums add up, parts are the whole, reach is at most 1."""
    with database.writing() as session:
        emptied(session)
        put_on_air(session, planned)
        ingest(session, said(keys, planned), now=noon(1, 20, 2027))
        while roll_up(session).broadcasts:
            pass
    period = between(span[0], span[0] + timedelta(days=span[1]))
    middle = min(period.first + timedelta(days=cut), period.last)
    with database.reading() as session:
        whole = of_all(session, period)
        parts = [
            of_all(session, part)
            for part in (Period(period.first, middle), Period(middle, period.until))
            if part.first < part.until
        ]
        by_village = covered(session, period, villages=None, by=By.VILLAGE)
        by_topic = covered(session, period, villages=None, by=By.TOPIC)
        days = [
            of_all(session, one_day(at.date()))
            for at in DAYS
            if period.first <= at.date() < period.until
        ]

    assert total(parts) == approximately(whole)
    assert total(days) == approximately(whole)
    assert total(each.coverage for each in by_village) == approximately(whole)
    assert total(each.coverage for each in by_topic) == approximately(whole)
    for each in (*by_village, *by_topic):
        shown = each.coverage
        assert 0 <= each.reach.reached <= each.reach.residents
        assert shown.confirmed + shown.partial + shown.failed + shown.not_confirmed + (
            shown.unverifiable + shown.pending + shown.unserved
        ) == pytest.approx(shown.asked)


def of_all(session: Session, period: Period) -> Coverage:
    """The station's coverage in a period."""
    return total(each.coverage for each in covered(session, period, villages=None))


def approximately(coverage: Coverage) -> Coverage:
    """A coverage to be compared with sums of floating-point numbers."""
    return Coverage(
        asked=coverage.asked,
        **{
            part: pytest.approx(getattr(coverage, part), abs=1e-6)  # type: ignore[arg-type]
            for part in (
                "confirmed",
                "partial",
                "failed",
                "not_confirmed",
                "unverifiable",
                "pending",
            )
        },
    )


@pytest.mark.parametrize("table", ROLLED, ids=str)
def test_what_was_tampered_with_is_counted_again(
    database: Database, keys: dict[str, Pole], table: Table
) -> None:
    """A roll-up proves nothing: rebuilding finds a row that is wrong, too many or missing."""
    planned = [Planned(1, [EAST], HEALTH, {"loa-a": 1.0})]
    figure = "confirmed" if "confirmed" in table.c else "reached"
    with database.writing() as session:
        put_on_air(session, planned)
        ingest(session, said(keys, planned), now=noon(1, 20, 2027))
        roll_up(session)
        before = rolled(connection_of(session))
        connection = connection_of(session)
        connection.execute(table.update().values({figure: table.c[figure] + 1}))

        assert rebuild_rollups(session) > 0
        assert rolled(connection) == before

        connection.execute(table.delete())

        assert rebuild_rollups(session) > 0
        assert rolled(connection) == before
        assert rebuild_rollups(session) == 0


def test_a_year_is_left_alone_by_another(database: Database, keys: dict[str, Pole]) -> None:
    """Late word of December touches December and its year; the rows of the next year stay."""
    planned = [Planned(3, [EAST], HEALTH, {"loa-a": 1.0}), Planned(3, [WEST], HEALTH, {})]
    planned += [Planned(4, [EAST], HEALTH, {})]
    with database.writing() as session:
        put_on_air(session, planned)
        roll_up(session)
        ingest(session, said(keys, planned), now=noon(1, 20, 2027))
        changed = roll_up(session).rows
        found_years = {
            year: covered(session, one_year(year), villages=None)[0].coverage.confirmed
            for year in (2026, 2027)
        }

    assert found_years == {2026: 500.0, 2027: 0.0}
    # One row by day, month and year for Thôn Một, its pole's share and its reach in the month and
    # in the year.
    assert changed == 7
