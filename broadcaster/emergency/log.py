"""The emergency log: what whoever sees an emergency reads of it on its page, in plain words.

Each act of a person is written here and into the station's signed trail by one call, so that none
stands in one of them alone. Beside the trail the log is kept for what the station did by itself
(when the words had a sound and went out), and for those who may see an emergency and no trail.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import structlog
from sqlmodel import Session, col, select

from broadcaster.audit import Act as AuditAct
from broadcaster.audit import record
from broadcaster.audit.entries import Scalar
from broadcaster.emergency.tables import EmergencyEvent

log = structlog.get_logger()


class Act(StrEnum):
    """What somebody did, or the station by itself."""

    AUTHORISED = "authorised"
    REVOKED = "revoked"
    RAISED = "raised"
    MESSAGE_READY = "message_ready"
    PROLONGED = "prolonged"
    ENDED = "ended"
    SILENCED = "silenced"
    REVIEWED = "reviewed"
    WARNING_WRITTEN = "warning_written"
    WARNING_APPROVED = "warning_approved"
    WARNING_RETIRED = "warning_retired"


_IN_TRAIL: Mapping[Act, AuditAct] = MappingProxyType(
    {
        Act.AUTHORISED: AuditAct.EMERGENCY_AUTHORISED,
        Act.REVOKED: AuditAct.EMERGENCY_AUTHORISATION_REVOKED,
        Act.RAISED: AuditAct.EMERGENCY_ORDERED,
        Act.PROLONGED: AuditAct.EMERGENCY_PROLONGED,
        Act.ENDED: AuditAct.EMERGENCY_ENDED,
        Act.SILENCED: AuditAct.EMERGENCY_SILENCED,
        Act.REVIEWED: AuditAct.EMERGENCY_REVIEWED,
        Act.WARNING_WRITTEN: AuditAct.WARNING_WRITTEN,
        Act.WARNING_APPROVED: AuditAct.WARNING_APPROVED,
        Act.WARNING_RETIRED: AuditAct.WARNING_RETIRED,
    }
)
"""All but what is nobody's act."""


def note(
    session: Session,
    act: Act,
    *,
    station_id: str,
    at: datetime,
    by: str | None = None,
    emergency_id: str | None = None,
    detail: str = "",
    about: str = "",
    details: Mapping[str, Scalar] | None = None,
    private: Mapping[str, str] | None = None,
) -> None:
    """Write one line, and an act into the trail, as parts of the caller's transaction.

    `about`, `details` and `private` are the trail's (`audit.record`); `about` is the emergency
    where none is given.
    """
    session.add(
        EmergencyEvent(
            station_id=station_id,
            emergency_id=emergency_id,
            at=at,
            what=act,
            account_id=by,
            detail=detail,
        )
    )
    if act in _IN_TRAIL:
        record(
            session, _IN_TRAIL[act], by=by or "", about=about or emergency_id or "", at=at,
            details=details, private=private,
        )  # fmt: skip
    log.info(f"emergency_{act}", emergency_id=emergency_id, by=by, detail=detail)


def events_of(session: Session, emergency_id: str) -> Sequence[EmergencyEvent]:
    """The log of one emergency, oldest first."""
    return session.exec(
        select(EmergencyEvent)
        .where(EmergencyEvent.emergency_id == emergency_id)
        .order_by(col(EmergencyEvent.at), col(EmergencyEvent.id))
    ).all()
