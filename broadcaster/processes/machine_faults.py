"""What the machine did to us, as an error that a person can act on: a full disk, a spoilt file."""

import errno

from broadcaster.database.spoilt import DatabaseSpoilt, is_spoilt
from broadcaster.errors import LoaError
from broadcaster.processes.errors import DiskFull


def of_the_machine(error: Exception) -> LoaError | None:
    """The error to tell; None for whatever nobody foresaw."""
    if _is_disk_full(error):
        return DiskFull()
    return DatabaseSpoilt(str(error).splitlines()[0]) if is_spoilt(error) else None


def _is_disk_full(error: Exception) -> bool:
    """What the system says, and what SQLite says of it through SQLAlchemy."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    return type(error).__name__ == "OperationalError" and "disk is full" in str(error)
