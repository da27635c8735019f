"""`/joined`: which stations were joined, what is still to be done, and what is to be decided."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.accounts.wording import ROLE_WORDS
from broadcaster.errors import BadInput
from broadcaster.joining.meeting import AS_IT_IS
from broadcaster.joining.preparing import (
    decide,
    drop,
    find_prepared,
    prepared_joinings,
    prepared_shown,
)
from broadcaster.joining.standing import joined_stations
from broadcaster.joining.wording import CHOICES, KINDS
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]


class DecisionForm(BaseModel):
    """What somebody chose for one question: `choice` is `=`, or `said` is a name or nothing."""

    model_config = ConfigDict(frozen=True)

    kind: str = ""
    code: str = ""
    choice: str = ""
    said: str = ""

    @property
    def decision(self) -> str:
        """In the words of the CSV."""
        return AS_IT_IS if self.choice == AS_IT_IS else self.said


@router.get("/joined")
def joined_page(request: Request, station: Here, viewer: Onlooker) -> Response:
    """Each with its loudspeakers: which one waits to be enrolled here, and what took its place."""
    with station.database.reading() as session:
        found = joined_stations(session, station_id=viewer.station_id)
        waiting = prepared_joinings(session, station_id=viewer.station_id)
    may_act = viewer.may(Right.ADMINISTER)
    return render(
        request, "joining/pages/joined.html", stations=found, waiting=waiting, may_act=may_act
    )


@router.get("/joined/{joining_id}")
def prepared_page(request: Request, station: Here, viewer: Onlooker, joining_id: Id) -> Response:
    """What both stations have alike, side by side, and what was decided about each."""
    return _page(request, station, viewer, joining_id)


@router.post("/joined/{joining_id}/decisions")
def keep_decision(
    request: Request,
    station: Here,
    viewer: Admin,
    joining_id: Id,
    form: Annotated[DecisionForm, Form()],
) -> Response:
    """Keep what was chosen for one question, or show it again with what is wrong."""
    try:
        with station.database.writing() as session:
            decide(
                session,
                joining_id,
                kind=form.kind,
                code=form.code,
                said=form.decision,
                station_id=viewer.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, joining_id, form=form, refused=refused)
    return RedirectResponse(f"/joined/{joining_id}", status_code=303)


@router.post("/joined/{joining_id}/dropping")
def drop_preparation(station: Here, viewer: Admin, joining_id: Id) -> Response:
    """Forget what was prepared, with every decision about it."""
    with station.database.writing() as session:
        drop(
            session,
            joining_id,
            station_id=viewer.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/joined", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    joining_id: str,
    *,
    form: DecisionForm | None = None,
    refused: BadInput | None = None,
) -> Response:
    with station.database.reading() as session:
        row = find_prepared(session, joining_id, station_id=viewer.station_id)
        shown = prepared_shown(session, row)
    return render(
        request,
        "joining/pages/prepared.html",
        status_code=refused.status if refused else 200,
        shown=shown,
        row=row,
        form=form or DecisionForm(),
        refused=in_language(request, refused) if refused else "",
        may_act=viewer.may(Right.ADMINISTER),
        kinds=KINDS,
        choices=CHOICES,
        as_it_is=AS_IT_IS,
        role_words=ROLE_WORDS,
    )
