"""The broadcasts of a span of time, cluster by cluster, with what their devices have confirmed.

A viewer with villages of their own is given only their clusters, devices and residents: the
restriction stands in the queries here, so that no page can forget it.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, literal_column, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from broadcaster.areas.queries import clusters_of, villages_by_cluster, villages_of
from broadcaster.ledger.coverage import Coverage, ShareOutcome, coverage_by_village, total
from broadcaster.ledger.play_state import Outcome, outcome_of
from broadcaster.ledger.tables import Play, PlayShare
from broadcaster.ledger.wording import bar_part_of
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.schedule.today import Airing, Place, Tally

LOOK_BACK = timedelta(hours=2)


class _ShareRow(NamedTuple):
    """Shares of one village whose plays stand alike; `asks` marks the row without a device.

    Coverage is counted where people live: a device may reach into another cluster's village.
    """

    broadcast_id: str
    cluster_id: str
    village_id: str
    residents: int
    state: str | None
    asks: bool
    sounded: bool | None
    share: float

    def outcome(self) -> Outcome:
        """The part of coverage that these shares stand in."""
        if self.asks:
            return Outcome.UNVERIFIABLE
        if self.state is None:
            return Outcome.NOT_CONFIRMED
        return outcome_of(self.state, played_ms=int(self.sounded or 0))


def day_of(now: datetime, *, zone: tzinfo) -> tuple[datetime, datetime]:
    """The local day that holds `now`, from its midnight until before the next."""
    local = now.astimezone(zone).date()
    begins = datetime.combine(local, time.min, tzinfo=zone)
    return begins, datetime.combine(local + timedelta(days=1), time.min, tzinfo=zone)


def places_in_view(
    session: Session, *, station_id: str, villages: Collection[str] | None
) -> tuple[Place, ...]:
    """The station's clusters with their villages, in order; only those in view."""
    held = villages_by_cluster(villages_of(session, station_id, only=villages))
    return tuple(
        Place(
            cluster_id=cluster.id,
            name=cluster.name,
            villages=tuple(each.name for each in held.get(cluster.id, ())),
        )
        for cluster in clusters_of(session, station_id)
        if villages is None or cluster.id in held
    )


def broadcasts_between(
    session: Session,
    *,
    cluster_ids: Collection[str],
    begins: datetime,
    ends: datetime,
    villages: Collection[str] | None,
    only_shown: bool = False,
) -> list[Airing]:
    """The broadcasts of these clusters that start in `[begins, ends)`, with their tallies.

    What was withdrawn before its start is left out; what had begun by then is part of the day.
    With `only_shown` coverage is counted where a page shows any: of what a device has confirmed,
    and of what no device was asked for.
    """
    rows = (
        session.connection()
        .execute(
            core_select(*_AIRING)
            .select_from(Broadcast)
            .join(BroadcastOrder, col(BroadcastOrder.broadcast_id) == col(Broadcast.id))
            .where(
                col(BroadcastOrder.cluster_id).in_(cluster_ids),
                col(Broadcast.starts_at) >= begins,
                col(Broadcast.starts_at) < ends,
                or_(
                    col(Broadcast.cancelled_at).is_(None),
                    col(Broadcast.cancelled_at) > col(Broadcast.starts_at),
                ),
            )
            .order_by(col(Broadcast.starts_at), col(Broadcast.id))
        )
        .all()
    )
    devices = _devices_said(session, [row.order_id for row in rows], villages=villages)
    counted = {
        row.id
        for row in rows
        if not only_shown or (said := devices.get(row.order_id)) is None or said.get("confirmed")
    }
    coverages = _coverages(session, counted, villages=villages)
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
                coverage=coverages.get((row.id, row.cluster_id), Coverage()),
            ),
        )
        for row in rows
    ]


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
    residents: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    shares: dict[tuple[str, str], list[ShareOutcome]] = defaultdict(list)
    for row in _share_rows(session, broadcast_ids, villages=villages):
        key = row.broadcast_id, row.cluster_id
        if row.asks:
            residents[key][row.village_id] = row.residents
        outcome = ShareOutcome(
            village_id=row.village_id, share=float(row.share), outcome=row.outcome()
        )
        shares[key].append(outcome)
    return {
        key: total(coverage_by_village(living, shares[key]).values())
        for key, living in residents.items()
    }


def _share_rows(
    session: Session, broadcast_ids: Collection[str], *, villages: Collection[str] | None
) -> list[_ShareRow]:
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
    return [_ShareRow(*row) for row in session.connection().execute(grouped)]


def _same_play() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        col(PlayShare.order_id) == col(Play.order_id),
        col(PlayShare.device_id) == col(Play.device_id),
    )
