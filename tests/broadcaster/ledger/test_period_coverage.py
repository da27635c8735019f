"""Coverage over periods, from what devices signed to the figure: worked examples, arithmetic shown.

The commune: Thôn Một (1,000 residents) and Thôn Hai (500) in the east, Thôn Ba (800) in the west.
"""

from dataclasses import astuple
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from broadcaster.areas.merging import merge_villages
from broadcaster.areas.tables import Village, VillagePopulation
from broadcaster.database import Database
from broadcaster.fleet.registry import share_village
from broadcaster.fleet.tables import Device, DeviceShare
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.period_queries import (
    GOAL,
    By,
    Covered,
    asked_in,
    asked_of_village,
    covered,
    covered_and_topics,
    topics_in,
)
from broadcaster.ledger.periods import Period, between, month_of, one_day, one_year, quarter
from broadcaster.ledger.rollups import rebuild_rollups
from tests.broadcaster.ledger.air import HEALTH, SAFETY, WEST, Air, noon
from tests.broadcaster.ledger.commune import BEFORE, FIRST_DAY, found, order, raise_pole

YEAR = one_year(2026)
VILLAGE_ID = Village.metadata.tables["village"].c.id


@pytest.fixture
def air(database: Database) -> Air:
    """Poles a and b share Thôn Một by halves; c has Thôn Hai whole and lies in the east too."""
    with database.writing() as session:
        found(session)
        poles = {
            "loa-a": raise_pole(session, "loa-a", thon_1=0.5),
            "loa-b": raise_pole(session, "loa-b", thon_1=0.5),
            "loa-c": raise_pole(session, "loa-c", thon_2=1.0),
            "loa-d": raise_pole(session, "loa-d", cluster="cum-tay", thon_3=0.6),
        }
        share_village(session, village_id="thon-3", share=0.4, device_id=None, valid_from=FIRST_DAY)
    return Air(database, poles)


def figures(air: Air, period: object = YEAR, **asked: object) -> dict[str, Covered]:
    """The figures of a period, by key; the roll-ups must already be right."""
    with air.database.writing() as session:
        assert rebuild_rollups(session) == 0
        rows = covered(session, period, **{"villages": None, **asked})  # type: ignore[arg-type]
    return {each.key: each for each in rows}


def station(air: Air, period: object = YEAR, **asked: object) -> Covered:
    """The station's one figure."""
    return figures(air, period, **asked)[""]


def test_mean_coverage_weighs_by_residents_asked(air: Air) -> None:
    """Three broadcasts to the east (1,500 asked each).

    First: a and c, 500 + 500. Second: a, b, c, all 1,500. Third: nobody.
    Mean: (1,000 + 1,500 + 0) ÷ (3 × 1,500) = 2,500 ÷ 4,500 = 0.5556.
    """
    air.broadcast(noon(3, 1), played=["loa-a", "loa-c"])
    air.broadcast(noon(5, 1), played=["loa-a", "loa-b", "loa-c"])
    air.broadcast(noon(7, 1))
    found_year = station(air)

    assert found_year.coverage.asked == 4_500
    assert found_year.coverage.confirmed == pytest.approx(2_500)
    assert found_year.coverage.not_confirmed == pytest.approx(2_000)
    assert found_year.coverage.coverage == pytest.approx(2_500 / 4_500)
    assert found_year.times == 6


def test_reach_counts_each_share_once(air: Air) -> None:
    """A played three times, c once, b never: 500 + 500 of 1,500, two thirds; the mean says less."""
    air.broadcast(noon(3, 1), played=["loa-a"])
    air.broadcast(noon(5, 1), played=["loa-a", "loa-c"])
    air.broadcast(noon(7, 1), played=["loa-a"])
    found_year = station(air)

    assert (found_year.reach.residents, found_year.reach.reached) == (1_500, pytest.approx(1_000))
    assert found_year.coverage.coverage == pytest.approx((500 + 1_000 + 500) / 4_500)


def test_parts_stand_apart(air: Air) -> None:
    """West, 800 asked: d (0.6) played half of it, the wired pole (0.4) can never confirm.

    Partial 480, unverifiable 320, confirmed 0: neither is coverage, and neither is reach.
    """
    air.broadcast(noon(3, 1), played={"loa-d": 0.5}, cluster=WEST)
    found_year = station(air)

    assert found_year.coverage == Coverage(asked=800, partial=480.0, unverifiable=320.0)
    assert found_year.reach.reached == 0


