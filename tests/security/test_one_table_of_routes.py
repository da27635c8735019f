"""Who may call what: one table, written by hand, against every route of the real application.

`declared_rights` says what the code asks; this says what the product promises. A route that is
added, or that changes whom it lets in, is added or changed here as well, by somebody who thinks.
"""

import re

import pytest
from httpx import Response
from sqlmodel import select

from broadcaster.accounts.guard import declared_rights
from broadcaster.accounts.tables import SignInSession
from tests.broadcaster.station_keys import STATION_ID
from tests.security.conftest import CSRF, ROLES, Site

ALL = frozenset(ROLES)
STAFF = ALL - {"village_head"}
ACTORS = STAFF - {"inspector"}
"""Whoever changes anything; an inspector reads all and changes nothing."""
INSPECTOR = frozenset({"inspector"})
WRITERS = frozenset({"operator"})
APPROVERS = frozenset({"leader"})
CHOOSERS = WRITERS | {"admin"}
HEADS = frozenset({"village_head"})
ANSWERERS = WRITERS | APPROVERS
SCHEDULERS = WRITERS | APPROVERS
GIVERS = WRITERS | APPROVERS
"""By their role; beside it a leader must have authorised each of them by name."""
OVERSEERS = APPROVERS
SPEAKERS = WRITERS | APPROVERS
ADMINS = frozenset({"admin"})
PLANNERS = WRITERS | APPROVERS | ADMINS
AUDITORS = APPROVERS | ADMINS | INSPECTOR
DESCRIBERS = WRITERS | {"admin"}
ANYBODY = ALL | {"nobody"}
THE_BROKER: frozenset[str] = frozenset()
"""No person at all: a broker proves itself by a token of its own."""

