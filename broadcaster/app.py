"""The one place that wires the capabilities' pages and routes into an application."""

import time

from fastapi import FastAPI

from broadcaster import __version__
from broadcaster.accounts import api as accounts_api
from broadcaster.accounts import (
    guard,
    head_pages,
    openid_pages,
    own_pages,
    people_pages,
    second_factor_pages,
    token_api,
    token_pages,
)
from broadcaster.accounts import pages as accounts_pages
from broadcaster.accounts.roles import Role
from broadcaster.alerts import api as alerts_api
from broadcaster.alerts import pages as alerts_pages
from broadcaster.alerts import settings_pages as alerts_settings
from broadcaster.alerts.desk import check_still_waits
from broadcaster.alerts.notices import alert_notices
from broadcaster.areas import api as areas_api
from broadcaster.areas import pages as areas_pages
from broadcaster.bulletins import api as bulletins_api
from broadcaster.bulletins import (
    audio,
    draft_pages,
    history_pages,
    imports,
    preview_pages,
    recording_api,
    recording_pages,
    template_pages,
    uploads,
)
from broadcaster.bulletins import pages as bulletins_pages
from broadcaster.bulletins.studio import Studio
from broadcaster.calendar import api as calendar_api
from broadcaster.calendar import entry_pages as calendar_entry_pages
from broadcaster.calendar import pages as calendar_pages
from broadcaster.calendar import planning_pages as calendar_planning_pages
from broadcaster.calendar import slot_pages as calendar_slot_pages
from broadcaster.campaigns import api as campaigns_api
from broadcaster.campaigns import draft_pages as campaigns_draft_pages
from broadcaster.campaigns import pages as campaigns_pages
from broadcaster.campaigns.notices import campaign_notices
from broadcaster.coverage import api as coverage_api
from broadcaster.coverage import device_pages as coverage_device_pages
from broadcaster.coverage import pages as coverage_pages
from broadcaster.coverage.device_notices import device_notices
from broadcaster.dispatch.items import items_of_order
from broadcaster.dispatch.outbox import unpublished_since
from broadcaster.dispatch.vouching import refusal_notices
from broadcaster.emergency import api as emergency_api
from broadcaster.emergency import board_pages as emergency_board
from broadcaster.emergency import oversight_pages as emergency_oversight
from broadcaster.emergency import pages as emergency_pages
from broadcaster.emergency.notices import address_of_part, emergency_notices
from broadcaster.enrolment import api as enrolment_api
from broadcaster.enrolment import door as enrolment_door
from broadcaster.enrolment import pages as enrolment_pages
from broadcaster.enrolment.door import Doorkeeper
from broadcaster.exchange import api as exchange_api
from broadcaster.exchange import pages as exchange_pages
from broadcaster.exchange.notices import exchange_notices
from broadcaster.exchange.taking import check_still_waits as check_received_waits
from broadcaster.feedback import api as feedback_api
from broadcaster.feedback import public_pages as feedback_public
from broadcaster.feedback import staff_pages as feedback_staff
from broadcaster.feedback.limits import Postbox
from broadcaster.fleet import api as fleet_api
from broadcaster.fleet import (
    broker_api,
    connection_api,
    connection_pages,
    moving_api,
    moving_pages,
    village_api,
)
from broadcaster.fleet import pages as fleet_pages
from broadcaster.fleet import village_pages as fleet_villages
from broadcaster.hearing import api as hearing_api
from broadcaster.inspection import api as inspection_api
from broadcaster.inspection import pages as inspection_pages
from broadcaster.inspection.notices import door_notices
from broadcaster.intake import api as intake_api
from broadcaster.intake import export_pages as intake_export
from broadcaster.intake import pages as intake_pages
from broadcaster.intake import set_up_pages as intake_set_up
from broadcaster.intake.set_up import set_up_notices
from broadcaster.joining import api as joining_api
from broadcaster.joining import pages as joining_pages
from broadcaster.ledger import api as ledger_api
from broadcaster.ledger import incident_pages
from broadcaster.ledger import pages as ledger_pages
from broadcaster.lexicon import api as lexicon_api
from broadcaster.lexicon import pages as lexicon_pages
from broadcaster.live import api as live_api
from broadcaster.live import pages as live_pages
from broadcaster.live import socket as live_socket
from broadcaster.live.notices import live_notices
from broadcaster.materials import api as materials_api
from broadcaster.materials import pages as materials_pages
from broadcaster.monitoring import routes as monitoring
from broadcaster.playlists import api as playlists_api
from broadcaster.playlists import pages as playlists_pages
from broadcaster.province import api as province_api
from broadcaster.province import pages as province_pages
from broadcaster.publishing import api as publishing_api
from broadcaster.publishing import outlet_api as publishing_outlet_api
from broadcaster.publishing import outlet_pages as publishing_outlets
from broadcaster.publishing import pages as publishing_pages
from broadcaster.publishing import public_pages as publishing_public
from broadcaster.publishing import share_api as publishing_share_api
from broadcaster.publishing import share_pages as publishing_share
from broadcaster.publishing.cards import CardRoom, cards_in
from broadcaster.rehearsal import api as rehearsal_api
from broadcaster.rehearsal import pages as rehearsal_pages
from broadcaster.rehearsal.director import Director
from broadcaster.relays import api as relays_api
from broadcaster.relays import pages as relays_pages
from broadcaster.reports import api as reports_api
from broadcaster.reports import pages as reports_pages
from broadcaster.schedule import api as schedule_api
from broadcaster.schedule import broadcast_pages, queue_pages, today_events
from broadcaster.schedule import pages as schedule_pages
from broadcaster.schedule.wanted import wanted_places
from broadcaster.schedule.ways_pages import make_way_on_approval, ways_in_decision
from broadcaster.sounds.opening import open_sounds
from broadcaster.sources import api as sources_api
from broadcaster.sources import pages as sources_pages
from broadcaster.village import feedback_pages as village_feedback
from broadcaster.village import pages as village_pages
from broadcaster.village import saying_pages as village_saying
from broadcaster.village import sheet_pages as village_sheet
from broadcaster.voices import api as voices_api
from broadcaster.voices import pages as voices_pages
from broadcaster.web import frame
from broadcaster.web.context import Context
from broadcaster.web.frame import NavigationItem
from broadcaster.web.language import msgid
from broadcaster.web.problems import DocumentedApp
from broadcaster.webhooks import api as webhooks_api
from broadcaster.webhooks import pages as webhooks_pages

