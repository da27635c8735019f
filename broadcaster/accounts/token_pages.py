"""*Mã truy cập*: which programs may use the API, for what and until when."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.api_tokens import (
    LONGEST_DAYS,
    USUAL_DAYS,
    make_token,
    revoke_token,
    tokens_of,
)
from broadcaster.accounts.errors import TokenDaysUnusable
from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.scopes import Scope
from broadcaster.accounts.stations import stations_read_by
from broadcaster.accounts.told_once import (
    NOT_KEPT,
    lead_to_telling,
    once,
    sealed_for,
    told_here,
)
from broadcaster.accounts.viewer import Viewer
from broadcaster.accounts.wording import SCOPE_NOTES, SCOPE_WORDS
from broadcaster.errors import BadInput
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]

_LIST = "/tokens"


class TokenForm(BaseModel):
    """A token as somebody asked for it."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    scopes: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    days: str = str(USUAL_DAYS)

    def chosen_days(self) -> int:
        """For how long; raise TokenDaysUnusable."""
        if not (self.days.isascii() and self.days.isdigit() and len(self.days) <= 4):
            raise TokenDaysUnusable(field="days")
        return int(self.days)


@router.get("/tokens")
def tokens(request: Request, station: Here, viewer: Onlooker, done: str = "") -> Response:
    """Every token of the station, and the form for one more; one just made is told this once."""
    secret = told_here(request, viewer, station=station)
    return once(_page(request, station, viewer, TokenForm(), secret=secret, done=done), request)


@router.post("/tokens")
def make(
    request: Request, station: Here, viewer: Admin, form: Annotated[TokenForm, Form()]
) -> Response:
    """A new token; the list that follows tells it, once. A reload of that makes no second one."""
    try:
        with station.database.writing() as session:
            _, secret = make_token(
                session,
                name=form.name,
                scopes=form.scopes,
                days=form.chosen_days(),
                station_id=station.station_id,
                also_stations=form.stations,
                by=viewer.account_id,
                now=station.now(),
            )
            sealed = sealed_for(viewer, secret, path=_LIST, station=station)
    except BadInput as refused:
        return _page(request, station, viewer, form, refused=refused)
    return lead_to_telling(request, sealed, path=_LIST)


@router.post("/tokens/{token_id}/revocation")
def revoke(station: Here, viewer: Admin, token_id: Id) -> Response:
    """Let a token open nothing any more."""
    with station.database.writing() as session:
        revoke_token(
            session,
            token_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/tokens?done=revoked", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    form: TokenForm,
    *,
    secret: str = "",
    done: str = "",
    refused: BadInput | None = None,
) -> Response:
    with station.database.reading() as session:
        listed = tokens_of(session, station_id=station.station_id)
        others = [
            (each.id, each.name, None)
            for each in stations_read_by(session, viewer.account_id, own=station.own_id)
            if each.id != station.station_id
        ]
    return render(
        request,
        "accounts/pages/tokens.html",
        status_code=refused.status if refused else 200,
        headers=NOT_KEPT if secret else None,
        tokens=listed,
        secret=secret,
        done=done,
        form=form,
        may_change=viewer.may(Right.ADMINISTER),
        scope_words=SCOPE_WORDS,
        scope_options=[
            (
                each.value,
                translate(request, SCOPE_WORDS[each]),
                translate(request, SCOPE_NOTES[each]) if each in SCOPE_NOTES else None,
            )
            for each in Scope
        ],
        station_options=others,
        longest_days=LONGEST_DAYS,
        errors={refused.field or "name": in_language(request, refused)} if refused else {},
    )