TABLE = {
    "GET /": ALL,
    "GET /today/board": ALL,
    "GET /today/events": ALL,
    "GET /schedule": ALL,
    "GET /schedule/calendar": STAFF,
    "GET /schedule/rules": STAFF,
    "POST /schedule/rules": APPROVERS,
    "POST /schedule/copy": SCHEDULERS,
    "GET /schedule/slot": SCHEDULERS,
    "POST /schedule/slot": SCHEDULERS,
    "GET /schedules/{schedule_id}": SCHEDULERS,
    "POST /schedules/{schedule_id}/move": SCHEDULERS,
    "POST /schedules/{schedule_id}/skip": SCHEDULERS,
    "GET /ledger": ALL,
    "GET /ledger/coverage": ALL,
    "GET /ledger/coverage/live": ALL,
    "GET /ledger/villages/{village_id}": ALL,
    "GET /ledger/villages/{village_id}/live": ALL,
    "GET /ledger/villages/{village_id}/shares": ALL,
    "GET /ledger/villages/{village_id}/shares/live": ALL,
    "GET /reports": ALL,
    "GET /reports/{file_kind}": ALL,
    "GET /broadcasts/{broadcast_id}": ALL,
    "GET /broadcasts/{broadcast_id}/live": ALL,
    "GET /broadcasts/{broadcast_id}/timeline": ALL,
    "GET /broadcasts/{broadcast_id}/timeline/live": ALL,
    "POST /broadcasts/{broadcast_id}/cancel": SCHEDULERS,
    "POST /broadcasts/{broadcast_id}/stop": SCHEDULERS,
    "POST /schedules/{schedule_id}/cancel": SCHEDULERS,
    "GET /live": SPEAKERS | INSPECTOR,
    "POST /live": SPEAKERS,
    "GET /live/{talk_id}": ALL,
    "GET /live/{talk_id}/state": ALL,
    "GET /broadcasts/talk-{rest}": ALL,
    "POST /live/{talk_id}/stop": SPEAKERS,
    "POST /live/permits": APPROVERS,
    "POST /live/permits/{permit_id}/revocation": APPROVERS,
    "GET /evidence/{device_id}/{epoch}/{seq}": ALL,
    "GET /devices": STAFF,
    "GET /devices/map": STAFF,
    "GET /devices/map/live": STAFF,
    "GET /devices/map/places": STAFF,
    "GET /devices/trends": STAFF,
    "GET /devices/trends/live": STAFF,
    "GET /devices/{device_id}/plays": STAFF,
    "GET /devices/{device_id}/plays/live": STAFF,
    "GET /devices/enrolment": ADMINS | INSPECTOR,
    "POST /devices/enrolment": ADMINS,
    "POST /devices/enrolment/{code_id}/confirmation": ADMINS,
    "POST /devices/enrolment/{code_id}/denial": ADMINS,
    "POST /devices/enrolment/expected/{device_id}/removal": ADMINS,
    "POST /enrol": ANYBODY,
    "GET /devices/{device_id}": STAFF,
    "POST /devices/{device_id}": ADMINS,
    "POST /devices/{device_id}/place": ADMINS,
    "POST /devices/{device_id}/retirement": ADMINS,
    "POST /devices/{device_id}/move": ADMINS,
    "POST /devices/{device_id}/succession": ADMINS,
    "POST /devices/{device_id}/self-test": ADMINS,
    "GET /devices/connections": ADMINS | INSPECTOR,
    "POST /relay-hosts": ADMINS,
    "GET /rehearsal": ADMINS | INSPECTOR,
    "GET /rehearsal/live": ADMINS | INSPECTOR,
    "POST /rehearsal": ADMINS,
    "POST /rehearsal/end": ADMINS,
    "POST /rehearsal/power": ADMINS,
    "POST /rehearsal/faults": ADMINS,
    "POST /rehearsal/faults/{kind}/removal": ADMINS,
    "GET /incidents": STAFF,
    "GET /emergency": STAFF,
    "POST /emergency": GIVERS,
    "POST /emergency/form": GIVERS,
    "POST /emergency/check": GIVERS,
    "GET /emergency/preview/{digest}": GIVERS,
    "POST /emergency/authorisations": OVERSEERS,
    "POST /emergency/authorisations/{authorisation_id}/revocation": OVERSEERS,
    "GET /emergency/warnings": STAFF,
    "POST /emergency/warnings": GIVERS,
    "POST /emergency/warnings/{warning_id}/approval": OVERSEERS,
    "GET /emergency/{emergency_id}": ALL,
    "GET /emergency/{emergency_id}/live": ALL,
    "POST /emergency/{emergency_id}/prolongation": GIVERS,
    "POST /emergency/{emergency_id}/end": GIVERS,
    "POST /emergency/{emergency_id}/review": OVERSEERS,
    "GET /alerts": STAFF,
    "POST /alerts/import": GIVERS,
    "GET /alerts/exports/{emergency_id}": STAFF,
    "GET /alerts/settings": STAFF,
    "POST /alerts/feeds": ADMINS,
    "POST /alerts/feeds/{feed_id}/poll": ADMINS,
    "POST /alerts/feeds/{feed_id}/retirement": ADMINS,
    "POST /alerts/codes": ADMINS,
    "POST /alerts/codes/{place_code_id}/removal": ADMINS,
    "POST /alerts/rules": OVERSEERS,
    "POST /alerts/rules/{rule_id}/revocation": OVERSEERS,
    "GET /alerts/{alert_id}": STAFF,
    "POST /alerts/{alert_id}/dismissal": GIVERS,
    "GET /materials": STAFF,
    "POST /materials/feeds": ADMINS,
    "POST /materials/feeds/{material_feed_id}/asking": WRITERS,
    "POST /materials/feeds/{material_feed_id}/retirement": ADMINS,
    "POST /materials/items/{material_item_id}/taking": WRITERS,
    "GET /exchange": STAFF,
    "POST /exchange/link": ADMINS,
    "POST /exchange/test": ADMINS,
    "POST /exchange/switch": ADMINS,
    "POST /exchange/resending": ADMINS,
    "GET /exchange/received/{received_id}": STAFF,
    "POST /exchange/received/{received_id}/taking": WRITERS,
    "POST /exchange/received/{received_id}/dismissal": GIVERS,
    "GET /audit": AUDITORS,
    "GET /bulletins": STAFF,
    "GET /bulletins/new": WRITERS,
    "POST /bulletins": WRITERS,
    "POST /bulletins/drafts/{draft_id}": WRITERS,
    "POST /bulletins/drafts/{draft_id}/removal": WRITERS,
    "GET /bulletins/templates": WRITERS,
    "POST /bulletins/templates": WRITERS,
    "GET /bulletins/templates/{template_id}": WRITERS,
    "POST /bulletins/templates/{template_id}": WRITERS,
    "POST /bulletins/templates/{template_id}/retirement": WRITERS,
    "GET /bulletins/{bulletin_id}/history": STAFF,
    "GET /bulletins/{bulletin_id}": STAFF,
    "POST /bulletins/{bulletin_id}": WRITERS,
    "POST /bulletins/{bulletin_id}/submission": WRITERS,
    "POST /bulletins/{bulletin_id}/queue": SCHEDULERS,
    "POST /bulletins/{bulletin_id}/decision": APPROVERS,
    "POST /bulletins/{bulletin_id}/comments": ANSWERERS,
    "POST /bulletins/{bulletin_id}/rendition": WRITERS,
    "POST /bulletins/import": WRITERS,
    "POST /bulletins/preview": WRITERS,
    "POST /bulletins/{bulletin_id}/sound": WRITERS,
    "POST /bulletins/{bulletin_id}/recordings": WRITERS,
    "POST /bulletins/{bulletin_id}/recordings/{recording_id}/confirmation": WRITERS,
    "POST /bulletins/{bulletin_id}/recordings/{recording_id}/removal": WRITERS,
    "GET /approvals": APPROVERS | INSPECTOR,
    "GET /playlists": STAFF,
    "GET /playlists/new": WRITERS,
    "POST /playlists": WRITERS,
    "GET /playlists/{playlist_id}": STAFF,
    "GET /playlists/{playlist_id}/edit": WRITERS,
    "POST /playlists/{playlist_id}": WRITERS,
    "POST /playlists/{playlist_id}/rendition": WRITERS,
    "GET /lexicon": STAFF,
    "POST /lexicon": ACTORS,
    "POST /lexicon/trial": ACTORS,
    "POST /lexicon/{entry_id}/retirement": ACTORS,
    "GET /voices": CHOOSERS | INSPECTOR,
    "POST /voices": CHOOSERS,
    "POST /voices/trial": CHOOSERS,
    "GET /villages": DESCRIBERS | INSPECTOR,
    "GET /villages/changes": ADMINS,
    "POST /villages/clusters": ADMINS,
    "POST /villages/new": ADMINS,
    "POST /villages/mergers": ADMINS,
    "GET /villages/{village_id}": ADMINS | INSPECTOR,
    "POST /villages/{village_id}/residents": ADMINS,
    "POST /villages/{village_id}/shares": ADMINS,
    "POST /villages/{village_id}/place": ADMINS,
    "GET /setup": ADMINS | INSPECTOR,
    "GET /joined": ADMINS | INSPECTOR,
    "GET /joined/{joining_id}": ADMINS | INSPECTOR,
    "POST /joined/{joining_id}/decisions": ADMINS,
    "POST /joined/{joining_id}/dropping": ADMINS,
    "POST /setup/put-away": ADMINS,
    "POST /setup/bring-back": ADMINS,
    "POST /export": ADMINS,
    "GET /import": ADMINS,
    "GET /import/schedules": SCHEDULERS,
    "POST /import/schedules": SCHEDULERS,
    "POST /import/schedules/rows": SCHEDULERS,
    "GET /import/schedules/template": SCHEDULERS,
    "GET /import/{table}": ADMINS,
    "POST /import/{table}": ADMINS,
    "POST /import/{table}/rows": ADMINS,
    "GET /import/{table}/template": ADMINS,
    "POST /villages/{village_id}/languages": DESCRIBERS,
    "POST /villages/{village_id}/languages/removal": DESCRIBERS,
    "GET /heads": ADMINS,
    "POST /heads/{account_id}/phone": ADMINS,
    "GET /stations": ALL,
    "POST /stations/{station_id}": ALL,
    "GET /thon": ALL,
    "GET /thon/{village_id}": ALL,
    "GET /thon/{village_id}/phat/{broadcast_id}": ALL,
    "POST /thon/{village_id}/phat/{broadcast_id}/nghe": HEADS,
    "GET /thon/{village_id}/y-kien": ALL,
    "POST /thon/{village_id}/y-kien": HEADS,
    "GET /thon/{village_id}/thang": ALL,
    "GET /hearing/{hearing_id}/photo.jpg": ALL,
    "POST /hearing/{hearing_id}/erasure": HEADS | ADMINS,
    "GET /campaigns": STAFF,
    "POST /campaigns": PLANNERS,
    "GET /campaigns/new": PLANNERS,
    "POST /campaigns/draft": PLANNERS,
    "GET /campaigns/{campaign_id}": STAFF,
    "POST /campaigns/{campaign_id}": PLANNERS,
    "GET /campaigns/{campaign_id}/edit": PLANNERS,
    "POST /campaigns/{campaign_id}/retirement": PLANNERS,
    "GET /feedback": STAFF,
    "POST /feedback/{feedback_id}/answer": ANSWERERS,
    "POST /feedback/{feedback_id}/bulletin": WRITERS,
    "POST /feedback/{feedback_id}/erasure": ANSWERERS,
    "GET /feedback/posters": DESCRIBERS | INSPECTOR,
    "POST /feedback/posters": DESCRIBERS,
    "GET /feedback/posters/{code}": DESCRIBERS | INSPECTOR,
    "POST /feedback/posters/{code}/retirement": DESCRIBERS,
    "GET /y-kien/{code}": ANYBODY,
    "POST /y-kien/{code}": ANYBODY,
    "GET /relays": STAFF,
    "GET /relays/new": WRITERS,
    "POST /relays": WRITERS,
    "GET /relays/{relay_id}": STAFF,
    "GET /relays/{relay_id}/edit": WRITERS,
    "POST /relays/{relay_id}": WRITERS,
    "POST /relays/{relay_id}/rendition": WRITERS,
    "GET /channels": STAFF,
    "POST /channels": APPROVERS,
    "POST /channels/{bulletin_id}": SCHEDULERS,
    "GET /channels/{aired_id}": STAFF,
    "POST /channels/{aired_id}/card": SCHEDULERS,
    "POST /channels/{aired_id}/posts/{outlet}": APPROVERS,
    "POST /channels/{aired_id}/posts/{outlet}/withdrawal": APPROVERS,
    "GET /outlets": ADMINS | INSPECTOR,
    "POST /outlets/{outlet}": ADMINS,
    "POST /outlets/{outlet}/removal": ADMINS,
    "GET /kenh": ANYBODY,
    "GET /kenh/player": ANYBODY,
    "GET /kenh/podcast.xml": ANYBODY,
    "GET /kenh/feed.json": ANYBODY,
    "GET /kenh/lich.ics": ANYBODY,
    "GET /kenh/{bulletin_id}/chapters.json": ANYBODY,
    "GET /kenh/{bulletin_id}/card.png": ANYBODY,
    "GET /kenh/{bulletin_id}/card.mp4": ANYBODY,
    "GET /relay-sources": STAFF,
    "POST /relay-sources": ADMINS,
    "GET /relay-sources/{source_id}": ADMINS,
    "POST /relay-sources/{source_id}": ADMINS,
    "POST /relay-sources/{source_id}/trial": ACTORS,
    "POST /relay-sources/{source_id}/retirement": ADMINS,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /sign-in/province": ANYBODY,
    "GET /sign-in/province/answer": ANYBODY,
    "GET /sign-in/code": ALL,
    "POST /sign-in/code": ALL,
    "POST /account/second-factor/offer": ALL,
    "POST /account/second-factor": ALL,
    "POST /account/second-factor/codes": ALL,
    "GET /account": ALL,
    "POST /account/password": ALL,
    "POST /account/sessions/end": ALL,
    "POST /account/sessions/{handle}/end": ALL,
    "GET /password/{token}": ANYBODY,
    "POST /password/{token}": ANYBODY,
    "GET /people": ADMINS | INSPECTOR,
    "POST /people": ADMINS,
    "POST /people/inspectors": ADMINS,
    "GET /people/{account_id}": ADMINS | INSPECTOR,
    "POST /people/{account_id}/roles": ADMINS,
    "POST /people/{account_id}/link": ADMINS,
    "POST /people/{account_id}/second-factor/removal": ADMINS,
    "POST /people/{account_id}/sessions/end": ADMINS,
    "POST /people/{account_id}/sessions/{handle}/end": ADMINS,
    "POST /people/{account_id}/closing": ADMINS,
    "POST /people/{account_id}/opening": ADMINS,
    "POST /people/{account_id}/province-login": ADMINS,
    "POST /people/{account_id}/export": ADMINS,
    "POST /people/{account_id}/erasure": ADMINS,
    "GET /tokens": ADMINS | INSPECTOR,
    "POST /tokens": ADMINS,
    "POST /tokens/{token_id}/revocation": ADMINS,
    "GET /webhooks": ADMINS | INSPECTOR,
    "POST /webhooks": ADMINS,
    "GET /webhooks/{webhook_id}": ADMINS | INSPECTOR,
    "POST /webhooks/{webhook_id}/trial": ADMINS,
    "POST /webhooks/{webhook_id}/retirement": ADMINS,
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/again": ADMINS,
    "POST /sign-out": ALL,
    "GET /language/{language}": ANYBODY,
    "GET /static": ANYBODY,
    "GET /health/live": ANYBODY,
    "GET /health/ready": ANYBODY,
    "GET /metrics": ADMINS | INSPECTOR,
    "GET /audio/{sha256}.mp3": ANYBODY,
    "HEAD /audio/{sha256}.mp3": ANYBODY,
    "GET /api/openapi.json": ANYBODY,
    "POST /api/sessions": ANYBODY,
    "POST /api/sessions/code": ALL,
    "DELETE /api/sessions": ALL,
    "GET /api/me": ALL,
    "GET /api/webhooks": ADMINS | INSPECTOR,
    "POST /api/webhooks": ADMINS,
    "DELETE /api/webhooks/{webhook_id}": ADMINS,
    "GET /api/webhooks/{webhook_id}/deliveries": ADMINS | INSPECTOR,
    "POST /api/webhooks/{webhook_id}/trial": ADMINS,
    "POST /api/webhooks/{webhook_id}/deliveries/{delivery_id}/again": ADMINS,
    "GET /api/tokens": ADMINS | INSPECTOR,
    "POST /api/tokens": ADMINS,
    "DELETE /api/tokens/{token_id}": ADMINS,
    "GET /api/stations": ALL,
    "GET /api/joined-stations": ADMINS | INSPECTOR,
    "PUT /api/me/station": ALL,
    "GET /api/areas": ALL,
    "POST /api/clusters": ADMINS,
    "POST /api/villages": ADMINS,
    "POST /api/villages/mergers": ADMINS,
    "POST /api/export": ADMINS,
    "POST /api/import/schedules": SCHEDULERS,
    "POST /api/import/{table}": ADMINS,
    "GET /api/villages/{village_id}/register": ADMINS | INSPECTOR,
    "PUT /api/villages/{village_id}/residents": ADMINS,
    "PUT /api/villages/{village_id}/register/shares": ADMINS,
    "GET /api/villages/{village_id}/languages": STAFF,
    "PUT /api/villages/{village_id}/languages": DESCRIBERS,
    "GET /api/broadcasts": ALL,
    "GET /api/broadcasts/{broadcast_id}": ALL,
    "GET /api/broadcasts/{broadcast_id}/devices": ALL,
    "POST /api/broadcasts/{broadcast_id}/stop": SCHEDULERS,
    "GET /api/broadcasts/{broadcast_id}/timeline": ALL,
    "GET /api/coverage": ALL,
    "GET /api/reports": ALL,
    "GET /api/villages/{village_id}/days": ALL,
    "GET /api/villages/{village_id}/shares": ALL,
    "GET /api/alerts": ALL,
    "GET /api/campaigns": STAFF,
    "POST /api/campaigns": PLANNERS,
    "GET /api/campaigns/{campaign_id}": STAFF,
    "PUT /api/campaigns/{campaign_id}": PLANNERS,
    "DELETE /api/campaigns/{campaign_id}": PLANNERS,
    "GET /api/device-trends": STAFF,
    "GET /api/devices/{device_id}/plays": STAFF,
    "GET /api/evidence/{device_id}/{epoch}/{seq}": ALL,
    "GET /api/incidents": STAFF,
    "GET /api/ledger/storage": ALL,
    "GET /api/emergencies": STAFF,
    "POST /api/emergencies": GIVERS,
    "GET /api/emergencies/{emergency_id}": STAFF,
    "POST /api/emergencies/{emergency_id}/prolongation": GIVERS,
    "POST /api/emergencies/{emergency_id}/end": GIVERS,
    "POST /api/emergencies/{emergency_id}/review": OVERSEERS,
    "GET /api/emergency-authorisations": STAFF,
    "POST /api/emergency-authorisations": OVERSEERS,
    "DELETE /api/emergency-authorisations/{authorisation_id}": OVERSEERS,
    "GET /api/stored-warnings": STAFF,
    "POST /api/stored-warnings": GIVERS,
    "POST /api/stored-warnings/{warning_id}/approval": OVERSEERS,
    "GET /api/audit": AUDITORS,
    "GET /api/devices": STAFF,
    "GET /api/enrolments": ADMINS | INSPECTOR,
    "POST /api/enrolments": ADMINS,
    "POST /api/enrolments/{code_id}/confirmation": ADMINS,
    "POST /api/enrolments/{code_id}/denial": ADMINS,
    "GET /api/devices/{device_id}": STAFF,
    "PATCH /api/devices/{device_id}": ADMINS,
    "PUT /api/devices/{device_id}/place": ADMINS,
    "DELETE /api/devices/{device_id}": ADMINS,
    "POST /api/devices/{device_id}/move": ADMINS,
    "POST /api/devices/{device_id}/succession": ADMINS,
    "GET /api/devices/{device_id}/self-test": STAFF,
    "POST /api/devices/{device_id}/self-test": ADMINS,
    "GET /api/connections": ADMINS | INSPECTOR,
    "GET /api/hearings": ALL,
    "GET /api/hearings/{hearing_id}": ALL,
    "GET /api/feedback": ALL,
    "GET /api/feedback/{feedback_id}": ALL,
    "POST /api/feedback/{feedback_id}/answers": ANSWERERS,
    "POST /api/feedback/{feedback_id}/bulletin": WRITERS,
    "DELETE /api/feedback/{feedback_id}": ANSWERERS,
    "GET /api/rehearsal": ADMINS | INSPECTOR,
    "POST /api/rehearsal": ADMINS,
    "DELETE /api/rehearsal": ADMINS,
    "PUT /api/rehearsal/power": ADMINS,
    "POST /api/rehearsal/faults": ADMINS,
    "DELETE /api/rehearsal/faults/{kind}": ADMINS,
    "GET /api/station/relay-hosts": STAFF,
    "PUT /api/station/relay-hosts": ADMINS,
    "GET /api/live": SPEAKERS | INSPECTOR,
    "POST /api/live": SPEAKERS,
    "GET /api/live/{talk_id}": STAFF,
    "POST /api/live/{talk_id}/stop": SPEAKERS,
    "GET /api/live-permits": SPEAKERS | INSPECTOR,
    "POST /api/live-permits": APPROVERS,
    "DELETE /api/live-permits/{permit_id}": APPROVERS,
    "GET /api/relays": STAFF,
    "POST /api/relays": WRITERS,
    "GET /api/relays/{relay_id}": STAFF,
    "PUT /api/relays/{relay_id}": WRITERS,
    "POST /api/relays/{relay_id}/rendition": WRITERS,
    "GET /api/cap-alerts": STAFF,
    "POST /api/cap-alerts": GIVERS,
    "GET /api/cap-alerts/exports/{emergency_id}": STAFF,
    "GET /api/cap-alerts/{alert_id}": STAFF,
    "POST /api/cap-alerts/{alert_id}/dismissal": GIVERS,
    "GET /api/materials": STAFF,
    "POST /api/materials/feeds/{material_feed_id}/asking": WRITERS,
    "POST /api/materials/items/{material_item_id}/taking": WRITERS,
    "GET /api/exchange": STAFF,
    "POST /api/exchange/received/{received_id}/taking": WRITERS,
    "POST /api/exchange/received/{received_id}/dismissal": GIVERS,
    "GET /api/alert-feeds": STAFF,
    "POST /api/alert-feeds": ADMINS,
    "POST /api/alert-feeds/{feed_id}/poll": ADMINS,
    "DELETE /api/alert-feeds/{feed_id}": ADMINS,
    "GET /api/alert-place-codes": STAFF,
    "POST /api/alert-place-codes": ADMINS,
    "DELETE /api/alert-place-codes/{place_code_id}": ADMINS,
    "GET /api/alert-rules": STAFF,
    "POST /api/alert-rules": OVERSEERS,
    "DELETE /api/alert-rules/{rule_id}": OVERSEERS,
    "GET /api/channels": STAFF,
    "PUT /api/channels": APPROVERS,
    "GET /api/channels/items": STAFF,
    "PUT /api/channels/items/{bulletin_id}": SCHEDULERS,
    "GET /api/channels/items/{bulletin_id}/share": STAFF,
    "POST /api/channels/items/{bulletin_id}/card": SCHEDULERS,
    "GET /api/channels/outlets": STAFF,
    "PUT /api/channels/outlets/{outlet}": ADMINS,
    "DELETE /api/channels/outlets/{outlet}": ADMINS,
    "GET /api/channels/posts": STAFF,
    "PUT /api/channels/items/{bulletin_id}/posts/{outlet}": APPROVERS,
    "DELETE /api/channels/items/{bulletin_id}/posts/{outlet}": APPROVERS,
    "GET /api/relay-sources": STAFF,
    "POST /api/relay-sources": ADMINS,
    "PUT /api/relay-sources/{source_id}": ADMINS,
    "DELETE /api/relay-sources/{source_id}": ADMINS,
    "POST /api/relay-sources/{source_id}/trial": ACTORS,
    "GET /api/calendar": STAFF,
    "GET /api/schedules": STAFF,
    "POST /api/schedules": SCHEDULERS,
    "DELETE /api/schedules/{schedule_id}": SCHEDULERS,
    "GET /api/bulletins": STAFF,
    "POST /api/bulletins": WRITERS,
    "POST /api/bulletins/import": WRITERS,
    "GET /api/bulletins/{bulletin_id}": STAFF,
    "PUT /api/bulletins/{bulletin_id}": WRITERS,
    "POST /api/bulletins/{bulletin_id}/rendition": WRITERS,
    "POST /api/bulletins/{bulletin_id}/submission": WRITERS,
    "POST /api/bulletins/{bulletin_id}/decisions": APPROVERS,
    "POST /api/bulletins/{bulletin_id}/comments": ANSWERERS,
    "GET /api/playlists": STAFF,
    "POST /api/playlists": WRITERS,
    "GET /api/playlists/{playlist_id}": STAFF,
    "PUT /api/playlists/{playlist_id}": WRITERS,
    "POST /api/playlists/{playlist_id}/rendition": WRITERS,
    "GET /api/bulletins/{bulletin_id}/recordings": STAFF,
    "GET /api/bulletins/{bulletin_id}/ways": STAFF,
    "POST /api/bulletins/{bulletin_id}/sound": WRITERS,
    "POST /api/bulletins/{bulletin_id}/recordings": WRITERS,
    "POST /api/bulletins/{bulletin_id}/recordings/{recording_id}/confirmation": WRITERS,
    "DELETE /api/bulletins/{bulletin_id}/recordings/{recording_id}": WRITERS,
    "GET /api/lexicon": STAFF,
    "POST /api/lexicon": ACTORS,
    "POST /api/lexicon/trial": ACTORS,
    "DELETE /api/lexicon/{entry_id}": ACTORS,
    "GET /api/voices": CHOOSERS | INSPECTOR,
    "GET /api/station/voice": CHOOSERS | INSPECTOR,
    "PUT /api/station/voice": CHOOSERS,
    "POST /api/broker/emqx/authentication": THE_BROKER,
    "POST /api/broker/emqx/authorization": THE_BROKER,
    "POST /api/broker/mosquitto/user": THE_BROKER,
    "POST /api/broker/mosquitto/superuser": THE_BROKER,
    "POST /api/broker/mosquitto/acl": THE_BROKER,
}
PROGRAMS = {
    "broadcasts:read": {
        "GET /api/areas",
        "GET /api/broadcasts",
        "GET /api/broadcasts/{broadcast_id}",
        "GET /api/broadcasts/{broadcast_id}/devices",
        "GET /api/broadcasts/{broadcast_id}/timeline",
        "GET /api/calendar",
        "GET /api/schedules",
    },
    "coverage:read": {
        "GET /api/coverage",
        "GET /api/reports",
        "GET /api/villages/{village_id}/days",
        "GET /api/villages/{village_id}/shares",
        "GET /api/evidence/{device_id}/{epoch}/{seq}",
        "GET /api/ledger/storage",
    },
    "devices:read": {
        "GET /api/alerts",
        "GET /api/devices",
        "GET /api/devices/{device_id}",
        "GET /api/devices/{device_id}/plays",
        "GET /api/devices/{device_id}/self-test",
        "GET /api/device-trends",
        "GET /api/incidents",
    },
    "bulletins:read": {
        "GET /api/bulletins",
        "GET /api/bulletins/{bulletin_id}",
        "GET /api/playlists",
        "GET /api/playlists/{playlist_id}",
        "GET /api/relays",
        "GET /api/relays/{relay_id}",
        "GET /api/channels",
        "GET /api/channels/items",
    },
    "warnings:read": {
        "GET /api/emergencies",
        "GET /api/emergencies/{emergency_id}",
        "GET /api/cap-alerts",
        "GET /api/cap-alerts/{alert_id}",
        "GET /api/cap-alerts/exports/{emergency_id}",
    },
    "metrics:read": {"GET /metrics"},
    "bulletins:draft": {"POST /api/bulletins"},
    "devices:self-test": {"POST /api/devices/{device_id}/self-test"},
}
"""What a program's token opens, by scope; whatever is not here is closed to all of them."""

