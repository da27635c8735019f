"""What devices last said of themselves: the newest verified status of each.

The last will is signed before the connection it speaks of, so it is never newer than the
*online* that followed it. Within one boot an *offline* therefore counts whenever it comes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.bulk import insert_or_replace
from devices.protocol.messages import Status

STATUSES = DeviceStatus.metadata.tables["device_status"]
_STORABLE_MS = 2**53


def store_statuses(connection: Connection, said: Sequence[Status], *, now: datetime) -> int:
    """Keep what is newer than what is held, in the order in which it came; count the changes."""
    if not said:
        return 0
    held = _held(connection, sorted({status.device for status in said}))
    changed: dict[str, dict[str, Any]] = {}
    for status in said:
        row = changed.get(status.device) or held.get(status.device)
        if supersedes(status, held=row):
            changed[status.device] = _row(status, held=row, now=now)
    insert_or_replace(connection, STATUSES, list(changed.values()))
    return len(changed)


def supersedes(status: Status, *, held: dict[str, Any] | None) -> bool:
    """Whether a status says something newer than the one held."""
    if held is None:
        return True
    held_at_ms = to_ms(held["said_at"])
    if status.at_ms > held_at_ms:
        return True
    if status.boot != held["boot"] or status.online == held["online"]:
        return False
    return not status.online or status.at_ms == held_at_ms


def _held(connection: Connection, devices: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows: Sequence[Row[Any]] = connection.execute(
        select(STATUSES).where(STATUSES.c.device_id.in_(devices))
    ).all()
    return {row.device_id: dict(row._mapping) for row in rows}  # noqa: SLF001 - its documented name


def _row(status: Status, *, held: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    said_at = from_ms(status.at_ms)
    return {
        "device_id": status.device,
        "online": status.online,
        "boot": status.boot,
        "software": status.software.replace("\0", "�"),
        "plan_version": status.plan_version,
        "config_version": status.config_version,
        "keyring_serial": status.keyring_serial,
        "now_sequence": status.now_sequence,
        "seq": status.seq,
        "epoch": status.epoch,
        "key_id": status.key_id,
        "clock_offset_ms": _storable(status.clock.offset_ms),
        "clock_uncertainty_ms": _storable(status.clock.uncertainty_ms),
        "clock_source": status.clock.source,
        "said_at": max(said_at, held["said_at"]) if held else said_at,
        "received_at": now,
    }


def _storable(stated_ms: int | None) -> int | None:
    """What no clock can be off by is not known rather than cut down to something believable."""
    return stated_ms if stated_ms is None or abs(stated_ms) < _STORABLE_MS else None
