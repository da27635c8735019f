"""The one place that signs plans, and it looks at the approval record before it does.

Whatever else goes wrong in the station, an order for which no second person approved exactly
these words and this sound is not signed, and devices play nothing that is not signed. Of a relay
that is exactly this programme, from there, for so long, at this hour. The one exception is an
emergency: it stands on a leader's word for its giver, looked at in the same way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec import UNSET
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.audit.following import FollowedTrail
from broadcaster.bulletins.standing import approved_rendition, newest_decision
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.emergency_plays import expect_emergencies
from broadcaster.dispatch.plans import (
    UNREADABLE_ROW,
    PlannedBroadcast,
    fault_of,
    fault_of_order,
    orders_of,
    orders_sha256,
)
from broadcaster.dispatch.reported import plan_version_reported
from broadcaster.dispatch.stops import stops_of
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.dispatch.versions import is_behind, next_version
from broadcaster.dispatch.vouching import Look
from broadcaster.emergency.allowed import is_in_the_givers_words, stands_on_anothers_word
from broadcaster.emergency.orders import StandingOrder, standing_orders
from broadcaster.keys import StationKeys
from broadcaster.ledger.expectations import ExpectedOrder, expect, forget
from broadcaster.ledger.tables import Play
from broadcaster.schedule.airtime import cues_of, villages_in
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Order, Plan, Stop

log = structlog.get_logger()


def sign_changed_plans(
    session: Session,
    *,
    station: Station,
    keys: StationKeys,
    trail: FollowedTrail,
    now: datetime,
    days: int,
    start_within: timedelta,
    end_within: timedelta,
) -> int:
    """Sign a new version for each cluster whose orders changed, and expect its plays; count them.

    The version, the signed bytes and the expected plays are stored in the caller's transaction:
    either all of them stand or none. Publishing them is the outbox's work.
    """
    signed = 0
    look = Look(session, trail, station_id=station.id, now=now)
    clusters = session.exec(select(Cluster.id).where(Cluster.station_id == station.id)).all()
    for cluster_id in clusters:
        planned = approved_broadcasts(session, cluster_id, look=look, now=now)
        _expect_plays(
            session, cluster_id, planned, now=now, start_within=start_within, end_within=end_within
        )
        emergencies = authorised_emergencies(session, cluster_id, look=look, now=now)
        expect_emergencies(
            session,
            cluster_id,
            emergencies,
            now=now,
            start_within=start_within,
            end_within=end_within,
        )
        until = now + timedelta(days=days)
        orders = orders_of(
            planned,
            now=now,
            days=days,
            emergencies=[order for each in emergencies for order in each.orders(until=until)],
        )
        stops = stops_of(session, cluster_id, now=now)
        signed += _sign_if_changed(
            session, cluster_id, orders, stops, station_id=station.id, keys=keys, now=now
        )
    return signed


def _sign_if_changed(
    session: Session,
    cluster_id: str,
    orders: tuple[Order, ...],
    stops: tuple[Stop, ...],
    *,
    station_id: str,
    keys: StationKeys,
    now: datetime,
) -> int:
    digest = orders_sha256(orders, stops)
    newest = newest_plan(session, cluster_id)
    reported = plan_version_reported(session, cluster_id)
    if newest and not _is_outdated(newest, digest, keys=keys, reported=reported, now=now):
        return 0
    version = next_version(last=newest.version if newest else 0, now=now, reported=reported)
    plan = Plan(
        station=station_id,
        cluster=cluster_id,
        version=version,
        issued_at_ms=to_ms(now),
        orders=orders,
        stops=stops or UNSET,
    )
    session.add(
        SignedPlan(
            cluster_id=cluster_id,
            version=version,
            orders_sha256=digest,
            key_id=keys.key_id,
            message=seal_message(plan, key=keys.signing_key),
            signed_at=now,
        )
    )
    session.flush()
    log.info("plan_signed", cluster_id=cluster_id, version=version, orders=len(orders))
    return 1


def _is_outdated(
    newest: SignedPlan, digest: str, *, keys: StationKeys, reported: int, now: datetime
) -> bool:
    """Whether it says something else, was signed by an older key, or devices hold a newer one."""
    return (newest.orders_sha256, newest.key_id) != (digest, keys.key_id) or is_behind(
        last=newest.version, signed_at=newest.signed_at, reported=reported, now=now
    )


def newest_plan(session: Session, cluster_id: str) -> SignedPlan | None:
    """The plan of a cluster with the highest version."""
    return session.exec(
        select(SignedPlan)
        .where(SignedPlan.cluster_id == cluster_id)
        .order_by(col(SignedPlan.version).desc())
        .limit(1)
    ).first()


def approved_broadcasts(
    session: Session, cluster_id: str, *, look: Look, now: datetime
) -> Sequence[PlannedBroadcast]:
    """A cluster's broadcasts that may stand in a plan: each approved, word and sound, as it is.

    Rows alone are no approval: an entry of the trail stands behind each (`vouching`).
    What has begun stays although its approval was voided since: it is on air, and a stop is an
    order of its own.
    """
    rows = session.exec(
        select(BroadcastOrder.id, Broadcast)
        .join(Broadcast, col(Broadcast.id) == col(BroadcastOrder.broadcast_id))
        .where(
            BroadcastOrder.cluster_id == cluster_id,
            col(Broadcast.not_after) > now,
            col(Broadcast.cancelled_at).is_(None),
        )
    ).all()
    village_ids = frozenset(villages_in(session, [cluster_id])[cluster_id])
    return [
        PlannedBroadcast(order_id=order_id, broadcast=broadcast, village_ids=village_ids)
        for order_id, broadcast in rows
        if look.once(broadcast.id, partial(_may_stand, session, broadcast, look=look))
        or (broadcast.starts_at <= now and _was_signed(session, order_id))
    ]


def authorised_emergencies(
    session: Session, cluster_id: str, *, look: Look, now: datetime
) -> Sequence[StandingOrder]:
    """A cluster's emergencies that may be signed: each in its giver's words, on another's word.

    Their sounds are those that were rendered from exactly these words, since a sound is kept by
    the hash of its words and never changed.
    """
    allowed: list[StandingOrder] = []
    for each in standing_orders(session, cluster_id, now=now):
        fault = fault_of_order(partial(each.order, each.times[0]))
        if fault:
            # One that devices refuse would keep every other order of the plan from them.
            log.error("emergency_left_out", order_id=each.order_id, fault=fault)
        elif stands_on_anothers_word(session, each) and is_in_the_givers_words(session, each):
            if look.emergency(each):
                allowed.append(each)
        else:
            log.error("unauthorised_emergency_not_signed", emergency_id=each.emergency.id)
    return allowed


def _was_signed(session: Session, order_id: str) -> bool:
    """Whether a plan with this order left the station: its plays are expected since then."""
    return session.exec(select(Play.order_id).where(Play.order_id == order_id)).first() is not None


def _may_stand(session: Session, broadcast: Broadcast, *, look: Look) -> bool:
    """Whether it is approved; a row that says nothing readable is not, and stops no other."""
    try:
        return _is_approved(session, broadcast) and look.broadcast(broadcast)
    except UNREADABLE_ROW as error:
        log.error("broadcast_unreadable", broadcast_id=broadcast.id, error=repr(error))
        return False


def _is_approved(session: Session, broadcast: Broadcast) -> bool:
    rendition = approved_rendition(session, broadcast.bulletin_id)
    bulletin = session.get(Bulletin, broadcast.bulletin_id)
    approved = (
        rendition is not None
        and bulletin is not None
        and broadcast.rendition_id == rendition.id
        and _track(broadcast) in _tracks(rendition)
        and broadcast.recordings == rendition.recordings
        and broadcast.cues == cues_of(rendition)
        and broadcast.relay == rendition.relay
        and (broadcast.relay is None or _hour_is_approved(session, broadcast, bulletin))
        and (broadcast.title, broadcast.priority) == (bulletin.title, bulletin.priority)
    )
    if not approved:
        log.warning("unapproved_broadcast_not_signed", broadcast_id=broadcast.id)
    return approved


def _hour_is_approved(session: Session, broadcast: Broadcast, bulletin: Bulletin) -> bool:
    """Whether whoever approved a relay could see where and when it was to be."""
    decision = newest_decision(session, bulletin)
    schedule = session.get(Schedule, broadcast.schedule_id)
    return (
        decision is not None and schedule is not None and schedule.created_at <= decision.decided_at
    )


def _track(broadcast: Broadcast) -> tuple[str, int, int]:
    return broadcast.audio_sha256, broadcast.audio_size_bytes, broadcast.duration_ms


def _tracks(rendition: Rendition) -> list[tuple[str, int, int]]:
    """The sounds that were approved: that of the first broadcast, and that of later ones."""
    first = (rendition.audio_sha256, rendition.audio_size_bytes, rendition.duration_ms)
    later = rendition.replay
    if later is None:
        return [first]
    return [first, (later["audio_sha256"], later["audio_size_bytes"], later["duration_ms"])]


def _expect_plays(
    session: Session,
    cluster_id: str,
    planned: Sequence[PlannedBroadcast],
    *,
    now: datetime,
    start_within: timedelta,
    end_within: timedelta,
) -> None:
    expected = [
        _expected(each, cluster_id, start_within=start_within, end_within=end_within)
        for each in planned
    ]
    expect(session, *expected, now=now)
    _forget_dropped(session, cluster_id, keep={each.order_id for each in planned}, now=now)


def _expected(
    planned: PlannedBroadcast, cluster_id: str, *, start_within: timedelta, end_within: timedelta
) -> ExpectedOrder:
    broadcast = planned.broadcast
    fault = fault_of(planned)
    if fault:
        # Expected all the same: what no device is told stays unconfirmed, and people are alerted.
        log.error("order_left_out", order_id=planned.order_id, fault=fault)
    asked_ms = broadcast.slot_ms if fault else planned.asked_ms
    ends_at = broadcast.starts_at + timedelta(milliseconds=asked_ms)
    return ExpectedOrder(
        order_id=planned.order_id,
        broadcast_id=broadcast.id,
        cluster_id=cluster_id,
        title=broadcast.title,
        topic=broadcast.topic,
        # What is relayed has no hash that anybody could know; what fills in for it never counts.
        audio_sha256="" if broadcast.relay else broadcast.audio_sha256,
        relay=broadcast.relay is not None,
        asked_ms=asked_ms,
        starts_at=broadcast.starts_at,
        start_due_at=broadcast.starts_at + start_within,
        end_due_at=ends_at + end_within,
    )


def _forget_dropped(session: Session, cluster_id: str, *, keep: set[str], now: datetime) -> None:
    """Expect nothing of orders that were withdrawn before they began."""
    withdrawn = session.exec(
        select(BroadcastOrder.id)
        .join(Broadcast, col(Broadcast.id) == col(BroadcastOrder.broadcast_id))
        .where(
            BroadcastOrder.cluster_id == cluster_id,
            col(Broadcast.starts_at) > now,
            col(Broadcast.cancelled_at).is_not(None),
        )
    ).all()
    dropped = [order_id for order_id in withdrawn if order_id not in keep]
    if dropped:
        forget(session, dropped)
