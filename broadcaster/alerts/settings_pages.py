"""Nguồn cảnh báo: the feeds, the codes of places, and what may go out without a person."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.step_up import NOT_PROVEN, can_prove
from broadcaster.accounts.viewer import Viewer
from broadcaster.alerts.feeds import (
    EVERYWHERE,
    add_feed,
    add_place_code,
    certificates_folder,
    feeds_of,
    place_codes_of,
    remove_place_code,
    retire_feed,
)
from broadcaster.alerts.polling import poll_for
from broadcaster.alerts.rules import (
    DECIDABLE,
    decide_rule,
    holds,
    revoke_rule,
    rules_of,
)
from broadcaster.alerts.signatures import certificates_in
from broadcaster.alerts.wording import SEVERITIES, TROUBLES
from broadcaster.areas.queries import villages_of
from broadcaster.emergency.authorising import authorisation_of
from broadcaster.emergency.proof import is_proof_needed, prove_giver
from broadcaster.errors import BadInput, Conflict, LoaError, NotAllowed
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

REFUSED_SHOWN_FOR = timedelta(days=7)

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Overseer = Annotated[Viewer, Depends(require(Right.OVERSEE_EMERGENCIES))]
Token = Annotated[str, Depends(token_of)]


class FeedForm(BaseModel):
    """A feed as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    url: str = ""
    must_be_signed: str = ""


class CodeForm(BaseModel):
    """What a geocode means here."""

    model_config = ConfigDict(frozen=True)

    list_name: str = ""
    value: str = ""
    village_id: str = ""


class RuleForm(BaseModel):
    """For which severity nobody is asked; `code` is one of the second factor, where needed."""

    model_config = ConfigDict(frozen=True)

    severity: str = ""
    code: str = ""


@router.get("/alerts/settings")
def settings_page(request: Request, station: Here, viewer: Reader) -> Response:
    """Where alerts come from, what their codes mean here, and what goes out alone."""
    return _page(request, station, viewer)


@router.post("/alerts/feeds")
def add_one_feed(
    request: Request, station: Here, viewer: Admin, form: Annotated[FeedForm, Form()]
) -> Response:
    """Ask an address for alerts from now on."""
    try:
        with station.database.writing() as session:
            add_feed(
                session,
                name=form.name,
                url=form.url,
                must_be_signed=bool(form.must_be_signed),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, feed=form, refused=refused)
    return _back("#feeds")


@router.post("/alerts/feeds/{feed_id}/poll")
def poll_feed(station: Here, viewer: Admin, feed_id: Id) -> Response:
    """Ask a feed out of turn."""
    poll_for(
        station.database,
        feed_id,
        state_dir=station.settings.state_dir,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now,
    )
    return _back("#feeds")


@router.post("/alerts/feeds/{feed_id}/retirement")
def retire_one_feed(station: Here, viewer: Admin, feed_id: Id) -> Response:
    """Ask a feed no more."""
    with station.database.writing() as session:
        retire_feed(
            session,
            feed_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return _back("#feeds")


@router.post("/alerts/codes")
def add_code(
    request: Request, station: Here, viewer: Admin, form: Annotated[CodeForm, Form()]
) -> Response:
    """Say what a geocode means here."""
    try:
        with station.database.writing() as session:
            add_place_code(
                session,
                list_name=form.list_name,
                value=form.value,
                village_id=form.village_id,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, code=form, refused=refused)
    return _back("#codes")


@router.post("/alerts/codes/{place_code_id}/removal")
def remove_code(station: Here, viewer: Admin, place_code_id: Id) -> Response:
    """Forget what a geocode means."""
    with station.database.writing() as session:
        remove_place_code(
            session,
            place_code_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return _back("#codes")


@router.post("/alerts/rules")
def decide(
    request: Request,
    station: Here,
    viewer: Overseer,
    token: Token,
    form: Annotated[RuleForm, Form()],
) -> Response:
    """Let alerts of a severity go out in this leader's name; proven as an order is."""
    try:
        prove_giver(station, viewer, drill=False, code=form.code, token=token)
        with station.database.writing() as session:
            decide_rule(
                session,
                form.severity,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, Conflict, NotAllowed, *NOT_PROVEN) as refused:
        return _page(request, station, viewer, rule=form, refused=refused)
    return _back("#rules")


@router.post("/alerts/rules/{rule_id}/revocation")
def revoke(station: Here, viewer: Overseer, rule_id: Id) -> Response:
    """Ask a person again from now on."""
    with station.database.writing() as session:
        revoke_rule(
            session,
            rule_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return _back("#rules")


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    feed: FeedForm | None = None,
    code: CodeForm | None = None,
    rule: RuleForm | None = None,
    refused: LoaError | None = None,
) -> Response:
    ours = station.station_id
    oversees = viewer.may(Right.OVERSEE_EMERGENCIES)
    with station.database.reading() as session:
        feeds = feeds_of(session, station_id=ours)
        codes = place_codes_of(session, station_id=ours)
        villages = villages_of(session, ours)
        rules = rules_of(session, station_id=ours)
        shown_rules = [(each, holds(session, each)) for each in rules]
        names = display_names(session, {each.decided_by for each in rules})
        may_decide = (
            oversees and authorisation_of(session, viewer.account_id, station_id=ours) is not None
        )
    state_dir = station.settings.state_dir
    left = [each for each in DECIDABLE if each not in {rule.severity for rule in rules}]
    return render(
        request,
        "alerts/pages/settings.html",
        status_code=refused.status if refused else 200,
        feeds=feeds,
        trusted={
            each.id: len(certificates_in(certificates_folder(state_dir, each.id))) for each in feeds
        },
        feed=feed or FeedForm(),
        codes=codes,
        code=code or CodeForm(),
        villages=[
            (EVERYWHERE, translate(request, "Toàn xã")),
            *((each.id, each.name) for each in villages),
        ],
        village_names={each.id: each.name for each in villages},
        rules=shown_rules,
        rule=rule or RuleForm(),
        names=names,
        severities=SEVERITIES,
        severity_options=[(each, translate(request, SEVERITIES[each])) for each in left],
        may_change=viewer.may(Right.ADMINISTER),
        oversees=oversees,
        may_decide=may_decide,
        asks_code=is_proof_needed(station, viewer, drill=False),
        has_code=can_prove(station, viewer),
        troubles=TROUBLES,
        errors={refused.field or "severity": in_language(request, refused)} if refused else {},
    )


def _back(at: str) -> Response:
    return RedirectResponse(f"/alerts/settings{at}", status_code=303)
