"""The calendar as JSON: what plays in some days, and the names that those days have."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import BulletinKind
from broadcaster.calendar.entries import Entry, EntryState, entries_between
from broadcaster.calendar.observances import KeptDay, Observance, kept_days, lunar_short
from broadcaster.calendar.spans import FIRST_DAY, LAST_DAY
from broadcaster.database.columns import to_ms
from broadcaster.errors import BadInput
from broadcaster.schedule.timetable import wall_time
from broadcaster.web.addresses import ID_PATTERN
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/calendar", tags=["calendar"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
SPAN_LIMIT_DAYS = 62


class SpanUnusable(BadInput):
    """The last day lies before the first, or too far behind it."""

    code = "span_unusable"
    message_vi = "Khoảng ngày chưa đúng: ngày cuối không trước ngày đầu, nhiều nhất 62 ngày."
    message_en = "The last day must not lie before the first, and at most 62 days are shown."


class EntryOut(BaseModel):
    """One occurrence; times are the station's wall time beside the instants."""

    schedule_id: str
    occurrence: str = Field(description="Its own wall time, by which it is moved or left out.")
    title: str
    kind: BulletinKind
    priority: int
    clusters: list[str]
    cluster_names: list[str]
    starts_local: str
    ends_local: str
    play_starts_ms: list[int]
    duration_ms: int
    state: EntryState
    repeats: bool
    movable: bool
    broadcast_id: str = Field(
        description="The first of its broadcasts; empty before it is planned."
    )
    override_reason: str

    @classmethod
    def of(cls, entry: Entry, station: Context) -> "EntryOut":
        """The JSON of an entry."""
        return cls(
            schedule_id=entry.occasion.schedule_id,
            occurrence=entry.occasion.occurrence,
            title=entry.title,
            kind=entry.kind,
            priority=entry.priority,
            clusters=list(entry.clusters),
            cluster_names=list(entry.cluster_names),
            starts_local=wall_time(entry.begins, station.zone),
            ends_local=wall_time(entry.ends, station.zone),
            play_starts_ms=[to_ms(at) for at in entry.plays],
            duration_ms=entry.length // timedelta(milliseconds=1),
            state=entry.state,
            repeats=entry.repeats,
            movable=entry.movable,
            broadcast_id=entry.broadcast_id,
            override_reason=entry.override_reason,
        )


class DayOut(BaseModel):
    """One day with its lunar date and its names, if it has some."""

    day: date
    lunar: str = Field(description="15/8; an N behind it marks a leap month.")
    names: list[str]
    holiday: bool

    @classmethod
    def of(cls, day: date, kept: Sequence[KeptDay], named: Callable[[str], str]) -> "DayOut":
        """The JSON of a day."""
        return cls(
            day=day,
            lunar=lunar_short(day),
            names=[named(each.name) for each in kept],
            holiday=any(each.kind is Observance.HOLIDAY for each in kept),
        )


class Calendar(BaseModel):
    """What plays in some days, in order."""

    entries: list[EntryOut]
    days: list[DayOut]


@api.get("", responses=problems(401, 403, 422))
def calendar(
    station: Here,
    _viewer: Reader,
    first: Annotated[date, Query(ge=FIRST_DAY, le=LAST_DAY)],
    last: Annotated[date, Query(ge=FIRST_DAY, le=LAST_DAY)],
    cluster: Annotated[str, Query(pattern=rf"^$|{ID_PATTERN}")] = "",
) -> Calendar:
    """The entries and the names of the days from `first` to `last`, both among them."""
    if not timedelta() <= last - first < timedelta(days=SPAN_LIMIT_DAYS):
        raise SpanUnusable(field="last")
    begins = datetime.combine(first, time.min, tzinfo=station.zone)
    ends = datetime.combine(last + timedelta(days=1), time.min, tzinfo=station.zone)
    with station.database.reading() as session:
        entries = entries_between(
            session,
            station=session.get_one(Station, station.station_id),
            begins=begins,
            ends=ends,
            now=station.now(),
            cluster_id=cluster,
            plan_days=station.settings.plan_days,
        )
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    return calendar_out(entries, days, station)


def calendar_out(
    entries: Sequence[Entry],
    days: Sequence[date],
    station: Context,
    *,
    named: Callable[[str], str] = lambda name: name,
) -> Calendar:
    """The JSON of a calendar; `named` says a day's name in the reader's language."""
    kept = list(kept_days(days[0], days[-1]))
    return Calendar(
        entries=[EntryOut.of(each, station) for each in entries],
        days=[DayOut.of(day, [each for each in kept if each.day == day], named) for day in days],
    )
