"""The outbox: signed plans on their way to the broker, marked only when the broker has them.

Only the newest version of a cluster is worth publishing; the broker retains it. After every
(re)connection the newest ones are published again, because a broker may have lost what it
retained; devices ignore a version they know.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from broadcaster.dispatch.tables import SignedPlan
from broadcaster.wire import BrokerUnreachable
from devices.protocol import topics

log = structlog.get_logger()


class Publisher(Protocol):
    """What takes messages to the broker."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Return when the broker has the message; raise BrokerUnreachable when it does not."""
        ...


def plans_to_publish(session: Session, *, again: bool) -> list[SignedPlan]:
    """The newest plan of each cluster that the broker does not have; all of them, if `again`."""
    newest = (
        select(SignedPlan.cluster_id, func.max(col(SignedPlan.version)).label("version"))
        .group_by(col(SignedPlan.cluster_id))
        .subquery()
    )
    query = select(SignedPlan).join(
        newest,
        (col(SignedPlan.cluster_id) == newest.c.cluster_id)
        & (col(SignedPlan.version) == newest.c.version),
    )
    if not again:
        query = query.where(col(SignedPlan.published_at).is_(None))
    return list(session.exec(query).all())


def unpublished_since(session: Session) -> datetime | None:
    """Since when a signed plan waits for the broker; None while the broker has them all."""
    return session.exec(
        select(col(SignedPlan.signed_at))
        .where(col(SignedPlan.published_at).is_(None))
        .order_by(col(SignedPlan.signed_at))
        .limit(1)
    ).first()


def publish(plans: Iterable[SignedPlan], *, wire: Publisher, station_id: str) -> list[SignedPlan]:
    """Hand plans to the broker, retained; return those that it acknowledged."""
    acknowledged: list[SignedPlan] = []
    for plan in plans:
        topic = topics.plan(station_id, plan.cluster_id)
        try:
            wire.publish(topic, plan.message.encode(), retain=True)
        except BrokerUnreachable:
            log.warning("plan_not_published", cluster_id=plan.cluster_id, version=plan.version)
            break
        acknowledged.append(plan)
        log.info("plan_published", cluster_id=plan.cluster_id, version=plan.version)
    return acknowledged


def mark_published(session: Session, plans: Iterable[SignedPlan], *, now: datetime) -> None:
    """Note that the broker has these versions; older ones of the same cluster are superseded."""
    for plan in plans:
        session.execute(
            update(SignedPlan)
            .where(
                col(SignedPlan.cluster_id) == plan.cluster_id,
                col(SignedPlan.version) <= plan.version,
                col(SignedPlan.published_at).is_(None),
            )
            .values(published_at=now)
        )
