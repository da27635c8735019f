"""What is expected of emergencies: each time that is said soon, of every device that is to say it.

The plan holds a day of repeats; the ledger expects those of the next half hour, so that neither a
commune with many devices nor an early end fills it with what never came.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from broadcaster.emergency.cadence import Said
from broadcaster.emergency.orders import StandingOrder
from broadcaster.emergency.tables import EmergencyOrder
from broadcaster.ledger.expectations import ExpectedOrder, expect, forget_repeats
from broadcaster.ledger.tables import Play

EXPECTED_AHEAD = timedelta(minutes=30)


def expect_emergencies(
    session: Session,
    cluster_id: str,
    standing: Sequence[StandingOrder],
    *,
    now: datetime,
    start_within: timedelta,
    end_within: timedelta,
) -> None:
    """Expect what stands, and forget what was to come and does so no more."""
    expected = [
        _expected(each, said, cluster_id, start_within=start_within, end_within=end_within)
        for each in standing
        for said in each.times
        if said.starts_at <= now + EXPECTED_AHEAD
    ]
    if expected:
        expect(session, *expected, now=now)
    kept: dict[str, set[int]] = {}
    for order in expected:
        kept.setdefault(order.order_id, set()).add(order.repeat)
    for order_id in _awaited(session, cluster_id, now=now):
        forget_repeats(session, order_id, keep=kept.get(order_id, ()), now=now)


def _expected(
    each: StandingOrder,
    said: Said,
    cluster_id: str,
    *,
    start_within: timedelta,
    end_within: timedelta,
) -> ExpectedOrder:
    sound = each.sound_of(said)
    length = timedelta(milliseconds=each.tone_ms + sound.duration_ms)
    return ExpectedOrder(
        order_id=each.order_id,
        repeat=said.repeat,
        broadcast_id=each.part.id,
        cluster_id=cluster_id,
        title=each.title,
        topic="Diễn tập" if each.emergency.drill else "Khẩn cấp",
        audio_sha256=sound.audio_sha256,
        asked_ms=sound.duration_ms,
        starts_at=said.starts_at,
        start_due_at=said.starts_at + start_within,
        end_due_at=said.starts_at + length + end_within,
    )


def _awaited(session: Session, cluster_id: str, *, now: datetime) -> Sequence[str]:
    """The emergency orders of a cluster of which something is expected that is still to come."""
    return session.exec(
        select(Play.order_id)
        .join(EmergencyOrder, col(EmergencyOrder.id) == col(Play.order_id))
        .where(
            EmergencyOrder.cluster_id == cluster_id,
            col(Play.starts_at) > now,
            col(Play.frozen).is_(False),
        )
        .distinct()
    ).all()