def test_topics_are_counted_apart_and_together(air: Air) -> None:
    """Health reached a (500), safety reached c (500): of both together 1,000 of 1,500."""
    air.broadcast(noon(3, 1), played=["loa-a"])
    air.broadcast(noon(4, 1), played=["loa-c"], topic=SAFETY)
    apart = figures(air, by=By.TOPIC)
    together = station(air)
    campaign = station(air, between(date(2026, 2, 10), date(2026, 4, 15)), topics=[HEALTH, SAFETY])

    assert {topic: each.reach.reached for topic, each in apart.items()} == {
        HEALTH: pytest.approx(500),
        SAFETY: pytest.approx(500),
    }
    assert together.reach.share == pytest.approx(1_000 / 1_500)
    assert campaign.reach == together.reach
    assert campaign.coverage.asked == 3_000


def test_every_grouping_says_the_same(air: Air) -> None:
    """By cluster and by village: what they say adds up to what the station says."""
    air.broadcast(noon(3, 1), played=["loa-a"])
    air.broadcast(noon(3, 2), played=["loa-d"], cluster=WEST)
    by_village, by_cluster = figures(air, by=By.VILLAGE), figures(air, by=By.CLUSTER)

    assert {key: each.coverage.confirmed for key, each in by_village.items()} == {
        "thon-1": pytest.approx(500),
        "thon-2": 0,
        "thon-3": pytest.approx(480),
    }
    assert {key: each.reach.residents for key, each in by_cluster.items()} == {
        "cum-dong": 1_500,
        "cum-tay": 800,
    }
    assert station(air).coverage.confirmed == pytest.approx(980)


def test_a_device_that_serves_two_villages(air: Air) -> None:
    """Pole e stands in the west and reaches 0.2 of Thôn Hai in the east besides.

    A broadcast to the west asks Thôn Ba only: e's sound in Thôn Hai covers nobody asked.
    """
    with air.database.writing() as session:
        air.poles["loa-e"] = raise_pole(session, "loa-e", cluster="cum-tay")
        session.exec(select(DeviceShare).where(DeviceShare.device_id == "loa-c")).one().share = 0.8
        session.flush()
        share_village(
            session, village_id="thon-2", share=0.2, device_id="loa-e", valid_from=FIRST_DAY
        )
    air.broadcast(noon(3, 1), played=["loa-d", "loa-e"], cluster=WEST)
    air.broadcast(noon(3, 2), played=["loa-c"])
    by_village = figures(air, by=By.VILLAGE)

    assert by_village["thon-2"].coverage.confirmed == pytest.approx(0.8 * 500)
    assert by_village["thon-2"].times == 1
    assert by_village["thon-3"].coverage.confirmed == pytest.approx(480)


def test_residents_of_the_day_count(air: Air) -> None:
    """Thôn Một: 1,000 until the summer, 1,400 from July on; a (half) played both times.

    Mean: (500 + 700) ÷ (1,000 + 1,400); reach: half of the 1,400 who live there in the end.
    """
    with air.database.writing() as session:
        session.add(
            VillagePopulation(
                village_id="thon-1", valid_from=date(2026, 7, 1), households=350, residents=1_400
            )
        )
    air.broadcast(noon(6, 1), played=["loa-a"])
    air.broadcast(noon(8, 1), played=["loa-a"])
    found_year = figures(air, by=By.VILLAGE)["thon-1"]

    assert found_year.coverage.asked == 2_400
    assert found_year.coverage.confirmed == pytest.approx(1_200)
    assert (found_year.reach.residents, found_year.reach.reached) == (1_400, pytest.approx(700))


def test_shares_of_the_day_count(air: Air) -> None:
    """From July on b has 0.2 and a new pole e 0.3. a played in June, e in August, b never.

    June {a .5, b .5}: a. August {a .5, b .2, e .3}: a and e = 0.8 of 1,000 reached, b's 0.2 not.
    """
    with air.database.writing() as session:
        old = session.exec(select(DeviceShare).where(DeviceShare.device_id == "loa-b")).one()
        old.valid_until = date(2026, 7, 1)
        session.flush()
        air.poles["loa-e"] = raise_pole(session, "loa-e")
        for device, share in (("loa-b", 0.2), ("loa-e", 0.3)):
            share_village(
                session,
                village_id="thon-1",
                share=share,
                device_id=device,
                valid_from=date(2026, 7, 1),
            )
    air.broadcast(noon(6, 1), played=["loa-a"])
    air.broadcast(noon(8, 1), played=["loa-e"])
    found_year = figures(air, by=By.VILLAGE)["thon-1"]

    assert found_year.coverage.confirmed == pytest.approx(500 + 300)
    assert found_year.reach.reached == pytest.approx(800)


