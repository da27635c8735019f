"""The broadcasts of a span of time, cluster by cluster, with what their devices have confirmed.

A viewer with villages of their own is given only their clusters, devices and residents: the
restriction stands in the queries here, so that no page can forget it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, literal_column, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from broadcaster.areas.queries import clusters_of, villages_by_cluster, villages_of
from broadcaster.ledger.coverage import Coverage, SharesAdded
from broadcaster.ledger.play_state import Outcome, PlayState, outcome_of
from broadcaster.ledger.tables import Play, PlayShare
from broadcaster.ledger.wording import bar_part_of
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.schedule.today import Airing, Place, Tally

LOOK_BACK = timedelta(hours=2)


def day_of(now: datetime, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """The local day that holds `now`, from its midnight until before the next."""
    return whole_day(now.astimezone(zone).date(), zone=zone)


def whole_day(day: date, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """A local day, from its midnight until before the next."""
    begins = datetime.combine(day, time.min, tzinfo=zone)
    return begins, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def places_in_view(
    session: Session, *, station_id: str, villages: Collection[str] | None, many: int | None = None
) -> tuple[Place, ...]:
    """The station's clusters with their villages, in order; only those in view.

    Where a station has more than `many` clusters and all are in view, no village is named.
    """
    clusters = clusters_of(session, station_id)
    if villages is None and many is not None and len(clusters) > many:
        return tuple(Place(cluster_id=each.id, name=each.name, villages=()) for each in clusters)
    held = villages_by_cluster(villages_of(session, station_id, only=villages))
    return tuple(
        Place(
            cluster_id=cluster.id,
            name=cluster.name,
            villages=tuple(each.name for each in held.get(cluster.id, ())),
        )
        for cluster in clusters
        if villages is None or cluster.id in held
    )


def airings_a_day(
    session: Session,
    *,
    cluster_ids: Collection[str],
    begins: datetime,
    ends: datetime,
    zone: tzinfo,
) -> dict[date, int]:
    """How many airings start on each local day of `[begins, ends)`; days without any left out."""
    starts = _orders(session, _STARTS, frozenset(cluster_ids), begins=begins, ends=ends)
    return dict(Counter(row.starts_at.astimezone(zone).date() for row in starts))


def broadcasts_between(
    session: Session,
    *,
    cluster_ids: Collection[str],
    begins: datetime,
    ends: datetime,
    villages: Collection[str] | None,
    only_shown: bool = False,
    tallied_until: datetime | None = None,
    tallied_at: datetime | None = None,
) -> list[Airing]:
    """The broadcasts of these clusters that start in `[begins, ends)`, with their tallies.

    What was withdrawn before its start is left out; what had begun by then is part of the day.
    With `only_shown` coverage is counted where a page shows any: of what a device has confirmed,
    and of what no device was asked for. What starts at `tallied_until` or later has a tally only
    if a device says already that it plays it: a board of the day tells of it when it comes.
    With `tallied_at` only what sounds then is tallied, and nothing is covered: a short board.
    """
    rows = _orders(session, _AIRING, frozenset(cluster_ids), begins=begins, ends=ends)
    tallied = rows
    if tallied_until is not None:
        begun = _orders_begun(session, due_from=tallied_until)
        tallied = [row for row in rows if row.starts_at < tallied_until or row.order_id in begun]
    if tallied_at is not None:
        begun = _orders_begun(session, due_from=begins)
        tallied = [row for row in rows if row.order_id in begun or _lasts_at(row, tallied_at)]
    devices = _devices_said(session, [row.order_id for row in tallied], villages=villages)
    counted = {
        row.id
        for row in tallied
        if not only_shown or (said := devices.get(row.order_id)) is None or said.get("confirmed")
    }
    coverages = _coverages(session, counted, villages=villages) if tallied_at is None else {}
    return [
        Airing(
            broadcast_id=row.id,
            cluster_id=row.cluster_id,
            title=row.title,
            priority=row.priority,
            starts_at=row.starts_at,
            duration_ms=row.slot_ms,
            override_reason=row.override_reason,
            is_relay=row.relay is not None,
            tally=Tally(
                devices=devices.get(row.order_id, {}),
                coverage=coverages.get((row.id, row.cluster_id), _NOBODY),
            ),
        )
        for row in rows
    ]


_NOBODY = Coverage()


def _orders(
    session: Session,
    columns: Sequence[Any],
    cluster_ids: frozenset[str],
    *,
    begins: datetime,
    ends: datetime,
) -> Sequence[Row[Any]]:
    """What starts in `[begins, ends)` on these clusters, in the order of its start."""
    wanted = (
        core_select(*columns)
        .select_from(Broadcast)
        .join(BroadcastOrder, col(BroadcastOrder.broadcast_id) == col(Broadcast.id))
        .where(
            col(Broadcast.starts_at) >= begins,
            col(Broadcast.starts_at) < ends,
            or_(
                col(Broadcast.cancelled_at).is_(None),
                col(Broadcast.cancelled_at) > col(Broadcast.starts_at),
            ),
        )
        .order_by(col(Broadcast.starts_at), col(Broadcast.id))
    )
    # SQLite would look for each broadcast in each of a province's clusters.
    if len(cluster_ids) <= _FEW_CLUSTERS:
        wanted = wanted.where(col(BroadcastOrder.cluster_id).in_(cluster_ids))
    found = session.connection().execute(wanted).all()
    return [row for row in found if row.cluster_id in cluster_ids]


def _lasts_at(row: Row[Any], at: datetime) -> bool:
    """Whether a broadcast sounds at an instant, by the clock (the interval is half-open)."""
    return bool(row.starts_at <= at < row.starts_at + timedelta(milliseconds=row.slot_ms))


_FEW_CLUSTERS = 10
_STARTS = (col(Broadcast.starts_at), col(BroadcastOrder.cluster_id))
_AIRING: list[Any] = [
    col(Broadcast.id),
    col(Broadcast.title),
    col(Broadcast.priority),
    col(Broadcast.starts_at),
    col(Broadcast.slot_ms),
    col(Broadcast.override_reason),
    col(Broadcast.relay),
    col(BroadcastOrder.id).label("order_id"),
    col(BroadcastOrder.cluster_id),
]


_PLAYING = [state for state in PlayState if bar_part_of(state) == "playing"]


def _orders_begun(session: Session, *, due_from: datetime) -> set[str]:
    """The orders due then or later of which a device says that it plays one: its clock is ahead."""
    playing = (
        select(Play.order_id)
        .where(col(Play.state).in_(_PLAYING), col(Play.start_due_at) >= due_from)
        .distinct()
    )
    return set(session.exec(playing))


def _devices_said(
    session: Session, order_ids: Collection[str], *, villages: Collection[str] | None
) -> dict[str, dict[str, int]]:
    """How many devices in view stand in each part of the bar, by order."""
    counted = (
        select(Play.order_id, Play.state, func.count())
        .where(col(Play.order_id).in_(order_ids), Play.repeat == 0)
        .group_by(col(Play.order_id), col(Play.state))
    )
    if villages is not None:
        counted = counted.where(
            exists()
            .where(*_same_play())
            .where(col(PlayShare.village_id).in_(villages))
            .correlate(Play)
        )
    devices: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for order_id, state, count in session.exec(counted):
        devices[order_id][bar_part_of(state)] += count
    return devices


def _coverages(
    session: Session, broadcast_ids: Collection[str], *, villages: Collection[str] | None
) -> dict[tuple[str, str], Coverage]:
    """The coverage of each broadcast in each cluster."""
    places: dict[tuple[str, str], SharesAdded] = defaultdict(SharesAdded)
    for broadcast_id, cluster_id, village_id, residents, state, asks, sounded, share in _share_rows(
        session, broadcast_ids, villages=villages
    ):
        place = places[broadcast_id, cluster_id]
        if asks:
            place.ask(village_id, residents)
            place.add(village_id, Outcome.UNVERIFIABLE, float(share))
        elif state is None:
            place.add(village_id, Outcome.NOT_CONFIRMED, float(share))
        else:
            outcome = outcome_of(state, played_ms=int(sounded or 0))
            place.add(village_id, outcome, float(share))
    return {key: place.coverage() for key, place in places.items() if place.asked}


def _share_rows(
    session: Session, broadcast_ids: Collection[str], *, villages: Collection[str] | None
) -> Sequence[Any]:
    """Shares of one village whose plays stand alike; `asks` marks the row without a device.

    Coverage is counted where people live: a device may reach into another cluster's village.
    """
    # Literals, since PostgreSQL takes two parameters of equal value for two different columns.
    asks = (col(PlayShare.device_id) == literal_column("''")).label("asks")
    sounded = (col(Play.played_ms) > literal_column("0")).label("sounded")
    kinds = (
        col(PlayShare.broadcast_id),
        col(PlayShare.cluster_id),
        col(PlayShare.village_id),
        col(PlayShare.residents),
        col(Play.state),
        asks,
        sounded,
    )
    grouped = (
        core_select(*kinds, func.sum(col(PlayShare.share)).label("share"))
        .select_from(PlayShare)
        .join(Play, (col(Play.repeat) == 0) & _same_play()[0] & _same_play()[1], isouter=True)
        .where(col(PlayShare.broadcast_id).in_(broadcast_ids))
        .group_by(*kinds)
    )
    if villages is not None:
        grouped = grouped.where(col(PlayShare.village_id).in_(villages))
    return session.connection().execute(grouped).all()


def _same_play() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        col(PlayShare.order_id) == col(Play.order_id),
        col(PlayShare.device_id) == col(Play.device_id),
    )
