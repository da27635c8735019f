"""What is expected of whom: plays and shares written down before a plan leaves the station.

Until a broadcast begins its expectation follows the registry; from its start on it is frozen, so
that names, residents and shares stay what they were on the day.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, literal, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from broadcaster.areas.queries import Census, not_standing, residents_on
from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.audit import Act, record, record_facts
from broadcaster.audit.facts import table_named
from broadcaster.fleet.registry import devices_of, holds_on
from broadcaster.fleet.tables import Device, DeviceShare
from broadcaster.ledger.bulk import connection_of, insert_once, insert_or_replace
from broadcaster.ledger.marks import mark_begun
from broadcaster.ledger.plays import PlayKey, lock_plays, refold
from broadcaster.ledger.tables import CONFIRMATIONS, PLAYS, SHARES

_RECORDED = (
    "broadcast_id",
    "cluster_id",
    "device_name",
    "title",
    "topic",
    "audio_sha256",
    "asked_ms",
    "relay",
    "starts_at",
    "start_due_at",
    "end_due_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOrder:
    """One order as its cluster gets it, and by when its devices' word is due."""

    order_id: str
    broadcast_id: str
    cluster_id: str
    title: str
    audio_sha256: str
    asked_ms: int
    starts_at: datetime
    start_due_at: datetime
    end_due_at: datetime
    topic: str = ""
    relay: bool = False
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class _Area:
    """A cluster with its devices, and whom they and its wired poles reach."""

    cluster: Cluster
    zone: ZoneInfo
    devices: Sequence[Device]
    villages: Mapping[str, Village]
    clusters: Mapping[str, Cluster]
    shares: Sequence[DeviceShare]


def expect(session: Session, *orders: ExpectedOrder, now: datetime) -> int:
    """Expect these orders of every device of their clusters, in the caller's transaction.

    Called again it follows the registry: devices that came or went, names, residents, shares.
    What has begun stays as it was recorded. Returns how many rows were written or removed.
    """
    connection = connection_of(session)
    lock_plays(connection)
    recorded = _recorded_orders(connection, {order.order_id for order in orders})
    open_orders = [
        order
        for order in orders
        if (order.order_id, order.repeat) not in recorded
        or (order.starts_at > now and not recorded[order.order_id, order.repeat])
    ]
    areas = {
        cluster_id: _area(session, cluster_id)
        for cluster_id in sorted({order.cluster_id for order in open_orders})
    }
    written = 0
    for order in open_orders:
        area = areas[order.cluster_id]
        written += _sync_plays(connection, order, area, now=now)
        # Whom an order could reach is written once, whatever is said again of it.
        if not order.repeat:
            written += _sync_shares(session, connection, order, area)
    return written


def freeze(session: Session, *, now: datetime) -> int:
    """Freeze what begins: from its start on a play's record follows the registry no more."""
    connection = connection_of(session)
    lock_plays(connection)
    mark_begun(connection, now=now)
    frozen = sum(_freeze(session, connection, name, now=now) for name in ("play", "play_share"))
    if frozen:
        record(session, Act.PLAYS_FROZEN, by="", at=now, details={"rows": frozen})
    return frozen


def _freeze(session: Session, connection: Connection, name: str, *, now: datetime) -> int:
    """Freeze a table's rows, and write into the trail what they say from now on."""
    table = table_named(name)
    begun = and_(table.c.starts_at <= now, table.c.frozen.is_(False))
    rows = [
        {**row._mapping, "frozen": True}  # noqa: SLF001 - its documented name
        for row in connection.execute(select(table).where(begun))
    ]
    if rows:
        connection.execute(table.update().where(begun).values(frozen=True))
        record_facts(session, name, rows)
    return len(rows)


def forget(session: Session, order_ids: Collection[str]) -> int:
    """Expect nothing of orders that were dropped before they began; frozen ones stay."""
    connection = connection_of(session)
    lock_plays(connection)
    return sum(
        connection.execute(
            table.delete().where(table.c.order_id.in_(list(order_ids)), table.c.frozen.is_(False))
        ).rowcount
        for table in (PLAYS, SHARES)
    )


