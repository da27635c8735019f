"""The plan of one cluster, derived from its broadcasts: desired state, never a queue of pushes.

Pure: rows and `now` go in, orders come out. What has begun stays until its *not after*, so that a
device that was absent still finds it.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import msgspec

from broadcaster.database.columns import to_ms
from broadcaster.schedule.airtime import recordings_in
from broadcaster.schedule.tables import Broadcast
from devices.protocol.jws import MESSAGE_LIMIT_BYTES
from devices.protocol.messages import (
    PLAN_LIMIT_ORDERS,
    Cue,
    Item,
    OnCut,
    OnReboot,
    Order,
    QuietHoursOverride,
    Relay,
    Stop,
    encode,
)

# Base64 makes four octets of three; the rest of the plan and its signature take less than 2 kB.
ROOM_BYTES = (MESSAGE_LIMIT_BYTES - 2_048) * 3 // 4
UNREADABLE_ROW = (ValueError, TypeError, LookupError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class PlannedBroadcast:
    """A broadcast, the order by which one cluster plays it, and that cluster's villages."""

    order_id: str
    broadcast: Broadcast
    village_ids: Collection[str] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The main sound, then what is said in other languages of this cluster; none of a relay."""
        broadcast = self.broadcast
        if broadcast.relay is not None:
            return ()
        recordings = recordings_in(broadcast.recordings, self.village_ids)
        return (_main(broadcast), *(_recording(each) for each in recordings))

    @property
    def asked_ms(self) -> int:
        """How long all of it lasts on this cluster."""
        if self.broadcast.relay is not None:
            return self.broadcast.duration_ms
        return sum(item.duration_ms for item in self.items)


def orders_of(
    planned: Iterable[PlannedBroadcast],
    *,
    now: datetime,
    days: int,
    emergencies: Iterable[Order] = (),
) -> tuple[Order, ...]:
    """The orders that belong into a cluster's plan now: emergencies first, then by their start.

    Never more than devices take: a plan that they refuse would keep every order from them. What
    has no room yet comes in as what is before it goes by; what they would never take is left out.
    """
    until = now + timedelta(days=days)
    standing = [
        each
        for each in planned
        if each.broadcast.cancelled_at is None
        and each.broadcast.not_after > now
        and each.broadcast.starts_at <= until
        and not fault_of(each)
    ]
    standing.sort(key=lambda each: (each.broadcast.starts_at, each.order_id))
    return _with_room(chain(emergencies, (_order(each) for each in standing)))


def fault_of(planned: PlannedBroadcast) -> str:
    """Why devices would refuse this order, and with it the whole plan that it stands in; or ''.

    Bounds hold where a message is read, not where it is made, so it is read here as they read it.
    """
    return fault_of_order(lambda: _order(planned))


def fault_of_order(make: Callable[[], Order]) -> str:
    """The same of an order that is still to be made."""
    try:
        payload = encode(make())
        msgspec.json.decode(payload, type=Order)
    except (*UNREADABLE_ROW, msgspec.MsgspecError) as error:
        return f"{type(error).__name__}: {error}"
    return f"{len(payload)} bytes" if len(payload) >= ROOM_BYTES else ""


def _with_room(orders: Iterable[Order]) -> tuple[Order, ...]:
    taken: list[Order] = []
    size_bytes = 0
    for order in islice(orders, PLAN_LIMIT_ORDERS):
        size_bytes += len(encode(order)) + 1
        if size_bytes > ROOM_BYTES:
            break
        taken.append(order)
    return tuple(taken)


def orders_sha256(orders: Iterable[Order], stops: Iterable[Stop] = ()) -> str:
    """What a plan says, without its version: equal while nothing has to be published."""
    digest = hashlib.sha256()
    for said in (*orders, *stops):
        digest.update(encode(said))
    return digest.hexdigest()


def _order(planned: PlannedBroadcast) -> Order:
    broadcast = planned.broadcast
    return Order(
        id=planned.order_id,
        broadcast=broadcast.id,
        priority=broadcast.priority,
        starts_at_ms=to_ms(broadcast.starts_at),
        not_after_ms=to_ms(broadcast.not_after),
        items=planned.items,
        title=broadcast.title,
        override=_override(broadcast),
        **_relayed(broadcast),
    )


def _relayed(broadcast: Broadcast) -> dict[str, Any]:
    """What an order says of a relay, which goes on with what comes after a cut or a power cut."""
    relay = broadcast.relay
    if relay is None:
        return {}
    fallback = relay["fallback"]
    passed_on = Relay(
        url=relay["url"],
        duration_ms=broadcast.duration_ms,
        stall_timeout_ms=relay["stall_timeout_ms"],
        fallback=_fallback(fallback) if fallback else None,
    )
    return {"relay": passed_on, "on_cut": OnCut.RESUME, "on_reboot": OnReboot.JOIN}


def _fallback(fallback: Mapping[str, Any]) -> Item:
    return Item(
        sha256=fallback["audio_sha256"],
        size_bytes=fallback["audio_size_bytes"],
        duration_ms=fallback["duration_ms"],
        title=fallback["title"],
    )


def _main(broadcast: Broadcast) -> Item:
    return Item(
        sha256=broadcast.audio_sha256,
        size_bytes=broadcast.audio_size_bytes,
        duration_ms=broadcast.duration_ms,
        title=broadcast.title,
        cues=tuple(Cue(**cue) for cue in broadcast.cues),
    )


def _recording(recording: Mapping[str, Any]) -> Item:
    return Item(
        sha256=recording["audio_sha256"],
        size_bytes=recording["audio_size_bytes"],
        duration_ms=recording["duration_ms"],
        title=f"{recording['language']} · {recording['village']}",
    )


def _override(broadcast: Broadcast) -> QuietHoursOverride | None:
    if not broadcast.override_reason or not broadcast.override_person:
        return None
    return QuietHoursOverride(
        person=broadcast.override_person, reason=broadcast.override_reason[:300]
    )
