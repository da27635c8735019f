"""How much may be sent without a sign-in: counted per poster and per address, in memory alone.

Of an address only a keyed hash is held, for as long as its window lasts; the key is made at random
when the station starts and kept nowhere, so that nobody can tell afterwards who wrote.
"""

import hashlib
import math
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

FROM_ONE_ADDRESS = 3
ADDRESS_WINDOW_S = 600.0
AT_ONE_POSTER = 12
AT_ALL_POSTERS = 120
POSTER_WINDOW_S = 3_600.0


@dataclass(slots=True)
class Postbox:
    """Three in ten minutes from one address; twelve an hour at one poster, 120 at all of them."""

    now_s: Callable[[], float]
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _by_address: deque[tuple[float, bytes]] = field(default_factory=deque)
    _by_poster: deque[tuple[float, str]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, *, poster: str, address: str) -> float:
        """Seconds until a word from there can be taken; 0 where it is now, and is counted."""
        sender = hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            now_s = self.now_s()
            self._forget(now_s)
            theirs = [at_s for at_s, each in self._by_address if each == sender]
            there = [at_s for at_s, each in self._by_poster if each == poster]
            everywhere = [at_s for at_s, _ in self._by_poster]
            free_at_s = max(
                _free_at_s(theirs, most=FROM_ONE_ADDRESS, window_s=ADDRESS_WINDOW_S),
                _free_at_s(there, most=AT_ONE_POSTER, window_s=POSTER_WINDOW_S),
                _free_at_s(everywhere, most=AT_ALL_POSTERS, window_s=POSTER_WINDOW_S),
            )
            if free_at_s > now_s:
                return free_at_s - now_s
            self._by_address.append((now_s, sender))
            self._by_poster.append((now_s, poster))
            return 0.0

    def remembers(self) -> int:
        """How many senders are held at this moment."""
        with self._lock:
            self._forget(self.now_s())
            return len(self._by_address)

    def _forget(self, now_s: float) -> None:
        while self._by_address and self._by_address[0][0] <= now_s - ADDRESS_WINDOW_S:
            self._by_address.popleft()
        while self._by_poster and self._by_poster[0][0] <= now_s - POSTER_WINDOW_S:
            self._by_poster.popleft()


def _free_at_s(taken_at_s: Sequence[float], *, most: int, window_s: float) -> float:
    """When one more is taken, of words in a window in their order; long ago where one is now."""
    return taken_at_s[-most] + window_s if len(taken_at_s) >= most else -math.inf
