"""The outbox: what was signed on its way to the broker, marked only when the broker has it.

Only the newest version for a cluster or device is worth publishing; the broker retains it. After
every (re)connection the newest ones are published again, because a broker may have lost what it
retained; devices ignore a version they know. Configurations go before plans: a device believes no
plan before it knows who may sign one.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import bindparam, func, or_, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from broadcaster.dispatch.tables import SignedConfig, SignedNow, SignedPlan
from broadcaster.ledger.bulk import chunks, connection_of
from broadcaster.wire import BrokerUnreachable
from devices.protocol import topics

log = structlog.get_logger()


_AT_ONCE = 100
_ACKNOWLEDGED_WITHIN_S = 10.0


class Publisher(Protocol):
    """What takes messages to the broker."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Return when the broker has the message; raise BrokerUnreachable when it does not."""
        ...

    def publish_soon(self, topic: str, payload: bytes, *, retain: bool = False) -> Future[None]:
        """Return at once; the future is done when the broker has the message."""
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
    return list(session.exec(query.order_by(col(SignedPlan.cluster_id))).all())


def configs_to_publish(session: Session, *, again: bool) -> list[SignedConfig]:
    """The newest configuration of each device that the broker does not have.

    With `again` all of them, but for what was taken back: that is said once.
    """
    newest = (
        select(SignedConfig.device_id, func.max(col(SignedConfig.version)).label("version"))
        .group_by(col(SignedConfig.device_id))
        .subquery()
    )
    waits = col(SignedConfig.published_at).is_(None)
    query = (
        select(SignedConfig)
        .join(
            newest,
            (col(SignedConfig.device_id) == newest.c.device_id)
            & (col(SignedConfig.version) == newest.c.version),
        )
        .where(or_(waits, col(SignedConfig.message) != "") if again else waits)
        .order_by(col(SignedConfig.device_id))
    )
    return list(session.exec(query).all())


def unpublished_since(session: Session) -> datetime | None:
    """Since when something signed waits for the broker; None while the broker has it all."""
    waiting = [
        session.exec(
            select(col(table.signed_at))
            .where(col(table.published_at).is_(None))
            .order_by(col(table.signed_at))
            .limit(1)
        ).first()
        for table in (SignedPlan, SignedConfig)
    ]
    return min((each for each in waiting if each is not None), default=None)


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
    new = [(each.cluster_id, each.version) for each in plans if each.published_at is None]
    _mark(session, SignedPlan, col(SignedPlan.cluster_id), new, now=now)


def publish_configs(
    configs: Sequence[SignedConfig], *, wire: Publisher, station_id: str
) -> list[SignedConfig]:
    """Hand configurations to the broker, retained; return those that it acknowledged.

    Many at once: there is one for each device, and a far broker takes its time for every answer.
    """
    acknowledged: list[SignedConfig] = []
    for some in chunks(configs, size=_AT_ONCE):
        taken = _taken(some, wire=wire, station_id=station_id)
        acknowledged += taken
        if len(taken) < len(some):
            log.warning("configs_not_published", device_id=some[len(taken)].device_id)
            break
    if acknowledged:
        log.info("configs_published", configs=len(acknowledged))
    return acknowledged


def _taken(
    configs: Sequence[SignedConfig], *, wire: Publisher, station_id: str
) -> list[SignedConfig]:
    """Those that the broker acknowledged before the first that it did not."""
    handed: list[Future[None]] = []
    taken: list[SignedConfig] = []
    try:
        for config in configs:
            topic = topics.config(station_id, config.device_id)
            handed.append(wire.publish_soon(topic, config.message.encode(), retain=True))
    except BrokerUnreachable:
        log.info("configs_put_off", waiting=len(configs) - len(handed))
    for config, published in zip(configs, handed, strict=False):
        try:
            published.result(_ACKNOWLEDGED_WITHIN_S)
        except FutureTimeout:
            break
        taken.append(config)
    return taken


def mark_configs_published(
    session: Session, configs: Iterable[SignedConfig], *, now: datetime
) -> None:
    """Note that the broker has these versions; older ones of the same device are superseded."""
    new = [(each.device_id, each.version) for each in configs if each.published_at is None]
    _mark(session, SignedConfig, col(SignedConfig.device_id), new, now=now)


def _mark(
    session: Session,
    table: type[SignedPlan] | type[SignedConfig],
    whose: Mapped[str],
    published: Sequence[tuple[str, int]],
    *,
    now: datetime,
) -> None:
    """All in one go: after a new connection a large station publishes thousands at once.

    Those that were published before were noted then, and need no writing again.
    """
    if published:
        connection_of(session).execute(
            update(table)
            .where(
                whose == bindparam("one"),
                col(table.version) <= bindparam("newest"),
                col(table.published_at).is_(None),
            )
            .values(published_at=now),
            [{"one": one, "newest": newest} for one, newest in published],
        )


def nows_to_publish(session: Session, *, now: datetime) -> list[SignedNow]:
    """What waits on the fast path and is still of use, in the order of its sequence."""
    return list(
        session.exec(
            select(SignedNow)
            .where(col(SignedNow.published_at).is_(None), col(SignedNow.expires_at) > now)
            .order_by(col(SignedNow.sequence))
        ).all()
    )


def publish_nows(nows: Iterable[SignedNow], *, wire: Publisher, station_id: str) -> list[SignedNow]:
    """Hand messages of the fast path to the broker, not retained; return the acknowledged ones.

    All at once, in their order: no cluster waits for what the broker does for another.
    """
    handed: list[tuple[SignedNow, Future[None]]] = []
    try:
        for each in nows:
            topic = topics.now(station_id, each.cluster_id)
            handed.append((each, wire.publish_soon(topic, each.message.encode())))
    except BrokerUnreachable:
        log.warning("now_not_published", sequence=each.sequence)
    acknowledged: list[SignedNow] = []
    for each, published in handed:
        try:
            published.result(_ACKNOWLEDGED_WITHIN_S)
        except FutureTimeout:
            log.warning("now_not_published", sequence=each.sequence)
            break
        acknowledged.append(each)
        log.info("now_published", sequence=each.sequence, order_id=each.order_id)
    return acknowledged


def mark_nows_published(session: Session, nows: Iterable[SignedNow], *, now: datetime) -> None:
    """Note that the broker has these."""
    for each in nows:
        session.execute(
            update(SignedNow)
            .where(col(SignedNow.sequence) == each.sequence)
            .values(published_at=now)
        )
