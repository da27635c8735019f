"""Where a campaign stands, from what devices signed to the figure; arithmetic shown.

Nine villages of 1,200 residents: 10,800. Each village's two poles reach half of it each.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import delete

from broadcaster.areas.tables import VillagePopulation
from broadcaster.campaigns.contributions import Aired
from broadcaster.campaigns.keeping import find_campaign
from broadcaster.campaigns.plan import Goal, Plan, Quota
from broadcaster.campaigns.standing import CampaignStanding, Lack, standing_of
from broadcaster.playlists.tables import PlaylistItem
from tests.broadcaster.campaigns.scene import HEALTH, broadcast, keep, write_bulletin
from tests.broadcaster.pages.commune import ZONE
from tests.broadcaster.small_station import STATION_ID, SmallStation


def standing(station: SmallStation, plan: Plan = HEALTH) -> CampaignStanding:
    """Where a campaign of this plan stands now."""
    campaign_id = keep(station, plan)
    with station.database.reading() as session:
        campaign = find_campaign(session, campaign_id, station_id=STATION_ID)
        return standing_of(session, campaign, zone=ZONE, now=station.clock())


def one_broadcast(station: SmallStation) -> None:
    """To the east: village 1 whole, of village 2 one half confirmed, of village 3 nothing."""
    write_bulletin(station, "tin-1", contributor="Trạm Y tế xã")
    broadcast(
        station, "bc-1", "tin-1",
        "confirmed", "confirmed", "confirmed", "not_confirmed", "failed", "not_confirmed",
    )  # fmt: skip


def test_a_goal_counts_everybody_who_lives_there(commune: SmallStation) -> None:
    """1,200 + 600 of 10,800 = 16.7 %: six villages were never asked and count as not reached.

    80 % of 10,800 are 8,640; 8,640 - 1,800 = 6,840 are missing. The ledger's own page says 50 %,
    1,800 of the 3,600 asked.
    """
    one_broadcast(commune)
    whole, _ = standing(commune).goals
    reach = whole.covered.reach

    assert (reach.residents, reach.reached) == (10_800, pytest.approx(1_800))
    assert whole.missing_residents == 6_840
    assert not whole.has_reached_goal
    assert len(whole.never_asked) == 6
    assert [each.village_id for each in whole.below][-2:] == ["dong-3", "dong-2"]
    assert whole.covered.coverage.asked == 3_600
    assert whole.covered.coverage.confirmed == pytest.approx(1_800)
    assert whole.covered.coverage.failed == pytest.approx(600)
    assert whole.covered.coverage.not_confirmed == pytest.approx(1_200)


def test_a_villages_goal_is_its_own(commune: SmallStation) -> None:
    """Village 2: 600 of 1,200 are the 50 % that its goal asks."""
    one_broadcast(commune)
    _, village = standing(commune).goals

    assert [each.village_id for each in village.villages] == ["dong-2"]
    assert village.has_reached_goal
    assert village.below == []


def test_what_nobody_knows_is_not_concluded(commune: SmallStation) -> None:
    """Where one village's residents are unknown, even all of the others are no goal reached."""
    one_broadcast(commune)
    with commune.database.writing() as session:
        session.exec(delete(VillagePopulation).where(VillagePopulation.village_id == "tay-3"))
    goal = replace(HEALTH, goals=(Goal(percent=1, by_year=2027),))
    (found,) = standing(commune, goal).goals

    assert [each.village_id for each in found.unknown] == ["tay-3"]
    assert found.covered.reach.residents == 9_600
    assert (found.missing_residents, found.has_reached_goal) == (0, False)
    assert "tay-3" in [each.village_id for each in found.below]


def test_only_the_campaigns_topics_and_days_count(commune: SmallStation) -> None:
    """Another topic, or a campaign that began after the broadcast, has reached nobody."""
    one_broadcast(commune)
    other = standing(commune, replace(HEALTH, topics=("Chuyển đổi số",))).goals[0]
    later = standing(commune, replace(HEALTH, first=date(2026, 11, 23)))
    ahead = standing(commune, replace(HEALTH, first=date(2027, 1, 1)))

    assert other.covered.reach.reached == 0
    assert later.goals[0].covered.reach.reached == 0
    assert (ahead.goals, ahead.missing) == ([], ())


