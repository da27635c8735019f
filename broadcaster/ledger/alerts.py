"""Alerts for devices that owe their word on a broadcast: raised once, resolved by late word."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, bindparam, select

from broadcaster.ledger.bulk import insert_once
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import ALERTS, PLAYS

log = structlog.get_logger()

NOT_CONFIRMED = "not_confirmed"

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
    insert_once(
        connection,
        ALERTS,
        [
            {
                "code": NOT_CONFIRMED,
                "broadcast_id": broadcast,
                "device_id": device,
                "raised_at": now,
            }
            for broadcast, device in missing
        ],
    )
    _resolve(connection, reopened, at=None)
    _resolve(connection, settled, at=now)
    for broadcast_id, device_id in missing:
        log.warning("play_not_confirmed", broadcast_id=broadcast_id, device_id=device_id)
    return AlertChanges(raised=len(missing) + len(reopened), resolved=len(settled))


def _silent(connection: Connection, owed: Collection[Owed]) -> set[Owed]:
    rows = connection.execute(
        select(PLAYS.c.broadcast_id, PLAYS.c.device_id).where(
            PLAYS.c.broadcast_id.in_({broadcast for broadcast, _ in owed}),
            PLAYS.c.device_id.in_({device for _, device in owed}),
            PLAYS.c.state == PlayState.NOT_CONFIRMED,
        )
    )
    return {(broadcast, device) for broadcast, device in rows} & set(owed)


def _held(
    connection: Connection, owed: Collection[Owed]
) -> dict[Owed, tuple[int, datetime | None]]:
    rows = connection.execute(
        select(ALERTS.c.id, ALERTS.c.broadcast_id, ALERTS.c.device_id, ALERTS.c.resolved_at).where(
            ALERTS.c.code == NOT_CONFIRMED,
            ALERTS.c.broadcast_id.in_({broadcast for broadcast, _ in owed}),
            ALERTS.c.device_id.in_({device for _, device in owed}),
        )
    )
    wanted = set(owed)
    return {
        (broadcast, device): (alert, resolved)
        for alert, broadcast, device, resolved in rows
        if (broadcast, device) in wanted
    }


def _resolve(connection: Connection, alerts: Collection[int], *, at: datetime | None) -> None:
    if alerts:
        connection.execute(
            ALERTS.update().where(ALERTS.c.id == bindparam("alert")).values(resolved_at=at),
            [{"alert": alert} for alert in alerts],
        )
