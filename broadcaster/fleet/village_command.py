"""`loa villages`: who lives where, who reaches whom, and mergers, at the station's machine."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.areas.queries import the_station
from broadcaster.areas.registering import (
    checked_day,
    checked_name,
    checked_people,
    enter_residents,
    read_day,
)
from broadcaster.database import Database
from broadcaster.fleet.errors import ShareUnusable
from broadcaster.fleet.shares import (
    WIRED,
    Merging,
    keep_shares,
    merge_with_poles,
    read_percent,
    written_percent,
)
from broadcaster.fleet.village_record import VillageRecord, standing_villages, village_record

_WIRED = "wired"


def listed(database: Database, *, now: datetime, as_json: bool) -> str:
    """Each village that stands today with its people and poles, one a line; or one JSON array."""
    with database.reading() as session:
        station = the_station(session)
        today = now.astimezone(ZoneInfo(station.zone)).date()
        _, villages = standing_villages(session, station_id=station.id, day=today)
        records = [
            village_record(session, each.id, station_id=station.id, day=today) for each in villages
        ]
    if not as_json:
        return "".join(_line(each) for each in records)
    return json.dumps([_told(each) for each in records], ensure_ascii=False) + "\n"


def entered(
    database: Database,
    village_id: str,
    *,
    households: str,
    residents: str,
    since: str,
    now: datetime,
) -> str:
    """Enter who lives in a village from a day on; raise a BadInput or NoSuchVillage."""
    with database.writing() as session:
        station_id, today = _here(session, now)
        day = _day(since, today=today)
        enter_residents(
            session,
            village_id,
            households=checked_people(households, field="households"),
            residents=checked_people(residents, field="residents"),
            since=day,
            station_id=station_id,
            by=None,
            now=now,
        )
    return f"✓ {village_id}, {day.isoformat()} →\n"


def shared(
    database: Database, village_id: str, shares: Sequence[str], *, since: str, now: datetime
) -> str:
    """Enter all shares of a village (`loa-1=60`, `wired=40`, in %) from a day on, and say so.

    Raises a BadInput, NoSuchVillage or UnknownDevice.
    """
    wanted: dict[str, float] = {}
    for each in shares:
        device, equals, percent = each.partition("=")
        if not equals:
            raise ShareUnusable(each[:40], field="shares")
        wanted[WIRED if device == _WIRED else device] = read_percent(percent)
    with database.writing() as session:
        station_id, today = _here(session, now)
        day = _day(since, today=today)
        keep_shares(session, village_id, wanted, since=day, station_id=station_id, by=None, now=now)
    return f"✓ {village_id}, {day.isoformat()} →\n"


def merged(
    database: Database,
    village_ids: Sequence[str],
    *,
    name: str,
    cluster_id: str,
    since: str,
    now: datetime,
) -> str:
    """Let villages become one from a day on, and name the new one.

    Raises a BadInput or NoSuchVillage.
    """
    with database.writing() as session:
        station_id, today = _here(session, now)
        village = merge_with_poles(
            session,
            Merging(
                village_ids=village_ids,
                name=checked_name(name),
                cluster_id=cluster_id,
                since=_day(since, today=today),
            ),
            station_id=station_id,
            by=None,
            now=now,
        )
        return f"✓ {village.id}\t{village.name}\n"


def _here(session: Session, now: datetime) -> tuple[str, date]:
    station = the_station(session)
    return station.id, now.astimezone(ZoneInfo(station.zone)).date()


def _day(since: str, *, today: date) -> date:
    return checked_day(read_day(since), today=today) if since else today


def _line(record: VillageRecord) -> str:
    people = record.populations[0] if record.populations else None
    counted = f"{people.households}\t{people.residents}" if people else "–\t–"
    poles = " ".join(
        f"{each.device_id or _WIRED}={written_percent(each.share)}"
        for each in record.poles
        if each.share
    )
    return f"{record.village.id}\t{record.village.name}\t{record.cluster.id}\t{counted}\t{poles}\n"


def _told(record: VillageRecord) -> dict[str, object]:
    return {
        "id": record.village.id,
        "name": record.village.name,
        "cluster_id": record.cluster.id,
        "people": [
            {
                "since": each.valid_from.isoformat(),
                "households": each.households,
                "residents": each.residents,
            }
            for each in record.populations
        ],
        "shares": {each.device_id or _WIRED: each.share for each in record.poles if each.share},
    }
