"""The pages of enrolment: a code is made and told once, a device is let in or turned away."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import KnownVillage, clusters_of, villages_of
from broadcaster.enrolment.admitting import let_in, turn_away, with_new_code
from broadcaster.enrolment.desk import open_codes
from broadcaster.enrolment.expected import expect_no_more, expected_devices
from broadcaster.enrolment.qr import drawn_code
from broadcaster.enrolment.tables import ExpectedDevice
from broadcaster.enrolment.wishes import fingerprint_in_groups
from broadcaster.errors import LoaError
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class CodeForm(BaseModel):
    """What an admin says of a device that is to come."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    village_id: str = ""
    share_percent: str = ""
    device_id: str = ""


class DecisionForm(BaseModel):
    """The fingerprint that a person compared, as the page showed it."""

    model_config = ConfigDict(frozen=True)

    fingerprint: str = ""


@router.get("/devices/enrolment")
def enrolment(request: Request, station: Here, _viewer: Onlooker, done: str = "") -> Response:
    """The codes that wait, the devices that ask, and the form for another."""
    return _page(request, station, done=done)


@router.post("/devices/enrolment")
def make(
    request: Request, station: Here, viewer: Admin, form: Annotated[CodeForm, Form()]
) -> Response:
    """Make a code, and tell it: on this one answer and never again."""
    try:
        made, written = with_new_code(station, form, by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, form=form, refused=refused)
    return render(
        request,
        "enrolment/pages/code.html",
        code=written,
        made=made,
        drawing=drawn_code(written),
        station_url=station.settings.station_url,
    )


@router.post("/devices/enrolment/{code_id}/confirmation")
def confirm_device(
    request: Request,
    station: Here,
    viewer: Admin,
    code_id: str,
    form: Annotated[DecisionForm, Form()],
) -> Response:
    """Let the device in whose fingerprint was compared."""
    try:
        let_in(station, code_id, fingerprint=form.fingerprint, by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, refused=refused)
    return RedirectResponse("/devices/enrolment?done=confirmed", status_code=303)


@router.post("/devices/enrolment/{code_id}/denial")
def deny_device(request: Request, station: Here, viewer: Admin, code_id: str) -> Response:
    """Turn the device away, or take the code back."""
    try:
        turn_away(station, code_id, by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, refused=refused)
    return RedirectResponse("/devices/enrolment?done=denied", status_code=303)


@router.post("/devices/enrolment/expected/{device_id}/removal")
def expect_no_more_of(request: Request, station: Here, viewer: Admin, device_id: Id) -> Response:
    """Take a device off the list of those to come."""
    try:
        with station.database.writing() as session:
            expect_no_more(
                session,
                device_id,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except LoaError as refused:
        return _page(request, station, refused=refused)
    return RedirectResponse("/devices/enrolment", status_code=303)


def _page(
    request: Request,
    station: Context,
    *,
    form: CodeForm | None = None,
    refused: LoaError | None = None,
    done: str = "",
) -> Response:
    now = station.now()
    with station.database.reading() as session:
        codes = open_codes(session, station_id=station.station_id, now=now)
        villages = villages_of(session, station.station_id)
        clusters = clusters_of(session, station.station_id)
        expected = expected_devices(session, station_id=station.station_id)
    told = ""
    if refused is not None:
        told = in_language(request, refused)
    return render(
        request,
        "enrolment/pages/enrolment.html",
        status_code=refused.status if refused else 200,
        asking=[code for code in codes if code.request],
        waiting=[code for code in codes if not code.request],
        expected=expected,
        with_codes={code.device_id for code in codes},
        village_of={each.device_id: _village_of(each, villages) for each in expected},
        in_groups=fingerprint_in_groups,
        villages=villages,
        cluster_names={cluster.id: cluster.name for cluster in clusters},
        form=form or CodeForm(),
        errors={refused.field or "name": told} if refused is not None else {},
        done=done,
        good_for_hours=round(timedelta(hours=24).total_seconds() / 3_600),
    )


def _village_of(expected: ExpectedDevice, villages: Sequence[KnownVillage]) -> str:
    """The village for which the form of a code asks: the one it reaches most, or its cluster's."""
    if expected.shares:
        return max(sorted(expected.shares), key=lambda each: expected.shares[each])
    in_cluster = (each.id for each in villages if each.cluster_id == expected.cluster_id)
    return next(in_cluster, "")
