"""Stopping a broadcast that is on air: a person decides, and the dispatch tells the devices."""

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from broadcaster.audit import Act, record
from broadcaster.errors import NotFound
from broadcaster.schedule.errors import BroadcastNotOnAir
from broadcaster.schedule.tables import Broadcast, Schedule

log = structlog.get_logger()


def stop_broadcast(
    session: Session, broadcast_id: str, *, station_id: str, by: str, now: datetime
) -> Broadcast:
    """Silence a broadcast that is on air; raise NotFound or BroadcastNotOnAir.

    Told to the devices at once, and in the plan for those that do not hear it.
    """
    broadcast = find_broadcast(session, broadcast_id, station_id=station_id)
    if broadcast.stopped_at is not None:
        return broadcast
    if not may_be_on_air(broadcast, now=now):
        raise BroadcastNotOnAir(broadcast_id)
    broadcast.stopped_at, broadcast.stopped_by = now, by
    record(session, Act.BROADCAST_STOPPED, by=by, about=broadcast_id, at=now)
    log.info("broadcast_stopped", broadcast_id=broadcast.id, by=by)
    return broadcast


def find_broadcast(session: Session, broadcast_id: str, *, station_id: str) -> Broadcast:
    """A broadcast of this station; raise NotFound, for one of another station as well."""
    broadcast = session.get(Broadcast, broadcast_id)
    if broadcast is None:
        raise NotFound(broadcast_id)
    if session.get_one(Schedule, broadcast.schedule_id).station_id != station_id:
        raise NotFound(broadcast_id)
    return broadcast


def may_be_on_air(broadcast: Broadcast, *, now: datetime) -> bool:
    """Whether a device may be playing it: from its instant to the latest end of a late start."""
    ends_at = broadcast.not_after + timedelta(milliseconds=broadcast.slot_ms)
    return broadcast.cancelled_at is None and broadcast.starts_at <= now <= ends_at
