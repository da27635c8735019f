"""Who may speak live: a leader allows it beforehand, to somebody else, for a while, on the record.

What is spoken live cannot be approved word by word, so the second person stands before it: without
a leader's permit nobody's microphone is opened, and nobody gives one to himself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Right, Role, rights_of
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.audit import Act, record
from broadcaster.bulletins.texts import one_line
from broadcaster.database import new_id
from broadcaster.database.columns import to_ms
from broadcaster.live.errors import (
    LONGEST_PERMIT_DAYS,
    PermitDaysUnusable,
    PermitForNobody,
    PermitForOneself,
    UnknownPermit,
)
from broadcaster.live.tables import LivePermit

log = structlog.get_logger()


def grant_permit(
    session: Session,
    *,
    station_id: str,
    account_id: str,
    days: int,
    quiet_reason: str,
    by: str,
    now: datetime,
) -> LivePermit:
    """Allow somebody to speak live at a station for so many days; with a reason in quiet hours too.

    Raises PermitForOneself, PermitForNobody, PermitDaysUnusable.
    """
    if account_id == by:
        raise PermitForOneself(field="account_id")
    if not _may(session, account_id, Right.SPEAK_LIVE, station_id=station_id):
        raise PermitForNobody(field="account_id")
    if not 1 <= days <= LONGEST_PERMIT_DAYS:
        raise PermitDaysUnusable(field="days")
    permit = LivePermit(
        id=new_id("permit"),
        station_id=station_id,
        account_id=account_id,
        granted_by=by,
        granted_at=now,
        valid_until=now + timedelta(days=days),
        quiet_reason=one_line(quiet_reason, field="quiet_reason")[:300],
    )
    session.add(permit)
    session.flush()
    record(
        session,
        Act.LIVE_PERMITTED,
        by=by,
        about=account_id,
        at=now,
        details={
            "permit": permit.id,
            "valid_until_ms": to_ms(permit.valid_until),
            "in_quiet_hours": bool(permit.quiet_reason),
        },
        private={"reason": permit.quiet_reason},
    )
    log.info(
        "live_permit_granted",
        permit_id=permit.id,
        account_id=account_id,
        by=by,
        in_quiet_hours=bool(permit.quiet_reason),
    )
    return permit


def revoke_permit(
    session: Session, permit_id: str, *, station_id: str, by: str, now: datetime
) -> LivePermit:
    """Take back a permit of this station; raise UnknownPermit.

    Whoever speaks by it just then falls silent.
    """
    permit = session.get(LivePermit, permit_id)
    if permit is None or permit.revoked_at is not None or permit.station_id != station_id:
        raise UnknownPermit(permit_id)
    permit.revoked_at, permit.revoked_by = now, by
    session.flush()
    record(
        session,
        Act.LIVE_PERMIT_REVOKED,
        by=by,
        about=permit.account_id,
        at=now,
        details={"permit": permit_id},
    )
    log.info("live_permit_revoked", permit_id=permit_id, account_id=permit.account_id, by=by)
    return permit


def permit_of(
    session: Session, account_id: str, *, station_id: str, now: datetime
) -> LivePermit | None:
    """The permit by which somebody may speak at a station now; one for quiet hours goes first."""
    standing = [
        each
        for each in standing_permits(session, station_id=station_id, now=now)
        if each.account_id == account_id
    ]
    return max(standing, key=lambda each: (bool(each.quiet_reason), each.valid_until), default=None)


def standing_permits(session: Session, *, station_id: str, now: datetime) -> Sequence[LivePermit]:
    """All that hold at a station now: given by another who still is a leader, not taken back."""
    kept = session.exec(
        select(LivePermit)
        .where(
            LivePermit.station_id == station_id,
            col(LivePermit.revoked_at).is_(None),
            col(LivePermit.granted_at) <= now,
            col(LivePermit.valid_until) > now,
        )
        .order_by(col(LivePermit.granted_at), col(LivePermit.id))
    ).all()
    return [each for each in kept if holds(session, each, at=now)]


def holds(session: Session, permit: LivePermit, *, at: datetime) -> bool:
    """Whether a permit held at an instant, by what is known now of both people at its station."""
    station_id = permit.station_id
    return (
        station_id is not None
        and permit.account_id != permit.granted_by
        and permit.granted_at <= at < permit.valid_until
        and (permit.revoked_at is None or permit.revoked_at > at)
        and _may(session, permit.granted_by, Right.APPROVE_BULLETINS, station_id=station_id)
        and _may(session, permit.account_id, Right.SPEAK_LIVE, station_id=station_id)
    )


def _may(session: Session, account_id: str, right: Right, *, station_id: str) -> bool:
    """Whether somebody has a right by what they are at this station, whatever elsewhere."""
    account = session.get(Account, account_id)
    roles = session.exec(
        select(RoleGrant.role).where(
            RoleGrant.account_id == account_id, RoleGrant.station_id == station_id
        )
    )
    return (
        account is not None and account.active and right in rights_of(Role(each) for each in roles)
    )