_ROUTERS = (
    # First what is asked most: each request is held against one route after the other.
    village_pages.router,
    village_saying.router,
    village_feedback.router,
    village_sheet.router,
    audio.router,
    accounts_pages.router,
    head_pages.router,
    second_factor_pages.router,
    openid_pages.router,
    own_pages.router,
    people_pages.router,
    token_pages.router,
    calendar_pages.router,
    calendar_planning_pages.router,
    calendar_entry_pages.router,
    calendar_slot_pages.router,
    # Before the broadcasts' pages: the ledger names talks as it names them.
    live_pages.router,
    live_socket.router,
    schedule_pages.router,
    today_events.router,
    broadcast_pages.router,
    queue_pages.router,
    # Before the bulletins' pages: what these names mean is no bulletin's id.
    draft_pages.router,
    template_pages.router,
    preview_pages.router,
    bulletins_pages.router,
    history_pages.router,
    recording_pages.router,
    playlists_pages.router,
    lexicon_pages.router,
    areas_pages.router,
    voices_pages.router,
    sources_pages.router,
    relays_pages.router,
    emergency_pages.router,
    emergency_oversight.router,
    emergency_board.router,
    # Before the page of one alert, which would take its name for an id.
    alerts_settings.router,
    alerts_pages.router,
    exchange_pages.router,
    materials_pages.router,
    ledger_pages.router,
    coverage_pages.router,
    coverage_device_pages.router,
    reports_pages.router,
    # Before the page of one campaign, which would take its name for an id.
    campaigns_draft_pages.router,
    campaigns_pages.router,
    incident_pages.router,
    inspection_pages.router,
    enrolment_pages.router,
    enrolment_door.router,
    # Before the page of one device, which would take its name for an id.
    connection_pages.router,
    fleet_pages.router,
    moving_pages.router,
    fleet_villages.router,
    intake_pages.router,
    intake_export.router,
    intake_set_up.router,
    joining_pages.router,
    rehearsal_pages.router,
    feedback_public.router,
    feedback_staff.router,
    publishing_pages.router,
    publishing_public.router,
    publishing_share.router,
    publishing_outlets.router,
    province_pages.router,
    webhooks_pages.router,
    monitoring.router,
    accounts_api.api,
    token_api.api,
    province_api.api,
    areas_api.api,
    bulletins_api.api,
    recording_api.api,
    playlists_api.api,
    lexicon_api.api,
    voices_api.api,
    sources_api.api,
    live_api.api,
    relays_api.api,
    schedule_api.api,
    calendar_api.api,
    emergency_api.api,
    alerts_api.api,
    exchange_api.api,
    materials_api.api,
    publishing_api.api,
    publishing_share_api.api,
    publishing_outlet_api.api,
    ledger_api.api,
    inspection_api.api,
    coverage_api.api,
    reports_api.api,
    campaigns_api.api,
    fleet_api.api,
    moving_api.api,
    connection_api.api,
    hearing_api.api,
    feedback_api.api,
    village_api.api,
    intake_api.api,
    intake_export.api,
    joining_api.api,
    rehearsal_api.api,
    broker_api.api,
    enrolment_api.api,
    webhooks_api.api,
)
_EVERYBODY = frozenset(Role)
_STATION_STAFF = _EVERYBODY - {Role.VILLAGE_HEAD}
_NAVIGATION = (
    NavigationItem(label=msgid("Hôm nay"), href="/", icon="today", roles=_EVERYBODY),
    NavigationItem(
        label=msgid("Thôn của tôi"),
        href="/thon",
        icon="place",
        roles=frozenset({Role.VILLAGE_HEAD}),
    ),
    NavigationItem(
        label=msgid("Bản tin"),
        href="/bulletins",
        icon="bulletins",
        roles=_STATION_STAFF,
        covers=(
            "/approvals",
            "/playlists",
            "/lexicon",
            "/voices",
            "/villages",
            "/import",
            "/setup",
            "/joined",
            "/feedback",
            "/channels",
            "/exchange",
            "/materials",
            "/outlets",
        ),
    ),
    NavigationItem(
        label=msgid("Lịch phát"),
        href="/schedule",
        icon="schedule",
        roles=_STATION_STAFF,
        covers=("/schedules", "/relays", "/relay-sources", "/live"),
    ),
    NavigationItem(
        label=msgid("Sổ độ phủ"),
        href="/ledger",
        icon="ledger",
        roles=_EVERYBODY,
        covers=("/audit", "/reports", "/campaigns"),
    ),
    NavigationItem(
        label=msgid("Thiết bị"),
        href="/devices",
        icon="devices",
        roles=_STATION_STAFF,
        covers=("/incidents", "/rehearsal", "/heads"),
    ),
    NavigationItem(
        label=msgid("Khẩn cấp"),
        href="/emergency",
        icon="emergency",
        roles=_STATION_STAFF,
        covers=("/alerts",),
    ),
    NavigationItem(
        label=msgid("Người dùng"),
        href="/people",
        icon="people",
        roles=frozenset({Role.ADMIN, Role.INSPECTOR}),
        covers=("/tokens", "/webhooks"),
    ),
)


