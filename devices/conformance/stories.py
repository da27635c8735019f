"""Which confirmation of an order may follow which: the table of CONTRACT.md 18.2, to check by."""

from collections.abc import Iterable, Mapping, Sequence

from devices.protocol.reports import Confirmation, Kind

_SOUNDING = frozenset(
    {Kind.ITEM_STARTED, Kind.CUT, Kind.RESUMED, Kind.FINISHED, Kind.FAILED, Kind.STOPPED}
)
_BEGINS = frozenset({Kind.TONE_STARTED, Kind.STARTED})
_NEVER = frozenset({Kind.SKIPPED, Kind.FAILED, Kind.STOPPED})
NOTHING_YET = None
"""Stands for an order of which nothing was said."""

MAY_FOLLOW: Mapping[Kind | None, frozenset[Kind]] = {
    NOTHING_YET: frozenset({Kind.RECEIVED, Kind.REJECTED}),
    Kind.REJECTED: frozenset({Kind.REJECTED, Kind.RECEIVED}),
    Kind.RECEIVED: frozenset({Kind.CACHED, Kind.REJECTED}) | _BEGINS | _NEVER,
    Kind.CACHED: frozenset({Kind.REJECTED}) | _BEGINS | _NEVER,
    Kind.TONE_STARTED: frozenset({Kind.CACHED, Kind.CUT}) | _BEGINS | _NEVER,
    Kind.STARTED: _SOUNDING,
    Kind.ITEM_STARTED: _SOUNDING,
    Kind.CUT: frozenset({Kind.RESUMED, Kind.STOPPED}),
    Kind.RESUMED: _SOUNDING,
    Kind.FINISHED: frozenset(),
    Kind.FAILED: frozenset(),
    Kind.STOPPED: frozenset(),
    Kind.SKIPPED: frozenset(),
}


def faults_in(said: Iterable[Confirmation]) -> Sequence[str]:
    """What a device said of its orders, in the order of its numbers, that may not be said so."""
    last: dict[tuple[str, int], Kind] = {}
    faults: list[str] = []
    for each in said:
        if each.order is None:
            continue
        key = (each.order, each.repeat)
        before = last.get(key)
        if each.kind not in MAY_FOLLOW[before]:
            faults.append(f"entry {each.seq}: {each.kind} after {before or 'nothing'}")
        # Refused by a later configuration and allowed again, it goes on where it was.
        if each.kind is not Kind.REJECTED or before is NOTHING_YET:
            last[key] = each.kind
    return faults
