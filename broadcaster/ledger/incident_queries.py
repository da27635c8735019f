"""Incidents as people look at them: the newest first, each with the device that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.fleet.tables import Device
from broadcaster.ledger.tables import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """What was refused or contradicts. `device_name` is None where nobody of that id is enrolled.

    A stranger may name any device: who really spoke is told by the code.
    """

    id: int
    at: datetime
    code: str
    detail: str
    device_id: str | None
    device_name: str | None
    evidence_sha256: str


def newest_incidents(
    session: Session,
    *,
    station_id: str,
    with_strangers: bool,
    limit: int,
    before: int | None = None,
) -> Sequence[IncidentLine]:
    """A station's newest incidents, or those before the one with this id.

    `with_strangers` adds those that name no device that is enrolled anywhere: they knocked at the
    installation that keeps this database, and are told to its own station.
    """
    of_station = col(Device.station_id) == station_id
    wanted = (
        select(Incident, Device.name)
        .join(Device, col(Device.id) == col(Incident.device_id), isouter=True)
        .where(of_station | col(Device.id).is_(None) if with_strangers else of_station)
        .order_by(col(Incident.id).desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(col(Incident.id) < before)
    return [_line(incident, name) for incident, name in session.exec(wanted)]


def _line(incident: Incident, device_name: str | None) -> IncidentLine:
    return IncidentLine(
        id=incident.id or 0,
        at=incident.at,
        code=incident.code,
        detail=incident.detail,
        device_id=incident.device_id,
        device_name=device_name,
        evidence_sha256=incident.evidence_sha256,
    )
