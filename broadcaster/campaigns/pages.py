"""`/campaigns`: where each plan stands with its evidence, and where it is kept and changed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import villages_of
from broadcaster.campaigns.forms import PlanForm, form_of, is_empty
from broadcaster.campaigns.keeping import (
    campaigns_of,
    change_campaign,
    find_campaign,
    keep_campaign,
    plan_of,
    retire_campaign,
)
from broadcaster.campaigns.plan import DayKind
from broadcaster.campaigns.standing import new_bulletin_about, standing_of
from broadcaster.campaigns.wording import KIND_WORDS
from broadcaster.coverage.wording import parts_of, words_of_period
from broadcaster.errors import BadInput, LoaError
from broadcaster.ledger.periods import written_period
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Planner = Annotated[Viewer, Depends(require(Right.PLAN_CAMPAIGNS))]


@router.get("/campaigns")
def campaigns_page(request: Request, station: Here, viewer: Reader) -> Response:
    """Every campaign with its goals and what is next; those that are retired last."""
    with station.database.reading() as session:
        standings = [
            standing_of(session, each, zone=station.zone, now=station.now())
            for each in campaigns_of(session, station.station_id)
        ]
    return render(
        request,
        "campaigns/pages/campaigns.html",
        standings=standings,
        may_plan=viewer.may(Right.PLAN_CAMPAIGNS),
    )


@router.get("/campaigns/new")
def new_page(request: Request, station: Here, _viewer: Planner) -> Response:
    """An empty form, and where a plan's document can be brought."""
    return form_page(request, station, PlanForm())


@router.post("/campaigns")
def create(
    request: Request, station: Here, viewer: Planner, form: Annotated[PlanForm, Form()]
) -> Response:
    """Keep what is marked as a campaign."""
    try:
        with station.database.writing() as session:
            campaign = keep_campaign(
                session,
                form.plan(),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return form_page(request, station, form, refused=refused)
    return RedirectResponse(f"/campaigns/{campaign.id}", status_code=303)


@router.get("/campaigns/{campaign_id}")
def campaign_page(request: Request, station: Here, viewer: Reader, campaign_id: Id) -> Response:
    """Where one campaign stands: each figure leads to what it is counted from."""
    with station.database.reading() as session:
        campaign = find_campaign(session, campaign_id, station_id=station.station_id)
        standing = standing_of(session, campaign, zone=station.zone, now=station.now())
        meant = {each.goal.village_id for each in standing.goals if each.goal.village_id}
        found = villages_of(session, station.station_id, only=meant)
        villages = {each.id: each.name for each in found}
    return render(
        request,
        "campaigns/pages/campaign.html",
        standing=standing,
        villages=villages,
        words_of_period=words_of_period,
        written_period=written_period,
        parts_of=parts_of,
        new_bulletin=new_bulletin_about(standing.plan),
        may_plan=viewer.may(Right.PLAN_CAMPAIGNS),
        may_write=viewer.may(Right.WRITE_BULLETINS),
    )


@router.get("/campaigns/{campaign_id}/edit")
def edit_page(request: Request, station: Here, _viewer: Planner, campaign_id: Id) -> Response:
    """The plan as it is kept, to be changed."""
    with station.database.reading() as session:
        campaign = find_campaign(session, campaign_id, station_id=station.station_id)
        form = form_of(plan_of(session, campaign))
    return form_page(request, station, form, campaign_id=campaign_id)


@router.post("/campaigns/{campaign_id}")
def change(
    request: Request,
    station: Here,
    viewer: Planner,
    campaign_id: Id,
    form: Annotated[PlanForm, Form()],
) -> Response:
    """Let it consist of what is marked from now on."""
    try:
        with station.database.writing() as session:
            change_campaign(
                session,
                campaign_id,
                form.plan(),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return form_page(request, station, form, campaign_id=campaign_id, refused=refused)
    return RedirectResponse(f"/campaigns/{campaign_id}", status_code=303)


@router.post("/campaigns/{campaign_id}/retirement")
def retire(station: Here, viewer: Planner, campaign_id: Id) -> Response:
    """End its warnings; the page stays."""
    with station.database.writing() as session:
        retire_campaign(
            session,
            campaign_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/campaigns/{campaign_id}", status_code=303)


def form_page(
    request: Request,
    station: Context,
    form: PlanForm,
    *,
    campaign_id: str = "",
    refused: LoaError | None = None,
    proposed: bool = False,
) -> Response:
    """The form with what was typed or proposed, and some empty rows."""
    with station.database.reading() as session:
        villages = [(each.id, each.name) for each in villages_of(session, station.station_id)]
    field = (refused.field or "title") if refused else ""
    return render(
        request,
        "campaigns/pages/form.html",
        status_code=refused.status if refused else 200,
        given=form.with_more_rows(),
        campaign_id=campaign_id,
        errors={field: in_language(request, refused)} if refused else {},
        proposed=proposed,
        villages=villages,
        kind_options=[(kind.value, translate(request, KIND_WORDS[kind])) for kind in DayKind],
        is_empty=is_empty,
    )
