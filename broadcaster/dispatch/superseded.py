"""Forgetting what was signed and has long been superseded: in ten years that would be the database.

The newest version of each cluster and device stays whatever its age, and of the fast path the last
sequence: the next one is counted from it. What was ordered stays known from the trail and from what
devices confirmed; a signed plan that no device follows any more proves nothing else.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlmodel import Session

from broadcaster.dispatch.tables import SignedConfig, SignedNow, SignedPlan

KEPT_FOR = timedelta(days=30)
"""Long enough to look at what a device was told that comes back after a month's repair."""

AT_ONCE = 2_000
"""Rows in one transaction: a station that has never forgotten any has many, and nobody waits."""


def forget_superseded(session: Session, *, now: datetime) -> int:
    """Forget what is older than a month and not the newest; return how many.

    At most `AT_ONCE` of plans, of configurations and of the fast path each; the rest waits for the
    next time.
    """
    return (
        _forget(session, SignedPlan, "cluster_id", now=now)
        + _forget(session, SignedConfig, "device_id", now=now)
        + _forget_nows(session, now=now)
    )


def _forget_nows(session: Session, *, now: datetime) -> int:
    """Words of the fast path that are of no use any more.

    Whether one was said is only asked while it would still be of use, which is minutes.
    """
    signed = SignedNow.metadata.tables[str(SignedNow.__tablename__)]
    last = select(func.max(signed.c.sequence)).scalar_subquery()
    old = (
        select(signed.c.sequence)
        .where(signed.c.expires_at < now - KEPT_FOR, signed.c.sequence < last)
        .limit(AT_ONCE)
    )
    forgotten = session.connection().execute(delete(signed).where(signed.c.sequence.in_(old)))
    return forgotten.rowcount


def _forget(
    session: Session, table: type[SignedPlan | SignedConfig], of: str, *, now: datetime
) -> int:
    signed = table.metadata.tables[str(table.__tablename__)]
    newest = (
        select(signed.c[of], func.max(signed.c.version).label("version"))
        .group_by(signed.c[of])
        .subquery()
    )
    old = (
        select(signed.c[of], signed.c.version)
        .join(newest, newest.c[of] == signed.c[of])
        .where(signed.c.signed_at < now - KEPT_FOR, signed.c.version < newest.c.version)
        .limit(AT_ONCE)
    )
    forgotten = session.connection().execute(
        delete(signed).where(tuple_(signed.c[of], signed.c.version).in_(old))
    )
    return forgotten.rowcount
