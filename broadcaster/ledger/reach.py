"""Reach over a period: each share counts once if its pole played the topic at least once.

Pure arithmetic, and never more than can be shown. Where the poles of a village were changed within
the period, nobody knows whether the new ones reach the same houses as the old: each layout of poles
is looked at by itself, and the best of them stands. Where villages merged, the new one is reached
as far as its own poles or those of its former parts reached it, whichever is more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import NamedTuple


class ShareSeen(NamedTuple):
    """A pole's share of a village in one layout, and in how many broadcasts it was confirmed."""

    village_id: str
    layout: str
    device_id: str
    share: float
    confirmed: int


@dataclass(frozen=True, slots=True)
class Stood:
    """A village as it stood when it was last asked within the period."""

    village_id: str
    cluster_id: str
    residents: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """Residents of the villages asked, and of them those in reach of a pole that played."""

    residents: int = 0
    reached: float = 0.0

    @property
    def share(self) -> float | None:
        """Reached of all, from 0 to 1; None where nobody was asked."""
        return self.reached / self.residents if self.residents else None

    def __add__(self, other: "Reach") -> "Reach":
        """Both together; they must not speak of the same village."""
        return Reach(self.residents + other.residents, self.reached + other.reached)


def newest(standing: Iterable[Stood]) -> dict[str, Stood]:
    """Each village as it stood last."""
    found: dict[str, Stood] = {}
    for each in standing:
        held = found.get(each.village_id)
        if held is None or (held.last_at, held.cluster_id) < (each.last_at, each.cluster_id):
            found[each.village_id] = each
    return found


def reached_share(seen: Iterable[ShareSeen], *, played: Set[str]) -> float:
    """The largest share that the poles which played hold in any one layout; at most 1."""
    layouts: dict[str, dict[str, float]] = defaultdict(dict)
    for each in seen:
        if each.device_id in played:
            layouts[each.layout][each.device_id] = each.share
    return min(max((fsum(shares.values()) for shares in layouts.values()), default=0.0), 1.0)


def reach_by_village(
    standing: Mapping[str, Stood],
    seen: Iterable[ShareSeen],
    *,
    mergers: Mapping[str, str],
) -> dict[str, Reach]:
    """The reach of each village that stands at the end; its former parts count within it.

    `mergers` lead from a village to the one that it became part of before the period's end.
    """
    by_village: dict[str, list[ShareSeen]] = defaultdict(list)
    for each in seen:
        by_village[each.village_id].append(each)
    parts = _parts(standing, mergers)
    whole = {part for found in parts.values() for part in found}
    return {
        village_id: _reach(village_id, standing, by_village, parts)
        for village_id in standing
        if village_id not in whole
    }


def _parts(standing: Mapping[str, Stood], mergers: Mapping[str, str]) -> dict[str, list[str]]:
    """The former parts of each village that was asked itself, as far as they were asked."""
    parts: dict[str, list[str]] = defaultdict(list)
    for village_id in sorted(standing):
        heir, passed = mergers.get(village_id), {village_id}
        while heir is not None and heir not in standing and heir not in passed:
            passed.add(heir)
            heir = mergers.get(heir)
        if heir is not None and heir in standing and heir not in passed:
            parts[heir].append(village_id)
    return parts


def _reach(
    village_id: str,
    standing: Mapping[str, Stood],
    seen: Mapping[str, Sequence[ShareSeen]],
    parts: Mapping[str, Sequence[str]],
) -> Reach:
    residents = standing[village_id].residents
    own = residents * reached_share(
        seen.get(village_id, ()), played=_played(village_id, seen, parts)
    )
    before = fsum(_reach(part, standing, seen, parts).reached for part in parts.get(village_id, ()))
    return Reach(residents, min(max(own, before), float(residents)))


def _played(
    village_id: str, seen: Mapping[str, Sequence[ShareSeen]], parts: Mapping[str, Sequence[str]]
) -> set[str]:
    here = {each.device_id for each in seen.get(village_id, ()) if each.confirmed}
    return here.union(*(_played(part, seen, parts) for part in parts.get(village_id, ())))
