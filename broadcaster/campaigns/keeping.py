"""Campaigns are kept, changed and retired, each time with an entry in the trail.

A plan is replaced as a whole: whoever saves has read all of it. What it said before stands in no
row; that it changed, and by whom, stands in the trail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, delete, select

from broadcaster.areas.languages import find_village
from broadcaster.audit import Act, record
from broadcaster.campaigns.errors import GoalUnusable, NoSuchCampaign
from broadcaster.campaigns.plan import (
    DayKind,
    Goal,
    Measure,
    Plan,
    PlannedDay,
    Quota,
    Unit,
    checked,
)
from broadcaster.campaigns.tables import (
    Campaign,
    CampaignDay,
    CampaignGoal,
    CampaignQuota,
    CampaignTopic,
    CampaignUnit,
)
from broadcaster.database.columns import new_id
from broadcaster.errors import NotFound

Row = TypeVar("Row", CampaignTopic, CampaignGoal, CampaignQuota, CampaignDay, CampaignUnit)
_ENTRIES: tuple[
    type[CampaignTopic]
    | type[CampaignGoal]
    | type[CampaignQuota]
    | type[CampaignDay]
    | type[CampaignUnit],
    ...,
] = (
    CampaignTopic,
    CampaignGoal,
    CampaignQuota,
    CampaignDay,
    CampaignUnit,
)


def campaigns_of(session: Session, station_id: str) -> Sequence[Campaign]:
    """The station's campaigns: those that go on first, then what is retired, newest first."""
    rows = session.exec(
        select(Campaign)
        .where(Campaign.station_id == station_id)
        .order_by(col(Campaign.created_at).desc(), col(Campaign.id))
    ).all()
    return sorted(rows, key=lambda each: each.retired_at is not None)


def find_campaign(session: Session, campaign_id: str, *, station_id: str) -> Campaign:
    """One campaign of the station; raise NoSuchCampaign."""
    row = session.get(Campaign, campaign_id)
    if row is None or row.station_id != station_id:
        raise NoSuchCampaign
    return row


def days_of_plan(session: Session, campaign_id: str) -> list[PlannedDay]:
    """The days that a campaign warns of: the first page needs no more of most campaigns."""
    return [
        PlannedDay(
            kind=DayKind(each.kind),
            name=each.name,
            day=each.day,
            month=each.month,
            year=each.year,
            sentence=each.sentence,
        )
        for each in _rows(session, CampaignDay, campaign_id)
    ]


def plan_of(session: Session, campaign: Campaign) -> Plan:
    """What a campaign consists of."""
    return Plan(
        title=campaign.title,
        number=campaign.number,
        issued_on=campaign.issued_on,
        document=campaign.document,
        first=campaign.first,
        last=campaign.last,
        topics=[each.topic for each in _rows(session, CampaignTopic, campaign.id)],
        goals=[
            Goal(
                measure=Measure(each.measure),
                percent=each.percent,
                by_year=each.by_year,
                village_id=each.village_id or "",
                sentence=each.sentence,
            )
            for each in _rows(session, CampaignGoal, campaign.id)
        ],
        quotas=[
            Quota(contributor=each.contributor, a_month=each.a_month, sentence=each.sentence)
            for each in _rows(session, CampaignQuota, campaign.id)
        ],
        days=days_of_plan(session, campaign.id),
        units=[
            Unit(name=each.name, leads=each.leads, sentence=each.sentence)
            for each in _rows(session, CampaignUnit, campaign.id)
        ],
    )


def keep_campaign(
    session: Session, plan: Plan, *, station_id: str, by: str | None, now: datetime
) -> Campaign:
    """Keep a plan as a new campaign; `by` is None at the machine. Raises a BadInput."""
    plan = _usable(session, plan, station_id=station_id)
    campaign = Campaign(
        id=new_id("cpn"),
        station_id=station_id,
        title=plan.title,
        number=plan.number,
        issued_on=plan.issued_on,
        document=plan.document,
        first=plan.first,
        last=plan.last,
        created_by=by,
        created_at=now,
        changed_at=now,
    )
    session.add(campaign)
    session.flush()
    session.add_all(_entries_of(plan, campaign.id))
    _record(session, Act.CAMPAIGN_KEPT, campaign, plan, by=by, now=now)
    return campaign


