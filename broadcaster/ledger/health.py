"""What devices last said of their health: shown to people, and trusted for nothing.

One row a device, replaced by whatever came last: health is said at QoS 0 on one connection, so
the order in which it comes is the order in which it was said, whatever a device's clock does.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from broadcaster.database.columns import from_ms
from broadcaster.fleet.tables import DeviceHealth
from broadcaster.ledger.bulk import insert_or_replace
from devices.protocol.messages import Health

HEALTH = DeviceHealth.metadata.tables["device_health"]
_OF_THE_ENVELOPE = ("kind", "v", "station", "device", "at_ms")
_STORABLE = 2**63


def store_health(connection: Connection, said: Sequence[Health], *, now: datetime) -> int:
    """Keep the last word of each device; count them."""
    newest = {each.device: each for each in said}
    rows = [
        {
            "device_id": each.device,
            "said": _measured(each),
            "said_at": from_ms(each.at_ms),
            "received_at": now,
        }
        for each in newest.values()
    ]
    insert_or_replace(connection, HEALTH, rows)
    return len(rows)


def _measured(health: Health) -> dict[str, Any]:
    """What is known of this version, so that nobody can fill the row with what is not."""
    told: dict[str, Any] = msgspec.to_builtins(health)
    for name in _OF_THE_ENVELOPE:
        told.pop(name, None)
    plain: dict[str, Any] = _plain(told)
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without what one of the databases cannot hold."""
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case str():
            return value.replace("\0", "�")
        case int() if abs(value) >= _STORABLE:
            return None
        case float() if not math.isfinite(value):
            return None
    return value
