"""What stands in the way of a wish, as people read it before anything is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.areas.tables import Cluster
from broadcaster.schedule.placing import Taken
from broadcaster.schedule.timetable import wall_time


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheWay:
    """What stands in the way, once for all its clusters."""

    title: str
    bulletin_id: str
    priority: int
    begins: datetime
    ends: datetime
    clusters: Sequence[str]


def in_the_way(session: Session, clashing: Sequence[Taken], *, zone: ZoneInfo) -> list[InTheWay]:
    """What clashes, as people read it: each once, with the clusters where it does."""
    found: dict[tuple[str, str], list[Taken]] = {}
    for slot in clashing:
        key = (slot.occasion.schedule_id, wall_time(slot.starts_at, zone))
        found.setdefault(key, []).append(slot)
    return [
        InTheWay(
            title=slots[0].title,
            bulletin_id=slots[0].bulletin_id,
            priority=slots[0].priority,
            begins=slots[0].starts_at,
            ends=slots[0].ends_at,
            clusters=[session.get_one(Cluster, each.cluster_id).name for each in slots],
        )
        for slots in found.values()
    ]
