"""What happened, read from the tables in which it is true: a look that is missed loses nothing.

Each function gives what no event tells yet. What became true before a webhook was added, or more
than `GOOD_FOR` ago, is told to nobody.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from broadcaster.bulletins.tables import Approval, Bulletin
from broadcaster.database.columns import to_ms
from broadcaster.emergency.tables import Emergency
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.ledger.play_state import STOPPED_BY_ORDER, PlayState, Reached, outcome_of
from broadcaster.ledger.tables import PLAYS
from broadcaster.schedule.tables import Broadcast, Schedule
from broadcaster.watching.kinds import Trouble
from broadcaster.watching.tables import WatchedTrouble
from broadcaster.webhooks.kinds import Kind
from broadcaster.webhooks.tables import WebhookDevice, WebhookEvent

GOOD_FOR = timedelta(days=3)
"""How long an event is tried to be told, and how old it may be when it is first seen."""

_AT_ONCE = 200
_WHOLE = (PlayState.CONFIRMED, PlayState.RELAYED)
_AT_FAULT = (
    PlayState.NOT_CONFIRMED, PlayState.PARTIAL, PlayState.CUT, PlayState.SKIPPED,
    PlayState.FAILED, PlayState.REJECTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that became true: `key` names it among its kind."""

    kind: Kind
    key: str
    at: datetime
    data: Mapping[str, Any]


def all_happened(
    session: Session, *, station_id: str, since: Mapping[Kind, datetime], now: datetime
) -> list[Happened]:
    """What nobody was told yet, of the kinds that somebody asked for, each since when."""
    floor = now - GOOD_FOR
    begins = {kind: max(at, floor) for kind, at in since.items()}
    found = [
        *_approved(session, station_id, begins),
        *_planned(session, station_id, begins),
        *_on_air(session, station_id, begins, now),
        *_emergencies(session, station_id, begins),
        *_devices(session, station_id, begins, now),
        *_machine(session, station_id, begins),
    ]
    return sorted(found, key=lambda each: (each.at, each.kind, each.key))


def _untold(kind: Kind, station_id: str, key: Mapped[str]) -> ColumnElement[bool]:
    return ~exists().where(
        col(WebhookEvent.station_id) == station_id,
        col(WebhookEvent.kind) == kind,
        col(WebhookEvent.key) == key,
    )


def _approved(
    session: Session, station_id: str, begins: Mapping[Kind, datetime]
) -> Iterator[Happened]:
    kind = Kind.BULLETIN_APPROVED
    if kind not in begins:
        return
    rows = session.execute(
        select(col(Approval.id), col(Approval.decided_at), col(Bulletin.id), col(Bulletin.title))
        .join(Bulletin, col(Bulletin.id) == col(Approval.bulletin_id))
        .where(
            col(Bulletin.station_id) == station_id,
            col(Approval.approved).is_(True),
            col(Approval.decided_at) >= begins[kind],
            _untold(kind, station_id, col(Approval.id)),
        )
        .limit(_AT_ONCE)
    )
    for key, at, bulletin_id, title in rows:
        data = {"bulletin_id": bulletin_id, "title": title}
        yield Happened(kind=kind, key=key, at=at, data=data)


def _planned(
    session: Session, station_id: str, begins: Mapping[Kind, datetime]
) -> Iterator[Happened]:
    for kind, when in (
        (Kind.BROADCAST_PLANNED, col(Broadcast.planned_at)),
        (Kind.BROADCAST_CANCELLED, col(Broadcast.cancelled_at)),
    ):
        if kind not in begins:
            continue
        rows = session.execute(
            select(col(Broadcast.id), col(Broadcast.title), col(Broadcast.starts_at), when)
            .join(Schedule, col(Schedule.id) == col(Broadcast.schedule_id))
            .where(
                col(Schedule.station_id) == station_id,
                when >= begins[kind],
                _untold(kind, station_id, col(Broadcast.id)),
            )
            .limit(_AT_ONCE)
        )
        for key, title, starts_at, at in rows:
            yield Happened(kind=kind, key=key, at=at, data=_of_broadcast(key, title, starts_at))


def _on_air(
    session: Session, station_id: str, begins: Mapping[Kind, datetime], now: datetime
) -> Iterator[Happened]:
    of_it = PLAYS.c.broadcast_id == col(Broadcast.id)
    began = PLAYS.c.reached.in_([Reached.STARTED, Reached.FINISHED])
    short = or_(PLAYS.c.state.not_in(_WHOLE), PLAYS.c.frozen.is_(False))
    faulty = and_(PLAYS.c.state.in_(_AT_FAULT), func.coalesce(PLAYS.c.code, "") != STOPPED_BY_ORDER)
    for kind, holds in (
        (Kind.BROADCAST_STARTED, exists().where(of_it, began)),
        (Kind.BROADCAST_CONFIRMED, and_(exists().where(of_it), ~exists().where(of_it, short))),
        (Kind.BROADCAST_NOT_CONFIRMED, exists().where(of_it, faulty)),
    ):
        if kind not in begins:
            continue
        rows = session.execute(
            select(col(Broadcast.id), col(Broadcast.title), col(Broadcast.starts_at))
            .join(Schedule, col(Schedule.id) == col(Broadcast.schedule_id))
            .where(
                col(Schedule.station_id) == station_id,
                col(Broadcast.starts_at) >= begins[kind],
                col(Broadcast.starts_at) <= now,
                holds,
                _untold(kind, station_id, col(Broadcast.id)),
            )
            .limit(_AT_ONCE)
        ).all()
        counts = _plays_of(session, [key for key, _, _ in rows])
        for key, title, starts_at in rows:
            data = _of_broadcast(key, title, starts_at) | {"plays": counts[key]}
            yield Happened(kind=kind, key=key, at=now, data=data)


