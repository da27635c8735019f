"""The one place that wires the capabilities' pages and routes into an application."""

import time

from fastapi import FastAPI

from broadcaster import __version__
from broadcaster.accounts import api as accounts_api
from broadcaster.accounts import guard
from broadcaster.accounts import pages as accounts_pages
from broadcaster.accounts.roles import Role
from broadcaster.areas import api as areas_api
from broadcaster.areas import pages as areas_pages
from broadcaster.bulletins import api as bulletins_api
from broadcaster.bulletins import audio, imports, recording_api, recording_pages, uploads
from broadcaster.bulletins import pages as bulletins_pages
from broadcaster.bulletins.studio import Studio
from broadcaster.dispatch.items import items_of_order
from broadcaster.dispatch.outbox import unpublished_since
from broadcaster.enrolment import api as enrolment_api
from broadcaster.enrolment import door as enrolment_door
from broadcaster.enrolment import pages as enrolment_pages
from broadcaster.enrolment.door import Doorkeeper
from broadcaster.fleet import api as fleet_api
from broadcaster.fleet import broker_api
from broadcaster.fleet import pages as fleet_pages
from broadcaster.ledger import api as ledger_api
from broadcaster.ledger import incident_pages
from broadcaster.ledger import pages as ledger_pages
from broadcaster.lexicon import api as lexicon_api
from broadcaster.lexicon import pages as lexicon_pages
from broadcaster.playlists import api as playlists_api
from broadcaster.playlists import pages as playlists_pages
from broadcaster.schedule import api as schedule_api
from broadcaster.schedule import broadcast_pages, queue_pages
from broadcaster.schedule import pages as schedule_pages
from broadcaster.voices import api as voices_api
from broadcaster.voices import pages as voices_pages
from broadcaster.web import frame
from broadcaster.web.context import Context
from broadcaster.web.frame import NavigationItem
from broadcaster.web.language import msgid

_ROUTERS = (
    accounts_pages.router,
    schedule_pages.router,
    broadcast_pages.router,
    queue_pages.router,
    bulletins_pages.router,
    recording_pages.router,
    playlists_pages.router,
    lexicon_pages.router,
    areas_pages.router,
    voices_pages.router,
    ledger_pages.router,
    incident_pages.router,
    enrolment_pages.router,
    enrolment_door.router,
    fleet_pages.router,
    audio.router,
    accounts_api.api,
    areas_api.api,
    bulletins_api.api,
    recording_api.api,
    playlists_api.api,
    lexicon_api.api,
    voices_api.api,
    schedule_api.api,
    ledger_api.api,
    fleet_api.api,
    broker_api.api,
    enrolment_api.api,
)
_EVERYBODY = frozenset(Role)
_STATION_STAFF = _EVERYBODY - {Role.VILLAGE_HEAD}
_NAVIGATION = (
    NavigationItem(label=msgid("Hôm nay"), href="/", icon="today", roles=_EVERYBODY),
    NavigationItem(
        label=msgid("Bản tin"),
        href="/bulletins",
        icon="bulletins",
        roles=_STATION_STAFF,
        covers=("/approvals", "/playlists", "/lexicon", "/voices", "/villages"),
    ),
    NavigationItem(
        label=msgid("Lịch phát"), href="/schedule", icon="schedule", roles=_STATION_STAFF
    ),
    NavigationItem(label=msgid("Sổ độ phủ"), href="/ledger", icon="ledger", roles=_EVERYBODY),
    NavigationItem(
        label=msgid("Thiết bị"),
        href="/devices",
        icon="devices",
        roles=_STATION_STAFF,
        covers=("/incidents",),
    ),
)


def create_app(context: Context, *, studio: Studio) -> FastAPI:
    """The site of a running station: pages, API under `/api`, audio."""
    app = FastAPI(
        title="Loa",
        version=__version__,
        description="The radio station of a commune: bulletins, approval, schedule, coverage.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = context
    app.state.studio = studio
    app.state.navigation = _NAVIGATION
    app.state.doorkeeper = Doorkeeper(now_s=time.monotonic)
    app.state.unpublished_since = unpublished_since
    app.state.order_items = items_of_order
    app.state.bulletin_panels = [recording_pages.recordings_panel, queue_pages.queue_panel]
    app.state.playlist_page = playlists_pages.answer_playlist
    frame.install(app)
    guard.install(app, larger_bodies=imports.LARGER_BODIES | uploads.LARGER_BODIES)
    for router in _ROUTERS:
        app.include_router(router)
    return app
