"""What is on air on a day about a campaign's topics: by itself or within a programme."""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin
from broadcaster.calendar.entries import Entry, entries_between
from broadcaster.ledger.periods import one_day
from broadcaster.playlists.tables import PlaylistItem
from broadcaster.schedule.tables import Schedule


def on_air_about(
    session: Session, topics: Collection[str], day: date, *, station_id: str, now: datetime
) -> list[Entry]:
    """What the calendar has of these topics on a day, played already or scheduled, in order."""
    station = session.get_one(Station, station_id)
    begins, ends = one_day(day).instants(zone=ZoneInfo(station.zone))
    entries = entries_between(session, station=station, begins=begins, ends=ends, now=now)
    wanted = _schedules_about(session, topics, {each.occasion.schedule_id for each in entries})
    return [each for each in entries if each.occasion.schedule_id in wanted]


def _schedules_about(
    session: Session, topics: Collection[str], schedule_ids: Collection[str]
) -> set[str]:
    own = (
        select(Schedule.id)
        .join(Bulletin, col(Bulletin.id) == col(Schedule.bulletin_id))
        .where(col(Schedule.id).in_(schedule_ids), col(Bulletin.topic).in_(topics))
    )
    within = (
        select(Schedule.id)
        .join(PlaylistItem, col(PlaylistItem.playlist_id) == col(Schedule.bulletin_id))
        .join(Bulletin, col(Bulletin.id) == col(PlaylistItem.bulletin_id))
        .where(col(Schedule.id).in_(schedule_ids), col(Bulletin.topic).in_(topics))
    )
    return {*session.exec(own), *session.exec(within)}
