"""Stops: signed for the fast path once, and for the plan as long as a device might begin the order.

Both say the same with the same order id, so a device that hears only one of them is silent too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.reported import now_sequence_reported
from broadcaster.dispatch.tables import SignedNow
from broadcaster.dispatch.versions import next_version
from broadcaster.keys import StationKeys
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from devices.protocol.envelope import seal_message
from devices.protocol.fields import PLAN_LIMIT_STOPS
from devices.protocol.messages import Now, Stop

log = structlog.get_logger()

OF_USE_FOR = timedelta(minutes=2)
"""How long the fast path may still bring a stop; after that the plan has long said so."""

KEPT_FOR = timedelta(days=1)
"""How long a stop stands in the plan after its order's end: a device may come back and join it."""


def stops_of(session: Session, cluster_id: str, *, now: datetime) -> tuple[Stop, ...]:
    """The stops that a cluster's plan has to say, the newest first where there are too many."""
    stops = [
        Stop(order=order_id, at_ms=to_ms(broadcast.stopped_at))
        for order_id, broadcast in _stopped(session, cluster_id, now=now)
        if broadcast.stopped_at is not None
    ]
    newest = sorted(stops, key=lambda stop: (-stop.at_ms, stop.order))[:PLAN_LIMIT_STOPS]
    return tuple(sorted(newest, key=lambda stop: (stop.at_ms, stop.order)))


def sign_new_stops(
    session: Session, *, station: Station, keys: StationKeys, now: datetime
) -> Sequence[SignedNow]:
    """Sign each stop once for the fast path; return those that are new, in their order."""
    signed: list[SignedNow] = []
    for order_id, cluster_id, broadcast in _unsigned(session, station_id=station.id, now=now):
        sequence = _next_sequence(session, station_id=station.id, now=now)
        expires_at = now + OF_USE_FOR
        said = Now(
            station=station.id,
            cluster=cluster_id,
            sequence=sequence,
            issued_at_ms=to_ms(now),
            expires_at_ms=to_ms(expires_at),
            stop=Stop(order=order_id, at_ms=to_ms(broadcast.stopped_at or now)),
        )
        row = SignedNow(
            sequence=sequence,
            cluster_id=cluster_id,
            order_id=order_id,
            message=seal_message(said, key=keys.signing_key),
            signed_at=now,
            expires_at=expires_at,
        )
        session.add(row)
        session.flush()
        signed.append(row)
        log.info("stop_signed", order_id=order_id, cluster_id=cluster_id, sequence=sequence)
    return signed


def _stopped(
    session: Session, cluster_id: str, *, now: datetime
) -> Sequence[tuple[str, Broadcast]]:
    rows = session.exec(
        select(BroadcastOrder.id, Broadcast)
        .join(Broadcast, col(Broadcast.id) == col(BroadcastOrder.broadcast_id))
        .where(
            BroadcastOrder.cluster_id == cluster_id,
            col(Broadcast.stopped_at) > now - KEPT_FOR,
        )
    ).all()
    return [(order_id, broadcast) for order_id, broadcast in rows]


def _unsigned(
    session: Session, *, station_id: str, now: datetime
) -> Sequence[tuple[str, str, Broadcast]]:
    said = select(SignedNow.order_id)
    rows = session.exec(
        select(BroadcastOrder.id, BroadcastOrder.cluster_id, Broadcast)
        .join(Broadcast, col(Broadcast.id) == col(BroadcastOrder.broadcast_id))
        .join(Cluster, col(Cluster.id) == col(BroadcastOrder.cluster_id))
        .where(
            Cluster.station_id == station_id,
            col(Broadcast.stopped_at) > now - OF_USE_FOR,
            col(BroadcastOrder.id).not_in(said),
        )
        .order_by(col(Broadcast.stopped_at), col(BroadcastOrder.id))
    ).all()
    return [(order_id, cluster_id, broadcast) for order_id, cluster_id, broadcast in rows]


def _next_sequence(session: Session, *, station_id: str, now: datetime) -> int:
    last = session.exec(select(func.max(SignedNow.sequence))).one() or 0
    reported = now_sequence_reported(session, station_id)
    return next_version(last=last, now=now, reported=reported)
