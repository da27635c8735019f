"""What makes way, where somebody decides: in the form of the decision, and done with it."""

from datetime import datetime

from fastapi import Request
from markupsafe import Markup
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin
from broadcaster.schedule.making_way import make_way, ways_of, ways_shown, ways_version
from broadcaster.web.context import context
from broadcaster.web.frame import environment, frame_context
from broadcaster.web.language import language_of


def ways_in_decision(request: Request, session: Session, bulletin: Bulletin) -> str:
    """What an approval would do to others (`app.state.decision_parts`)."""
    here = context(request)
    station = session.get_one(Station, bulletin.station_id)
    found = ways_of(session, bulletin.id, station=station, now=here.now())
    page = environment(language_of(request)).get_template("schedule/pages/decision_ways.html")
    shown = {
        "found": ways_shown(session, found, zone=here.zone),
        "version": ways_version(found),
    }
    return Markup(page.render({**frame_context(request), **shown}))  # noqa: S704 - our own template, escaped there


def make_way_on_approval(
    session: Session, bulletin_id: str, shown: str, by: str, now: datetime
) -> None:
    """Let make way what was shown to (`app.state.on_approval`); raise WaysChanged."""
    bulletin = session.get_one(Bulletin, bulletin_id)
    station = session.get_one(Station, bulletin.station_id)
    make_way(session, bulletin_id, shown=shown, by=by, now=now, station=station)
