"""The schedule as iCalendar (RFC 5545), for the calendars that people have in their pockets."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Event

from broadcaster.publishing.channel import Channel
from broadcaster.publishing.items import Announced

LOOK_BACK = timedelta(days=30)
LOOK_AHEAD = timedelta(days=31)
_KEPT = 4
"""Calendars that are kept: one of each station of a machine that has few."""


def public_calendar(channel: Channel, broadcasts: Sequence[Announced], *, now: datetime) -> bytes:
    """The calendar, UTF-8; instants in UTC, which every calendar shows in its reader's zone.

    Anybody may ask, and calendars do so again and again: what was written for the same broadcasts
    and the same `now` is not written anew.
    """
    return _written(channel, tuple(broadcasts), now)


@lru_cache(maxsize=_KEPT)
def _written(channel: Channel, broadcasts: tuple[Announced, ...], now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Loa//loa.vn//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", channel.title)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for each in broadcasts:
        event = Event()
        event.add("uid", f"{each.broadcast_id}@{channel.station_id}")
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", _whole(each.starts_at))
        event.add("dtend", _whole(each.starts_at + timedelta(milliseconds=each.slot_ms), up=True))
        event.add("summary", channel.marked(each.title))
        event.add("location", ", ".join(each.clusters))
        if each.topic:
            event.add("categories", [each.topic])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _whole(at: datetime, *, up: bool = False) -> datetime:
    """A whole second, which is all that iCalendar writes."""
    whole = at.astimezone(UTC).replace(microsecond=0)
    return whole + timedelta(seconds=1) if up and whole != at else whole
