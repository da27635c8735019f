"""The machine under the station: how much room is left, whether its clock is kept, how it is saved.

Each answer is True (trouble), False (none) or None (it cannot be known here, and stays as it was).
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import func, select
from sqlmodel import Session

from broadcaster.audit import Act
from broadcaster.audit.tables import ENTRIES
from broadcaster.kept_clock import Kernel, is_held
from broadcaster.ledger.storage import Reason, StorageAway

ROOM_LOW_BYTES = 2 * 1024**3
ROOM_AGAIN_BYTES = 3 * 1024**3
"""So much more must be free before it is called well again: a disk at the edge is told once."""

BACKUP_HOLDS_FOR = timedelta(days=2)
"""One a night, and one night may go wrong."""


BROKER_AWAY_AFTER = timedelta(minutes=1)
"""A connection that comes back within this is no letter's worth."""

REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.DISK_FULL: "đĩa đầy / the disk is full",
        Reason.SPOILT: "tệp bị hỏng, cần “loa restore” / its file is spoilt: “loa restore”",
        Reason.NO_ANSWER: "không trả lời / no answer",
    }
)


@dataclass(frozen=True, slots=True)
class Stand:
    """Whether something of the machine is wrong, and in which figures."""

    wrong: bool | None
    name: str = ""


def disk_stands(state_dir: Path, *, was_low: bool) -> Stand:
    """Whether room runs out where the station keeps its state."""
    free = shutil.disk_usage(state_dir).free
    wrong = free < (ROOM_AGAIN_BYTES if was_low else ROOM_LOW_BYTES)
    return Stand(wrong, f"{free / 1e9:.1f} GB")


def clock_stands(told: Kernel | None) -> Stand:
    """Whether something keeps the clock right, by what the kernel tells."""
    return Stand(None) if told is None else Stand(not is_held(told))


def step_stands(by: timedelta) -> Stand:
    """Whether the clock was suddenly another one, and by how much."""
    if not by:
        return Stand(False)
    return Stand(True, f"{'+' if by > timedelta(0) else '−'}{hours(abs(by))}")


def broker_stands(*, away_for: timedelta, waits_since: datetime | None, now: datetime) -> Stand:
    """Whether what is signed reaches the broker: it may be gone, or take too long."""
    if away_for >= BROKER_AWAY_AFTER:
        return Stand(True, "không kết nối được / no connection")
    if waits_since is not None and now - waits_since >= BROKER_AWAY_AFTER:
        return Stand(True, "lệnh chờ quá lâu / orders wait too long")
    # One that is away and was not so for long has not come back either.
    return Stand(None if away_for else False)


def storage_stands(away: StorageAway | None) -> Stand:
    """Whether the ingests of this machine can store nothing, and why."""
    return Stand(False) if away is None else Stand(True, REASONS[away.reason])


def newest_backup(session: Session) -> datetime | None:
    """When the station was last backed up, by its trail."""
    newest = select(func.max(ENTRIES.c.at)).where(ENTRIES.c.act == Act.STATION_BACKED_UP)
    at: datetime | None = session.execute(newest).scalar()
    return at


def backup_stands(session: Session, *, now: datetime) -> Stand:
    """Whether a night's backup is missing; a station of today owes none yet."""
    at = newest_backup(session)
    if at is not None:
        return Stand(now - at > BACKUP_HOLDS_FOR, f"{at:%d/%m/%Y}")
    founded: datetime | None = session.execute(select(func.min(ENTRIES.c.at))).scalar()
    return Stand(founded is not None and now - founded > BACKUP_HOLDS_FOR, "chưa lần nào / never")


def hours(lasts: timedelta) -> str:
    """Hours, minutes and seconds."""
    minutes, seconds = divmod(round(lasts.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