def forget_repeats(session: Session, order_id: str, *, keep: Collection[int], now: datetime) -> int:
    """Expect nothing of repeats of an order that are said no more; what has begun stays."""
    connection = connection_of(session)
    lock_plays(connection)
    return connection.execute(
        PLAYS.delete().where(
            PLAYS.c.order_id == order_id,
            PLAYS.c.repeat.not_in(list(keep)),
            PLAYS.c.frozen.is_(False),
            PLAYS.c.starts_at > now,
        )
    ).rowcount


def _recorded_orders(
    connection: Connection, order_ids: Collection[str]
) -> dict[tuple[str, int], bool]:
    """The orders and repeats already expected, and whether they are frozen."""
    found: dict[tuple[str, int], bool] = {}
    for table, repeat in ((PLAYS, PLAYS.c.repeat), (SHARES, literal(0))):
        rows = connection.execute(
            select(table.c.order_id, repeat.label("repeat"), table.c.frozen)
            .where(table.c.order_id.in_(list(order_ids)))
            .distinct()
        )
        for order_id, number, frozen in rows:
            found[order_id, number] = found.get((order_id, number), False) or frozen
    return found


def _area(session: Session, cluster_id: str) -> _Area:
    cluster = session.get_one(Cluster, cluster_id)
    station = session.get_one(Station, cluster.station_id)
    devices = devices_of(session, [cluster_id])
    own = session.exec(select_rows(Village).where(Village.cluster_id == cluster_id)).all()
    shares = session.exec(
        select_rows(DeviceShare).where(
            col(DeviceShare.device_id).in_([device.id for device in devices])
            | (
                col(DeviceShare.device_id).is_(None)
                & col(DeviceShare.village_id).in_([village.id for village in own])
            )
        )
    ).all()
    # A pole may reach into another cluster's village; of a province's thousands no others are read.
    served = {share.village_id for share in shares} - {village.id for village in own}
    elsewhere = session.exec(
        select_rows(Village, Cluster)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(col(Village.id).in_(served), Cluster.station_id == station.id)
    ).all()
    return _Area(
        cluster=cluster,
        zone=ZoneInfo(station.zone),
        devices=devices,
        villages={each.id: each for each in (*own, *(village for village, _ in elsewhere))},
        clusters={each.id: each for each in (cluster, *(other for _, other in elsewhere))},
        shares=shares,
    )


def _sync_plays(connection: Connection, order: ExpectedOrder, area: _Area, *, now: datetime) -> int:
    wanted = {device.id: _play(order, device) for device in area.devices}
    held = {
        row.device_id: {name: getattr(row, name) for name in _RECORDED}
        for row in connection.execute(
            select(PLAYS).where(PLAYS.c.order_id == order.order_id, PLAYS.c.repeat == order.repeat)
        )
    }
    gone = sorted(set(held) - set(wanted))
    changed = [
        row
        for device_id, row in wanted.items()
        if held.get(device_id) != {name: row[name] for name in _RECORDED}
    ]
    if gone:
        connection.execute(
            PLAYS.delete().where(
                PLAYS.c.order_id == order.order_id,
                PLAYS.c.repeat == order.repeat,
                PLAYS.c.device_id.in_(gone),
            )
        )
    new = [row for row in changed if row["device_id"] not in held]
    insert_once(connection, PLAYS, [{**row, **_UNFOLDED} for row in new])
    moved = [row for row in changed if row["device_id"] in held]
    insert_or_replace(
        connection,
        PLAYS,
        [{**row, **_UNFOLDED} for row in moved],
        keep=("simulated", *_UNFOLDED),
    )
    _fold_what_came_before(connection, changed, now=now)
    return len(changed) + len(gone)