SOCKETS = {
    "SOCKET /live/{talk_id}/sound": SPEAKERS,
}
"""What is opened as a WebSocket: tests/security/test_the_microphones_socket.py knocks at it."""

PLACES = {
    "{broadcast_id}": "bc-evening",
    "{talk_id}": "talk-none",
    "{rest}": "none",
    "{permit_id}": "permit-none",
    "{schedule_id}": "s-bc-tomorrow",
    "{bulletin_id}": "storm",
    "{aired_id}": "power",
    "{outlet}": "facebook",
    "{draft_id}": "drf-" + "a" * 16,
    "{template_id}": "tpl-none",
    "{playlist_id}": "bul-none",
    "{entry_id}": "lex-none",
    "{recording_id}": "rec-none",
    "{village_id}": "dong-2",
    "{device_id}": "loa-dong-2-1",
    "{code_id}": "0" * 32,
    "{kind}": "offline",
    "{file_kind}": "csv",
    "{table}": "villages",
    "{epoch}": "ab" * 16,
    "{seq}": "3",
    "{language}": "vi",
    "{sha256}": "0" * 64,
    "{digest}": "0" * 64,
    "{emergency_id}": "em-none",
    "{authorisation_id}": "emu-none",
    "{warning_id}": "wrn-none",
    "{account_id}": "acc-none",
    "{hearing_id}": "hear-none",
    "{feedback_id}": "fb-none",
    "{campaign_id}": "cpn-none",
    "{code}": "aaaaaaaa",
    "{handle}": "0" * 24,
    "{token}": "none",
    "{token_id}": "tok-none",
    "{webhook_id}": "whk-none",
    "{delivery_id}": "dlv-none",
    "{station_id}": STATION_ID,
}
PROVEN_BY_THEMSELVES = frozenset({"POST /enrol"})
"""What a device asks before it is anybody: proven by its code, and asked with no browser's help."""

