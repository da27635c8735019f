"""*Báo cho hệ thống khác*: which addresses are told of what, and how each delivery stands."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.told_once import (
    NOT_KEPT,
    lead_to_telling,
    once,
    sealed_for,
    told_here,
)
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate
from broadcaster.webhooks.keeping import (
    add_webhook,
    find_webhook,
    kinds_of,
    retire_webhook,
    webhooks_of,
)
from broadcaster.webhooks.kinds import Kind
from broadcaster.webhooks.listing import counts_by_webhook, deliveries_of
from broadcaster.webhooks.queueing import queue_trial, send_again
from broadcaster.webhooks.wording import KIND_WORDS, STATE_WORDS, trouble_words

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class WebhookForm(BaseModel):
    """An address as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    url: str = ""
    kinds: tuple[str, ...] = ()


@router.get("/webhooks")
def webhooks(request: Request, station: Here, viewer: Onlooker) -> Response:
    """Every address that is told, and the form for one more."""
    return _list(request, station, viewer, WebhookForm())


@router.post("/webhooks")
def add(
    request: Request, station: Here, viewer: Admin, form: Annotated[WebhookForm, Form()]
) -> Response:
    """Have an address told from now on; its own page tells its secret, once."""
    try:
        with station.database.writing() as session:
            row, secret = add_webhook(
                session,
                name=form.name,
                url=form.url,
                kinds=form.kinds,
                station_id=station.station_id,
                keys_dir=station.settings.keys_dir,
                by=viewer.account_id,
                now=station.now(),
            )
            path = f"/webhooks/{row.id}"
            sealed = sealed_for(viewer, secret, path=path, station=station)
    except BadInput as refused:
        return _list(request, station, viewer, form, refused=refused)
    return lead_to_telling(request, sealed, path=path)


@router.get("/webhooks/{webhook_id}")
def webhook(
    request: Request, station: Here, viewer: Onlooker, webhook_id: Id, done: str = ""
) -> Response:
    """One address, and its newest deliveries; of one just added, its secret this once."""
    secret = told_here(request, viewer, station=station)
    return once(_one(request, station, viewer, webhook_id, secret=secret, done=done), request)


@router.post("/webhooks/{webhook_id}/trial")
def try_out(station: Here, viewer: Admin, webhook_id: Id) -> Response:
    """Send a trial within seconds."""
    with station.database.writing() as session:
        queue_trial(
            session,
            webhook_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/webhooks/{webhook_id}?done=queued", status_code=303)


@router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/again")
def again(station: Here, viewer: Admin, webhook_id: Id, delivery_id: Id) -> Response:
    """Send this one once more, within seconds."""
    with station.database.writing() as session:
        send_again(
            session,
            webhook_id,
            delivery_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/webhooks/{webhook_id}?done=queued", status_code=303)


@router.post("/webhooks/{webhook_id}/retirement")
def retire(station: Here, viewer: Admin, webhook_id: Id) -> Response:
    """Tell it nothing more, not even what waits."""
    with station.database.writing() as session:
        retire_webhook(
            session,
            webhook_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/webhooks", status_code=303)


def _list(
    request: Request,
    station: Context,
    viewer: Viewer,
    form: WebhookForm,
    *,
    refused: BadInput | None = None,
) -> Response:
    with station.database.reading() as session:
        rows = webhooks_of(session, station_id=station.station_id)
        counts = counts_by_webhook(session, [each.id for each in rows])
    return render(
        request,
        "webhooks/pages/webhooks.html",
        status_code=refused.status if refused else 200,
        webhooks=[(each, kinds_of(each), counts[each.id]) for each in rows],
        kind_words=KIND_WORDS,
        kind_options=[(each.value, translate(request, KIND_WORDS[each]), None) for each in Kind],
        form=form,
        may_change=viewer.may(Right.ADMINISTER),
        errors={refused.field or "name": in_language(request, refused)} if refused else {},
    )


def _one(
    request: Request,
    station: Context,
    viewer: Viewer,
    webhook_id: str,
    *,
    secret: str = "",
    done: str = "",
) -> Response:
    with station.database.reading() as session:
        row = find_webhook(session, webhook_id, station_id=station.station_id)
        lines = deliveries_of(session, webhook_id)
    return render(
        request,
        "webhooks/pages/webhook.html",
        headers=NOT_KEPT if secret else None,
        webhook=row,
        kinds=kinds_of(row),
        kind_words=KIND_WORDS,
        state_words=STATE_WORDS,
        trouble_words=trouble_words,
        lines=lines,
        secret=secret,
        done=done,
        may_change=viewer.may(Right.ADMINISTER),
    )
