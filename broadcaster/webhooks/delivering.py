"""A round of telling: queue what happened, send what is due, write down how it went.

At least once: what was sent and not written down is sent again, under the same id. No transaction
is open while anybody is asked.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete, exists
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from broadcaster.accounts.errors import SeedsUnreadable
from broadcaster.database import Database
from broadcaster.webhooks.happened import GOOD_FOR
from broadcaster.webhooks.keeping import secret_of
from broadcaster.webhooks.kinds import State
from broadcaster.webhooks.queueing import queue_events
from broadcaster.webhooks.sending import WHOLE_S, Outcome, Parcel, send_all
from broadcaster.webhooks.tables import Webhook, WebhookDelivery, WebhookEvent

log = structlog.get_logger()

EVERY_S = 5
AGAIN_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long after the first, second, … failure it is tried again; the last one goes on."""

REMEMBERED_FOR = timedelta(days=30)
_MOST_OF_ONE = 20
_UNSIGNED = "secret_unreadable"


def tell_all(
    database: Database,
    *,
    keys_dir: Path,
    station_id: str,
    now: Callable[[], datetime],
    may: Callable[[], bool] = lambda: True,
    whole_s: float = WHOLE_S,
) -> None:
    """One round, where this process may; what the database does not take now waits for the next."""
    if not may():
        return
    try:
        queue_events(database, station_id=station_id, now=now())
        send_due(
            database, keys_dir=keys_dir, station_id=station_id, now=now, whole_s=whole_s,
            goes_on=may,
        )  # fmt: skip
        forget_old(database, now=now())
    except SQLAlchemyError:
        log.exception("webhooks_put_off")


def send_due(
    database: Database,
    *,
    keys_dir: Path,
    station_id: str,
    now: Callable[[], datetime],
    whole_s: float = WHOLE_S,
    goes_on: Callable[[], bool] = lambda: True,
) -> list[Outcome]:
    """Send what is due, of each address a few, while it `goes_on`; say what became of it."""
    at = now()
    with database.reading() as session:
        parcels, unsigned = _due(session, keys_dir=keys_dir, station_id=station_id, now=at)
    outcomes = [Outcome(each, _UNSIGNED) for each in unsigned]
    if parcels:
        outcomes += send_all(parcels, at_s=int(at.timestamp()), whole_s=whole_s, goes_on=goes_on)
    if outcomes:
        with database.writing() as session:
            for each in outcomes:
                _note(session, each, now=now())
    return outcomes


def forget_old(database: Database, *, now: datetime) -> None:
    """Let go of events that are long told, or given up."""
    over = col(WebhookEvent.made_at) < now - REMEMBERED_FOR
    with database.reading() as session:
        if session.exec(select(WebhookEvent.id).where(over).limit(1)).first() is None:
            return
    with database.writing() as session:
        session.execute(
            delete(WebhookDelivery).where(
                exists().where(col(WebhookEvent.id) == col(WebhookDelivery.event_id), over)
            )
        )
        session.execute(delete(WebhookEvent).where(over))


def _due(
    session: Session, *, keys_dir: Path, station_id: str, now: datetime
) -> tuple[Sequence[Parcel], Sequence[str]]:
    """What is to be sent now, and what cannot be signed."""
    parcels: list[Parcel] = []
    unsigned: list[str] = []
    hooks = session.exec(
        select(Webhook).where(Webhook.station_id == station_id, col(Webhook.retired_at).is_(None))
    ).all()
    for hook in hooks:
        rows = session.exec(
            select(WebhookDelivery, WebhookEvent)
            .join(WebhookEvent, col(WebhookEvent.id) == col(WebhookDelivery.event_id))
            .where(
                WebhookDelivery.webhook_id == hook.id,
                WebhookDelivery.state == State.WAITING,
                col(WebhookDelivery.next_at) <= now,
            )
            .order_by(col(WebhookDelivery.next_at), col(WebhookEvent.made_at))
            .limit(_MOST_OF_ONE)
        ).all()
        if not rows:
            continue
        try:
            secret = secret_of(hook, keys_dir=keys_dir)
        except SeedsUnreadable:
            unsigned += [delivery.id for delivery, _ in rows]
            continue
        parcels += [
            Parcel(
                delivery_id=delivery.id,
                event_id=event.id,
                webhook_id=hook.id,
                url=hook.url,
                secret=secret,
                body=event.body,
            )
            for delivery, event in rows
        ]
    return parcels, unsigned


def _note(session: Session, outcome: Outcome, *, now: datetime) -> None:
    row = session.get_one(WebhookDelivery, outcome.delivery_id)
    event = session.get_one(WebhookEvent, row.event_id)
    row.attempts += 1
    row.last_at, row.trouble = now, outcome.trouble
    if not outcome.trouble:
        row.state = State.DELIVERED
        return
    row.next_at = now + AGAIN_AFTER[min(row.attempts, len(AGAIN_AFTER)) - 1]
    if row.next_at > event.made_at + GOOD_FOR:
        row.state = State.GIVEN_UP
    log.warning(
        "webhook_failed", webhook_id=row.webhook_id, event_id=row.event_id,
        trouble=outcome.trouble, attempts=row.attempts, state=row.state,
    )  # fmt: skip
