"""Alerts for devices that owe their word on a broadcast: raised once, resolved by late word."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, select
from sqlmodel import Session

from broadcaster.audit import Act, record, record_facts
from broadcaster.database.columns import to_ms
from broadcaster.ledger.bulk import (
    chunks,
    connection_of,
    execute_many,
    insert_tuples_once,
    rows_of,
)
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import ALERTS

log = structlog.get_logger()

NOT_CONFIRMED = "not_confirmed"
_COLUMNS = ("code", "broadcast_id", "device_id", "raised_at", "frozen")

Owed = tuple[str, str]
"""A broadcast and a device."""

_FROZEN_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class AlertChanges:
    """How many alerts were raised (or raised again) and resolved."""

    raised: int = 0
    resolved: int = 0


def sync_alerts(connection: Connection, owed: Collection[Owed], *, now: datetime) -> AlertChanges:
    """Bring the alerts of these broadcasts and devices to what their plays say."""
    if not owed:
        return AlertChanges()
    silent = _silent(connection, owed)
    held = _held(connection, owed)
    missing = sorted(silent - set(held))
    reopened = [held[key][0] for key in silent & set(held) if held[key][1] is not None]
    settled = [
        alert for key, (alert, resolved) in held.items() if key not in silent and resolved is None
    ]
    raised = [
        (NOT_CONFIRMED, broadcast, device, to_ms(now), False) for broadcast, device in missing
    ]
    insert_tuples_once(connection, ALERTS, _COLUMNS, raised)
    _resolve(connection, reopened, at=None)
    _resolve(connection, settled, at=now)
    for broadcast_id, device_id in missing:
        log.warning("play_not_confirmed", broadcast_id=broadcast_id, device_id=device_id)
    return AlertChanges(raised=len(missing) + len(reopened), resolved=len(settled))


def freeze_alerts(session: Session, *, now: datetime) -> int:
    """Write into the trail which alerts were raised since this was last done; count them.

    A resolved alert follows from nothing that is held any more: without its entry it could be
    removed as if nobody had waited. Which of them are open is told by the plays at any time.
    """
    connection = connection_of(session)
    rows = connection.execute(
        select(ALERTS)
        .where(ALERTS.c.frozen.is_(False))
        .order_by(ALERTS.c.id)
        .limit(_FROZEN_AT_ONCE)
    ).all()
    if not rows:
        return 0
    for some in chunks([row.id for row in rows]):
        connection.execute(ALERTS.update().where(ALERTS.c.id.in_(some)).values(frozen=True))
    record(session, Act.ALERTS_RAISED, by="", at=now, details={"rows": len(rows)})
    record_facts(
        session,
        "alert",
        [{**row._mapping, "frozen": True} for row in rows],  # noqa: SLF001 - its documented name
    )
    return len(rows)


def _silent(connection: Connection, owed: Collection[Owed]) -> set[Owed]:
    rows = rows_of(
        connection,
        "SELECT broadcast_id, device_id FROM play"
        " WHERE broadcast_id IN ?? AND device_id IN ?? AND state = ?",
        *_lists(owed),
        str(PlayState.NOT_CONFIRMED),
    )
    return {(broadcast, device) for broadcast, device in rows} & set(owed)


def _held(connection: Connection, owed: Collection[Owed]) -> dict[Owed, tuple[int, int | None]]:
    """The alerts that there are, each with when it was resolved (Unix ms)."""
    rows = rows_of(
        connection,
        "SELECT id, broadcast_id, device_id, resolved_at FROM alert"
        " WHERE code = ? AND broadcast_id IN ?? AND device_id IN ??",
        NOT_CONFIRMED,
        *_lists(owed),
    )
    wanted = set(owed)
    return {
        (broadcast, device): (alert, resolved)
        for alert, broadcast, device, resolved in rows
        if (broadcast, device) in wanted
    }


def _lists(owed: Collection[Owed]) -> tuple[set[str], set[str]]:
    return {broadcast for broadcast, _ in owed}, {device for _, device in owed}


def _resolve(connection: Connection, alerts: Collection[int], *, at: datetime | None) -> None:
    at_ms = None if at is None else to_ms(at)
    execute_many(
        connection,
        "UPDATE alert SET resolved_at = ? WHERE id = ?",
        [(at_ms, alert) for alert in alerts],
    )
