"""How often a token may ask: counted in memory, by token, so that one program starves nobody."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

AT_ONCE = 60
"""How many requests a token that rested may send in one go."""

A_SECOND = 5.0
"""How many follow in each second after that."""

_REMEMBERED = 1_000


@dataclass(slots=True)
class TokenPace:
    """A bucket for each token: full at `AT_ONCE`, filled again with `A_SECOND`."""

    now_s: Callable[[], float]
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, token_id: str) -> float:
        """Seconds until a request is taken; 0 where it is now, and is counted."""
        with self._lock:
            now_s = self.now_s()
            left, at_s = self._left.pop(token_id, (float(AT_ONCE), now_s))
            left = min(float(AT_ONCE), left + (now_s - at_s) * A_SECOND)
            taken = left >= 1
            self._left[token_id] = (left - 1 if taken else left, now_s)
            while len(self._left) > _REMEMBERED:  # whoever asked least lately
                self._left.pop(next(iter(self._left)))
            return 0.0 if taken else (1 - left) / A_SECOND
