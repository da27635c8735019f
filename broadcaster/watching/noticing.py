"""Noticing: what is wrong now is read from where it is true, and compared with what was known."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from broadcaster.database import Database, new_id
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.ledger.tables import ALERTS, PLAYS
from broadcaster.watching.kinds import Trouble
from broadcaster.watching.machine import (
    Stand,
    backup_stands,
    clock_stands,
    disk_stands,
    kernels_clock,
)
from broadcaster.watching.tables import WatchedTrouble

log = structlog.get_logger()

SILENT_FOR = timedelta(minutes=2)
"""A connection that comes back within this is no letter's worth."""

GOOD_FOR = timedelta(days=3)
"""How long a begin or an end is tried to be told, and how long late word on a broadcast counts."""

REMEMBERED_FOR = timedelta(days=30)
NAME_LIMIT_CHARACTERS = 120

Clock = Callable[[], tuple[int, int] | None]
Key = tuple[Trouble, str]


def notice(
    database: Database,
    *,
    station_id: str,
    state_dir: Path,
    now: datetime,
    somebody_is_told: bool,
    clock: Clock = kernels_clock,
) -> None:
    """Open what began, close what ended; nothing is written where nothing changed.

    While nobody is told, what ends is told to nobody later either.
    """
    with database.reading() as session:
        known = {
            (Trouble(each.kind), each.key): each.id for each in open_troubles(session, station_id)
        }
        wrong = _wrong(session, station_id, now)
        machine = {
            Trouble.DISK_LOW: disk_stands(state_dir, was_low=(Trouble.DISK_LOW, "") in known),
            Trouble.CLOCK_WRONG: clock_stands(clock()),
            Trouble.BACKUP_LATE: backup_stands(session, now=now),
        }
        stale = _stale(session, now)
    wrong |= {(kind, ""): each.name for kind, each in machine.items() if each.wrong}
    unsure = {(kind, "") for kind, each in machine.items() if each.wrong is None}
    began = [key for key in wrong if key not in known]
    ended = [key for key in known if key not in wrong and key not in unsure]
    if not (began or ended or stale):
        return
    with database.writing() as session:
        for kind, key in began:
            name = _shortened(wrong[kind, key])
            session.add(
                WatchedTrouble(
                    id=new_id("trb"), station_id=station_id, kind=kind, key=key, name=name,
                    began_at=now,
                )
            )  # fmt: skip
            log.warning("trouble_began", kind=str(kind), about=key)
        for kind, key in ended:
            _close(session, known[kind, key], machine=machine, now=now, told=not somebody_is_told)
        session.execute(
            delete(WatchedTrouble).where(col(WatchedTrouble.ended_at) < now - REMEMBERED_FOR)
        )


def open_troubles(session: Session, station_id: str) -> list[WatchedTrouble]:
    """What is wrong, as far as it was noticed."""
    found = session.execute(
        select(WatchedTrouble).where(
            col(WatchedTrouble.station_id) == station_id, col(WatchedTrouble.ended_at).is_(None)
        )
    )
    return list(found.scalars())


def _wrong(session: Session, station_id: str, now: datetime) -> dict[Key, str]:
    """Broadcasts that are owed a word, and devices without a connection, each with its name."""
    owed = session.execute(
        select(ALERTS.c.broadcast_id, func.min(PLAYS.c.title), func.count(ALERTS.c.id.distinct()))
        .select_from(ALERTS)
        .join(Device, col(Device.id) == ALERTS.c.device_id)
        .join(
            PLAYS,
            (PLAYS.c.broadcast_id == ALERTS.c.broadcast_id)
            & (PLAYS.c.device_id == ALERTS.c.device_id),
        )
        .where(
            ALERTS.c.resolved_at.is_(None),
            ALERTS.c.raised_at >= now - GOOD_FOR,
            col(Device.station_id) == station_id,
        )
        .group_by(ALERTS.c.broadcast_id)
    )
    wrong: dict[Key, str] = {
        (Trouble.NOT_CONFIRMED, broadcast_id): f"{title} ({count} loa / loudspeakers)"
        for broadcast_id, title, count in owed
    }
    silent = session.execute(
        select(col(Device.id), col(Device.name))
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .where(
            col(Device.station_id) == station_id,
            col(Device.retired_at).is_(None),
            col(DeviceStatus.online).is_(False),
            col(DeviceStatus.received_at) <= now - SILENT_FOR,
        )
    )
    wrong |= {(Trouble.DEVICE_SILENT, device_id): name for device_id, name in silent}
    return wrong


def _close(
    session: Session,
    trouble_id: str,
    *,
    machine: Mapping[Trouble, Stand],
    now: datetime,
    told: bool,
) -> None:
    """Note its end; a broadcast that nobody spoke of any more has none, and is let go."""
    row = session.get_one(WatchedTrouble, trouble_id)
    if row.kind == Trouble.NOT_CONFIRMED and row.began_at < now - GOOD_FOR:
        session.delete(row)
        return
    row.ended_at = now
    stand = machine.get(Trouble(row.kind))
    row.name = stand.name if stand is not None else row.name
    if told:
        row.began_told_at = row.ended_told_at = now
    log.info("trouble_ended", kind=row.kind, about=row.key)


def _stale(session: Session, now: datetime) -> bool:
    old = col(WatchedTrouble.ended_at) < now - REMEMBERED_FOR
    return session.execute(select(col(WatchedTrouble.id)).where(old).limit(1)).first() is not None


def _shortened(name: str) -> str:
    """On one line, and no longer than a letter's line."""
    return " ".join(name.split())[:NAME_LIMIT_CHARACTERS]
