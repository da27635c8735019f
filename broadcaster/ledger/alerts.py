"""Alerts for devices that owe their word on a broadcast: raised once, resolved by late word."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from broadcaster.database.columns import to_ms
from broadcaster.ledger.bulk import execute_many, insert_tuples_once, rows_of
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import ALERTS

log = structlog.get_logger()

NOT_CONFIRMED = "not_confirmed"
_COLUMNS = ("code", "broadcast_id", "device_id", "raised_at")

Owed = tuple[str, str]
"""A broadcast and a device."""


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
    raised = [(NOT_CONFIRMED, broadcast, device, to_ms(now)) for broadcast, device in missing]
    insert_tuples_once(connection, ALERTS, _COLUMNS, raised)
    _resolve(connection, reopened, at=None)
    _resolve(connection, settled, at=now)
    for broadcast_id, device_id in missing:
        log.warning("play_not_confirmed", broadcast_id=broadcast_id, device_id=device_id)
    return AlertChanges(raised=len(missing) + len(reopened), resolved=len(settled))


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
