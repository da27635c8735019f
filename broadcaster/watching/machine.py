"""The machine under the station: how much room is left, whether its clock is kept, how it is saved.

Each answer is True (trouble), False (none) or None (it cannot be known here, and stays as it was).
"""

import ctypes
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session

from broadcaster.audit import Act
from broadcaster.audit.tables import ENTRIES

ROOM_LOW_BYTES = 2 * 1024**3
ROOM_AGAIN_BYTES = 3 * 1024**3
"""So much more must be free before it is called well again: a disk at the edge is told once."""

BACKUP_HOLDS_FOR = timedelta(days=2)
"""One a night, and one night may go wrong."""

CLOCK_ERROR_LIMIT_US = 5_000_000
"""What the kernel adds to its largest possible error in three hours that nothing sets its clock."""

_UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)


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


class _Timex(ctypes.Structure):
    """The first fields of `struct timex`, with more than enough room for all others."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def kernels_clock() -> tuple[int, int] | None:
    """The kernel's clock status and largest possible error (µs); None where it does not tell.

    Reading takes no privilege, and nothing is set: `modes` is 0 (adjtimex(2)).
    """
    told = _Timex()
    try:
        answer = ctypes.CDLL(None).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else (int(told.status), int(told.maxerror))


def clock_stands(told: tuple[int, int] | None) -> Stand:
    """Whether something keeps the clock right, by what the kernel tells."""
    if told is None:
        return Stand(None)
    status, error_us = told
    return Stand(bool(status & _UNSYNCHRONISED) or error_us > CLOCK_ERROR_LIMIT_US)


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
