"""What was done about poles in a period: put up, replaced, taken down; alerts and their end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import ColumnElement, func, select, true
from sqlmodel import Session

from broadcaster.fleet.tables import Device, DeviceShare, DeviceSuccession
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import ALERTS

_DEVICES = Device.metadata.tables["device"]
_SHARES = DeviceShare.metadata.tables["device_share"]
_SUCCESSIONS = DeviceSuccession.metadata.tables["device_succession"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """Counts of poles and of alerts (a pole that owed its word on a broadcast)."""

    enrolled: int = 0
    replaced: int = 0
    retired: int = 0
    alerts_raised: int = 0
    alerts_settled: int = 0


def repairs(
    session: Session, period: Period, *, station_id: str, villages: Villages, zone: tzinfo
) -> Repairs:
    """What was done about the poles in view."""
    begins, ends = period.instants(zone=zone)
    in_view = _reaching(villages, period.first)

    def poles(at: ColumnElement[object]) -> int:
        return connection_of(session).execute(
            select(func.count())
            .select_from(_DEVICES)
            .where(_DEVICES.c.station_id == station_id, at >= begins, at < ends, in_view)
        ).scalar_one()  # fmt: skip

    replaced = connection_of(session).execute(
        select(func.count())
        .select_from(_SUCCESSIONS.join(_DEVICES, _DEVICES.c.id == _SUCCESSIONS.c.device_id))
        .where(_SUCCESSIONS.c.at >= begins, _SUCCESSIONS.c.at < ends, in_view)
    ).scalar_one()  # fmt: skip
    raised, settled = connection_of(session).execute(
        select(func.count(), func.count(ALERTS.c.resolved_at))
        .select_from(ALERTS.join(_DEVICES, _DEVICES.c.id == ALERTS.c.device_id))
        .where(ALERTS.c.raised_at >= begins, ALERTS.c.raised_at < ends, in_view)
    ).one()  # fmt: skip
    return Repairs(
        enrolled=poles(_DEVICES.c.enrolled_at),
        replaced=replaced,
        retired=poles(_DEVICES.c.retired_at),
        alerts_raised=raised,
        alerts_settled=settled,
    )


def _reaching(villages: Collection[str] | None, since: date) -> ColumnElement[bool]:
    """The condition on devices that one reached a village in view within the period or later."""
    if villages is None:
        return true()
    reaching = select(_SHARES.c.device_id).where(
        _SHARES.c.village_id.in_(villages),
        _SHARES.c.device_id.is_not(None),
        (_SHARES.c.valid_until.is_(None)) | (_SHARES.c.valid_until >= since),
    )
    return _DEVICES.c.id.in_(reaching)
