"""What devices last said of themselves: the newest verified status of each.

Numbers say which of two is the newer one, as long as both are of one journal: a device's clock is
set back when it first hears the station's time. A last will is numbered before the connection that
it ends, and names it. Of devices that do not number, instants are compared; within one boot an
*offline* then counts whenever it comes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET
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
    if status.number and held["number"] and status.epoch == held["epoch"]:
        return _is_numbered_above(status, held=held)
    return _is_said_after(status, held=held)


def _is_numbered_above(status: Status, *, held: dict[str, Any]) -> bool:
    if status.number > held["number"]:
        return True
    return not status.online and bool(held["online"]) and status.number >= held["will"]


def _is_said_after(status: Status, *, held: dict[str, Any]) -> bool:
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
        "number": status.number,
        "will": status.will,
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
        **_repeated(status, held=held),
        "said_at": max(said_at, held["said_at"]) if held else said_at,
        "received_at": now,
    }


def _repeated(status: Status, *, held: dict[str, Any] | None) -> dict[str, str]:
    """The audit root that the device keeps; one that says nothing of it keeps what it said."""
    if status.audit_root is not UNSET:
        return {"audit_day": status.audit_root.day, "audit_root": status.audit_root.root}
    names = ("audit_day", "audit_root")
    return {name: held[name] if held else "" for name in names}


def _storable(stated_ms: int | None) -> int | None:
    """What no clock can be off by is not known rather than cut down to something believable."""
    return stated_ms if stated_ms is None or abs(stated_ms) < _STORABLE_MS else None
