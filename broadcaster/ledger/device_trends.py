"""Silent and decaying devices: how long nothing came, how plays went before and go now, what fails.

Poles fade one by one and nobody's screen says so: here each is judged by its own signed words over
the last four weeks against the four before.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select
from sqlmodel import Session

from broadcaster.database.columns import from_ms
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.device_judging import (
    DEVICES,
    NEVER,
    URGENCY,
    faults_of,
    in_service,
    judged_devices,
    most_urgent_first,
    some_of,
)
from broadcaster.ledger.device_verdicts import FADING, REPEATED, SILENT_AFTER, WEAK, Verdict
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import PLAYS


@dataclass(frozen=True, slots=True)
class Tally:
    """Plays that a device was asked for, and of them those confirmed."""

    asked: int = 0
    confirmed: int = 0

    @property
    def share(self) -> float | None:
        """Confirmed of asked; None where nothing was asked."""
        return self.confirmed / self.asked if self.asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTrend:
    """One device in service. `heard_at` is when the ledger last had any word of it.

    `faults` are refusals and failures of the last window by code, the most frequent first.
    """

    device_id: str
    name: str
    cluster_id: str
    cluster_name: str
    latitude: float | None
    longitude: float | None
    simulated: bool
    online: bool | None
    heard_at: datetime | None
    confirmed_at: datetime | None
    silent: timedelta | None
    recent: Tally
    before: Tally
    faults: Sequence[tuple[str, int]] = field(default_factory=tuple)

    @property
    def days_silent(self) -> int | None:
        """Whole days without a word; None for a device that was never heard of."""
        return self.silent // timedelta(days=1) if self.silent is not None else None

    @property
    def change(self) -> float | None:
        """How much the share of confirmed plays rose, or fell; None where it cannot be said."""
        now, then = self.recent.share, self.before.share
        return now - then if now is not None and then is not None else None

    @property
    def verdict(self) -> Verdict:
        """The first of these that is true."""
        if self.silent is None:
            return Verdict.NEVER_HEARD
        if self.silent >= SILENT_AFTER:
            return Verdict.SILENT
        if self.faults and self.faults[0][1] >= REPEATED:
            return Verdict.FAULTY
        if self.change is not None and self.change <= -FADING:
            return Verdict.DECAYING
        if self.recent.asked >= REPEATED and (self.recent.share or 0.0) < WEAK:
            return Verdict.WEAK
        return Verdict.GOOD


@dataclass(frozen=True, slots=True)
class Worrying:
    """A part of the devices that are not good, the most urgent first, and how many there are."""

    devices: Sequence[DeviceTrend]
    total: int
    good: int


class Standing(NamedTuple):
    """Where a device stands, how it does, and whether it confirmed anything lately: for a map."""

    device_id: str
    name: str
    latitude: float
    longitude: float
    verdict: Verdict
    confirmed: int


def device_trends(
    session: Session,
    *,
    station_id: str,
    villages: Villages,
    now: datetime,
    only: str | None = None,
    cluster_id: str = "",
    is_placed: bool | None = None,
    part: slice | None = None,
) -> list[DeviceTrend]:
    """Every device in service that reaches a village in view, the most urgent first.

    `only` asks for one device, `cluster_id` and `is_placed` for some, `part` for a part of them.
    """
    connection = connection_of(session)
    judged = judged_devices(station_id=station_id, villages=villages, now=now, only=only)
    statement = most_urgent_first(
        some_of(judged, cluster_id=cluster_id, is_placed=is_placed), judged
    )
    if part is not None:
        statement = statement.offset(part.start).limit(part.stop - part.start)
    return _trends(connection, connection.execute(statement).all(), now=now)


def worrying_devices(
    session: Session,
    *,
    station_id: str,
    villages: Villages,
    now: datetime,
    part: slice,
    cluster_id: str = "",
) -> Worrying:
    """Those that are not good; counted and put in order by the database, so a part is enough."""
    connection = connection_of(session)
    judged = judged_devices(station_id=station_id, villages=villages, now=now)
    wanted = some_of(judged, cluster_id=cluster_id).where(judged.c.urgency != URGENCY[Verdict.GOOD])
    rows = connection.execute(
        most_urgent_first(wanted.add_columns(func.count().over().label("total")), judged)
        .offset(part.start)
        .limit(part.stop - part.start)
    ).all()
    total = rows[0].total if rows else 0
    if not rows and part.start:
        total = connection.execute(wanted.with_only_columns(func.count())).scalar_one()
    every = count_devices(session, station_id=station_id, villages=villages, cluster_id=cluster_id)
    return Worrying(_trends(connection, rows, now=now), total, every - total)


def count_devices(
    session: Session,
    *,
    station_id: str,
    villages: Villages,
    cluster_id: str = "",
    is_placed: bool | None = None,
) -> int:
    """How many devices in service reach a village in view."""
    counted: Select[Any] = select(func.count())
    wanted = in_service(counted.select_from(DEVICES), station_id=station_id, villages=villages)
    if cluster_id:
        wanted = wanted.where(DEVICES.c.cluster_id == cluster_id)
    if is_placed is not None:
        there = DEVICES.c.latitude.is_not(None)
        wanted = wanted.where(there if is_placed else ~there)
    return int(connection_of(session).execute(wanted).scalar_one())


def placed_devices(
    session: Session, *, station_id: str, villages: Villages, now: datetime
) -> list[Standing]:
    """Every device in view whose place is known, by its id."""
    judged = judged_devices(station_id=station_id, villages=villages, now=now)
    rows = connection_of(session).execute(
        some_of(judged, is_placed=True)
        .with_only_columns(
            judged.c.id,
            judged.c.name,
            judged.c.latitude,
            judged.c.longitude,
            judged.c.urgency,
            judged.c.recent_confirmed,
        )
        .order_by(judged.c.id)
    )
    verdicts = list(Verdict)
    return [
        Standing(id_, name, latitude, longitude, verdicts[urgency], confirmed or 0)
        for id_, name, latitude, longitude, urgency, confirmed in rows
    ]


def _trends(
    connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
) -> list[DeviceTrend]:
    failed = [row.id for row in rows if row.worst]
    faults: dict[str, list[tuple[str, int]]] = defaultdict(list)
    statement = faults_of(now, None).where(PLAYS.c.device_id.in_(failed))
    for device_id, code, times in connection.execute(statement) if failed else ():
        faults[device_id].append((code, times))
    return [_trend(row, faults.get(row.id, ()), now=now) for row in rows]


def _trend(row: Row[Any], faults: Sequence[tuple[str, int]], *, now: datetime) -> DeviceTrend:
    heard_at = from_ms(row.heard_ms) if row.heard_ms != NEVER else None
    return DeviceTrend(
        device_id=row.id,
        name=row.name,
        cluster_id=row.cluster_id,
        cluster_name=row.cluster_name,
        latitude=row.latitude,
        longitude=row.longitude,
        simulated=row.simulated,
        online=row.online,
        heard_at=heard_at,
        confirmed_at=from_ms(row.confirmed_ms) if row.confirmed_ms is not None else None,
        silent=max(now - heard_at, timedelta(0)) if heard_at is not None else None,
        recent=Tally(row.recent_asked or 0, row.recent_confirmed or 0),
        before=Tally(row.before_asked or 0, row.before_confirmed or 0),
        faults=tuple(sorted(faults, key=lambda each: (-each[1], each[0]))),
    )
