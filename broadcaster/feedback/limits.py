"""How much may be sent without a sign-in: counted per poster and per address, in memory alone.

Of an address only a keyed hash is held, for as long as its window lasts; the key is made at random
when the station starts and kept nowhere, so that nobody can tell afterwards who wrote.
"""

import hashlib
import secrets
import threading
from collections import deque
from collections.abc import Callable
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

    def takes(self, *, poster: str, address: str) -> bool:
        """Whether a word from there is taken now; it is counted if so."""
        sender = hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            now_s = self.now_s()
            self._forget(now_s)
            theirs = sum(each == sender for _, each in self._by_address)
            there = sum(each == poster for _, each in self._by_poster)
            if (
                theirs >= FROM_ONE_ADDRESS
                or there >= AT_ONE_POSTER
                or len(self._by_poster) >= AT_ALL_POSTERS
            ):
                return False
            self._by_address.append((now_s, sender))
            self._by_poster.append((now_s, poster))
            return True

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
