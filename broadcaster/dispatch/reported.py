"""What devices say that they hold: it may be more than a station restored from a backup knows."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlmodel import Session

from broadcaster.dispatch.versions import BELIEVED_LIMIT
from broadcaster.fleet.tables import DeviceStatus

_TABLES = DeviceStatus.metadata.tables
_STATUSES, _DEVICES = _TABLES["device_status"], _TABLES["device"]
_IN_SERVICE = _STATUSES.join(
    _DEVICES, (_DEVICES.c.id == _STATUSES.c.device_id) & _DEVICES.c.retired_at.is_(None)
)


def plan_version_reported(session: Session, cluster_id: str) -> int:
    """The highest plan version that a device of the cluster says it holds; 0 for none."""
    highest = session.execute(
        select(func.max(_STATUSES.c.plan_version))
        .select_from(_IN_SERVICE)
        .where(_DEVICES.c.cluster_id == cluster_id, _STATUSES.c.plan_version <= BELIEVED_LIMIT)
    ).scalar()
    return highest or 0


def config_versions_reported(session: Session, station_id: str) -> Mapping[str, int]:
    """The configuration that each device says it holds."""
    rows = session.execute(
        select(_STATUSES.c.device_id, _STATUSES.c.config_version)
        .select_from(_IN_SERVICE)
        .where(_DEVICES.c.station_id == station_id)
    )
    return {row.device_id: row.config_version for row in rows}


def now_sequence_reported(session: Session, station_id: str) -> int:
    """The highest sequence of the fast path that a device says it has heard; 0 for none."""
    highest = session.execute(
        select(func.max(_STATUSES.c.now_sequence))
        .select_from(_IN_SERVICE)
        .where(_DEVICES.c.station_id == station_id, _STATUSES.c.now_sequence <= BELIEVED_LIMIT)
    ).scalar()
    return highest or 0
