"""Villages that merge: a new one takes their place from a day on, and their past stays theirs.

The new village is one of its own, with an id of its own: what was recorded of the old ones keeps
meaning what it meant.
"""

from collections.abc import Collection
from datetime import date, datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.errors import UnknownVillage
from broadcaster.areas.tables import Village, VillageLanguage, VillageMerger, VillagePopulation
from broadcaster.audit import Act, record
from broadcaster.database import new_id

log = structlog.get_logger()


def merge_villages(
    session: Session,
    village_ids: Collection[str],
    *,
    name: str,
    cluster_id: str,
    since: date,
    households: int,
    residents: int,
    by: str | None,
    now: datetime,
) -> Village:
    """Found the village that these become from `since` on, with its people as counted then.

    Broadcasts from that day on ask the new one only; it has the languages of all. Poles are shared
    out to it as to any other, or all together (`fleet.shares.merge_with_poles`). Raises
    UnknownVillage for one that is not there, or that had merged before.
    """
    for village_id in village_ids:
        is_merged = session.get(VillageMerger, village_id) is not None
        if is_merged or session.get(Village, village_id) is None:
            raise UnknownVillage(village_id, field="village_ids")
    merged = Village(id=new_id("thon"), cluster_id=cluster_id, name=name)
    session.add(merged)
    session.flush()
    session.add(
        VillagePopulation(
            village_id=merged.id, valid_from=since, households=households, residents=residents
        )
    )
    session.add_all(
        VillageMerger(village_id=each, into_village_id=merged.id, since=since)
        for each in village_ids
    )
    spoken = session.exec(
        select(VillageLanguage.language)
        .where(col(VillageLanguage.village_id).in_(village_ids))
        .distinct()
    ).all()
    session.add_all(VillageLanguage(village_id=merged.id, language=each) for each in spoken)
    session.flush()
    record(
        session,
        Act.VILLAGES_MERGED,
        by=by,
        about=merged.id,
        at=now,
        details={"since": since.isoformat(), "villages": ", ".join(sorted(village_ids))},
    )
    log.info("villages_merged", village_ids=sorted(village_ids), into=merged.id, since=str(since))
    return merged
