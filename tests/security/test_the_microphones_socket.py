"""The socket of a live microphone: opened by this site's own page, for whoever asked for it."""

from collections.abc import Mapping

import pytest
from starlette.websockets import WebSocketDisconnect

from broadcaster.live.permits import grant_permit
from broadcaster.live.socket import REFUSED
from broadcaster.live.tables import LiveTalk
from tests.security.conftest import CSRF, Site
from tests.security.test_one_table_of_routes import SOCKETS, SPEAKERS

OWN = {"Origin": "http://testserver", "Host": "testserver"}


def path_of(route: str, talk_id: str) -> str:
    """Where to knock."""
    return route.removeprefix("SOCKET ").replace("{talk_id}", talk_id)


def talk(site: Site, *, speaker: str = "acc-operator") -> str:
    """A talk that somebody asked for."""
    now = site.station.clock()
    with site.station.database.writing() as session:
        permit = grant_permit(
            session,
            station_id=site.station.context.station_id,
            account_id="acc-operator",
            days=1,
            quiet_reason="",
            by="acc-leader",
            now=now,
        )
        session.add(
            LiveTalk(
                id="talk-thu",
                station_id=site.station.context.station_id,
                title="Thử",
                speaker_id=speaker,
                permit_id=permit.id,
                longest_ms=60_000,
                asked_at=now,
            )
        )
    return "talk-thu"


def refusal(site: Site, role: str | None, talk_id: str, headers: Mapping[str, str]) -> int | None:
    """With which code the socket is refused before anything is said; None when it opens."""
    (route,) = SOCKETS
    try:
        with site.browser(role).websocket_connect(path_of(route, talk_id), headers=dict(headers)):
            return None
    except WebSocketDisconnect as refused:
        return refused.code


@pytest.mark.parametrize("role", ["operator", "leader", "admin", "village_head", None])
def test_only_who_may_speak_opens_it(site: Site, role: str | None) -> None:
    """The right, as on every page."""
    opened = refusal(site, role, talk(site), OWN) is None

    assert opened == (role in SPEAKERS)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "testserver"},
        {"Host": "testserver", "Origin": "https://evil.example"},
        {"Host": "testserver", "Origin": "http://testserver.evil.example"},
        {"Host": "testserver", "Origin": "null"},
        {"Host": "testserver", "Origin": "file://testserver"},
    ],
)
def test_no_other_sites_page_opens_it(site: Site, headers: dict[str, str]) -> None:
    """A browser sends the session's cookie along wherever the page came from; and its origin."""
    assert refusal(site, "operator", talk(site), headers) == REFUSED


@pytest.mark.parametrize(
    "greeting",
    [
        "{}",
        "no json",
        "[]",
        '{"csrf": "x", "rate_hz": 48000}',
        f'{{"csrf": "{CSRF}"}}',
        f'{{"csrf": "{CSRF}", "rate_hz": "48000"}}',
        f'{{"csrf": "{CSRF}", "rate_hz": 1}}',
        '{"csrf": null, "rate_hz": 48000}',
    ],
)
def test_it_begins_with_the_pages_own_token(site: Site, greeting: str) -> None:
    """Anything else ends it, and no sender is started."""
    (route,) = SOCKETS
    opened = site.browser("operator").websocket_connect(
        path_of(route, talk(site)), headers=dict(OWN)
    )
    with opened as socket:
        socket.send_text(greeting)
        with pytest.raises(WebSocketDisconnect) as refused:
            socket.receive_text()

    assert refused.value.code == REFUSED
    with site.station.database.reading() as session:
        assert session.get_one(LiveTalk, "talk-thu").begun_at is None


def test_nobody_speaks_in_anothers_talk(site: Site) -> None:
    """The leader may speak, but did not ask for this one."""
    (route,) = SOCKETS
    opened = site.browser("leader").websocket_connect(path_of(route, talk(site)), headers=dict(OWN))
    with opened as socket:
        socket.send_text(f'{{"csrf": "{CSRF}", "rate_hz": 48000}}')
        with pytest.raises(WebSocketDisconnect) as refused:
            socket.receive_text()

    assert refused.value.code == REFUSED
