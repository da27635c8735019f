"""Who may call what: one table, written by hand, against every route of the real application.

`declared_rights` says what the code asks; this says what the product promises. A route that is
added, or that changes whom it lets in, is added or changed here as well, by somebody who thinks.
"""

import pytest
from httpx import Response

from broadcaster.accounts.guard import declared_rights
from tests.security.conftest import CSRF, ROLES, Site

ALL = frozenset(ROLES)
STAFF = ALL - {"village_head"}
WRITERS = frozenset({"operator"})
APPROVERS = frozenset({"leader"})
CHOOSERS = WRITERS | {"admin"}
SCHEDULERS = WRITERS | APPROVERS
ADMINS = frozenset({"admin"})
DESCRIBERS = WRITERS | {"admin"}
ANYBODY = ALL | {"nobody"}
THE_BROKER: frozenset[str] = frozenset()
"""No person at all: a broker proves itself by a token of its own."""

TABLE = {
    "GET /": ALL,
    "GET /today/board": ALL,
    "GET /schedule": ALL,
    "GET /ledger": ALL,
    "GET /broadcasts/{broadcast_id}": ALL,
    "GET /broadcasts/{broadcast_id}/live": ALL,
    "POST /broadcasts/{broadcast_id}/cancel": SCHEDULERS,
    "POST /broadcasts/{broadcast_id}/stop": SCHEDULERS,
    "POST /schedules/{schedule_id}/cancel": SCHEDULERS,
    "GET /evidence/{device_id}/{epoch}/{seq}": ALL,
    "GET /devices": STAFF,
    "GET /devices/enrolment": ADMINS,
    "POST /devices/enrolment": ADMINS,
    "POST /devices/enrolment/{code_id}/confirmation": ADMINS,
    "POST /devices/enrolment/{code_id}/denial": ADMINS,
    "POST /enrol": ANYBODY,
    "GET /devices/{device_id}": STAFF,
    "POST /devices/{device_id}": ADMINS,
    "POST /devices/{device_id}/retirement": ADMINS,
    "POST /relay-hosts": ADMINS,
    "GET /incidents": STAFF,
    "GET /bulletins": STAFF,
    "GET /bulletins/new": WRITERS,
    "POST /bulletins": WRITERS,
    "GET /bulletins/{bulletin_id}": STAFF,
    "POST /bulletins/{bulletin_id}": WRITERS,
    "POST /bulletins/{bulletin_id}/submission": WRITERS,
    "POST /bulletins/{bulletin_id}/queue": SCHEDULERS,
    "POST /bulletins/{bulletin_id}/decision": APPROVERS,
    "POST /bulletins/{bulletin_id}/rendition": WRITERS,
    "POST /bulletins/import": WRITERS,
    "POST /bulletins/{bulletin_id}/recordings": WRITERS,
    "POST /bulletins/{bulletin_id}/recordings/{recording_id}/confirmation": WRITERS,
    "POST /bulletins/{bulletin_id}/recordings/{recording_id}/removal": WRITERS,
    "GET /approvals": APPROVERS,
    "GET /playlists": STAFF,
    "GET /playlists/new": WRITERS,
    "POST /playlists": WRITERS,
    "GET /playlists/{playlist_id}": STAFF,
    "GET /playlists/{playlist_id}/edit": WRITERS,
    "POST /playlists/{playlist_id}": WRITERS,
    "POST /playlists/{playlist_id}/rendition": WRITERS,
    "GET /lexicon": STAFF,
    "POST /lexicon": STAFF,
    "POST /lexicon/trial": STAFF,
    "POST /lexicon/{entry_id}/retirement": STAFF,
    "GET /voices": CHOOSERS,
    "POST /voices": CHOOSERS,
    "POST /voices/trial": CHOOSERS,
    "GET /villages": DESCRIBERS,
    "POST /villages/{village_id}/languages": DESCRIBERS,
    "POST /villages/{village_id}/languages/removal": DESCRIBERS,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "POST /sign-out": ALL,
    "GET /language/{language}": ANYBODY,
    "GET /static": ANYBODY,
    "GET /audio/{sha256}.mp3": ANYBODY,
    "HEAD /audio/{sha256}.mp3": ANYBODY,
    "GET /api/openapi.json": ANYBODY,
    "POST /api/sessions": ANYBODY,
    "DELETE /api/sessions": ALL,
    "GET /api/me": ALL,
    "GET /api/areas": ALL,
    "GET /api/villages/{village_id}/languages": STAFF,
    "PUT /api/villages/{village_id}/languages": DESCRIBERS,
    "GET /api/broadcasts": ALL,
    "GET /api/broadcasts/{broadcast_id}": ALL,
    "GET /api/broadcasts/{broadcast_id}/devices": ALL,
    "POST /api/broadcasts/{broadcast_id}/stop": SCHEDULERS,
    "GET /api/evidence/{device_id}/{epoch}/{seq}": ALL,
    "GET /api/incidents": STAFF,
    "GET /api/devices": STAFF,
    "GET /api/enrolments": ADMINS,
    "POST /api/enrolments": ADMINS,
    "POST /api/enrolments/{code_id}/confirmation": ADMINS,
    "POST /api/enrolments/{code_id}/denial": ADMINS,
    "GET /api/devices/{device_id}": STAFF,
    "PATCH /api/devices/{device_id}": ADMINS,
    "DELETE /api/devices/{device_id}": ADMINS,
    "GET /api/station/relay-hosts": STAFF,
    "PUT /api/station/relay-hosts": ADMINS,
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
    "GET /api/playlists": STAFF,
    "POST /api/playlists": WRITERS,
    "GET /api/playlists/{playlist_id}": STAFF,
    "PUT /api/playlists/{playlist_id}": WRITERS,
    "POST /api/playlists/{playlist_id}/rendition": WRITERS,
    "GET /api/bulletins/{bulletin_id}/recordings": STAFF,
    "POST /api/bulletins/{bulletin_id}/recordings": WRITERS,
    "POST /api/bulletins/{bulletin_id}/recordings/{recording_id}/confirmation": WRITERS,
    "DELETE /api/bulletins/{bulletin_id}/recordings/{recording_id}": WRITERS,
    "GET /api/lexicon": STAFF,
    "POST /api/lexicon": STAFF,
    "POST /api/lexicon/trial": STAFF,
    "DELETE /api/lexicon/{entry_id}": STAFF,
    "GET /api/voices": CHOOSERS,
    "GET /api/station/voice": CHOOSERS,
    "PUT /api/station/voice": CHOOSERS,
    "POST /api/broker/emqx/authentication": THE_BROKER,
    "POST /api/broker/emqx/authorization": THE_BROKER,
    "POST /api/broker/mosquitto/user": THE_BROKER,
    "POST /api/broker/mosquitto/superuser": THE_BROKER,
    "POST /api/broker/mosquitto/acl": THE_BROKER,
}
PLACES = {
    "{broadcast_id}": "bc-evening",
    "{schedule_id}": "s-bc-tomorrow",
    "{bulletin_id}": "storm",
    "{playlist_id}": "bul-none",
    "{entry_id}": "lex-none",
    "{recording_id}": "rec-none",
    "{village_id}": "dong-2",
    "{device_id}": "loa-dong-2-1",
    "{code_id}": "0" * 32,
    "{epoch}": "ab" * 16,
    "{seq}": "3",
    "{language}": "vi",
    "{sha256}": "0" * 64,
}
PROVEN_BY_THEMSELVES = frozenset({"POST /enrol"})
"""What a device asks before it is anybody: proven by its code, and asked with no browser's help."""

