"""What an admin must do about the station's keys, said on the board before devices fall silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.keys import ring_on_disk

KEY_WARNED_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysInNeed:
    """What an admin must do about the station's keys.

    `signs_until` is the last day of the key that lasts longest, when it is near; `devices_ahead`
    hold a newer keyring than the station, which was restored from an older copy.
    """

    signs_until: datetime | None = None
    devices_ahead: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return self.signs_until is not None or self.devices_ahead > 0


def keys_in_need(session: Session, keys_dir: Path, *, station_id: str, now: datetime) -> KeysInNeed:
    """What has to be done about the keys; nothing where there is no keyring that can be read."""
    ring = ring_on_disk(keys_dir)
    if ring is None:
        return KeysInNeed()
    last_ms = max(each.not_after_ms for each in ring.keys)
    ahead = session.exec(
        select(func.count())
        .select_from(Device)
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .where(
            Device.station_id == station_id,
            col(Device.retired_at).is_(None),
            col(DeviceStatus.keyring_serial) > ring.serial,
        )
    ).one()
    is_near = last_ms <= to_ms(now + KEY_WARNED_BEFORE)
    return KeysInNeed(signs_until=from_ms(last_ms) if is_near else None, devices_ahead=ahead)
