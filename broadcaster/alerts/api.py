"""Alerts for programs: the same acts as on the pages, under the same rights.

An alert is ordered by `POST /api/emergencies` with its `request_key`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.alerts.desk import bring, dismiss, find_alert
from broadcaster.alerts.exporting import messages_of
from broadcaster.alerts.feeds import (
    add_feed,
    add_place_code,
    feeds_of,
    place_codes_of,
    remove_place_code,
    retire_feed,
)
from broadcaster.alerts.polling import poll_for
from broadcaster.alerts.rules import decide_rule, holds, revoke_rule, rules_of
from broadcaster.alerts.shapes import (
    AlertDetail,
    CapAlertOut,
    CapAlerts,
    Dismissal,
    FeedOut,
    Feeds,
    NewAlert,
    NewFeed,
    NewPlaceCode,
    NewRule,
    PlaceCodeOut,
    PlaceCodes,
    PolledOut,
    RuleOut,
    Rules,
)
from broadcaster.alerts.shown import alert_line, alert_lines, alert_shown
from broadcaster.alerts.writing import write_alert
from broadcaster.bulletins.texts import as_kept
from broadcaster.emergency.ending import find_emergency
from broadcaster.emergency.proof import prove_giver
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["alerts"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Overseer = Annotated[Viewer, Depends(require(Right.OVERSEE_EMERGENCIES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Token = Annotated[str, Depends(token_of)]

CAP_XML = "application/cap+xml"


@api.get("/cap-alerts", responses=problems(401, 403))
def alerts(station: Here, _viewer: Reader) -> CapAlerts:
    """What others sent, the newest first."""
    with station.database.reading() as session:
        lines = alert_lines(session, station_id=station.station_id, now=station.now())
    return CapAlerts(alerts=[CapAlertOut.of(each) for each in lines])


@api.post("/cap-alerts", status_code=201, responses=problems(401, 403, 413, 422))
def bring_one(station: Here, viewer: Giver, given: NewAlert) -> CapAlertOut:
    """Keep an alert; known already, it is answered once more. Nothing goes on air by this."""
    taken = bring(
        station.database,
        as_kept(given.xml, field="xml").encode(),
        state_dir=station.settings.state_dir,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )
    with station.database.reading() as session:
        return CapAlertOut.of(alert_line(session, taken.row, now=station.now()))


@api.get(
    "/cap-alerts/exports/{emergency_id}",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": {CAP_XML: {}}}},
)
def export(station: Here, _viewer: Reader, emergency_id: Id) -> Response:
    """The newest CAP 1.2 message of one of our own emergencies."""
    with station.database.reading() as session:
        emergency = find_emergency(session, emergency_id, station_id=station.station_id)
        newest = messages_of(session, emergency)[-1]
    return Response(write_alert(newest), media_type=CAP_XML)


@api.get("/cap-alerts/{alert_id}", responses=problems(401, 403, 404, 422))
def alert(station: Here, _viewer: Reader, alert_id: Id) -> AlertDetail:
    """One alert, and what it would be here."""
    with station.database.reading() as session:
        row = find_alert(session, alert_id, station_id=station.station_id)
        return AlertDetail.of(alert_shown(session, row, now=station.now()))


@api.post("/cap-alerts/{alert_id}/dismissal", responses=problems(401, 403, 404, 409, 413, 422))
def dismiss_one(station: Here, viewer: Giver, alert_id: Id, given: Dismissal) -> CapAlertOut:
    """Do nothing on it here, and say why."""
    with station.database.writing() as session:
        row = dismiss(
            session,
            alert_id,
            reason=given.reason,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return CapAlertOut.of(alert_line(session, row, now=station.now()))


@api.get("/alert-feeds", responses=problems(401, 403))
def feeds(station: Here, _viewer: Reader) -> Feeds:
    """The feeds in use, and how each stands."""
    with station.database.reading() as session:
        rows = feeds_of(session, station_id=station.station_id)
    return Feeds(feeds=[FeedOut.of(each) for each in rows])


@api.post("/alert-feeds", status_code=201, responses=problems(401, 403, 413, 422))
def add_one_feed(station: Here, viewer: Admin, given: NewFeed) -> FeedOut:
    """Ask an address for alerts from now on."""
    with station.database.writing() as session:
        feed = add_feed(
            session,
            name=as_kept(given.name, field="name"),
            url=given.url,
            must_be_signed=given.must_be_signed,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return FeedOut.of(feed)


@api.post("/alert-feeds/{feed_id}/poll", responses=problems(401, 403, 404, 422))
def poll_feed(station: Here, viewer: Admin, feed_id: Id) -> PolledOut:
    """Ask a feed out of turn."""
    done = poll_for(
        station.database,
        feed_id,
        state_dir=station.settings.state_dir,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now,
    )
    return PolledOut(new=done.new, refused=done.refused, trouble=done.trouble)


@api.delete("/alert-feeds/{feed_id}", status_code=204, responses=problems(401, 403, 404, 422))
def retire_one_feed(station: Here, viewer: Admin, feed_id: Id) -> None:
    """Ask a feed no more."""
    with station.database.writing() as session:
        retire_feed(
            session,
            feed_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.get("/alert-place-codes", responses=problems(401, 403))
def place_codes(station: Here, _viewer: Reader) -> PlaceCodes:
    """What geocodes mean here."""
    with station.database.reading() as session:
        rows = place_codes_of(session, station_id=station.station_id)
    return PlaceCodes(codes=[PlaceCodeOut.of(each) for each in rows])


@api.post("/alert-place-codes", status_code=201, responses=problems(401, 403, 413, 422))
def add_code(station: Here, viewer: Admin, given: NewPlaceCode) -> PlaceCodeOut:
    """Say what a geocode means here; what was said already is answered once more."""
    with station.database.writing() as session:
        code = add_place_code(
            session,
            list_name=as_kept(given.list_name, field="list_name"),
            value=as_kept(given.value, field="value"),
            village_id=given.village_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return PlaceCodeOut.of(code)


@api.delete(
    "/alert-place-codes/{place_code_id}",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
def remove_code(station: Here, viewer: Admin, place_code_id: Id) -> None:
    """Forget what a geocode means."""
    with station.database.writing() as session:
        remove_place_code(
            session,
            place_code_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.get("/alert-rules", responses=problems(401, 403))
def rules(station: Here, _viewer: Reader) -> Rules:
    """What may go out without a person."""
    with station.database.reading() as session:
        found = [
            RuleOut.of(each, in_force=holds(session, each))
            for each in rules_of(session, station_id=station.station_id)
        ]
    return Rules(rules=found)


@api.post("/alert-rules", status_code=201, responses=problems(401, 403, 409, 413, 422, 429, 503))
def decide(station: Here, viewer: Overseer, token: Token, given: NewRule) -> RuleOut:
    """Let signed alerts of a severity go out in this leader's name; asks for the second factor."""
    prove_giver(station, viewer, drill=False, code=given.code, token=token)
    with station.database.writing() as session:
        rule = decide_rule(
            session,
            given.severity,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return RuleOut.of(rule, in_force=True)


@api.delete("/alert-rules/{rule_id}", status_code=204, responses=problems(401, 403, 404, 422))
def revoke(station: Here, viewer: Overseer, rule_id: Id) -> None:
    """Ask a person again from now on."""
    with station.database.writing() as session:
        revoke_rule(
            session,
            rule_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
