"""Where a campaign stands: goals, contributors, what is due next, and what is missing for it.

Every figure comes from the ledger or from bulletins, and what is proposed says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.calendar.entries import Entry
from broadcaster.campaigns.contributions import QuotaStanding, quota_standings
from broadcaster.campaigns.dates import Due, next_of_each
from broadcaster.campaigns.goals import GoalStanding, goal_standings
from broadcaster.campaigns.keeping import plan_of
from broadcaster.campaigns.on_air import on_air_about
from broadcaster.campaigns.plan import Plan
from broadcaster.campaigns.tables import Campaign

LOOKED_AHEAD = timedelta(days=31)
"""So far ahead a key day without a bulletin is something to do."""


class Lack(StrEnum):
    """What is missing."""

    KEY_DAY = "key_day"
    CONTRIBUTION = "contribution"
    VILLAGES = "villages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing to do, and where: a new bulletin already begun, or the page of what lacks."""

    lack: Lack
    href: str
    due: Due | None = None
    quota: QuotaStanding | None = None
    goal: GoalStanding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNext:
    """A day that comes, and for a key day what is scheduled about the topics then."""

    due: Due
    scheduled: Sequence[Entry] | None = None
    """None where nobody looked: it is no key day, or too far ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStanding:
    """Everything that a campaign's page tells."""

    campaign: Campaign
    plan: Plan
    goals: Sequence[GoalStanding]
    quotas: Sequence[QuotaStanding]
    coming: Sequence[DueNext]
    missing: Sequence[Missing]


def standing_of(
    session: Session, campaign: Campaign, *, zone: ZoneInfo, now: datetime
) -> CampaignStanding:
    """Where a campaign stands now."""
    plan = plan_of(session, campaign)
    today = now.astimezone(zone).date()
    station_id = campaign.station_id
    goals = goal_standings(session, plan, station_id=station_id, today=today)
    quotas = quota_standings(session, plan, station_id=station_id, zone=zone, today=today)
    coming = coming_days(session, plan, station_id=station_id, zone=zone, now=now)
    going_on = campaign.retired_at is None and plan.first <= today <= plan.last
    return CampaignStanding(
        campaign=campaign,
        plan=plan,
        goals=goals,
        quotas=quotas,
        coming=coming,
        missing=_missing(plan, goals, quotas, coming, today=today) if going_on else (),
    )


def coming_days(
    session: Session, plan: Plan, *, station_id: str, zone: ZoneInfo, now: datetime
) -> list[DueNext]:
    """The next time of each day, soonest first; near key days with what is scheduled for them."""
    today = now.astimezone(zone).date()
    return [
        DueNext(
            due=due,
            scheduled=on_air_about(session, plan.topics, due.on, station_id=station_id, now=now)
            if due.is_key_day and due.on - today <= LOOKED_AHEAD
            else None,
        )
        for due in next_of_each(plan.days, plan.period, today=today)
    ]


def new_bulletin_about(plan: Plan, *, contributor: str = "") -> str:
    """The address of a new bulletin that begins with the campaign's topic, and with whose it is."""
    given = {"topic": plan.topics[0], "contributor": contributor}
    return f"/bulletins/new?{urlencode({name: said for name, said in given.items() if said})}"


def _missing(
    plan: Plan,
    goals: Sequence[GoalStanding],
    quotas: Sequence[QuotaStanding],
    coming: Sequence[DueNext],
    *,
    today: date,
) -> list[Missing]:
    found = [
        Missing(lack=Lack.KEY_DAY, href=new_bulletin_about(plan), due=each.due)
        for each in coming
        if each.scheduled is not None and not each.scheduled
    ]
    found += [
        Missing(
            lack=Lack.CONTRIBUTION,
            href=new_bulletin_about(plan, contributor=each.quota.contributor),
            quota=each,
        )
        for each in quotas
        if each.this_month is not None and each.this_month.lacking
    ]
    return found + [
        Missing(lack=Lack.VILLAGES, href=f"#goal-{number}", goal=each)
        for number, each in enumerate(goals, start=1)
        if each.below and each.period.first <= today < each.period.until
    ]
