"""What today's board says of devices that no plan shows: clocks that drift, poles that are tried.

A clock more than two seconds off starts a pole beside its neighbours; a message that nobody here
signed reached a pole because somebody else may speak at the broker.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, cast, or_
from sqlmodel import Session, col, func, select

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceStatus
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid
from devices.errors import BadSignature, OutsideScope, WrongKey

DRIFTS_FROM_MS = 2_000
"""Contract 6.5."""

_FORGED = (BadSignature.code, WrongKey.code, OutsideScope.code)
_NAMED = 3


def device_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """A line for all clocks that drift, and one for all poles that somebody tried to order."""
    del now  # both stand as the devices last said
    if not viewer.may(Right.SEE_STATION):
        return []
    in_use = (Device.station_id == station_id, col(Device.retired_at).is_(None))
    # Which devices first, of what they said alone: nearly always it is none of thousands.
    drift = select(DeviceStatus.device_id).where(
        col(DeviceStatus.online), func.abs(DeviceStatus.clock_offset_ms) >= DRIFTS_FROM_MS
    )
    said = cast(col(DeviceHealth.said), String)
    refused = select(DeviceHealth.device_id).where(
        or_(*(said.contains(f'"{code}"') for code in _FORGED))
    )
    drifting, tried = (
        session.exec(
            select(Device.name).where(*in_use, col(Device.id).in_(which)).order_by(col(Device.name))
        ).all()
        for which in (drift, refused)
    )
    return [
        *_line(msgid("Đồng hồ loa lệch quá 2 giây"), drifting, icon="warning"),
        *_line(msgid("Loa nhận lệnh không phải của đài và đã bỏ qua"), tried, icon="warning"),
    ]


def _line(title: str, names: Sequence[str], *, icon: str) -> list[BoardNotice]:
    if not names:
        return []
    more = len(names) - _NAMED
    told = ", ".join(names[:_NAMED]) + (f" +{more}" if more > 0 else "")
    return [BoardNotice(title=title, text=told, named=True, href="/devices", icon=icon)]