OF_ONES_OWN_ACCOUNT = frozenset(
    {
        "POST /sign-out",
        "POST /sign-in/code",
        "POST /account/second-factor/offer",
        "POST /account/second-factor",
        "POST /account/second-factor/codes",
        "POST /account/password",
        "POST /account/sessions/end",
        "POST /account/sessions/{handle}/end",
        "DELETE /api/sessions",
        "POST /api/sessions/code",
    }
)
"""What changes nothing of the station's: whoever may sign in may do it."""

OF_ONES_OWN_VIEW = frozenset({"POST /stations/{station_id}", "PUT /api/me/station"})
"""What changes nothing but which of their stations a person looks at."""

LAST = ("POST /sign-out", "DELETE /api/sessions")
"""Whoever has called one of these is nobody afterwards."""


OF_PROGRAMS = ("/api/", "/metrics")
"""Where a bearer counts and a cookie does not."""


def is_sent_away(answer: Response) -> bool:
    """Whether the guard let this one not pass."""
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    return to_sign_in or answer.status_code in {401, 403}


def call(site: Site, route: str, role: str | None) -> Response:
    """One request to the route's real thing, with all that a page or a program would send."""
    method, path = route.split(" ", 1)
    for place, found in PLACES.items():
        path = path.replace(place, found)
    if path.startswith(OF_PROGRAMS):
        given: dict[str, object] = {} if method in {"GET", "DELETE"} else {"json": {}}
        return site.program(role).request(method, path, **given)
    headers = {"X-CSRF-Token": CSRF} if role else {}
    return site.browser(role).request(method, path, headers=headers)


