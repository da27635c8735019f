"""What the broker refused: each attempt is counted by kind and user, and said now and then.

An attacker decides how often it tries, so it must not decide how much is written: a kind is said at
once for each user, and then at most once a minute with how often it happened. Whoever is not in the
credentials file counts as one stranger.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import structlog

SAY_AGAIN_AFTER_S = 60.0
STRANGER = ""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Count:
    total: int = 0
    unsaid: int = 0
    silent_until: float = 0.0


class Refusals:
    """Counts refusals; its size is that of the credentials file, however many there are."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[tuple[str, str], _Count] = {}

    def note(self, what: str, *, user: str, times: int = 1, **details: object) -> None:
        """Count a refusal, and say it unless the same was said a moment ago."""
        count = self._counts.setdefault((what, user), _Count())
        count.total += times
        count.unsaid += times
        now = self._clock()
        if count.total == times or now >= count.silent_until:
            log.warning(what, username=user or None, times=count.unsaid, **details)
            count.unsaid, count.silent_until = 0, now + SAY_AGAIN_AFTER_S

    def totals(self) -> Mapping[tuple[str, str], int]:
        """How often what was refused to whom."""
        return {key: count.total for key, count in self._counts.items()}


@cache
def refusals() -> Refusals:
    """The one count of this process: gate, plugins and broker add to it."""
    return Refusals()
