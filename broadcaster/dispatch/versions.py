"""The next version of what is signed: it only grows, also for a station restored from a backup."""

from datetime import datetime, timedelta

from broadcaster.database.columns import to_ms

BELIEVED_LIMIT = 2**52
"""Versions beyond are no station's: going above what a device made up would use up all numbers."""

AGAIN_AFTER = timedelta(minutes=5)
"""How often something is signed again only because a device says that it holds a newer version."""


def next_version(*, last: int, now: datetime, reported: int) -> int:
    """Above the last one, above what devices hold, and not below the time in milliseconds."""
    believed = reported if reported <= BELIEVED_LIMIT else 0
    return max(last + 1, believed + 1, to_ms(now))


def is_behind(*, last: int, signed_at: datetime, reported: int, now: datetime) -> bool:
    """Whether devices hold something newer than this station remembers: it was restored.

    What they say is no proof, and one that lies must not have every plan signed every second.
    """
    return last < reported <= BELIEVED_LIMIT and abs(now - signed_at) >= AGAIN_AFTER