def change_campaign(
    session: Session,
    campaign_id: str,
    plan: Plan,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> Campaign:
    """Let a campaign consist of this plan from now on; raise NoSuchCampaign or a BadInput."""
    campaign = find_campaign(session, campaign_id, station_id=station_id)
    plan = _usable(session, plan, station_id=station_id)
    campaign.title, campaign.number, campaign.issued_on = plan.title, plan.number, plan.issued_on
    campaign.document, campaign.first, campaign.last = plan.document, plan.first, plan.last
    campaign.changed_at = now
    for table in _ENTRIES:
        session.exec(delete(table).where(col(table.campaign_id) == campaign.id))
    session.add_all(_entries_of(plan, campaign.id))
    _record(session, Act.CAMPAIGN_CHANGED, campaign, plan, by=by, now=now)
    return campaign


def retire_campaign(
    session: Session, campaign_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """End its warnings; it can still be read. Again, it changes nothing. Raises NoSuchCampaign."""
    campaign = find_campaign(session, campaign_id, station_id=station_id)
    if campaign.retired_at is None:
        campaign.retired_at = now
    record(session, Act.CAMPAIGN_RETIRED, at=now, by=by, about=campaign.id)


def _usable(session: Session, plan: Plan, *, station_id: str) -> Plan:
    usable = checked(plan)
    for goal in usable.goals:
        if goal.village_id:
            try:
                find_village(session, goal.village_id, station_id=station_id)
            except NotFound as gone:
                raise GoalUnusable(goal.village_id, field="goals") from gone
    return usable


def _entries_of(plan: Plan, campaign_id: str) -> list[SQLModel]:
    def placed(position: int) -> dict[str, Any]:
        return {"campaign_id": campaign_id, "position": position}

    return [
        *(CampaignTopic(**placed(n), topic=each) for n, each in enumerate(plan.topics)),
        *(
            CampaignGoal(
                **placed(n),
                measure=each.measure,
                percent=each.percent,
                by_year=each.by_year,
                village_id=each.village_id or None,
                sentence=each.sentence,
            )
            for n, each in enumerate(plan.goals)
        ),
        *(
            CampaignQuota(
                **placed(n),
                contributor=each.contributor,
                a_month=each.a_month,
                sentence=each.sentence,
            )
            for n, each in enumerate(plan.quotas)
        ),
        *(
            CampaignDay(
                **placed(n),
                kind=each.kind,
                name=each.name,
                day=each.day,
                month=each.month,
                year=each.year,
                sentence=each.sentence,
            )
            for n, each in enumerate(plan.days)
        ),
        *(
            CampaignUnit(**placed(n), name=each.name, leads=each.leads, sentence=each.sentence)
            for n, each in enumerate(plan.units)
        ),
    ]


def _record(
    session: Session, act: Act, campaign: Campaign, plan: Plan, *, by: str | None, now: datetime
) -> None:
    record(
        session,
        act,
        at=now,
        by=by,
        about=campaign.id,
        details={
            "first": plan.first.isoformat(),
            "last": plan.last.isoformat(),
            "goals": len(plan.goals),
            "quotas": len(plan.quotas),
            "days": len(plan.days),
            "units": len(plan.units),
        },
        private={"title": plan.title, "topics": "; ".join(plan.topics)},
    )


def _rows(session: Session, table: type[Row], campaign_id: str) -> Sequence[Row]:
    return session.exec(
        select(table).where(table.campaign_id == campaign_id).order_by(col(table.position))
    ).all()
