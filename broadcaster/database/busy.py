"""Tells a database that is busy from one that is broken, and what was kept before it was.

Busy is whoever waited for their turn in vain: SQLite's place to write, a lock or a connection of
PostgreSQL. Such a transaction changed nothing, and the same may be tried again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from broadcaster.database.driver_codes import says
from broadcaster.errors import Unavailable

RETRY_AFTER_S = 5

# PostgreSQL 17, appendix A: serialization failure, deadlock, lock not available, statement or lock
# time-out, too many connections.
_BUSY_STATES = frozenset({"40001", "40P01", "55P03", "57014", "53300"})
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class DatabaseBusy(Unavailable):
    """Others wrote all the time; nothing of this was kept."""

    code = "database_busy"
    message_vi = (
        "Đài đang bận ghi việc khác nên chưa lưu được gì của lần gửi này. "
        "Hãy chờ vài giây rồi gửi lại."
    )
    message_en = (
        "The station is busy saving something else; nothing of this was saved. "
        "Wait a few seconds and send it again."
    )


class BusyHalfWay(Unavailable):
    """A part was kept before the database was busy: to send all again would do it twice."""

    code = "database_busy_half_way"
    message_vi = (
        "Đài đang bận: một phần của lần gửi này đã lưu, phần còn lại thì chưa. "
        "Hãy mở lại trang trước để xem rồi làm tiếp phần còn thiếu."
    )
    message_en = (
        "The station is busy: a part of this was saved, the rest was not. "
        "Open the page before again and do what is still missing."
    )


class Kept:
    """What the transactions of one request came to so far."""

    def __init__(self) -> None:
        self.commits = 0


_kept: ContextVar[Kept | None] = ContextVar("kept", default=None)


def begin_counting() -> None:
    """Count the commits of what runs from here on, in threads that it hands on to as well."""
    _kept.set(Kept())


def count_commit() -> None:
    """A writing transaction has ended well."""
    kept = _kept.get()
    if kept is not None:
        kept.commits += 1


def busy_error(error: Exception) -> Unavailable | None:
    """What to tell people of a database's error, or None where it is not of being busy."""
    if not is_busy(error):
        return None
    kept = _kept.get()
    return BusyHalfWay() if kept is not None and kept.commits else DatabaseBusy()


def is_busy(error: Exception) -> bool:
    """Whether whoever raised it waited for their turn in vain."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return says(error, sqlite=_BUSY_CODES, postgresql=_BUSY_STATES)


@contextmanager
def told_when_busy() -> Iterator[None]:
    """Raise DatabaseBusy or BusyHalfWay instead of the driver's error, for who can tell it."""
    try:
        yield
    except (DBAPIError, NoConnectionFree) as error:
        busy = busy_error(error)
        if busy is None:
            raise
        raise busy from error