def _of_broadcast(broadcast_id: str, title: str, starts_at: datetime) -> dict[str, Any]:
    return {"broadcast_id": broadcast_id, "title": title, "starts_at_ms": to_ms(starts_at)}


def _plays_of(session: Session, broadcast_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """How many plays stand in which part of coverage, by broadcast."""
    heard = PLAYS.c.played_ms > literal_column("0")  # in two places of a statement
    rows = session.execute(
        select(PLAYS.c.broadcast_id, PLAYS.c.state, heard, func.count())
        .where(PLAYS.c.broadcast_id.in_(broadcast_ids))
        .group_by(PLAYS.c.broadcast_id, PLAYS.c.state, heard)
    )
    found: dict[str, dict[str, int]] = {each: {} for each in broadcast_ids}
    for broadcast_id, state, is_heard, count in rows:
        outcome = outcome_of(state, played_ms=1 if is_heard else 0)
        counts = found[broadcast_id]
        counts[outcome] = counts.get(outcome, 0) + count
    return found


def _emergencies(
    session: Session, station_id: str, begins: Mapping[Kind, datetime]
) -> Iterator[Happened]:
    for kind, when in (
        (Kind.EMERGENCY_GIVEN, col(Emergency.raised_at)),
        (Kind.EMERGENCY_ENDED, col(Emergency.ended_at)),
    ):
        if kind not in begins:
            continue
        rows = session.execute(
            select(Emergency).where(
                col(Emergency.station_id) == station_id,
                when >= begins[kind],
                _untold(kind, station_id, col(Emergency.id)),
            )
        ).scalars()
        for row in rows:
            data = {
                "emergency_id": row.id,
                "hazard": row.hazard,
                "drill": row.drill,
                "words": row.words,
                "raised_at_ms": to_ms(row.raised_at),
                "repeats_until_ms": to_ms(row.repeats_until),
            }
            at = row.raised_at
            if kind is Kind.EMERGENCY_ENDED and row.ended_at is not None:
                at = row.ended_at
                data |= {"ending": row.ending, "final_words": row.final_words}
            yield Happened(kind=kind, key=row.id, at=at, data=data)


def _devices(
    session: Session, station_id: str, begins: Mapping[Kind, datetime], now: datetime
) -> Iterator[Happened]:
    """Devices that stand otherwise than was told last; what is seen first is only remembered."""
    if not begins.keys() & {Kind.DEVICE_SILENT, Kind.DEVICE_BACK}:
        return
    rows = session.execute(
        select(
            col(Device.id), col(Device.name), col(DeviceStatus.online), col(DeviceStatus.said_at)
        )
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .join(WebhookDevice, col(WebhookDevice.device_id) == col(Device.id))
        .where(
            col(Device.station_id) == station_id,
            col(Device.retired_at).is_(None),
            col(WebhookDevice.silent) == col(DeviceStatus.online),
        )
    )
    for device_id, name, online, said_at in rows:
        data = {"device_id": device_id, "name": name, "said_at_ms": to_ms(said_at)}
        kind = Kind.DEVICE_BACK if online else Kind.DEVICE_SILENT
        yield Happened(kind=kind, key=f"{device_id} {to_ms(now)}", at=now, data=data)


_OF_THE_MACHINE = {
    Trouble.DISK_LOW: (Kind.DISK_LOW, Kind.DISK_ENOUGH),
    Trouble.CLOCK_WRONG: (Kind.CLOCK_WRONG, Kind.CLOCK_RIGHT),
    Trouble.BACKUP_LATE: (Kind.BACKUP_LATE, Kind.BACKUP_MADE),
    Trouble.STATION_AWAY: (Kind.STATION_AWAY, Kind.STATION_BACK),
    Trouble.STORAGE_AWAY: (Kind.STORAGE_AWAY, Kind.STORAGE_BACK),
    Trouble.BROKER_AWAY: (Kind.BROKER_AWAY, Kind.BROKER_BACK),
    Trouble.CLOCK_JUMPED: (Kind.CLOCK_JUMPED, Kind.CLOCK_RETURNED),
    Trouble.CERTIFICATE_ENDING: (Kind.CERTIFICATE_ENDING, Kind.CERTIFICATE_RENEWED),
    Trouble.CERTIFICATE_ENDED: (Kind.CERTIFICATE_ENDED, Kind.CERTIFICATE_HOLDS),
}


def _machine(
    session: Session, station_id: str, begins: Mapping[Kind, datetime]
) -> Iterator[Happened]:
    """What was noticed of the machine under the station (`broadcaster/watching`)."""
    for trouble, (began, ended) in _OF_THE_MACHINE.items():
        for kind, when in (
            (began, col(WatchedTrouble.began_at)),
            (ended, col(WatchedTrouble.ended_at)),
        ):
            if kind not in begins:
                continue
            rows = session.execute(
                select(col(WatchedTrouble.id), when).where(
                    col(WatchedTrouble.station_id) == station_id,
                    col(WatchedTrouble.kind) == trouble,
                    when >= begins[kind],
                    _untold(kind, station_id, col(WatchedTrouble.id)),
                )
            )
            for key, at in rows:
                yield Happened(kind=kind, key=key, at=at, data={"trouble_id": key})


def unremembered_devices(session: Session, *, station_id: str) -> list[tuple[str, bool]]:
    """Devices of which nothing was ever told, and whether they are silent now."""
    rows = session.execute(
        select(col(Device.id), col(DeviceStatus.online))
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .where(
            col(Device.station_id) == station_id,
            ~exists().where(col(WebhookDevice.device_id) == col(Device.id)),
        )
    )
    return [(device_id, not online) for device_id, online in rows]
