"""The board of the day: a line for each cluster with what is on air, what comes next, and the day.

Pure: airings and `now` are given; an airing is one broadcast in one cluster. What is on air is
what devices have said, not what the clock suggests; a start that nobody confirms is awaited.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broadcaster.ledger.coverage import Coverage

_AHEAD = frozenset({"planned", "cached", "playing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Devices by the part of the bar that they stand in, and the residents whom they reach."""

    devices: Mapping[str, int] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def expected(self) -> int:
        """How many devices were asked."""
        return sum(self.devices.values())

    @property
    def confirmed(self) -> int:
        """How many devices confirmed that they played it."""
        return self.devices.get("confirmed", 0)

    @property
    def relayed(self) -> int:
        """How many devices say that they passed a programme on to its end."""
        return self.devices.get("relayed", 0)

    @property
    def awaited(self) -> int:
        """How many devices have not come to an end yet, by their word or by the deadline."""
        return sum(count for part, count in self.devices.items() if part in _AHEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Airing:
    """A broadcast in one cluster, with what its devices have said so far."""

    broadcast_id: str
    cluster_id: str
    title: str
    priority: int
    starts_at: datetime
    duration_ms: int
    tally: Tally = Tally()
    override_reason: str | None = None
    is_relay: bool = False

    @property
    def ends_at(self) -> datetime:
        """When the sound ends if it starts when it should (the interval is half-open)."""
        return self.starts_at + timedelta(milliseconds=self.duration_ms)

    @property
    def mark(self) -> str:
        """The one mark that is true of all its devices together."""
        silent = not self.tally.expected and self.tally.coverage.unverifiable > 0
        return "unverifiable" if silent else overall_mark(self.tally.devices)

    def is_on_air(self, now: datetime) -> bool:
        """Whether a device says that it plays, or its time has come and none has ended."""
        if self.tally.devices.get("playing", 0):
            return True
        return self.starts_at <= now < self.ends_at and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more can come: every device has ended, or its time is past."""
        if self.tally.devices.get("playing", 0):
            return False
        if self.tally.expected and not self.tally.awaited:
            return True
        return now >= self.ends_at

    def is_unheard(self, now: datetime) -> bool:
        """Whether its time has come and no device has said anything of playing."""
        said = self.tally.expected - self.tally.awaited + self.tally.devices.get("playing", 0)
        return now >= self.starts_at and self.tally.expected > 0 and not said


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLine:
    """One cluster's line of the board."""

    cluster_id: str
    name: str
    villages: Sequence[str]
    on_air: Airing | None
    coming: Airing | None
    day: Sequence[Airing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cluster and its villages by name, as far as the viewer may see them."""

    cluster_id: str
    name: str
    villages: Sequence[str]


def overall_mark(devices: Mapping[str, int]) -> str:
    """One mark for many devices: never better than the worst that it would hide.

    All alike show their own mark. Otherwise something playing shows as playing, something played
    as played in part, and nothing played as failed or as not confirmed.
    """
    present = {part for part, count in devices.items() if count}
    if not present:
        return "planned"
    if len(present) == 1:
        return next(iter(present))
    if "playing" in present:
        return "playing"
    if present <= _AHEAD:
        return "planned"
    if present & {"confirmed", "relayed", "partial"}:
        return "partial"
    return "failed" if "failed" in present else "not_confirmed"


def lay_board(
    places: Sequence[Place], airings: Iterable[Airing], *, now: datetime, day_ends: datetime
) -> tuple[ClusterLine, ...]:
    """Lay airings on a line for each cluster, in the order of their starts.

    The day holds what starts before `day_ends`; what comes next may lie days ahead.
    """
    by_cluster: dict[str, list[Airing]] = {place.cluster_id: [] for place in places}
    for airing in sorted(airings, key=lambda each: (each.starts_at, each.broadcast_id)):
        if airing.cluster_id in by_cluster:
            by_cluster[airing.cluster_id].append(airing)
    return tuple(
        _line(place, by_cluster[place.cluster_id], now=now, day_ends=day_ends) for place in places
    )


def _line(
    place: Place, airings: Sequence[Airing], *, now: datetime, day_ends: datetime
) -> ClusterLine:
    on_air = next((each for each in airings if each.is_on_air(now)), None)
    later = (each for each in airings if each.starts_at > now and each is not on_air)
    return ClusterLine(
        cluster_id=place.cluster_id,
        name=place.name,
        villages=place.villages,
        on_air=on_air,
        coming=next(later, None),
        day=tuple(each for each in airings if each.starts_at < day_ends),
    )


def coming_up(lines: Iterable[ClusterLine], *, limit: int = 5) -> list[tuple[Airing, list[str]]]:
    """The next broadcasts of all clusters together, each once, with the clusters it goes to."""
    found: dict[str, tuple[Airing, list[str]]] = {}
    for line in lines:
        if line.coming is not None:
            known = found.setdefault(line.coming.broadcast_id, (line.coming, []))
            known[1].append(line.name)
    return sorted(found.values(), key=lambda pair: pair[0].starts_at)[:limit]
