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
    session: Session, *, limit: int, before: int | None = None
) -> Sequence[IncidentLine]:
    """The newest incidents, or those before the one with this id."""
    wanted = (
        select(Incident, Device.name)
        .join(Device, col(Device.id) == col(Incident.device_id), isouter=True)
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
