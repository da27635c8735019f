"""The pages of the day and of the schedule; the board on the first page is live."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.ledger.storage import storage_away
from broadcaster.ledger.wording import words_of_incident, words_of_storage
from broadcaster.schedule.attention import (
    offline_devices,
    unconfirmed_broadcasts,
    waiting_bulletins,
)
from broadcaster.schedule.day import (
    LOOK_BACK,
    airings_a_day,
    broadcasts_between,
    day_of,
    places_in_view,
    whole_day,
)
from broadcaster.schedule.doubted_devices import doubted_devices
from broadcaster.schedule.keys_in_need import KeysInNeed, keys_in_need
from broadcaster.schedule.listing import by_day, lines_without_broadcasts
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.schedule.not_planned import held_wishes, missed_since, steps_of
from broadcaster.schedule.queueing import HORIZON
from broadcaster.schedule.today import coming_up, lay_board
from broadcaster.schedule.unready import unready_bulletins
from broadcaster.web.context import Context, context
from broadcaster.web.formats import full_day
from broadcaster.web.frame import render
from broadcaster.web.language import language_of

router = APIRouter(include_in_schema=False)

# What the rooms above, which know what is urgent, let the board say (`app.state.board_notices`).
BoardNotices = Callable[[Session, str, Viewer, datetime], Sequence["BoardNotice"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardNotice:
    """One line above the board; `title` is a msgid, and so is `text` unless it is `named`.

    `why`, a msgid too, says what to do where the address alone does not.

    It tells an instant, or a whole day where no hour matters. The lanes of `sounds_in`, clusters by
    id, say it too: nobody may read there that nothing is on air.
    """

    title: str
    text: str
    href: str
    at: datetime | None = None
    day: date | None = None
    urgent: bool = False
    named: bool = False
    icon: str = "emergency"
    why: str = ""
    sounds_in: frozenset[str] = frozenset()


# What dispatch, a room above, lets the board know (`app.state.unpublished_since`).
UnpublishedSince = Callable[[Session], datetime | None]
PUBLISHED_WITHIN = timedelta(seconds=10)

MANY_LANES = 60
"""Beyond so many clusters a lane says what sounds and what is next: no villages, not the day."""

MANY_AIRINGS = 400
"""Beyond this the schedule shows one day at a time: a commune's eight days hold fewer."""

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
StationViewer = Annotated[Viewer, Depends(require(Right.SEE_STATION))]


@router.get("/")
def today_page(request: Request, station: Here, viewer: Anyone) -> HTMLResponse:
    """Hôm nay: what is on air, what comes next, what needs a hand."""
    today = station.today()
    return render(
        request,
        "schedule/pages/today.html",
        live=board_part(request, station, viewer),
        date_written=full_day(today, today=today, language=language_of(request)),
        may_write=viewer.may(Right.WRITE_BULLETINS),
    )


@router.get("/today/board")
def todayboard_part(request: Request, station: Here, viewer: Anyone) -> Response:
    """The board alone, or 204 while it says what the page shows already."""
    return answer_live(request, board_part(request, station, viewer))


@router.get("/schedule")
def schedule_page(
    request: Request,
    station: Here,
    viewer: Anyone,
    day: Annotated[date | None, Query()] = None,
) -> HTMLResponse:
    """Lịch phát: the next eight days, or one of them where they hold more than a person reads."""
    now = station.now()
    villages = viewer.villages_in_view()
    with station.database.reading() as session:
        rules = session.get_one(Station, station.station_id)
        # The list names clusters and no village.
        places = places_in_view(session, station_id=station.station_id, villages=villages, many=0)
        cluster_ids = [place.cluster_id for place in places]
        begins, ends = day_of(now, zone=station.zone)[0], now + HORIZON
        days_held = airings_a_day(
            session, cluster_ids=cluster_ids, begins=begins, ends=ends, zone=station.zone
        )
        shown_day = _day_shown(days_held, asked=day)
        if shown_day is not None:
            begins, day_ends = whole_day(shown_day, zone=station.zone)
            ends = min(ends, day_ends)
        airings = broadcasts_between(
            session,
            cluster_ids=cluster_ids,
            begins=begins,
            ends=ends,
            villages=villages,
            only_shown=True,
        )
        waiting = (
            lines_without_broadcasts(session, station_id=station.station_id, zone=station.zone)
            if viewer.may(Right.SEE_STATION)
            else []
        )
        days = station.settings.plan_days
        steps = steps_of(session, waiting, station=rules, now=now, days=days)
    return render(
        request,
        "schedule/pages/schedule.html",
        days=by_day(
            airings,
            cluster_names=[(place.cluster_id, place.name) for place in places],
            zone=station.zone,
        ),
        days_held=days_held,
        shown_day=shown_day,
        waiting=waiting,
        steps=steps,
        plan_days=days,
        quiet_begins=rules.quiet_begins,
        quiet_ends=rules.quiet_ends,
        may_write=viewer.may(Right.WRITE_BULLETINS),
        may_cancel=viewer.may(Right.SCHEDULE_BROADCASTS),
        sees_talks=viewer.may_read(Right.SPEAK_LIVE),
    )