_UNFOLDED: Mapping[str, Any] = {
    "frozen": False,
    "state": "planned",
    "reached": "planned",
    "played_ms": 0,
    "clock_doubtful": False,
}


def _play(order: ExpectedOrder, device: Device) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "repeat": order.repeat,
        "device_id": device.id,
        "broadcast_id": order.broadcast_id,
        "cluster_id": order.cluster_id,
        "device_name": device.name,
        "title": order.title,
        "topic": order.topic,
        "audio_sha256": order.audio_sha256,
        "asked_ms": order.asked_ms,
        "relay": order.relay,
        "starts_at": order.starts_at,
        "start_due_at": order.start_due_at,
        "end_due_at": order.end_due_at,
        "simulated": device.simulated,
    }


def _fold_what_came_before(
    connection: Connection, rows: Sequence[Mapping[str, Any]], *, now: datetime
) -> None:
    """A device may have spoken of an order before it was (again) expected of it."""
    if not rows:
        return
    spoken: set[PlayKey] = {
        (order, repeat, device)
        for order, repeat, device in connection.execute(
            select(
                CONFIRMATIONS.c.order_id, CONFIRMATIONS.c.repeat, CONFIRMATIONS.c.device_id
            ).where(CONFIRMATIONS.c.order_id == rows[0]["order_id"])
        )
    }
    keys = spoken & {(row["order_id"], row["repeat"], row["device_id"]) for row in rows}
    if keys:
        refold(connection, keys, now=now)


def _sync_shares(
    session: Session, connection: Connection, order: ExpectedOrder, area: _Area
) -> int:
    day = order.starts_at.astimezone(area.zone).date()
    reach = _reach(area, day=day, absent=not_standing(session, day))
    residents = residents_on(session, {village for _, village in reach}, day)
    wanted = {
        key: _share(order, area, key=key, share=share, people=residents.get(key[1]))
        for key, share in reach.items()
    }
    held = {
        (row.device_id, row.village_id): dict(row._mapping)  # noqa: SLF001 - its documented name
        for row in connection.execute(select(SHARES).where(SHARES.c.order_id == order.order_id))
    }
    gone = set(held) - set(wanted)
    for device_id, village_id in gone:
        connection.execute(
            SHARES.delete().where(
                SHARES.c.order_id == order.order_id,
                SHARES.c.device_id == device_id,
                SHARES.c.village_id == village_id,
            )
        )
    changed = [row for key, row in wanted.items() if held.get(key) != row]
    insert_or_replace(connection, SHARES, changed, keep=("frozen",))
    return len(changed) + len(gone)


def _reach(area: _Area, *, day: date, absent: frozenset[str]) -> dict[tuple[str, str], float]:
    """Shares by device and village on that day; without a device those that cannot confirm.

    Every village of the cluster is asked, so each has its row without a device, be it of 0; but
    for those that had become part of another by that day, or only were founded later.
    """
    reach: dict[tuple[str, str], float] = defaultdict(float)
    standing = area.villages.keys() - absent
    for village_id in standing:
        if area.villages[village_id].cluster_id == area.cluster.id:
            reach["", village_id] = 0.0
    for share in area.shares:
        if holds_on(share, day=day) and share.village_id in standing:
            reach[share.device_id or "", share.village_id] += share.share
    return dict(reach)


def _share(
    order: ExpectedOrder,
    area: _Area,
    *,
    key: tuple[str, str],
    share: float,
    people: Census | None,
) -> dict[str, Any]:
    device_id, village_id = key
    village = area.villages[village_id]
    return {
        "order_id": order.order_id,
        "device_id": device_id,
        "village_id": village_id,
        "broadcast_id": order.broadcast_id,
        "cluster_id": village.cluster_id,
        "cluster_name": area.clusters[village.cluster_id].name,
        "village_name": village.name,
        "topic": order.topic,
        "households": people.households if people else 0,
        "residents": people.residents if people else 0,
        "share": share,
        "starts_at": order.starts_at,
        "frozen": False,
    }
