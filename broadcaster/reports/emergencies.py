"""The emergency log of a period: each emergency and drill, its orderer, its end, its coverage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlmodel import Session, col, select

from broadcaster.emergency.tables import Emergency, EmergencyPart
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.reports.broadcasts import AiredBroadcast


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyLine:
    """One emergency; `times` is how often its parts sounded, `coverage` that of its message.

    `coverage` is None where the message was not said in view.
    """

    emergency_id: str
    hazard: str
    drill: bool
    giver: str
    raised_at: datetime
    ending: str
    ended_at: datetime | None
    reviewed: bool
    times: int
    coverage: Coverage | None


def emergency_log(
    session: Session,
    period: Period,
    aired: Sequence[AiredBroadcast],
    *,
    station_id: str,
    villages: Villages,
    zone: tzinfo,
) -> list[EmergencyLine]:
    """The emergencies raised in a period that were for villages in view, the oldest first."""
    begins, ends = period.instants(zone=zone)
    broadcasts = {each.broadcast_id: each for each in aired}
    rows = session.exec(
        select(Emergency)
        .where(
            Emergency.station_id == station_id,
            Emergency.raised_at >= begins,
            Emergency.raised_at < ends,
        )
        .order_by(col(Emergency.raised_at), col(Emergency.id))
    ).all()
    parts = _parts(session, [row.id for row in rows])
    lines = [_line(row, parts.get(row.id, {}), broadcasts) for row in rows]
    return [line for line in lines if villages is None or line.times]


def _parts(session: Session, emergency_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    rows = session.exec(
        select(EmergencyPart).where(col(EmergencyPart.emergency_id).in_(emergency_ids))
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.emergency_id, {})[row.kind] = row.id
    return found


def _line(
    row: Emergency, parts: Mapping[str, str], broadcasts: Mapping[str, AiredBroadcast]
) -> EmergencyLine:
    said = {kind: broadcasts[id_] for kind, id_ in parts.items() if id_ in broadcasts}
    message = said.get("message") or said.get("alarm")
    return EmergencyLine(
        emergency_id=row.id,
        hazard=row.hazard,
        drill=row.drill,
        giver=row.giver_name,
        raised_at=row.raised_at,
        ending=row.ending,
        ended_at=row.ended_at,
        reviewed=row.reviewed_at is not None,
        times=sum(each.times for each in said.values()),
        coverage=message.coverage if message else None,
    )
