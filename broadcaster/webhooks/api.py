"""Webhooks as JSON: added, listed, tried and retired by an admin; deliveries and how they stand."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems
from broadcaster.webhooks.addresses import LONGEST_URL
from broadcaster.webhooks.errors import NAME_LIMIT_CHARACTERS
from broadcaster.webhooks.keeping import (
    add_webhook,
    find_webhook,
    kinds_of,
    retire_webhook,
    webhooks_of,
)
from broadcaster.webhooks.kinds import Kind, State
from broadcaster.webhooks.listing import DeliveryLine, deliveries_of
from broadcaster.webhooks.queueing import queue_trial, send_again
from broadcaster.webhooks.tables import Webhook

api = APIRouter(prefix="/api/webhooks", tags=["webhooks"])

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class WebhookGiven(BaseModel):
    """Who is told of what, and where. What is wrong with an address is told in a sentence."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(json_schema_extra={"minLength": 1, "maxLength": NAME_LIMIT_CHARACTERS})
    url: str = Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_URL})
    kinds: list[Kind] = Field(min_length=1, max_length=len(Kind))


class WebhookOut(BaseModel):
    """An address that is told, without its secret."""

    id: str
    name: str
    url: str
    kinds: list[Kind]
    added_at_ms: int

    @classmethod
    def of(cls, row: Webhook) -> "WebhookOut":
        """The JSON of a webhook."""
        return cls(
            id=row.id,
            name=row.name,
            url=row.url,
            kinds=kinds_of(row),
            added_at_ms=to_ms(row.added_at),
        )


class NewWebhook(WebhookOut):
    """An address that was just added, with the secret of its signatures: told this once."""

    secret: str


class DeliveryOut(BaseModel):
    """One event for one address; `trouble` is the code of why the last attempt failed."""

    id: str
    event_id: str
    type: str
    made_at_ms: int
    state: State
    attempts: int
    next_at_ms: int | None
    last_at_ms: int | None
    trouble: str

    @classmethod
    def of(cls, line: DeliveryLine) -> "DeliveryOut":
        """The JSON of a delivery."""
        return cls(
            id=line.id,
            event_id=line.event_id,
            type=line.kind,
            made_at_ms=to_ms(line.made_at),
            state=line.state,
            attempts=line.attempts,
            next_at_ms=to_ms(line.next_at) if line.next_at else None,
            last_at_ms=to_ms(line.last_at) if line.last_at else None,
            trouble=line.trouble,
        )


@api.get("", responses=problems(401, 403))
def list_webhooks(station: Here, _viewer: Onlooker) -> list[WebhookOut]:
    """The addresses that are told, by name."""
    with station.database.reading() as session:
        return [WebhookOut.of(each) for each in webhooks_of(session, station_id=station.station_id)]


@api.post("", status_code=201, responses=problems(400, 401, 403, 413, 422))
def add(station: Here, viewer: Admin, given: WebhookGiven) -> NewWebhook:
    """Have an address told from now on; `secret` is told in this answer and nowhere else."""
    with station.database.writing() as session:
        row, secret = add_webhook(
            session,
            name=given.name,
            url=given.url,
            kinds=given.kinds,
            station_id=station.station_id,
            keys_dir=station.settings.keys_dir,
            by=viewer.account_id,
            now=station.now(),
        )
        return NewWebhook(**WebhookOut.of(row).model_dump(), secret=secret)


@api.delete("/{webhook_id}", status_code=204, responses=problems(401, 403, 404, 422))
def retire(station: Here, viewer: Admin, webhook_id: Id) -> None:
    """Tell it nothing more, not even what waits."""
    with station.database.writing() as session:
        retire_webhook(
            session,
            webhook_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.get("/{webhook_id}/deliveries", responses=problems(401, 403, 404, 422))
def list_deliveries(
    station: Here,
    _viewer: Onlooker,
    webhook_id: Id,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[DeliveryOut]:
    """The newest deliveries, and how each stands."""
    with station.database.reading() as session:
        find_webhook(session, webhook_id, station_id=station.station_id)
        return [DeliveryOut.of(each) for each in deliveries_of(session, webhook_id, limit=limit)]


@api.post("/{webhook_id}/trial", status_code=202, responses=problems(401, 403, 404, 422))
def try_out(station: Here, viewer: Admin, webhook_id: Id) -> None:
    """Send a trial within seconds; how it went stands among the deliveries."""
    with station.database.writing() as session:
        queue_trial(
            session,
            webhook_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.post(
    "/{webhook_id}/deliveries/{delivery_id}/again",
    status_code=202,
    responses=problems(401, 403, 404, 422),
)
def again(station: Here, viewer: Admin, webhook_id: Id, delivery_id: Id) -> None:
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
