"""Emergencies on the fast path: each order and each silence signed once, at once, ahead of plans.

Both stand in the plan as well, with the same order id. An order goes through the same look at its
authorisation as in a plan.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from broadcaster.areas.queries import clusters_of
from broadcaster.areas.tables import Station
from broadcaster.audit.following import FollowedTrail
from broadcaster.dispatch.nows import OF_USE_FOR, sign_now
from broadcaster.dispatch.signing import authorised_emergencies
from broadcaster.dispatch.tables import SignedNow
from broadcaster.dispatch.vouching import Look
from broadcaster.emergency.orders import emergency_stops
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.tables import Emergency, EmergencyOrder, EmergencyPart
from broadcaster.keys import StationKeys
from devices.protocol.messages import Order, Stop


def emergencies_wait(session: Session, *, now: datetime) -> bool:
    """Whether an order or a silence of an emergency has not been signed for the fast path."""
    return any(
        session.exec(_unsaid(says).where(col(at) > now - OF_USE_FOR).limit(1)).first() is not None
        for says, at in (("order", EmergencyPart.starts_at), ("stop", Emergency.silenced_at))
    )


def sign_emergencies(
    session: Session, *, station: Station, keys: StationKeys, trail: FollowedTrail, now: datetime
) -> Sequence[SignedNow]:
    """Sign what waits; return what is new, in its order. Silences go before what follows them."""
    since = now - OF_USE_FOR
    signed: list[SignedNow] = []
    look = Look(session, trail, station_id=station.id, now=now)
    for cluster in clusters_of(session, station.id):
        said: list[Stop | Order] = [
            stop
            for stop in emergency_stops(session, cluster.id, since=since)
            if not _is_said(session, stop.order, "stop")
        ]
        said += [
            each.order(times)
            for each in authorised_emergencies(session, cluster.id, look=look, now=now)
            for times in each.times[:1]
            if times.repeat == 0 and times.starts_at > since
            if not _is_said(session, each.order_id, "order")
        ]
        signed += [
            sign_now(session, each, cluster.id, station_id=station.id, keys=keys, now=now)
            for each in said
        ]
    return signed


def _unsaid(says: str) -> SelectOfScalar[str]:
    said = select(SignedNow.order_id).where(SignedNow.says == says)
    silenced = EmergencyPart.kind != PartKind.FINAL
    query = (
        select(EmergencyOrder.id)
        .join(EmergencyPart, col(EmergencyPart.id) == col(EmergencyOrder.part_id))
        .join(Emergency, col(Emergency.id) == col(EmergencyPart.emergency_id))
        .where(col(EmergencyPart.starts_at).is_not(None), col(EmergencyOrder.id).not_in(said))
    )
    return query.where(silenced) if says == "stop" else query


def _is_said(session: Session, order_id: str, says: str) -> bool:
    found = select(SignedNow.sequence).where(SignedNow.order_id == order_id, SignedNow.says == says)
    return session.exec(found).first() is not None