def test_the_table_names_every_route(site: Site) -> None:
    """Nothing is served that is not written down here, and nothing is written that is not there."""
    assert set(declared_rights(site.app)) == set(TABLE) | set(SOCKETS)


@pytest.mark.parametrize("who", [*ROLES, "nobody"])
def test_the_table_holds(site: Site, who: str) -> None:
    """Whoever is in the table passes, everybody else is sent away, and nothing fails inside."""
    role = None if who == "nobody" else who
    odd: dict[str, int] = {}
    for route in [each for each in TABLE if each not in LAST]:
        answer = call(site, route, role)
        # A stranger's form and a wrong password are refused by other means than the guard's.
        by_itself = route in {
            "POST /sign-in",
            "POST /api/sessions",
            "POST /y-kien/{code}",
            "POST /password/{token}",
        }
        expected = who not in TABLE[route] and not by_itself
        if (is_sent_away(answer) != expected and not by_itself) or answer.status_code >= 500:
            odd[route] = answer.status_code

    assert odd == {}


def test_an_admin_without_a_second_factor_reaches_their_own_account_only(site: Site) -> None:
    """Every other route leads to where the code is typed, or says so to a program."""
    with site.station.database.writing() as session:
        for each in session.exec(select(SignInSession)):
            each.second_factor_at = None
    passed = set()
    for route in [each for each in TABLE if each not in LAST and "admin" in TABLE[each]]:
        answer = call(site, route, "admin")
        led = answer.headers.get("location", "").startswith("/sign-in/code")
        said = answer.status_code == 403 and "second_factor_needed" in answer.text
        if not led and not said:
            passed.add(route)

    assert {each for each in passed if TABLE[each] != ANYBODY} == {
        "GET /sign-in/code",
        "GET /account",
        "GET /api/me",
        *(OF_ONES_OWN_ACCOUNT - set(LAST)),
    }


