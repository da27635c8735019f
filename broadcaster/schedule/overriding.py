"""Who answers for sound that the station's rules stand against: a leader, and never its author."""

from datetime import datetime

from sqlmodel import Session, select

from broadcaster.accounts.tables import RoleGrant
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import approved_rendition, authors_of
from broadcaster.bulletins.tables import Bulletin
from broadcaster.schedule.air_rules import rules_kept
from broadcaster.schedule.errors import OverrideNeedsLeader
from broadcaster.schedule.limits import BrokenRule
from broadcaster.schedule.tables import Schedule


def override_by(session: Session, bulletin_id: str, *, by: str) -> str | None:
    """The leader who allows it: the one who asks, or (None) whoever approves it next.

    Whoever wrote of the bulletin is not the second person. Raises OverrideNeedsLeader where nobody
    is going to approve anything any more.
    """
    bulletin = session.get_one(Bulletin, bulletin_id)
    roles = session.exec(
        select(RoleGrant.role).where(
            RoleGrant.account_id == by, RoleGrant.station_id == bulletin.station_id
        )
    ).all()
    if "leader" in roles and by not in authors_of(session, bulletin):
        return by
    if approved_rendition(session, bulletin_id) is not None:
        raise OverrideNeedsLeader(field="override_reason")
    return None


def record_override(session: Session, schedule: Schedule, *, by: str, now: datetime) -> None:
    """Write down for what the reason was given, who asked, and who answers for it."""
    rules = rules_kept(schedule.override_rules)
    acts = {
        Act.QUIET_HOURS_OVERRIDDEN if rule is BrokenRule.QUIET_HOURS else Act.LIMITS_OVERRIDDEN
        for rule in rules
    }
    for act in sorted(acts):
        record(
            session,
            act,
            by=by,
            about=schedule.id,
            at=now,
            details={
                "allowed_by": schedule.override_by or "", "rules": schedule.override_rules,
            },
            private={"reason": schedule.override_reason},
        )  # fmt: skip
