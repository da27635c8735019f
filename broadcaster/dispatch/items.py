"""What an order was planned to play, for whoever shows what a device says of its parts."""

from collections.abc import Sequence

from sqlmodel import Session, select

from broadcaster.dispatch.plans import PlannedBroadcast
from broadcaster.schedule.airtime import villages_in
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from devices.protocol.messages import Item


def items_of_order(session: Session, order_id: str) -> Sequence[Item]:
    """The items of an order as its cluster gets them; none of an order that nobody knows."""
    order = session.exec(select(BroadcastOrder).where(BroadcastOrder.id == order_id)).first()
    if order is None:
        return ()
    broadcast = session.get_one(Broadcast, order.broadcast_id)
    villages = villages_in(session, [order.cluster_id])[order.cluster_id]
    return PlannedBroadcast(order_id=order_id, broadcast=broadcast, village_ids=villages).items
