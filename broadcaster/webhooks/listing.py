"""How the deliveries to an address stand, as pages, the API and the command show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from broadcaster.webhooks.kinds import State
from broadcaster.webhooks.tables import WebhookDelivery, WebhookEvent

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One event for one address."""

    id: str
    event_id: str
    kind: str
    made_at: datetime
    state: State
    attempts: int
    next_at: datetime | None
    last_at: datetime | None
    trouble: str


def deliveries_of(session: Session, webhook_id: str, *, limit: int = SHOWN) -> list[DeliveryLine]:
    """The newest deliveries to an address."""
    rows = session.exec(
        select(WebhookDelivery, WebhookEvent)
        .join(WebhookEvent, col(WebhookEvent.id) == col(WebhookDelivery.event_id))
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(col(WebhookEvent.made_at).desc(), col(WebhookDelivery.id))
        .limit(limit)
    ).all()
    return [
        DeliveryLine(
            id=each.id,
            event_id=event.id,
            kind=event.kind,
            made_at=event.made_at,
            state=State(each.state),
            attempts=each.attempts,
            next_at=each.next_at if each.state == State.WAITING else None,
            last_at=each.last_at,
            trouble=each.trouble,
        )
        for each, event in rows
    ]


def counts_by_webhook(
    session: Session, webhook_ids: Sequence[str]
) -> Mapping[str, Mapping[State, int]]:
    """How many deliveries stand how, by address."""
    found: dict[str, dict[State, int]] = {each: dict.fromkeys(State, 0) for each in webhook_ids}
    rows = session.exec(
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
        .where(col(WebhookDelivery.webhook_id).in_(webhook_ids))
        .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
    )
    for webhook_id, state, count in rows:
        found[webhook_id][State(state)] = count
    return found