def test_a_device_that_moved_leaves_its_history_where_it_was(air: Air) -> None:
    """In July c moves to the west and reaches Thôn Ba's other 0.4; Thôn Hai is silent from then on.

    East in June: 500 of Thôn Hai. West in August: c's 0.4 × 800 = 320.
    """
    air.broadcast(noon(6, 1), played=["loa-c"])
    with air.database.writing() as session:
        session.get_one(Device, "loa-c").cluster_id = "cum-tay"
        shares = session.exec(select(DeviceShare)).all()
        for share in shares:
            if share.device_id in {"loa-c", None}:
                share.valid_until = date(2026, 7, 1)
        session.flush()
        share_village(
            session,
            village_id="thon-3",
            share=0.4,
            device_id="loa-c",
            valid_from=date(2026, 7, 1),
        )
    air.broadcast(noon(8, 1), played=["loa-c"], cluster=WEST)
    by_cluster = figures(air, by=By.CLUSTER)
    by_village = figures(air, by=By.VILLAGE)

    assert by_cluster["cum-dong"].coverage.confirmed == pytest.approx(500)
    assert by_cluster["cum-tay"].coverage.confirmed == pytest.approx(320)
    assert by_village["thon-2"].reach.reached == pytest.approx(500)


def test_a_village_that_changed_its_cluster_is_counted_where_it_was(air: Air) -> None:
    """Thôn Hai hears with the west from July on: June stays the east's, its people count once."""
    air.broadcast(noon(6, 1), played=["loa-c"])
    with air.database.writing() as session:
        session.get_one(Village, "thon-2").cluster_id = "cum-tay"
        session.get_one(Device, "loa-c").cluster_id = "cum-tay"
    air.broadcast(noon(8, 1), cluster=WEST)
    by_cluster = figures(air, by=By.CLUSTER, topics=[HEALTH])

    assert by_cluster["cum-dong"].coverage.asked == 1_500
    assert by_cluster["cum-tay"].coverage.asked == 1_300
    assert by_cluster["cum-dong"].reach.residents == 1_000
    assert by_cluster["cum-tay"].reach.residents == 1_300
    assert station(air, topics=[HEALTH]).reach.residents == 2_300
    assert by_cluster["cum-tay"].reach.reached == pytest.approx(500)


def merge(session: Session) -> Village:
    """Thôn Một and Thôn Hai become one of 1,520 on 1 July; a, b and c reach it all."""
    merged = merge_villages(
        session,
        ["thon-1", "thon-2"],
        name="Thôn Một Hai",
        cluster_id="cum-dong",
        since=date(2026, 7, 1),
        households=380,
        residents=1_520,
        by=None,
        now=BEFORE,
    )
    for device, share in (("loa-a", 0.35), ("loa-b", 0.35), ("loa-c", 0.3)):
        share_village(
            session,
            village_id=merged.id,
            share=share,
            device_id=device,
            valid_from=date(2026, 7, 1),
        )
    return merged


@pytest.mark.parametrize("topics", [None, [HEALTH]])
def test_villages_that_merge_are_counted_once(air: Air, topics: list[str] | None) -> None:
    """Pole c played in June in Thôn Hai; a played in August in the merged village.

    Asked 1,500 + 1,520. Reach, of the 1,520 who live there in the end: a and c have 0.35 + 0.3 of
    them = 988; the villages that were are not counted beside it.
    """
    with air.database.writing() as session:
        merged = merge(session)
    air.broadcast(noon(6, 1), played=["loa-c"])
    air.broadcast(noon(8, 1), played=["loa-a"])
    whole = station(air, topics=topics)
    first_half = station(air, between(date(2026, 1, 1), date(2026, 6, 30)), topics=topics)

    assert whole.coverage.asked == 1_500 + 1_520
    assert whole.coverage.confirmed == pytest.approx(500 + 0.35 * 1_520)
    assert whole.reach.residents == 1_520
    assert whole.reach.reached == pytest.approx(0.65 * 1_520)
    assert (first_half.reach.residents, first_half.reach.reached) == (1_500, pytest.approx(500))
    assert figures(air, by=By.VILLAGE)[merged.id].reach.residents == 1_520


