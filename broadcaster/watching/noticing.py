"""Noticing: what is wrong now is read from where it is true, and compared with what was known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from broadcaster.database import Database, new_id
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.kept_clock import Kernel
from broadcaster.keys.certificates import WARN_AHEAD
from broadcaster.ledger.storage import StorageAway
from broadcaster.ledger.tables import ALERTS, PLAYS
from broadcaster.watching import certificates
from broadcaster.watching.kinds import Trouble
from broadcaster.watching.machine import (
    Stand,
    backup_stands,
    broker_stands,
    clock_stands,
    disk_stands,
    step_stands,
    storage_stands,
)
from broadcaster.watching.tables import WatchedTrouble

log = structlog.get_logger()

SILENT_FOR = timedelta(minutes=2)
"""A connection that comes back within this is no letter's worth."""

GOOD_FOR = timedelta(days=3)
"""How long a begin or an end is tried to be told, and how long late word on a broadcast counts."""

REMEMBERED_FOR = timedelta(days=30)
NAME_LIMIT_CHARACTERS = 120

Key = tuple[Trouble, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of the machine and around it, beside the database."""

    kernel: Kernel | None
    stepped: timedelta
    """How far the machine's clock is from the time that the station keeps."""
    broker_away_for: timedelta
    waits_since: datetime | None
    """Since when something signed waits for the broker."""
    storage: StorageAway | None
    certificates: Mapping[str, datetime | None]
    """When each ends; None for one that could not be looked at."""


def notice(
    database: Database,
    *,
    station_id: str,
    state_dir: Path,
    now: datetime,
    somebody_is_told: bool,
    seen: Seen,
) -> None:
    """Open what began, close what ended; nothing is written where nothing changed.

    While nobody is told, what ends is told to nobody later either.
    """
    with database.reading() as session:
        known = {
            (Trouble(each.kind), each.key): each.id for each in open_troubles(session, station_id)
        }
        wrong = _wrong(session, station_id, now)
        backup = backup_stands(session, now=now)
        stale = _stale(session, now)
    stands: dict[Key, Stand] = {
        (Trouble.DISK_LOW, ""): disk_stands(state_dir, was_low=(Trouble.DISK_LOW, "") in known),
        (Trouble.CLOCK_WRONG, ""): clock_stands(seen.kernel),
        (Trouble.BACKUP_LATE, ""): backup,
        (Trouble.STORAGE_AWAY, ""): storage_stands(seen.storage),
        (Trouble.CLOCK_JUMPED, ""): step_stands(seen.stepped),
        (Trouble.BROKER_AWAY, ""): broker_stands(
            away_for=seen.broker_away_for, waits_since=seen.waits_since, now=now
        ),
        **_of_certificates(seen.certificates, now),
    }
    wrong |= {key: each.name for key, each in stands.items() if each.wrong}
    unsure = {key for key, each in stands.items() if each.wrong is None}
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
        for which in ended:
            _close(session, known[which], stands.get(which), now=now, told=not somebody_is_told)
        session.execute(
            delete(WatchedTrouble).where(col(WatchedTrouble.ended_at) < now - REMEMBERED_FOR)
        )


def _of_certificates(ends: Mapping[str, datetime | None], now: datetime) -> dict[Key, Stand]:
    """Each that is in use: whether it ends soon, and whether it has ended."""
    stands: dict[Key, Stand] = {}
    for name, end in ends.items():
        ending, ended = (Trouble.CERTIFICATE_ENDING, name), (Trouble.CERTIFICATE_ENDED, name)
        if end is None:
            stands[ending] = stands[ended] = Stand(None)
        else:
            words = certificates.told(name, end, now=now)
            stands[ending] = Stand(now >= end - WARN_AHEAD, words)
            stands[ended] = Stand(now >= end, words)
    return stands


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
    session: Session, trouble_id: str, stand: Stand | None, *, now: datetime, told: bool
) -> None:
    """Note its end; a broadcast that nobody spoke of any more has none, and is let go."""
    row = session.get_one(WatchedTrouble, trouble_id)
    if row.kind == Trouble.NOT_CONFIRMED and row.began_at < now - GOOD_FOR:
        session.delete(row)
        return
    row.ended_at = now
    row.name = (stand.name if stand is not None else "") or row.name
    if told:
        row.began_told_at = row.ended_told_at = now
    log.info("trouble_ended", kind=row.kind, about=row.key)


def _stale(session: Session, now: datetime) -> bool:
    old = col(WatchedTrouble.ended_at) < now - REMEMBERED_FOR
    return session.execute(select(col(WatchedTrouble.id)).where(old).limit(1)).first() is not None


def _shortened(name: str) -> str:
    """On one line, and no longer than a letter's line."""
    return " ".join(name.split())[:NAME_LIMIT_CHARACTERS]