def test_each_year_of_the_campaign_stands_by_itself(commune: SmallStation) -> None:
    """This year first; what was reached in 2026 is not carried over into 2027."""
    one_broadcast(commune)
    commune.clock.move(timedelta(days=60))
    this_year, last_year = (each for each in standing(commune).goals if not each.goal.village_id)

    assert (this_year.period.first.year, last_year.period.first.year) == (2027, 2026)
    assert this_year.covered.reach.reached == 0
    assert last_year.covered.reach.reached == pytest.approx(1_800)


def test_contributors_are_counted_and_the_air_stands_apart(commune: SmallStation) -> None:
    """Three items of the health station: one confirmed, one broadcast and not confirmed, one not.

    Another contributor's counts for the whole station's quota only. Marks and capitals in the name
    of a contributor do not matter.
    """
    one_broadcast(commune)
    write_bulletin(commune, "tin-2", contributor="trạm y tế xã")
    broadcast(commune, "bc-2", "tin-2", "not_confirmed")
    write_bulletin(commune, "tin-3", contributor="Trạm Y tế xã")
    write_bulletin(commune, "tin-4", contributor="Công an xã")
    quotas = (Quota(contributor="Trạm Y tế xã", a_month=2), Quota(contributor="", a_month=9))
    own, everybody = standing(commune, replace(HEALTH, quotas=quotas)).quotas

    assert own.this_month is not None
    assert {each.bulletin_id: (each.aired, each.broadcast_id) for each in own.this_month.given} == {
        "tin-1": (Aired.CONFIRMED, "bc-1"),
        "tin-2": (Aired.NOT_CONFIRMED, "bc-2"),
        "tin-3": (Aired.NOT_YET, ""),
    }
    assert (own.this_month.confirmed, own.this_month.lacking) == (1, 0)
    assert everybody.this_month is not None
    assert (len(everybody.this_month.given), everybody.this_month.lacking) == (4, 5)


def test_a_bulletin_within_a_programme_was_on_air_too(commune: SmallStation) -> None:
    """The programme's broadcast is its evidence."""
    write_bulletin(commune, "tin-1", contributor="Trạm Y tế xã")
    write_bulletin(commune, "chuong-trinh", contributor="")
    with commune.database.writing() as session:
        session.add(
            PlaylistItem(
                playlist_id="chuong-trinh", position=1, kind="bulletin", bulletin_id="tin-1"
            )
        )
    broadcast(commune, "bc-1", "chuong-trinh", "confirmed")
    (own,) = standing(commune).quotas

    assert own.this_month is not None
    assert [(each.aired, each.broadcast_id) for each in own.this_month.given] == [
        (Aired.CONFIRMED, "bc-1")
    ]


def test_months_that_are_over_show_what_was_owed(commune: SmallStation) -> None:
    """Six months at most, and none before the campaign."""
    (own,) = standing(commune).quotas
    (young,) = standing(commune, replace(HEALTH, first=date(2026, 10, 5))).quotas

    assert [each.month.first.month for each in own.months] == [11, 10, 9, 8, 7, 6]
    assert [(each.is_over, each.lacking) for each in own.months[:2]] == [(False, 2), (True, 2)]
    assert [each.month.first.month for each in young.months] == [11, 10]


def test_it_proposes_what_is_missing(commune: SmallStation) -> None:
    """A key day in four days without a bulletin, a contributor behind, villages below the goal."""
    found = standing(commune).missing
    links = {each.lack: each.href for each in found}

    assert [each.lack for each in found] == [
        Lack.KEY_DAY, Lack.CONTRIBUTION, Lack.VILLAGES, Lack.VILLAGES,
    ]  # fmt: skip
    assert links[Lack.KEY_DAY] == "/bulletins/new?topic=Y+t%E1%BA%BF"
    assert links[Lack.CONTRIBUTION].endswith("&contributor=Tr%E1%BA%A1m+Y+t%E1%BA%BF+x%C3%A3")


def test_a_scheduled_bulletin_covers_its_key_day(commune: SmallStation) -> None:
    """On 26/11 something about health is planned: that is shown instead of a proposal."""
    write_bulletin(commune, "tin-1", contributor="Trạm Y tế xã")
    broadcast(commune, "bc-1", "tin-1", ago=timedelta(days=-4))
    found = standing(commune)

    assert [entry.broadcast_id for entry in found.coming[0].scheduled or ()] == ["bc-1"]
    assert Lack.KEY_DAY not in [each.lack for each in found.missing]
