"""Campaigns for programs: the same acts as on the pages, under the same rights."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.campaigns.keeping import (
    campaigns_of,
    change_campaign,
    find_campaign,
    keep_campaign,
    plan_of,
    retire_campaign,
)
from broadcaster.campaigns.shapes import CampaignLine, CampaignOut, Campaigns, PlanJson
from broadcaster.campaigns.standing import standing_of
from broadcaster.campaigns.tables import Campaign
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Planner = Annotated[Viewer, Depends(require(Right.PLAN_CAMPAIGNS))]


@api.get("", responses=problems(401, 403))
def campaigns(station: Here, _viewer: Reader) -> Campaigns:
    """All campaigns without their figures, retired ones last."""
    with station.database.reading() as session:
        found = [
            CampaignLine.of(each, plan_of(session, each))
            for each in campaigns_of(session, station.station_id)
        ]
    return Campaigns(campaigns=found)


@api.post("", status_code=201, responses=problems(400, 401, 403, 413, 422))
def create(station: Here, viewer: Planner, given: PlanJson) -> CampaignOut:
    """Keep a plan as a campaign."""
    with station.database.writing() as session:
        campaign = keep_campaign(
            session,
            given.plan(),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _told(session, station, campaign)


@api.get("/{campaign_id}", responses=problems(401, 403, 404, 422))
def campaign(station: Here, _viewer: Reader, campaign_id: Id) -> CampaignOut:
    """One campaign: its plan, and where it stands with the addresses of what that rests on."""
    with station.database.reading() as session:
        found = find_campaign(session, campaign_id, station_id=station.station_id)
        return _told(session, station, found)


@api.put("/{campaign_id}", responses=problems(400, 401, 403, 404, 413, 422))
def change(station: Here, viewer: Planner, campaign_id: Id, given: PlanJson) -> CampaignOut:
    """Let a campaign consist of this plan from now on."""
    with station.database.writing() as session:
        changed = change_campaign(
            session,
            campaign_id,
            given.plan(),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _told(session, station, changed)


@api.delete("/{campaign_id}", status_code=204, responses=problems(401, 403, 404, 422))
def retire(station: Here, viewer: Planner, campaign_id: Id) -> None:
    """End its warnings; it can still be read."""
    with station.database.writing() as session:
        retire_campaign(
            session,
            campaign_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


def _told(session: Session, station: Context, found: Campaign) -> CampaignOut:
    session.flush()
    return CampaignOut.of_standing(
        standing_of(session, found, zone=station.zone, now=station.now())
    )