LAST = ("POST /sign-out", "DELETE /api/sessions")
"""Whoever has called one of these is nobody afterwards."""


def is_sent_away(answer: Response) -> bool:
    """Whether the guard let this one not pass."""
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    return to_sign_in or answer.status_code in {401, 403}


def call(site: Site, route: str, role: str | None) -> Response:
    """One request to the route's real thing, with all that a page or a program would send."""
    method, path = route.split(" ", 1)
    for place, found in PLACES.items():
        path = path.replace(place, found)
    if path.startswith("/api/"):
        given: dict[str, object] = {} if method in {"GET", "DELETE"} else {"json": {}}
        return site.program(role).request(method, path, **given)
    headers = {"X-CSRF-Token": CSRF} if role else {}
    return site.browser(role).request(method, path, headers=headers)


def test_the_table_names_every_route(site: Site) -> None:
    """Nothing is served that is not written down here, and nothing is written that is not there."""
    assert set(declared_rights(site.app)) == set(TABLE)


@pytest.mark.parametrize("who", [*ROLES, "nobody"])
def test_the_table_holds(site: Site, who: str) -> None:
    """Whoever is in the table passes, everybody else is sent away, and nothing fails inside."""
    role = None if who == "nobody" else who
    odd: dict[str, int] = {}
    for route in [each for each in TABLE if each not in LAST]:
        answer = call(site, route, role)
        # A stranger's form and a wrong password are refused by other means than the guard's.
        by_itself = route in {"POST /sign-in", "POST /api/sessions"}
        expected = who not in TABLE[route] and not by_itself
        if (is_sent_away(answer) != expected and not by_itself) or answer.status_code >= 500:
            odd[route] = answer.status_code

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
