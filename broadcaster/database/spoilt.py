"""Tells a database whose own pages are spoilt: by a dying disk, a torn write, or another program.

Waiting does not mend it, and whatever is written on may be spoilt as well.
"""

import sqlite3

from broadcaster.database.driver_codes import says
from broadcaster.errors import Unavailable

# PostgreSQL 17, appendix A: data corrupted, index corrupted.
_SPOILT_STATES = frozenset({"XX001", "XX002"})
_SPOILT_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class DatabaseSpoilt(Unavailable):
    """Some of the database's pages are not what was written."""

    code = "database_spoilt"
    message_vi = (
        "Tệp cơ sở dữ liệu của đài bị hỏng. Các loa vẫn phát lịch đã nhận và giữ xác nhận. "
        "Hãy báo người quản trị máy: dừng đài, giữ nguyên tệp hỏng, rồi “loa restore” bản sao lưu "
        "mới nhất."
    )
    message_en = (
        "The station's database file is spoilt. Loudspeakers play the plan that they have and keep "
        "what they confirm. Tell who looks after the machine: stop the station, keep the spoilt "
        "file, and “loa restore” the newest backup."
    )


def is_spoilt(error: Exception) -> bool:
    """Whether a database's error, the driver's own or SQLAlchemy's, says that pages are spoilt."""
    return says(error, sqlite=_SPOILT_CODES, postgresql=_SPOILT_STATES)
