"""What an ingest tells while the database takes nothing, so that a person can make it take again.

The database cannot be asked then, and a full disk takes no new file either: each ingest makes a
file of fixed size when it starts, and writes over it in place. A word that is not said again grows
old, and counts no more: its process has ended. Web processes on another machine do not see it.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.database.spoilt import is_spoilt

log = structlog.get_logger()

TOLD_AFTER = timedelta(seconds=5)
"""A database that is only busy is back before that."""
GROWS_OLD_AFTER = timedelta(seconds=60)
_SIZE_BYTES = 256
_DISK_FULL_STATES = frozenset({"53100"})
_DISK_FULL_WORDS = ("disk is full", "No space left on device")


class Reason(StrEnum):
    """Why nothing can be stored, as far as the database says."""

    DISK_FULL = "disk_full"
    SPOILT = "spoilt"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageAway:
    """Since when the database has taken nothing, and when that was last tried."""

    since: datetime
    tried_at: datetime
    reason: Reason

    @property
    def lasts(self) -> timedelta:
        """How long it has lasted, as far as it is known."""
        return self.tried_at - self.since


def is_away(error: DBAPIError) -> bool:
    """Whether the database may take it later: locked, restarting, read-only, out of disk, broken.

    Only what lies in the words themselves, or in the question, does not change by waiting.
    """
    if error.connection_invalidated:
        return True
    of_the_words = (
        DataError,
        IntegrityError,
        InterfaceError,
        NotSupportedError,
        ProgrammingError,
    )
    return not isinstance(error, of_the_words)


def reason_of(error: DBAPIError) -> Reason:
    """Why a database that is away takes nothing."""
    is_full = getattr(error.orig, "sqlstate", None) in _DISK_FULL_STATES or any(
        words in str(error.orig) for words in _DISK_FULL_WORDS
    )
    if is_full:
        return Reason.DISK_FULL
    return Reason.SPOILT if is_spoilt(error) else Reason.NO_ANSWER


def storage_file(state_dir: Path, *, number: int) -> Path:
    """Where the ingest of this number tells it."""
    return state_dir / "ingest" / f"{number}.json"


class StorageFile:
    """One ingest's file; where it cannot be made, nothing is told and everything else goes on."""

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            log.warning("storage_file_not_made", error=str(error))
        self.tell(None)

    def tell(self, away: StorageAway | None) -> None:
        """Write what is so now; None: the database takes what comes."""
        if self._descriptor is None:
            return
        said = (
            {}
            if away is None
            else {
                "since_ms": to_ms(away.since),
                "tried_at_ms": to_ms(away.tried_at),
                "reason": away.reason,
            }
        )
        try:
            os.pwrite(self._descriptor, json.dumps(said).ljust(_SIZE_BYTES).encode(), 0)
        except OSError as error:
            log.warning("storage_not_told", error=str(error))

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def storage_away(state_dir: Path, *, now: datetime) -> StorageAway | None:
    """What the ingests of this machine tell: the one that has waited longest, None for none."""
    told = [
        each
        for each in _told(state_dir)
        if each.lasts >= TOLD_AFTER and now - each.tried_at < GROWS_OLD_AFTER
    ]
    return min(told, key=lambda each: each.since, default=None)


def _told(state_dir: Path) -> Iterator[StorageAway]:
    for path in storage_file(state_dir, number=1).parent.glob("*.json"):
        try:
            said = json.loads(path.read_text("utf-8"))
            if said:
                yield StorageAway(
                    since=from_ms(said["since_ms"]),
                    tried_at=from_ms(said["tried_at_ms"]),
                    reason=Reason(said["reason"]),
                )
        except (OSError, ValueError, KeyError, TypeError) as error:
            # Half written, or by another version: the next word is read in a second.
            log.info("storage_file_unreadable", path=path.name, error=str(error))
