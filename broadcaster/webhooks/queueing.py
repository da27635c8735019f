"""Queueing: what happened becomes one event, and a delivery for each address that asked for it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.database import Database, new_id
from broadcaster.database.columns import to_ms
from broadcaster.webhooks.errors import UnknownDelivery
from broadcaster.webhooks.happened import Happened, all_happened, unremembered_devices
from broadcaster.webhooks.keeping import find_webhook, kinds_of, webhooks_of
from broadcaster.webhooks.kinds import TRIAL, Kind, State
from broadcaster.webhooks.tables import Webhook, WebhookDelivery, WebhookDevice, WebhookEvent

_OF_DEVICES = frozenset({Kind.DEVICE_SILENT, Kind.DEVICE_BACK})


def queue_events(database: Database, *, station_id: str, now: datetime) -> int:
    """Queue what nobody was told yet; count the events. Nothing is written where there is none."""
    with database.reading() as session:
        hooks = webhooks_of(session, station_id=station_id)
        since = _since(hooks)
        found = all_happened(session, station_id=station_id, since=since, now=now)
        looks_at_devices = bool(since.keys() & _OF_DEVICES)
        new = unremembered_devices(session, station_id=station_id) if looks_at_devices else []
        stale = not looks_at_devices and session.exec(select(WebhookDevice).limit(1)).first()
    if not (found or new or stale):
        return 0
    with database.writing() as session:
        if stale:
            # Whoever asks for devices later is told what changes from then on.
            session.execute(delete(WebhookDevice))
        session.add_all(WebhookDevice(device_id=each, silent=silent) for each, silent in new)
        station = session.get_one(Station, station_id)
        for each in found:
            _queue(session, each, station=station, hooks=hooks, now=now)
    return len(found)


def queue_trial(
    session: Session, webhook_id: str, *, station_id: str, by: str | None, now: datetime
) -> WebhookDelivery:
    """Queue a trial for one address; raise UnknownWebhook."""
    hook = find_webhook(session, webhook_id, station_id=station_id)
    station = session.get_one(Station, station_id)
    event = _event(station, kind=TRIAL, key=new_id("try"), at=now, data={}, now=now)
    session.add(event)
    session.flush()
    delivery = _delivery(hook, event, now=now)
    session.add(delivery)
    record(session, Act.WEBHOOK_TRIED, by=by, about=webhook_id, at=now)
    return delivery


def send_again(
    session: Session,
    webhook_id: str,
    delivery_id: str,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Let a delivery be tried at the next round, whatever became of it before.

    Raises UnknownWebhook or UnknownDelivery.
    """
    find_webhook(session, webhook_id, station_id=station_id)
    row = session.get(WebhookDelivery, delivery_id)
    if row is None or row.webhook_id != webhook_id:
        raise UnknownDelivery(delivery_id)
    row.state, row.next_at = State.WAITING, now
    record(
        session, Act.WEBHOOK_SENT_AGAIN, by=by, about=webhook_id, at=now,
        details={"event": row.event_id},
    )  # fmt: skip


def _since(hooks: Sequence[Webhook]) -> dict[Kind, datetime]:
    """From when on each kind is looked for: since the first address that asked for it."""
    since: dict[Kind, datetime] = {}
    for hook in hooks:
        for kind in kinds_of(hook):
            since[kind] = min(since.get(kind, hook.added_at), hook.added_at)
    return since


def _queue(
    session: Session,
    happened: Happened,
    *,
    station: Station,
    hooks: Sequence[Webhook],
    now: datetime,
) -> None:
    if happened.kind in _OF_DEVICES:
        device = session.get_one(WebhookDevice, happened.data["device_id"])
        device.silent = happened.kind is Kind.DEVICE_SILENT
    event = _event(
        station, kind=happened.kind, key=happened.key, at=happened.at, data=happened.data, now=now
    )
    session.add(event)
    session.flush()
    session.add_all(
        _delivery(hook, event, now=now)
        for hook in hooks
        if happened.kind in kinds_of(hook) and happened.at >= hook.added_at
    )


def _event(
    station: Station, *, kind: str, key: str, at: datetime, data: Mapping[str, Any], now: datetime
) -> WebhookEvent:
    event_id = new_id("evt")
    body = {
        "id": event_id,
        "type": kind,
        "at_ms": to_ms(at),
        "station": {"id": station.id, "name": station.name, "rehearsal": station.rehearsal},
        "data": data,
    }
    return WebhookEvent(
        id=event_id,
        station_id=station.id,
        kind=kind,
        key=key,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        made_at=now,
    )


def _delivery(hook: Webhook, event: WebhookEvent, *, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        id=new_id("dlv"),
        webhook_id=hook.id,
        event_id=event.id,
        state=State.WAITING,
        next_at=now,
    )


def delivery_of(session: Session, event_id: str, webhook_id: str) -> WebhookDelivery:
    """How an event stands for an address."""
    return session.exec(
        select(WebhookDelivery).where(
            col(WebhookDelivery.event_id) == event_id,
            col(WebhookDelivery.webhook_id) == webhook_id,
        )
    ).one()
