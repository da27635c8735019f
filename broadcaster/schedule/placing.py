"""Two things in one slot: what clashes, which ways out there are, and what each comes to.

Pure. A priority item goes before a normal one, and two priority items are put in order by a
person: neither is ever taken off the air for the other. Nothing that has begun is touched.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from broadcaster.schedule.quiet_hours import QuietHours
from broadcaster.schedule.slots import GAP, Slot, first_room

PRIORITY = 2
"""Goes before the normal ones; a smaller number goes first."""

FARTHEST = timedelta(hours=3)
"""Whoever is put off for longer is on another programme: a person chooses a time then."""


class Choice(StrEnum):
    """What shall become of two that want the same slot."""

    OVERWRITE = "overwrite"
    AFTER = "after"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True, order=True)
class Occasion:
    """One occurrence of one schedule, by its own wall time."""

    schedule_id: str
    occurrence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Slot):
    """A slot that is taken, and by what."""

    occasion: Occasion
    bulletin_id: str
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What wants a place: its plays by occurrence, all of one length, on some clusters."""

    clusters: Collection[str]
    length: timedelta
    priority: int
    plays: Mapping[str, Sequence[datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a choice comes to: how far occurrences move, and which are left out.

    `own` moves occurrences of the wish, `others` those that are there; all by how much later.
    """

    own: Mapping[str, timedelta] = field(default_factory=dict)
    others: Mapping[Occasion, timedelta] = field(default_factory=dict)
    left_out: frozenset[Occasion] = frozenset()


def clashes(wish: Wish, taken: Iterable[Taken]) -> list[Taken]:
    """Every slot that would sound together with the wish, in order."""
    here = [slot for slot in taken if slot.cluster_id in wish.clusters]
    starts = [at for plays in wish.plays.values() for at in plays]
    found = [slot for slot in here if any(_meets(slot, at, wish.length) for at in starts)]
    return sorted(found, key=lambda slot: (slot.starts_at, slot.title, slot.cluster_id))


def choices(wish: Wish, clashing: Sequence[Taken], *, now: datetime) -> tuple[Choice, ...]:
    """The ways out that a person may take, the one that the rules suggest first."""
    first_of_others = min(slot.priority for slot in clashing)
    if any(slot.starts_at <= now for slot in clashing) or wish.priority > first_of_others:
        return (Choice.AFTER,)
    if wish.priority < first_of_others:
        return (Choice.SHIFT, Choice.AFTER, Choice.OVERWRITE)
    if wish.priority <= PRIORITY:
        return (Choice.AFTER, Choice.SHIFT)
    return (Choice.AFTER, Choice.SHIFT, Choice.OVERWRITE)


def settle(
    wish: Wish,
    taken: Sequence[Taken],
    choice: Choice,
    *,
    quiet: QuietHours,
    own_quiet: QuietHours | None,
) -> Settlement | None:
    """What the choice comes to; None where there is no room for it within three hours.

    `own_quiet` is None where a leader is asked to allow quiet hours: to the wish alone. What makes
    way for it keeps out of them, for nobody allowed it anything.
    """
    clashing = clashes(wish, taken)
    if choice is Choice.AFTER:
        own = _put_after(wish, taken, quiet=own_quiet)
        return None if own is None else Settlement(own=own)
    occasions = list(dict.fromkeys(slot.occasion for slot in clashing))
    if choice is Choice.OVERWRITE:
        return Settlement(left_out=frozenset(occasions))
    return _shifted(wish, taken, occasions, quiet=quiet)


def _put_after(
    wish: Wish, taken: Sequence[Taken], *, quiet: QuietHours | None
) -> dict[str, timedelta] | None:
    later: dict[str, timedelta] = {}
    for occurrence, plays in wish.plays.items():
        one = Wish(
            clusters=wish.clusters,
            length=wish.length,
            priority=wish.priority,
            plays={occurrence: plays},
        )
        if not clashes(one, taken):
            continue
        by = _first_shift(taken, wish.clusters, plays, length=wish.length, quiet=quiet)
        if by is None:
            return None
        later[occurrence] = by
    return later


def _shifted(
    wish: Wish,
    taken: Sequence[Taken],
    occasions: Sequence[Occasion],
    *,
    quiet: QuietHours,
) -> Settlement | None:
    """Every one that clashes moves behind the wish, one after another, none onto a third."""
    wished = [
        Slot(cluster, at, at + wish.length, "")
        for cluster in wish.clusters
        for plays in wish.plays.values()
        for at in plays
    ]
    standing: list[Slot] = [slot for slot in taken if slot.occasion not in set(occasions)]
    moved: dict[Occasion, timedelta] = {}
    for occasion in occasions:
        own = [slot for slot in taken if slot.occasion == occasion]
        length = max(slot.ends_at - slot.starts_at for slot in own)
        clusters = sorted({slot.cluster_id for slot in own})
        starts = sorted({slot.starts_at for slot in own})
        by = _first_shift([*standing, *wished], clusters, starts, length=length, quiet=quiet)
        if by is None:
            return None
        moved[occasion] = by
        standing += [
            Slot(slot.cluster_id, slot.starts_at + by, slot.ends_at + by, slot.title)
            for slot in own
        ]
    return Settlement(others=moved)


def _first_shift(
    taken: Sequence[Slot],
    clusters: Collection[str],
    starts: Sequence[datetime],
    *,
    length: timedelta,
    quiet: QuietHours | None,
) -> timedelta | None:
    """By how many whole minutes plays that belong together move until all have room."""
    by = timedelta()
    while by <= FARTHEST:
        wait = timedelta()
        for at in starts:
            room = first_room(
                taken, clusters=sorted(clusters), earliest=at + by, duration=length, quiet=quiet
            )
            wait = max(wait, room - (at + by))
        if not wait:
            return by
        by = _whole_minutes(by + wait)
    return None


def _whole_minutes(span: timedelta) -> timedelta:
    minute = timedelta(minutes=1)
    return -(-span // minute) * minute


def _meets(slot: Slot, at: datetime, length: timedelta) -> bool:
    return slot.starts_at < at + length + GAP and at < slot.ends_at + GAP