def _day_shown(held: Mapping[date, int], *, asked: date | None) -> date | None:
    """The one day that is shown where there are many airings: the one asked for, or the first."""
    if sum(held.values()) <= MANY_AIRINGS:
        return None
    return asked if asked in held else min(held)


def board_part(request: Request, station: Context, viewer: Viewer) -> LivePart:
    """The board as this person may see it now."""
    now = station.now()
    villages = viewer.villages_in_view()
    begins, ends = day_of(now, zone=station.zone)
    decides = any(
        viewer.may(each) for each in (Right.APPROVE_BULLETINS, Right.WRITE_BULLETINS, Right.INSPECT)
    )
    with station.database.reading() as session:
        places = places_in_view(
            session, station_id=station.station_id, villages=villages, many=MANY_LANES
        )
        is_short = len(places) > MANY_LANES
        airings = broadcasts_between(
            session,
            cluster_ids=[place.cluster_id for place in places],
            begins=min(begins, now - LOOK_BACK),
            ends=now + max(HORIZON, timedelta(days=1)),
            villages=villages,
            only_shown=True,
            tallied_until=None if is_short else ends,
            tallied_at=now if is_short else None,
        )
        waiting = (
            waiting_bulletins(session, station_id=station.station_id, zone=station.zone, now=now)
            if decides
            else []
        )
        unready = (
            unready_bulletins(session, station_id=station.station_id, zone=station.zone, now=now)
            if decides
            else []
        )
        row = session.get_one(Station, station.station_id)
        days = station.settings.plan_days
        held = held_wishes(session, station=row, now=now, days=days) if decides else []
        missed = missed_since(session, station_id=row.id, begins=begins) if decides else []
        unconfirmed = unconfirmed_broadcasts(session, villages=villages)
        offline = offline_devices(session, station_id=station.station_id, villages=villages)
        doubted = doubted_devices(
            session, station_id=station.station_id, villages=villages, now=now
        )
        keys = _keys_in_need(session, station, viewer)
        unpublished = None if station.is_elsewhere else _unpublished(request, session, now=now)
        looks: Sequence[BoardNotices] = getattr(request.app.state, "board_notices", ())
        noticed = (look(session, station.station_id, viewer, now) for look in looks)
        notices = [notice for each in noticed for notice in each]
    lines = lay_board(places, airings, now=now, day_ends=ends)
    return live_part(
        request,
        "schedule/pages/board.html",
        address="/today/board",
        events="/today/events",
        lines=lines,
        is_short=is_short,
        coming=coming_up(lines),
        waiting=waiting,
        unready=unready,
        held=held,
        missed=missed,
        may_schedule=viewer.may(Right.SCHEDULE_BROADCASTS),
        unconfirmed=unconfirmed,
        offline=offline,
        doubted=doubted,
        words_of_incident=words_of_incident,
        keys=keys,
        unpublished=unpublished,
        storage=None if station.is_elsewhere else storage_away(station.settings.state_dir, now=now),
        words_of_storage=words_of_storage,
        notices=notices,
        sounding=_by_lane(notices),
    )


def _by_lane(notices: Sequence[BoardNotice]) -> Mapping[str, Sequence[BoardNotice]]:
    """What sounds in each cluster beside the schedule."""
    found = defaultdict[str, list[BoardNotice]](list)
    for notice in notices:
        for cluster_id in notice.sounds_in:
            found[cluster_id].append(notice)
    return found


def _keys_in_need(session: Session, station: Context, viewer: Viewer) -> KeysInNeed:
    # Keys, broker and disk are this machine's: of another station's nothing is known here.
    if station.is_elsewhere or not viewer.may(Right.SEE_STATION):
        return KeysInNeed()
    return keys_in_need(
        session, station.settings.keys_dir, station_id=station.station_id, now=station.now()
    )


def _unpublished(request: Request, session: Session, *, now: datetime) -> datetime | None:
    """Since when orders wait for the broker, once that is longer than publishing ever takes."""
    look: UnpublishedSince = getattr(request.app.state, "unpublished_since", _all_published)
    since = look(session)
    return since if since is not None and now - since > PUBLISHED_WITHIN else None


def _all_published(_session: Session) -> datetime | None:
    return None
