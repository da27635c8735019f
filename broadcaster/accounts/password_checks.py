"""The few places in which passwords are hashed: strangers, however many, take none of the others.

Each check takes 64 MiB and four threads for a moment: many at once would starve the station, and
many who wait would hold the threads that answer everybody else.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from broadcaster.accounts.errors import SignInBusy
from broadcaster.accounts.failures import Source

AT_ONCE = 2
STRANGERS_WAITING = 12
A_NETWORK_WAITING = 6
"""Of the strangers' places: a hall of village heads behind one address still gets in by turns."""
KNOWN_WAITING = 6
_BUSY_AFTER_S = 5.0


_HASHING = threading.BoundedSemaphore(AT_ONCE)
_COUNTING = threading.Lock()
_HERE = Counter[Source]()


@contextmanager
def one_of_few_checks(source: Source) -> Iterator[None]:
    """Wait for one of the places in which a password is hashed; raise SignInBusy.

    Whoever was there before, or holds a link, waits behind a dozen strangers at most: for a second.
    """
    with place_in_line(source):
        if not _HASHING.acquire(timeout=_BUSY_AFTER_S):
            raise SignInBusy
        try:
            yield
        finally:
            _HASHING.release()


@contextmanager
def place_in_line(source: Source) -> Iterator[None]:
    """One of the places to wait in and to be checked; raise SignInBusy where none is left."""
    with _COUNTING:
        if _is_full(source):
            raise SignInBusy
        _HERE[source] += 1
    try:
        yield
    finally:
        with _COUNTING:
            _HERE[source] -= 1
            if not _HERE[source]:
                del _HERE[source]


def _is_full(source: Source) -> bool:
    known = sum(count for each, count in _HERE.items() if each.is_known)
    if source.is_known:
        return known >= KNOWN_WAITING
    strangers = _HERE.total() - known
    return strangers >= STRANGERS_WAITING or _HERE[source] >= A_NETWORK_WAITING
