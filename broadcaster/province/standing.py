"""How several stations stand at a moment: on air, covered, silent, waiting, owed word.

Each figure is one question for all stations together, bounded by their ids in the query itself, so
that a province of a hundred communes costs what one costs. What is not known stands apart: silence
is never counted as sound, and a device that was never heard of is no silent one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.emergency.tables import Emergency
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.rollup_rows import PARTS
from broadcaster.ledger.tables import VILLAGE_COVERAGE, Alert, Play, PlayShare
from broadcaster.ledger.wording import bar_part_of
from broadcaster.live.tables import LiveTalk
from broadcaster.schedule.attention import waiting_counts
from broadcaster.schedule.day import LOOK_BACK
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.schedule.today import Airing, Tally

COVERED_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """Devices in service: those that said they are gone, and those that never said anything."""

    in_service: int = 0
    silent: int = 0
    never_heard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StationStanding:
    """One station as it stands. `coverage` is that of the last seven days, today among them.

    `owed` is how many broadcasts have devices that owe their word beyond the deadline.
    """

    station_id: str
    name: str
    commune: str
    province: str
    rehearsal: bool
    on_air: Sequence[Airing]
    talks: Sequence[str]
    emergencies: int
    coverage: Coverage
    devices: Devices
    waiting: int
    owed: int


def standings(
    session: Session, stations: Sequence[Station], *, today: date, now: datetime
) -> list[StationStanding]:
    """These stations in their order; nothing of any other leaves the database."""
    ids = [each.id for each in stations]
    airing = _on_air(session, ids, now=now)
    talks = _talks(session, ids, now=now)
    lasting = _emergencies(session, ids)
    covered = _covered(session, ids, first=today - timedelta(days=COVERED_DAYS - 1), last=today)
    devices = _devices(session, ids)
    waiting = waiting_counts(session, station_ids=ids)
    owed = _owed(session, ids)
    return [
        StationStanding(
            station_id=each.id,
            name=each.name,
            commune=each.commune,
            province=each.province,
            rehearsal=each.rehearsal,
            on_air=airing[each.id],
            talks=talks[each.id],
            emergencies=lasting[each.id],
            coverage=covered.get(each.id, Coverage()),
            devices=devices.get(each.id, Devices()),
            waiting=waiting.get(each.id, 0),
            owed=owed[each.id],
        )
        for each in stations
    ]


def _on_air(
    session: Session, station_ids: Collection[str], *, now: datetime
) -> Mapping[str, list[Airing]]:
    """What devices say that they play, or what should play now: each broadcast once.

    All its clusters are counted together, by the database.
    """
    kinds: list[Any] = [
        col(Cluster.station_id).label("station_id"),
        col(Broadcast.id),
        col(Broadcast.title),
        col(Broadcast.priority),
        col(Broadcast.starts_at),
        col(Broadcast.slot_ms),
        col(Play.state),
    ]
    rows = session.connection().execute(
        select(*kinds, func.count(col(Play.device_id)).label("devices"))
        .select_from(Broadcast)
        .join(BroadcastOrder, col(BroadcastOrder.broadcast_id) == col(Broadcast.id))
        .join(Cluster, col(Cluster.id) == col(BroadcastOrder.cluster_id))
        .join(
            Play,
            (col(Play.order_id) == col(BroadcastOrder.id)) & (col(Play.repeat) == 0),
            isouter=True,
        )
        .where(
            col(Cluster.station_id).in_(station_ids),
            col(Broadcast.starts_at) >= now - LOOK_BACK,
            col(Broadcast.starts_at) <= now,
            col(Broadcast.cancelled_at).is_(None)
            | (col(Broadcast.cancelled_at) > col(Broadcast.starts_at)),
        )
        .group_by(*kinds)
        .order_by(col(Broadcast.starts_at), col(Broadcast.id))
    )
    found: dict[tuple[str, str], _OnAir] = {}
    for row in rows:
        each = found.setdefault(
            (row.station_id, row.id),
            _OnAir(row.id, row.title, row.priority, row.starts_at, row.slot_ms),
        )
        if row.state is not None:
            part = bar_part_of(row.state)
            each.devices[part] = each.devices.get(part, 0) + row.devices
    asked = _asked_nobody_who_answers(
        session, [each.broadcast_id for each in found.values() if not each.devices]
    )
    airings: dict[str, list[Airing]] = defaultdict(list)
    for (station_id, _), each in found.items():
        airing = each.airing(unverifiable=each.broadcast_id in asked)
        if airing.is_on_air(now):
            airings[station_id].append(airing)
    return airings


def _asked_nobody_who_answers(session: Session, broadcast_ids: Collection[str]) -> frozenset[str]:
    """Those of these without a device that go to poles which cannot answer."""
    if not broadcast_ids:
        return frozenset()
    rows = session.exec(
        select_rows(PlayShare.broadcast_id)
        .where(col(PlayShare.broadcast_id).in_(broadcast_ids), col(PlayShare.share) > 0)
        .distinct()
    )
    return frozenset(rows)


@dataclass(slots=True)
class _OnAir:
    """A broadcast of one station while its devices are counted."""

    broadcast_id: str
    title: str
    priority: int
    starts_at: datetime
    slot_ms: int
    devices: dict[str, int] = field(default_factory=dict)

    def airing(self, *, unverifiable: bool) -> Airing:
        """As the board knows it; `unverifiable` is what goes to poles that cannot answer."""
        return Airing(
            broadcast_id=self.broadcast_id,
            cluster_id="",
            title=self.title,
            priority=self.priority,
            starts_at=self.starts_at,
            duration_ms=self.slot_ms,
            tally=Tally(devices=self.devices, coverage=Coverage(unverifiable=unverifiable)),
        )


def _talks(
    session: Session, station_ids: Collection[str], *, now: datetime
) -> Mapping[str, list[str]]:
    """The titles of what is spoken live now."""
    rows = session.connection().execute(
        select(col(LiveTalk.station_id), col(LiveTalk.title)).where(
            col(LiveTalk.station_id).in_(station_ids),
            col(LiveTalk.starts_at) <= now,
            col(LiveTalk.ended_at).is_(None),
        )
    )
    found: dict[str, list[str]] = defaultdict(list)
    for station_id, title in rows:
        found[station_id].append(title)
    return found


def _emergencies(session: Session, station_ids: Collection[str]) -> Counter[str]:
    """How many emergencies nobody has ended yet."""
    rows = session.exec(
        select_rows(Emergency.station_id, func.count())
        .where(col(Emergency.station_id).in_(station_ids), col(Emergency.ended_at).is_(None))
        .group_by(col(Emergency.station_id))
    )
    return Counter(dict(rows.all()))


def _covered(
    session: Session, station_ids: Collection[str], *, first: date, last: date
) -> dict[str, Coverage]:
    """Whom the broadcasts of these days reached, each part apart, from the roll-up by day."""
    table = VILLAGE_COVERAGE.c
    rows = connection_of(session).execute(
        select(col(Cluster.station_id), *(func.sum(table[part]) for part in PARTS))
        .select_from(VILLAGE_COVERAGE)
        .join(Village, col(Village.id) == table.village_id)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(col(Cluster.station_id).in_(station_ids), table.day >= first, table.day <= last)
        .group_by(col(Cluster.station_id))
    )
    return {
        station_id: Coverage(
            asked=int(parts[0]),
            **{part: float(value) for part, value in zip(PARTS[1:], parts[1:], strict=True)},
        )
        for station_id, *parts in rows
    }


def _devices(session: Session, station_ids: Collection[str]) -> dict[str, Devices]:
    online = col(DeviceStatus.online)
    rows = session.connection().execute(
        select(col(Device.station_id), online, func.count())
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id), isouter=True)
        .where(col(Device.station_id).in_(station_ids), col(Device.retired_at).is_(None))
        .group_by(col(Device.station_id), online)
    )
    counted: dict[str, Counter[bool | None]] = defaultdict(Counter)
    for station_id, said, many in rows:
        counted[station_id][said] += many
    return {
        station_id: Devices(
            in_service=sum(found.values()), silent=found[False], never_heard=found[None]
        )
        for station_id, found in counted.items()
    }


def _owed(session: Session, station_ids: Collection[str]) -> Counter[str]:
    """How many broadcasts have an open alert of a device, by the device's station."""
    rows = session.exec(
        select_rows(Device.station_id, func.count(func.distinct(col(Alert.broadcast_id))))
        .join(Device, col(Device.id) == col(Alert.device_id))
        .where(col(Device.station_id).in_(station_ids), col(Alert.resolved_at).is_(None))
        .group_by(col(Device.station_id))
    )
    return Counter(dict(rows.all()))
