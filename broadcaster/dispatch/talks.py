"""Live talks signed for the fast path, where it is looked once more whether they may be.

An order of live speech stands in no plan; its stop does, for whoever missed the fast one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.audit.following import FollowedTrail
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.nows import OF_USE_FOR, sign_now
from broadcaster.dispatch.tables import SignedNow
from broadcaster.dispatch.vouching import Look
from broadcaster.keys import StationKeys
from broadcaster.ledger.expectations import ExpectedOrder, expect
from broadcaster.live.ending import end_talk
from broadcaster.live.permits import holds
from broadcaster.live.speaking import Because
from broadcaster.live.streams import live_of
from broadcaster.live.tables import LiveOrder, LivePermit, LiveTalk
from broadcaster.live.talks import lost_talks, orders_of_talk
from broadcaster.schedule.air_rules import station_quiet_hours
from devices.protocol.messages import (
    OnCut,
    OnReboot,
    Order,
    Priority,
    QuietHoursOverride,
    Stop,
)

log = structlog.get_logger()

LEAD = timedelta(seconds=2)
"""How long before its first word an order is signed: time to reach the poles, and their disks."""

TAKEN_UP_WITHIN = timedelta(seconds=60)


def talks_wait(session: Session, *, now: datetime) -> bool:
    """Whether any talk wants something of the one place that signs."""
    return bool(
        _unsigned(session) or _unsaid_stops(session, now=now) or lost_talks(session, now=now)
    )


def sign_talks(
    session: Session,
    *,
    station: Station,
    keys: StationKeys,
    trail: FollowedTrail,
    now: datetime,
    start_within: timedelta,
    end_within: timedelta,
) -> Sequence[SignedNow]:
    """Sign what waits, and expect it of the devices; return what is to be published.

    A talk that may not be spoken is ended here, and signed for nobody.
    """
    signed: list[SignedNow] = []
    waiting = _unsigned(session)
    look = Look(session, trail, station_id=station.id, now=now) if waiting else None
    for talk in waiting:
        if not _may_be_spoken(session, station, talk, look=look, now=now):
            log.error("live_talk_not_permitted", talk_id=talk.id, by=talk.speaker_id)
            end_talk(
                session, talk.id,
                because=Because.NOT_PERMITTED, said_ms=0, end_within=end_within, now=now,
            )  # fmt: skip
            continue
        talk.starts_at = now + LEAD
        orders = [each for each in orders_of_talk(session, talk.id) if each.live is not None]
        signed += [
            _sign_order(session, station, talk, order, keys=keys, now=now) for order in orders
        ]
        expect(
            session,
            *(
                _expected(talk, each, start_within=start_within, end_within=end_within)
                for each in orders
            ),
            now=now,
        )
    for talk, order in _unsaid_stops(session, now=now):
        signed.append(_sign_stop(session, station, talk, order, keys=keys, now=now))
    return signed


def close_lost_talks(session: Session, *, end_within: timedelta, now: datetime) -> int:
    """End the talks whose sender is gone; what it said last is what was said."""
    lost = lost_talks(session, now=now)
    for talk in lost:
        because = Because.STOPPED if talk.stopped_at is not None else Because.LOST
        end_talk(
            session, talk.id,
            because=because, said_ms=talk.said_ms, end_within=end_within, now=now,
        )  # fmt: skip
    return len(lost)


def stopped_talks(session: Session) -> tuple[object, ...]:
    """A fingerprint of the talks that were stopped."""
    return tuple(session.exec(select(func.count(), func.max(col(LiveTalk.stopped_at)))).one())


def _unsigned(session: Session) -> Sequence[LiveTalk]:
    """Talks that were begun, have their streams, and wait for their orders."""
    ready = select(LiveOrder.talk_id).where(
        col(LiveOrder.live).is_not(None), col(LiveOrder.signed_at).is_(None)
    )
    return session.exec(
        select(LiveTalk).where(
            col(LiveTalk.begun_at).is_not(None),
            col(LiveTalk.starts_at).is_(None),
            col(LiveTalk.stopped_at).is_(None),
            col(LiveTalk.ended_at).is_(None),
            col(LiveTalk.id).in_(ready),
        )
    ).all()


def _unsaid_stops(session: Session, *, now: datetime) -> Sequence[tuple[LiveTalk, LiveOrder]]:
    rows = session.exec(
        select(LiveTalk, LiveOrder)
        .join(LiveOrder, col(LiveOrder.talk_id) == col(LiveTalk.id))
        .where(
            col(LiveTalk.stopped_at) > now - OF_USE_FOR,
            col(LiveOrder.signed_at).is_not(None),
            col(LiveOrder.stop_signed_at).is_(None),
        )
    ).all()
    return [(talk, order) for talk, order in rows]


def _may_be_spoken(
    session: Session, station: Station, talk: LiveTalk, *, look: Look | None, now: datetime
) -> bool:
    """Whether another person's permit holds at this moment, and covers quiet hours if need be.

    Rows alone are no permit: entries of the trail stand behind it and behind the talk.
    """
    permit = session.get(LivePermit, talk.permit_id)
    if permit is None or permit.account_id != talk.speaker_id:
        return False
    if permit.station_id != talk.station_id:
        return False
    if not holds(session, permit, at=now):
        return False
    lasts = timedelta(milliseconds=talk.longest_ms)
    touches = station_quiet_hours(station).touched_by(now + LEAD, lasts)
    if touches and not (talk.override_person and talk.override_reason):
        return False
    clusters = [each.cluster_id for each in orders_of_talk(session, talk.id)]
    return look is not None and look.talk(talk, clusters=clusters)


def _sign_order(
    session: Session,
    station: Station,
    talk: LiveTalk,
    order: LiveOrder,
    *,
    keys: StationKeys,
    now: datetime,
) -> SignedNow:
    order.signed_at = now
    starts_at = talk.starts_at or now
    override = None
    if talk.override_person and talk.override_reason:
        override = QuietHoursOverride(person=talk.override_person, reason=talk.override_reason)
    said = Order(
        id=order.id,
        broadcast=talk.id,
        priority=Priority.PRIORITY,
        starts_at_ms=to_ms(starts_at),
        not_after_ms=to_ms(starts_at) + talk.longest_ms,
        items=(),
        title=talk.title,
        override=override,
        on_cut=OnCut.RESUME,
        on_reboot=OnReboot.JOIN,
        live=live_of(order.live or {}),
    )
    session.add(order)
    return sign_now(
        session,
        said,
        order.cluster_id,
        station_id=station.id,
        keys=keys,
        now=now,
        of_use_for=TAKEN_UP_WITHIN,
    )


def _sign_stop(
    session: Session,
    station: Station,
    talk: LiveTalk,
    order: LiveOrder,
    *,
    keys: StationKeys,
    now: datetime,
) -> SignedNow:
    order.stop_signed_at = now
    stop = Stop(order=order.id, at_ms=to_ms(talk.stopped_at or now))
    session.add(order)
    return sign_now(session, stop, order.cluster_id, station_id=station.id, keys=keys, now=now)


def _expected(
    talk: LiveTalk, order: LiveOrder, *, start_within: timedelta, end_within: timedelta
) -> ExpectedOrder:
    starts_at = talk.starts_at or talk.asked_at
    ends_at = starts_at + timedelta(milliseconds=talk.longest_ms)
    return ExpectedOrder(
        order_id=order.id,
        broadcast_id=talk.id,
        cluster_id=order.cluster_id,
        title=talk.title,
        audio_sha256="",
        asked_ms=talk.longest_ms,
        starts_at=starts_at,
        start_due_at=starts_at + start_within,
        end_due_at=ends_at + end_within,
    )
