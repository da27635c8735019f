"""The process that serves pages, API and audio: `python -m broadcaster.processes.site`."""

import json
import sys
from zoneinfo import ZoneInfo

import uvicorn
from sqlmodel import select

from broadcaster.app import create_app
from broadcaster.areas.tables import Station
from broadcaster.audit import keep_trail_on_disk
from broadcaster.bulletins.studio import open_studio
from broadcaster.circles import look_for_circles_seldom
from broadcaster.database import connect
from broadcaster.emergency.announcer import announcing
from broadcaster.kept_clock import PROCESS_CLOCK
from broadcaster.lexicon.entries import StationLexicon
from broadcaster.logs import configure_logs
from broadcaster.processes.errors import NotFounded
from broadcaster.processes.front_door import front_door, shown_certificate
from broadcaster.settings import Settings, load_settings
from broadcaster.voices.station_house import StationHouse
from broadcaster.web.context import Context
from devices.renewal import LOOKED_AT_EVERY_S

LOOKS_EVERY_TICKS = round(LOOKED_AT_EVERY_S * 10)
"""uvicorn says `on_tick` ten times a second."""


class SiteServer(uvicorn.Server):
    """Says on stdout when it accepts connections, as every process of the station does.

    A certificate that is renewed meanwhile is shown to whoever comes next.
    """

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen, and say so."""
        await super().startup(sockets=sockets)  # type: ignore[arg-type]
        self.shown = shown_certificate(self.config)
        if self.started:
            sys.stdout.write(json.dumps({"event": "site_ready", "port": self.config.port}) + "\n")
            sys.stdout.flush()

    async def on_tick(self, counter: int) -> bool:
        """What uvicorn does ten times a second; and a look at the certificate now and then."""
        if self.shown is not None and counter % LOOKS_EVERY_TICKS == 0:
            self.shown.look()
        return await super().on_tick(counter)


def context_of(settings: Settings) -> Context:
    """What pages need of the station that the settings name; raise NotFounded."""
    database = connect(settings.database)
    keep_trail_on_disk(database, settings.keys_dir, now=PROCESS_CLOCK.now)
    with database.reading() as session:
        station = session.exec(select(Station)).first()
    if station is None:
        raise NotFounded
    return Context(
        database=database,
        settings=settings,
        station_id=station.id,
        station_name=station.name,
        zone=ZoneInfo(station.zone),
        rehearsal=station.rehearsal,
        now=PROCESS_CLOCK.now,
    )


def run() -> int:
    """Serve the site until SIGTERM."""
    settings = load_settings()
    configure_logs(settings.log_level)
    context = context_of(settings)
    house = StationHouse(
        context.database, station_id=context.station_id, voices_dir=settings.voices_dir
    )
    lexicon = StationLexicon(context.database)
    with open_studio(settings, lexicon=lexicon, house=house) as studio:
        app = create_app(context, studio=studio)
        server = SiteServer(front_door(settings, app))
        look_for_circles_seldom()
        with announcing(context.database, studio, now=context.now):
            server.run()
        app.state.director.close()
    context.database.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(run())