def test_an_inspector_reads_all_and_changes_nothing() -> None:
    """Whatever anybody may look at; and of what acts, only their own account's doors."""
    kept_to_writers = {
        # Forms that show nothing but what their writer is about to do.
        "GET /bulletins/new",
        "GET /bulletins/templates",
        "GET /bulletins/templates/{template_id}",
        "GET /campaigns/new",
        "GET /campaigns/{campaign_id}/edit",
        "GET /playlists/new",
        "GET /playlists/{playlist_id}/edit",
        "GET /relays/new",
        "GET /relays/{relay_id}/edit",
        "GET /relay-sources/{source_id}",
        "GET /emergency/preview/{digest}",
        # What they change is read by /api/villages/…/register, and what came of it in the ledger.
        "GET /villages/changes",
        "GET /schedules/{schedule_id}",
        "GET /schedule/slot",
        # Telephone numbers are there to be called in need, and for nothing else.
        "GET /heads",
        # Where lists come in; what came of them stands on the pages of what they are about.
        "GET /import",
        "GET /import/schedules",
        "GET /import/schedules/template",
        "GET /import/{table}",
        "GET /import/{table}/template",
    }
    read = {route for route in TABLE if route.startswith(("GET ", "HEAD "))}
    acts = {route for route in TABLE.keys() - read if "inspector" in TABLE[route]}

    assert {route for route in read if "inspector" not in TABLE[route]} == kept_to_writers
    assert {route for route in acts if TABLE[route] != ANYBODY} == (
        OF_ONES_OWN_ACCOUNT | OF_ONES_OWN_VIEW
    )


