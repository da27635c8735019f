"""The coverage bar's parts: what is confirmed and what is not always stand apart, with numbers.

Pure arithmetic for `pages/components.html`. Units are whatever is counted: residents or devices.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from broadcaster.web.play_marks import PLAY_MARKS, PlayMark

ALWAYS_APART = ("confirmed", "partial", "failed", "not_confirmed", "unverifiable")
STILL_AHEAD = ("playing", "cached", "planned")
_ENDED = ("confirmed", "relayed", "partial", "failed", "not_confirmed", "unverifiable")
ORDER = (*_ENDED, *STILL_AHEAD)


@dataclass(frozen=True, slots=True)
class CoveragePart:
    """One part of the bar: how much of all it is, and where it begins, as shares of one."""

    mark: PlayMark
    count: float
    share: float
    start: float


def coverage_parts(counts: Mapping[str, float]) -> list[CoveragePart]:
    """Lay the counts of each state side by side; relays and what is ahead only if there are any.

    Raises ValueError for a state that cannot stand in a bar or for a negative count.
    """
    unknown = set(counts) - set(ORDER)
    if unknown or any(count < 0 for count in counts.values()):
        message = f"no coverage bar can show {sorted(unknown) or 'a negative count'}"
        raise ValueError(message)
    total = sum(counts.values())
    parts: list[CoveragePart] = []
    start = 0.0
    for state in ORDER:
        count = counts.get(state, 0)
        if not count and state not in ALWAYS_APART:
            continue
        part = count / total if total else 0.0
        parts.append(CoveragePart(PLAY_MARKS[state], count, part, start))
        start += part
    return parts
