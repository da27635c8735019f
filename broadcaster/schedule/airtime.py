"""What plays where, and how long it takes: the main sound, then recordings in other languages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Village
from broadcaster.bulletins.tables import Rendition
from broadcaster.schedule.tables import Broadcast


def recordings_in(
    recordings: Sequence[Mapping[str, Any]], village_ids: Collection[str]
) -> list[Mapping[str, Any]]:
    """The recordings for these villages in their order, each sound once."""
    here = {each["audio_sha256"]: each for each in recordings if each["village_id"] in village_ids}
    return list(here.values())


def airtime_ms(
    main_ms: int, recordings: Sequence[Mapping[str, Any]], villages: Mapping[str, Collection[str]]
) -> int:
    """How long a broadcast lasts on the cluster where it lasts longest.

    `villages` holds the ids of the villages of each cluster.
    """
    beside = (
        sum(int(each["duration_ms"]) for each in recordings_in(recordings, village_ids))
        for village_ids in villages.values()
    )
    return main_ms + max(beside, default=0)


def main_ms_of(duration_ms: int, replay: Mapping[str, Any] | None) -> int:
    """The room that a rendition's main sound needs, told as a replay or not."""
    return max(duration_ms, int((replay or {}).get("duration_ms", 0)))


def longest_airtime_ms(session: Session, rendition: Rendition, clusters: Collection[str]) -> int:
    """The room that a rendition needs on these clusters, told as a replay or not."""
    main_ms = main_ms_of(rendition.duration_ms, rendition.replay)
    return airtime_ms(main_ms, rendition.recordings, villages_in(session, clusters))


def most_recordings(session: Session, rendition: Rendition, clusters: Collection[str]) -> int:
    """How many recordings follow the main sound on the cluster where there are most."""
    villages = villages_in(session, clusters)
    return max(
        (len(recordings_in(rendition.recordings, ids)) for ids in villages.values()), default=0
    )


def villages_in(session: Session, clusters: Collection[str]) -> dict[str, list[str]]:
    """The ids of the villages of these clusters."""
    found: dict[str, list[str]] = {cluster_id: [] for cluster_id in clusters}
    rows = session.exec(
        select(Village.cluster_id, Village.id).where(col(Village.cluster_id).in_(clusters))
    )
    for cluster_id, village_id in rows:
        found[cluster_id].append(village_id)
    return found


def cues_of(rendition: Rendition) -> list[dict[str, Any]]:
    """Where the parts of a playlist begin in its sound; none for a bulletin by itself."""
    return [
        {"at_ms": part["start_ms"], "title": part["title"], "kind": part["kind"]}
        for part in rendition.parts
    ]


def is_heard_before(session: Session, broadcast: Broadcast) -> bool:
    """Whether a broadcast of the same bulletin comes before this one, anywhere."""
    earlier = select(Broadcast.id).where(
        Broadcast.bulletin_id == broadcast.bulletin_id,
        col(Broadcast.starts_at) < broadcast.starts_at,
        col(Broadcast.cancelled_at).is_(None),
    )
    return session.exec(earlier.limit(1)).first() is not None