def test_no_page_shows_an_inspector_a_form_that_would_be_refused(site: Site) -> None:
    """Every form on every page that they can read is one of their own account."""
    odd = {}
    for route in TABLE:
        if not route.startswith("GET /") or route.startswith(("GET /api/", "GET /static")):
            continue
        answer = call(site, route, "inspector")
        targets = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', answer.text)
        if strange := {
            each for each in targets if not each.startswith(("/sign-", "/account", "/stations/"))
        }:
            odd[route] = strange

    assert odd == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("leave", "code"), list(zip(LAST, (303, 204), strict=True)))
def test_leaving_ends_the_session_everywhere(site: Site, role: str, leave: str, code: int) -> None:
    """A token that signed out in one place opens nothing in the other either."""
    assert call(site, leave, role).status_code == code
    assert is_sent_away(call(site, "GET /", role))
    assert is_sent_away(call(site, "GET /api/me", role))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("proof", ["", "wrong", "bearer"])
def test_no_page_acts_without_its_own_forms_token(site: Site, role: str, proof: str) -> None:
    """Not without one, not with another's, and a token of the API is none."""
    headers = {
        "": {},
        "wrong": {"X-CSRF-Token": "x"},
        "bearer": {"Authorization": f"Bearer {role}"},
    }
    for route in TABLE:
        method, path = route.split(" ", 1)
        if method in {"GET", "HEAD"} or path.startswith("/api/") or route in PROVEN_BY_THEMSELVES:
            continue
        for place, found in PLACES.items():
            path = path.replace(place, found)
        answer = site.browser(role).request(method, path, headers=headers[proof])
        assert answer.status_code == 403, route


@pytest.mark.parametrize("role", ROLES)
def test_a_cookie_is_no_key_to_the_api(site: Site, role: str) -> None:
    """What a foreign page could make a browser send does nothing under /api."""
    browser = site.browser(role)
    for route, who in TABLE.items():
        method, path = route.split(" ", 1)
        if not path.startswith("/api/") or who == ANYBODY:
            continue
        for place, found in PLACES.items():
            path = path.replace(place, found)
        headers = {"X-CSRF-Token": CSRF, "Host": "testserver"}
        assert browser.request(method, path, headers=headers).status_code == 401, route


def test_a_host_that_is_an_address_moves_no_border(site: Site) -> None:
    """The path is the one that was asked for, whatever the Host header pretends."""
    browser = site.browser("operator")
    for host in ("x/api/", "x/api/?", "x#/api/"):
        answer = browser.post("/bulletins/storm/submission", headers={"Host": host})
        assert is_sent_away(answer) or answer.status_code == 400, host
    assert call(site, "GET /api/bulletins/storm", "operator").json()["state"] == "submitted"