def create_app(context: Context, *, studio: Studio) -> FastAPI:
    """The site of a running station: pages, API under `/api`, audio."""
    app = DocumentedApp(
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
    app.state.postbox = Postbox(now_s=time.monotonic)
    app.state.director = Director(context.settings)
    sounds = open_sounds(context.settings)
    app.state.card_room = CardRoom(cards_in(context.settings.state_dir, sounds))
    app.state.unpublished_since = unpublished_since
    app.state.order_items = items_of_order
    app.state.board_notices = [
        refusal_notices,
        emergency_notices,
        door_notices,
        alert_notices,
        exchange_notices,
        live_notices,
        device_notices,
        campaign_notices,
        set_up_notices,
    ]
    app.state.order_origins = [check_still_waits, check_received_waits]
    app.state.board_streams = today_events.OpenStreams()
    app.state.shown_elsewhere = address_of_part
    app.state.bulletin_panels = [
        recording_pages.own_voice_panel,
        recording_pages.recordings_panel,
        queue_pages.queue_panel,
    ]
    app.state.wanted_places = wanted_places
    app.state.decision_parts = [ways_in_decision]
    app.state.on_approval = make_way_on_approval
    app.state.device_panels = [coverage_device_pages.trend_panel]
    app.state.playlist_page = playlists_pages.answer_playlist
    app.state.relay_page = relays_pages.answer_relay
    frame.install(app)
    guard.install(
        app,
        larger_bodies={
            **imports.LARGER_BODIES,
            **uploads.LARGER_BODIES,
            **village_saying.LARGER_BODIES,
            **campaigns_draft_pages.LARGER_BODIES,
            **alerts_pages.LARGER_BODIES,
            **intake_pages.LARGER_BODIES,
        },
    )
    for router in _ROUTERS:
        # As they are: to include a router would read every signature anew for each app.
        app.router.routes.extend(router.routes)
    return app