def test_a_village_head_sees_their_own(air: Air) -> None:
    """Figures of other villages are not in any sum, and their topics are not named."""
    air.broadcast(noon(3, 1), played=["loa-a", "loa-c"])
    air.broadcast(noon(3, 2), played=["loa-d"], cluster=WEST, topic=SAFETY)
    own = frozenset({"thon-2"})

    assert set(figures(air, villages=own, by=By.VILLAGE)) == {"thon-2"}
    assert station(air, villages=own).coverage == Coverage(asked=500, confirmed=500.0)
    assert figures(air, villages=frozenset()) == {}
    with air.database.reading() as session:
        assert topics_in(session, YEAR, villages=own) == [HEALTH]
        assert topics_in(session, YEAR, villages=None) == [SAFETY, HEALTH]


def test_late_word_counts_again_what_it_touches(air: Air) -> None:
    """In November a pole tells of March: March, its quarter and the year say so; April does not."""
    late = air.broadcast(noon(3, 31, hour=23))
    air.broadcast(noon(4, 1, hour=1))
    before = station(air, one_day(date(2026, 3, 31)))
    air.say("loa-a", late, at=noon(11, 20))
    air.roll()

    assert before.coverage.confirmed == 0
    assert station(air, one_day(date(2026, 3, 31))).coverage.confirmed == pytest.approx(500)
    assert station(air, month_of(date(2026, 3, 1))).reach.reached == pytest.approx(500)
    assert station(air, quarter(2026, 1)).coverage.confirmed == pytest.approx(500)
    assert station(air, month_of(date(2026, 4, 1))).coverage.confirmed == 0
    assert station(air).reach.reached == pytest.approx(500)


def test_the_goal_is_one_query(air: Air) -> None:
    """All poles played the topic this year: 1,500 + 0.6 × 800 = 1,980 of 2,300, over 80 %."""
    air.broadcast(noon(3, 1), played=["loa-a", "loa-b", "loa-c"])
    air.broadcast(noon(5, 1), played=["loa-d"], cluster=WEST)
    share = figures(air, by=By.TOPIC)[HEALTH].reach.share

    assert share == pytest.approx(1_980 / 2_300)
    assert share >= GOAL


def test_what_has_not_begun_was_asked_of_nobody(air: Air) -> None:
    """Tomorrow's broadcast is in no figure; from its start on it is, as what is not known yet."""
    at = noon(9, 1)
    with air.database.writing() as session:
        expect(session, order("ord-x", broadcast="bc-x", starts_at=at), now=at - timedelta(days=1))
    air.roll()
    before = figures(air)
    with air.database.writing() as session:
        freeze(session, now=at)
    air.roll()

    assert before == {}
    assert station(air).coverage == Coverage(asked=1_500, pending=1_500.0)


@pytest.fixture
def spring(air: Air) -> Air:
    """Two topics in two clusters, in part after the change of a month."""
    air.broadcast(noon(3, 1), played=["loa-a"])
    air.broadcast(noon(3, 31), played=["loa-c", "loa-d"], topic=SAFETY)
    air.broadcast(noon(4, 1), played={"loa-d": 0.5}, cluster=WEST)
    return air


PERIODS = (YEAR, month_of(date(2026, 3, 1)), between(date(2026, 3, 31), date(2026, 4, 15)))
VIEWS = (None, frozenset({"thon-1", "thon-3"}), frozenset({"thon-2"}), frozenset[str]())
TOPICS = (None, [HEALTH], [HEALTH, SAFETY], ["nothing"])


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("villages", VIEWS)
def test_the_whole_beside_its_topics_is_the_same(
    spring: Air, period: Period, villages: frozenset[str] | None
) -> None:
    """Read once, it says what is said of the station and of each topic by themselves."""
    with spring.database.reading() as session:
        for topics in TOPICS:
            asked = {"villages": villages, "topics": topics}
            whole, by_topic = covered_and_topics(session, period, **asked)  # type: ignore[arg-type]
            alone = covered(session, period, **asked)  # type: ignore[arg-type]
            apart = covered(session, period, **asked, by=By.TOPIC)  # type: ignore[arg-type]

            assert by_topic == apart
            assert (whole is None) is (alone == [])
            for each in alone:
                assert whole is not None
                assert (whole.times, whole.reach) == (each.times, each.reach)
                assert astuple(whole.coverage) == pytest.approx(astuple(each.coverage))


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("villages", VIEWS)
def test_a_village_by_itself_is_known_to_have_been_asked(
    spring: Air, period: Period, villages: frozenset[str] | None
) -> None:
    """Looked at one by one the same villages are found as in all that was asked."""
    with spring.database.reading() as session:
        for topics in TOPICS:
            condition = asked_of_village(period, VILLAGE_ID, villages=villages, topics=topics)
            found = session.exec(select(Village.id).where(condition)).all()

            assert set(found) == asked_in(session, period, villages=villages, topics=topics)
            assert len(found) == len(set(found))
