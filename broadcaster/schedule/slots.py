"""Where there is room: intervals of sound on clusters, half-open, never two at once.

Pure. A short gap follows every broadcast, so that what is asked for back to back does not collide
through the uncertainty of the devices' clocks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcaster.schedule.quiet_hours import QuietHours

GAP = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Slot:
    """Sound on one cluster in `[starts_at, ends_at)`."""

    cluster_id: str
    starts_at: datetime
    ends_at: datetime
    title: str


def clash(
    taken: Iterable[Slot], *, clusters: Iterable[str], starts_at: datetime, duration: timedelta
) -> Slot | None:
    """The first slot that would sound together with the wished one on any of its clusters."""
    wished = set(clusters)
    ends_at = starts_at + duration + GAP
    clashing = [
        slot
        for slot in taken
        if slot.cluster_id in wished and slot.starts_at < ends_at and starts_at < slot.ends_at + GAP
    ]
    return min(clashing, key=lambda slot: slot.starts_at, default=None)


def first_room(
    taken: Sequence[Slot],
    *,
    clusters: Sequence[str],
    earliest: datetime,
    duration: timedelta,
    quiet: QuietHours | None,
) -> datetime:
    """The first instant not before `earliest` at which all clusters are free and may sound.

    `quiet` is None where a leader allowed quiet hours.
    """
    start = earliest
    while True:
        slot = clash(taken, clusters=clusters, starts_at=start, duration=duration)
        if slot is not None:
            start = slot.ends_at + GAP
        elif quiet is not None and quiet.touched_by(start, duration):
            start = _past_quiet(quiet, start, duration)
        else:
            return start


def first_whole_minute(
    taken: Sequence[Slot],
    *,
    clusters: Sequence[str],
    earliest: datetime,
    duration: timedelta,
    quiet: QuietHours | None,
) -> datetime:
    """As `first_room`, at a time that a person can enter: a form takes no seconds."""
    start = earliest
    while True:
        start = first_room(taken, clusters=clusters, earliest=start, duration=duration, quiet=quiet)
        begun = start.replace(second=0, microsecond=0)
        if begun == start:
            return start
        start = begun + timedelta(minutes=1)


def _past_quiet(quiet: QuietHours, start: datetime, duration: timedelta) -> datetime:
    """The end of the quiet hours that hold at `start` or into which its sound would run."""
    if quiet.covers(start):
        return quiet.end_after(start)
    return quiet.end_after(start + duration - timedelta(milliseconds=1))
