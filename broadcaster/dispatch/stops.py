"""Stops: signed for the fast path once, and for the plan as long as a device might begin the order.

Both say the same with the same order id, so a device that hears only one of them is silent too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.nows import OF_USE_FOR, sign_now
from broadcaster.dispatch.tables import SignedNow
from broadcaster.emergency.orders import emergency_stops
from broadcaster.keys import StationKeys
from broadcaster.live.talks import talk_stops
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from devices.protocol.fields import PLAN_LIMIT_STOPS
from devices.protocol.messages import Stop

KEPT_FOR = timedelta(days=1)
"""How long a stop stands in the plan after its order's end: a device may come back and join it."""


def stops_of(session: Session, cluster_id: str, *, now: datetime) -> tuple[Stop, ...]:
    """The stops that a cluster's plan has to say, the newest first where there are too many."""
    stops = [
        Stop(order=order_id, at_ms=to_ms(broadcast.stopped_at))
        for order_id, broadcast in _stopped(session, cluster_id, now=now)
        if broadcast.stopped_at is not None
    ]
    since = now - KEPT_FOR
    stops += emergency_stops(session, cluster_id, since=since)
    stops += talk_stops(session, cluster_id, since=since)
    newest = sorted(stops, key=lambda stop: (-stop.at_ms, stop.order))[:PLAN_LIMIT_STOPS]
    return tuple(sorted(newest, key=lambda stop: (stop.at_ms, stop.order)))


def sign_new_stops(
    session: Session, *, station: Station, keys: StationKeys, now: datetime
) -> Sequence[SignedNow]:
    """Sign each stop once for the fast path; return those that are new, in their order."""
    return [
        sign_now(
            session,
            Stop(order=order_id, at_ms=to_ms(broadcast.stopped_at or now)),
            cluster_id,
            station_id=station.id,
            keys=keys,
            now=now,
        )
        for order_id, cluster_id, broadcast in _unsigned(session, station_id=station.id, now=now)
    ]


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
