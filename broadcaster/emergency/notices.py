"""What other pages say of emergencies: what lasts, what waits for a second look, and where."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.emergency.ending import (
    clusters_of_emergency,
    review_due,
    running_in_view,
    spoke_in,
    to_review,
)
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.tables import EmergencyPart
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid


def emergency_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The lines for one person: a village head is told of what concerns their village."""
    lasting = [
        BoardNotice(
            title=msgid("Đang diễn tập khẩn cấp") if each.drill else msgid("Đang khẩn cấp"),
            text=HAZARDS[each.hazard].name,
            at=each.raised_at,
            href=f"/emergency/{each.id}",
            urgent=not each.drill,
            sounds_in=frozenset(clusters_of_emergency(session, each.id)),
        )
        for each in running_in_view(
            session, station_id=station_id, villages=viewer.villages_in_view()
        )
    ]
    if not viewer.may(Right.OVERSEE_EMERGENCIES):
        return lasting
    return lasting + [
        BoardNotice(
            title=msgid("Quá hạn xem xét lệnh khẩn cấp")
            if review_due(each) < now
            else msgid("Chờ xem xét lệnh khẩn cấp"),
            text=HAZARDS[each.hazard].name,
            at=each.raised_at,
            href=f"/emergency/{each.id}#review",
            urgent=review_due(each) < now,
        )
        for each in to_review(session, station_id=station_id)
        if viewer.account_id not in spoke_in(session, each)
    ]


def address_of_part(session: Session, broadcast_id: str) -> str | None:
    """The page of what the ledger counts like a broadcast; None if it is no emergency's."""
    part = session.get(EmergencyPart, broadcast_id)
    return f"/emergency/{part.emergency_id}" if part is not None else None
