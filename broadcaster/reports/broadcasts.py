"""The broadcasts of a period, with title, priority and length; and how many there were of which.

A broadcast counts once on the day it began; `times` is how often it sounded, because an emergency
is repeated. Its minutes are what was on air, not what poles played of it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from broadcaster.emergency.tables import Emergency, EmergencyPart
from broadcaster.ledger.bulk import chunks, connection_of
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.tables import PLAYS
from broadcaster.live.tables import LiveTalk
from broadcaster.reports.coverage import AskedBroadcast
from broadcaster.schedule.tables import Broadcast


class Urgency(StrEnum):
    """Circular 39's three levels; drills and talks at the microphone stand apart."""

    EMERGENCY = "emergency"
    PRIORITY = "priority"
    NORMAL = "normal"
    LIVE = "live"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiredBroadcast:
    """One broadcast as the report lists it; `on_air_ms` is the length of all its `times`.

    `emergency_id` names the emergency that it was a part of, and is empty for others.
    """

    broadcast_id: str
    title: str
    topic: str
    urgency: Urgency
    starts_at: datetime
    times: int
    on_air_ms: int
    relay: bool
    coverage: Coverage
    emergency_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many broadcasts there were of a kind, how often they sounded, how long."""

    key: str
    broadcasts: int = 0
    times: int = 0
    on_air_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Sound:
    title: str
    relay: bool
    times: int
    on_air_ms: int


def aired(
    session: Session, asked: Sequence[AskedBroadcast], *, own_ms: Mapping[str, int] | None
) -> list[AiredBroadcast]:
    """What these broadcasts were; with `own_ms` each counts with the length given there."""
    ids = [each.broadcast_id for each in asked]
    planned, sounds = _planned(session, ids), _sounds(session, ids)
    emergencies, talks = _emergencies(session), _talks(session)
    found = []
    for each in asked:
        plan = planned.get(each.broadcast_id)
        sound = sounds.get(each.broadcast_id) or _Sound(
            plan.title if plan else "", False, 1, plan.duration_ms if plan else 0
        )
        emergency_id, urgency = emergencies.get(each.broadcast_id, ("", Urgency.NORMAL))
        length = sound.on_air_ms
        if own_ms is not None:
            length = own_ms[each.broadcast_id] * sound.times
        found.append(
            AiredBroadcast(
                broadcast_id=each.broadcast_id,
                title=sound.title,
                topic=each.topic,
                urgency=_urgency(plan)
                or (Urgency.LIVE if each.broadcast_id in talks else urgency),
                emergency_id=emergency_id,
                starts_at=each.starts_at,
                times=sound.times,
                on_air_ms=length,
                relay=sound.relay,
                coverage=each.coverage,
            )
        )  # fmt: skip
    return found


def counted(
    broadcasts: Sequence[AiredBroadcast], *, by: Callable[[AiredBroadcast], str]
) -> list[Count]:
    """How many there were of each kind, the most minutes first."""
    groups: dict[str, list[AiredBroadcast]] = defaultdict(list)
    for each in broadcasts:
        groups[by(each)].append(each)
    counts = [_count(key, same) for key, same in groups.items()]
    return sorted(counts, key=lambda count: (-count.on_air_ms, -count.broadcasts, count.key))


def count_all(broadcasts: Sequence[AiredBroadcast]) -> Count:
    """All of them together."""
    return _count("", broadcasts)


def _count(key: str, same: Sequence[AiredBroadcast]) -> Count:
    return Count(
        key=key,
        broadcasts=len(same),
        times=sum(each.times for each in same),
        on_air_ms=sum(each.on_air_ms for each in same),
    )


def _planned(session: Session, ids: Collection[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    table = Broadcast.metadata.tables["broadcast"]
    for some in chunks(sorted(ids), size=5_000):
        rows = connection_of(session).execute(
            select(table.c.id, table.c.title, table.c.priority, table.c.duration_ms).where(
                table.c.id.in_(some)
            )
        )
        found |= {row.id: row for row in rows}
    return found


def _urgency(plan: Row[Any] | None) -> Urgency | None:
    if plan is None:
        return None
    return {1: Urgency.EMERGENCY, 2: Urgency.PRIORITY}.get(plan.priority, Urgency.NORMAL)


def _sounds(session: Session, ids: Collection[str]) -> dict[str, _Sound]:
    """What was asked of devices: each time that has begun, with its greatest length."""
    by_time: dict[str, list[Row[Any]]] = defaultdict(list)
    for some in chunks(sorted(ids), size=5_000):
        rows = connection_of(session).execute(
            select(
                PLAYS.c.broadcast_id,
                PLAYS.c.repeat,
                func.max(PLAYS.c.title).label("title"),
                func.max(PLAYS.c.asked_ms).label("asked_ms"),
                func.count().filter(PLAYS.c.relay.is_(True)).label("relayed"),
            )
            .where(PLAYS.c.broadcast_id.in_(some), PLAYS.c.frozen.is_(True))
            .group_by(PLAYS.c.broadcast_id, PLAYS.c.repeat)
            .order_by(PLAYS.c.broadcast_id, PLAYS.c.repeat)
        )
        for row in rows:
            by_time[row.broadcast_id].append(row)
    return {
        key: _Sound(
            rows[0].title,
            any(row.relayed for row in rows),
            len(rows),
            sum(row.asked_ms for row in rows),
        )
        for key, rows in by_time.items()
    }


def _emergencies(session: Session) -> dict[str, tuple[str, Urgency]]:
    """Each part of an emergency or a drill: of which, and which of both."""
    parts = session.exec(
        select_rows(EmergencyPart.id, Emergency.id, Emergency.drill).join(
            Emergency, col(Emergency.id) == col(EmergencyPart.emergency_id)
        )
    )
    return {
        id_: (emergency_id, Urgency.DRILL if drill else Urgency.EMERGENCY)
        for id_, emergency_id, drill in parts
    }


def _talks(session: Session) -> frozenset[str]:
    return frozenset(session.exec(select_rows(LiveTalk.id)))
