"""Messages of the fast path: numbered, signed and put into the outbox; whoever calls has looked.

Whether something may be said is decided by who says it (`signing.py`, `stops.py`, `talks.py`).
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func
from sqlmodel import Session, select

from broadcaster.database.columns import to_ms
from broadcaster.dispatch.reported import now_sequence_reported
from broadcaster.dispatch.tables import SignedNow
from broadcaster.dispatch.versions import next_version
from broadcaster.keys import StationKeys
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Now, Order, Stop

log = structlog.get_logger()

OF_USE_FOR = timedelta(minutes=2)
"""How long the fast path may still bring a word; after that the plan has long said so."""


def sign_now(
    session: Session,
    said: Order | Stop,
    cluster_id: str,
    *,
    station_id: str,
    keys: StationKeys,
    now: datetime,
    of_use_for: timedelta = OF_USE_FOR,
) -> SignedNow:
    """Sign an order or a stop for one cluster at this moment; it is published by the outbox."""
    order, stop = (said, None) if isinstance(said, Order) else (None, said)
    sequence = _next_sequence(session, station_id=station_id, now=now)
    expires_at = now + of_use_for
    message = Now(
        station=station_id,
        cluster=cluster_id,
        sequence=sequence,
        issued_at_ms=to_ms(now),
        expires_at_ms=to_ms(expires_at),
        order=order,
        stop=stop,
    )
    row = SignedNow(
        sequence=sequence,
        cluster_id=cluster_id,
        order_id=said.id if isinstance(said, Order) else said.order,
        says="order" if order else "stop",
        message=seal_message(message, key=keys.signing_key),
        signed_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    log.info(
        "now_signed",
        says=row.says,
        order_id=row.order_id,
        cluster_id=cluster_id,
        sequence=sequence,
    )
    return row


def _next_sequence(session: Session, *, station_id: str, now: datetime) -> int:
    """Above the last one, and above what devices have heard."""
    last = session.exec(select(func.max(SignedNow.sequence))).one() or 0
    reported = now_sequence_reported(session, station_id)
    return next_version(last=last, now=now, reported=reported)
