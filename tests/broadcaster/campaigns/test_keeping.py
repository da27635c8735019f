"""A plan is kept, changed and retired as a whole, and the trail knows by whom."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from broadcaster.audit import Act
from broadcaster.audit.tables import AuditEntry, AuditPrivate
from broadcaster.campaigns.errors import (
    ENTRIES_LIMIT,
    CampaignUntitled,
    DayUnusable,
    EntryTooLong,
    GoalUnusable,
    NoSuchCampaign,
    PeriodUnusable,
    QuotaUnusable,
    TooManyEntries,
    TopicMissing,
    UnitUnusable,
)
from broadcaster.campaigns.keeping import (
    campaigns_of,
    change_campaign,
    find_campaign,
    keep_campaign,
    plan_of,
    retire_campaign,
)
from broadcaster.campaigns.plan import DayKind, Goal, Plan, PlannedDay, Quota, Unit, checked
from broadcaster.errors import LoaError
from tests.broadcaster.campaigns.plans import ONCE, PLAN, plan
from tests.broadcaster.small_station import STATION_ID, SmallStation


def kept(station: SmallStation, given: Plan = PLAN) -> str:
    """A campaign that the operator kept; its id."""
    with station.database.writing() as session:
        return keep_campaign(
            session, given, station_id=STATION_ID, by="acc-operator", now=station.clock()
        ).id


def read(station: SmallStation, campaign_id: str) -> Plan:
    """What a campaign consists of now."""
    with station.database.reading() as session:
        return plan_of(session, find_campaign(session, campaign_id, station_id=STATION_ID))


def test_what_is_kept_is_what_was_given(station: SmallStation) -> None:
    """Everything, in the plan's order, each with its sentence."""
    assert read(station, kept(station)) == PLAN_AS_LISTS


def test_it_is_changed_as_a_whole(station: SmallStation) -> None:
    """What the new plan does not say is gone."""
    campaign_id = kept(station)
    smaller = plan(title="Đợt hai", goals=(), days=(ONCE,), topics=("Y tế",))
    with station.database.writing() as session:
        change_campaign(
            session,
            campaign_id,
            smaller,
            station_id=STATION_ID,
            by="acc-operator",
            now=station.clock(),
        )
    found = read(station, campaign_id)

    assert (found.title, found.goals, found.days) == ("Đợt hai", [], [ONCE])
    assert found.topics == ["Y tế"]


def test_what_is_retired_stands_last_and_can_be_read(station: SmallStation) -> None:
    """Newest first; retiring again changes nothing."""
    old = kept(station)
    station.clock.move(timedelta(minutes=1))
    new = kept(station, plan(title="Mới"))
    with station.database.writing() as session:
        retire_campaign(session, new, station_id=STATION_ID, by=None, now=station.clock())
    with station.database.writing() as session:
        retire_campaign(
            session, new, station_id=STATION_ID, by=None, now=station.clock() + timedelta(days=1)
        )
    with station.database.reading() as session:
        found = [(each.id, each.retired_at) for each in campaigns_of(session, STATION_ID)]

    assert found == [(old, None), (new, station.clock())]
    assert read(station, new).title == "Mới"


def test_the_trail_names_the_act_and_keeps_the_words_apart(station: SmallStation) -> None:
    """Who, which campaign, how many entries; title and topics can be erased."""
    campaign_id = kept(station)
    with station.database.reading() as session:
        entries = session.exec(select(AuditEntry)).all()
        said = {each.number: each.said for each in session.exec(select(AuditPrivate))}
    (entry,) = (each for each in entries if each.act == Act.CAMPAIGN_KEPT)

    assert (entry.about, entry.person) == (campaign_id, "acc-operator")
    assert PLAN.title in said[entry.number]
    assert PLAN.title not in entry.message


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (plan(title=" "), CampaignUntitled),
        (plan(title="a" * 201), CampaignUntitled),
        (plan(last=date(2025, 12, 31)), PeriodUnusable),
        (plan(first=date(1999, 1, 1)), PeriodUnusable),
        (plan(last=date(2100, 1, 1)), PeriodUnusable),
        (plan(topics=()), TopicMissing),
        (plan(topics=(" ",)), TopicMissing),
        (plan(topics=("a" * 101,)), EntryTooLong),
        (plan(topics=[f"t{n}" for n in range(ENTRIES_LIMIT + 1)]), TooManyEntries),
        (plan(goals=(Goal(percent=0, by_year=2030),)), GoalUnusable),
        (plan(goals=(Goal(percent=101, by_year=2030),)), GoalUnusable),
        (plan(goals=(Goal(percent=80, by_year=203),)), GoalUnusable),
        (plan(goals=(Goal(percent=8, by_year=2030, sentence="a" * 2001),)), EntryTooLong),
        (plan(quotas=(Quota(contributor="a", a_month=0),)), QuotaUnusable),
        (plan(quotas=(Quota(contributor="a" * 201, a_month=1),)), EntryTooLong),
        (plan(days=(PlannedDay(kind=DayKind.BY, name="a", day=31, month=2),)), DayUnusable),
        (
            plan(days=(PlannedDay(kind=DayKind.BY, name="a", day=29, month=2, year=2027),)),
            DayUnusable,
        ),
        (plan(days=(PlannedDay(kind=DayKind.BY, name="", day=1, month=2),)), DayUnusable),
        (plan(units=(Unit(name=" "),)), UnitUnusable),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(given: Plan, refused: type[LoaError]) -> None:
    """Each with the field that it concerns."""
    with pytest.raises(refused) as told:
        checked(given)

    assert told.value.field


def test_a_contributor_owes_one_number(station: SmallStation) -> None:
    """Of two that were given for one unit the first stands."""
    quotas = (
        Quota(contributor="Trạm Y tế xã", a_month=2),
        Quota(contributor="trạm y tế xã ", a_month=5),
    )

    assert read(station, kept(station, plan(quotas=quotas))).quotas == [quotas[0]]


def test_no_other_stations_campaign_nor_village(station: SmallStation) -> None:
    """A goal of a village that is not there is refused, and so is an id of nothing."""
    with pytest.raises(GoalUnusable), station.database.writing() as session:
        keep_campaign(
            session,
            plan(goals=(Goal(percent=80, by_year=2030, village_id="v-none"),)),
            station_id=STATION_ID,
            by="acc-operator",
            now=station.clock(),
        )
    with pytest.raises(NoSuchCampaign):
        read(station, "cpn-none")


PLAN_AS_LISTS = plan(
    **{name: list(getattr(PLAN, name)) for name in ("topics", "goals", "quotas", "days", "units")}
)
