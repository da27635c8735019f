"""What a program's token opens: its scopes' routes of the API, and nothing else anywhere."""

from datetime import timedelta

import pytest
from httpx import Response
from sqlalchemy import select
from sqlmodel import SQLModel

from broadcaster.accounts.api_tokens import STATION_HEADER, make_token, revoke_token
from broadcaster.accounts.errors import NoScope, NoSuchStation, TokenDaysUnusable, TokenNameUnusable
from broadcaster.accounts.guard import SESSION_COOKIE, declared_rights
from broadcaster.accounts.roles import RIGHTS, Right
from broadcaster.accounts.scopes import SCOPES, WRITING, Scope
from broadcaster.accounts.tables import ApiToken, RoleGrant
from broadcaster.accounts.token_command import listed, made, revoked
from broadcaster.accounts.token_pace import AT_ONCE, TokenPace
from broadcaster.audit.tables import ENTRIES
from tests.broadcaster.station_keys import STATION_ID
from tests.clients import TestClient
from tests.security.conftest import CSRF, Site
from tests.security.second_station import MARK, OTHER_STATION, copy_station
from tests.security.test_one_table_of_routes import (
    ANYBODY,
    OF_PROGRAMS,
    PLACES,
    PROGRAMS,
    TABLE,
    is_sent_away,
)

DRAFT = {"title": "Họp thôn", "script": "Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ tối."}
EVERY = tuple(Scope)


def token_for(site: Site, *scopes: Scope, by: str | None = "acc-admin", days: int = 30) -> str:
    """A token of these scopes, as its program gets it."""
    with site.station.database.writing() as session:
        _, secret = make_token(
            session, name="Cổng thông tin xã", scopes=scopes, days=days, station_id=STATION_ID,
            by=by, now=site.station.clock(),
        )  # fmt: skip
    return secret


def program(site: Site, token: str, **headers: str) -> TestClient:
    """A program that sends a token with whatever it asks."""
    return TestClient(
        site.app, follow_redirects=False, raise_server_exceptions=False,
        headers={"Authorization": f"Bearer {token}", **headers},
    )  # fmt: skip


def unhurried(site: Site) -> None:
    """Let a program ask as often as a test likes."""
    seconds = iter(range(0, 10_000_000, 1_000))
    site.app.state.token_pace = TokenPace(now_s=lambda: float(next(seconds)))


def call(client: TestClient, route: str) -> Response:
    """One request, with all that a page or a program would send."""
    method, path = route.split(" ", 1)
    for place, found in PLACES.items():
        path = path.replace(place, found)
    if path.startswith(OF_PROGRAMS):
        given: dict[str, object] = {} if method in {"GET", "DELETE"} else {"json": {}}
        return client.request(method, path, **given)  # type: ignore[arg-type]
    return client.request(method, path, headers={"X-CSRF-Token": CSRF, "Accept": "text/html"})


def test_the_table_of_scopes_is_the_one_that_was_promised() -> None:
    """By hand here, by what the guard reads there."""
    told: dict[str, set[str]] = {}
    for route, scope in SCOPES.items():
        told.setdefault(scope, set()).add(route)

    assert told == PROGRAMS


def test_no_scope_writes_but_the_two_that_nobody_hears() -> None:
    """A draft, and the tone of a self-test; and no route that approves, orders or speaks."""
    acts = {route: scope for route, scope in SCOPES.items() if not route.startswith("GET ")}

    assert set(acts.values()) == WRITING
    assert set(acts) == {"POST /api/bulletins", "POST /api/devices/{device_id}/self-test"}


def test_no_scope_opens_what_takes_a_persons_word(site: Site) -> None:
    """What approves, orders, speaks, schedules or answers asks a right that no scope stands for."""
    asked = declared_rights(site.app)
    kept_to_people = {
        Right.APPROVE_BULLETINS, Right.RAISE_EMERGENCIES, Right.OVERSEE_EMERGENCIES,
        Right.SPEAK_LIVE, Right.SCHEDULE_BROADCASTS, Right.DECIDE_AIR_RULES, Right.SEE_AUDIT,
        Right.USE_OWN_ACCOUNT, Right.ANSWER_FEEDBACK, Right.COMMENT_ON_BULLETINS,
    }  # fmt: skip

    assert not {route for route in SCOPES if asked[route] & kept_to_people}
    assert kept_to_people <= frozenset().union(*RIGHTS.values())


def test_a_token_of_every_scope_opens_their_routes_and_no_other(site: Site) -> None:
    """Every route is asked, pages as well, with the token as a bearer and as a cookie at once."""
    unhurried(site)
    client = program(site, token := token_for(site, *EVERY))
    client.cookies.set(SESSION_COOKIE, token)
    odd: dict[str, int] = {}
    for route, who in TABLE.items():
        if who == ANYBODY:
            continue
        answer = call(client, route)
        if is_sent_away(answer) == (route in SCOPES) or answer.status_code >= 500:
            odd[route] = answer.status_code

    assert odd == {}


@pytest.mark.parametrize("scope", EVERY)
def test_a_scope_opens_its_own_routes_alone(site: Site, scope: Scope) -> None:
    """And the answer says which scope is lacking."""
    unhurried(site)
    client = program(site, token_for(site, scope))
    odd: dict[str, int] = {}
    for route, needed in SCOPES.items():
        answer = call(client, route)
        lacking = answer.status_code == 403 and answer.json()["code"] == "scope_lacking"
        if lacking == (needed == scope) or (lacking and answer.json()["detail"] != needed):
            odd[route] = answer.status_code

    assert odd == {}


def test_what_is_closed_says_that_it_takes_a_person(site: Site) -> None:
    """A program's maker is told why, instead of looking for a scope that there is not."""
    answer = program(site, token_for(site, *EVERY)).get("/api/audit")

    assert (answer.status_code, answer.json()["code"]) == (403, "closed_to_tokens")


def test_a_draft_is_the_programs_own_act(site: Site) -> None:
    """The trail names the token, and the bulletin names the program as who wrote it."""
    answer = program(site, token_for(site, Scope.DRAFT_BULLETINS)).post(
        "/api/bulletins", json=DRAFT
    )
    with site.station.database.reading() as session:
        token = session.execute(select(ApiToken.id)).scalar_one()
        last = session.execute(select(ENTRIES).order_by(ENTRIES.c.number.desc())).first()

    assert answer.status_code == 201
    assert last is not None
    assert (last.act, last.person, last.about) == ("bulletin_written", token, answer.json()["id"])
    assert "Cổng thông tin xã" in site.browser("operator").get("/bulletins").text


def test_whoever_made_a_token_does_not_approve_what_it_wrote(site: Site) -> None:
    """A program is no second person: its maker's word would stand alone."""
    draft = program(site, token_for(site, Scope.DRAFT_BULLETINS, by="acc-leader"))
    bulletin = draft.post("/api/bulletins", json=DRAFT | {"vietnamese_only": True}).json()["id"]
    operator, leader = site.program("operator"), site.program("leader")
    sound = operator.post(f"/api/bulletins/{bulletin}/rendition").json()["rendition"]
    operator.post(f"/api/bulletins/{bulletin}/submission")
    answer = leader.post(
        f"/api/bulletins/{bulletin}/decisions",
        json={
            "rendition_id": sound["id"], "spoken_sha256": sound["spoken_sha256"],
            "audio_sha256": sound["audio_sha256"], "approved": True, "over_warnings": True,
        },
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (403, "own_bulletin")


def test_a_token_opens_nothing_once_it_ended_or_was_revoked(site: Site) -> None:
    """At that instant, and what was never made opens nothing either."""
    short, taken = token_for(site, Scope.READ_DEVICES, days=1), token_for(site, Scope.READ_DEVICES)
    before = [program(site, each).get("/api/devices").status_code for each in (short, taken)]
    with site.station.database.writing() as session:
        longer = session.execute(select(ApiToken.id).order_by(ApiToken.expires_at)).scalars().all()  # type: ignore[call-overload]
        revoke_token(
            session, longer[-1], station_id=STATION_ID, by="acc-admin", now=site.station.clock()
        )
    site.station.clock.move(timedelta(days=1))
    after = [program(site, each).get("/api/devices") for each in (short, taken, "loa_none")]

    assert before == [200, 200]
    assert [each.status_code for each in after] == [401, 401, 401]
    assert {each.headers["WWW-Authenticate"] for each in after} == {"Bearer"}


def test_a_program_that_asks_too_often_waits(site: Site) -> None:
    """So many at once, then so many a second; another program does not wait for it."""
    clock_s = 0.0
    site.app.state.token_pace = TokenPace(now_s=lambda: clock_s)
    hasty = program(site, token_for(site, Scope.READ_DEVICES))
    calm = program(site, token_for(site, Scope.READ_DEVICES))
    answers = [hasty.get("/api/areas") for _ in range(AT_ONCE + 1)]

    assert {each.json()["code"] for each in answers[:-1]} == {"scope_lacking"}
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (429, "1")
    assert answers[-1].json()["code"] == "token_too_fast"
    assert calm.get("/api/devices").status_code == 200
    clock_s = 1.0
    assert hasty.get("/api/devices").status_code == 200


def test_its_last_use_is_noted_once_a_minute(site: Site) -> None:
    """So that an admin sees which one nobody needs, and no reading program writes each time."""
    client = program(site, token_for(site, Scope.READ_DEVICES))
    noted = []
    for seconds in (0, 30, 31):
        site.station.clock.move(timedelta(seconds=seconds))
        client.get("/api/devices")
        noted.append(site.program("admin").get("/api/tokens").json()[0]["last_used_at_ms"])

    assert noted[0] == noted[1] == noted[2] - 61_000
    assert "dùng lần cuối" in site.browser("inspector").get("/tokens").text


def test_a_token_is_told_once_and_kept_as_a_hash(site: Site) -> None:
    """Not on the page afterwards, not in the list, not in the database, not in the trail."""
    admin = site.browser("admin")
    page = admin.post(
        "/tokens",
        data={"csrf_token": CSRF, "name": "Cổng", "scopes": "devices:read", "days": "7"},
        follow_redirects=True,
    )
    secret = page.text.partition("Authorization: Bearer ")[2].partition("<")[0]
    api = site.program("admin").post("/api/tokens", json={"name": "X", "scopes": ["devices:read"]})
    told = admin.get("/tokens").text + site.program("admin").get("/api/tokens").text
    with site.station.database.reading() as session:
        kept = "".join(
            str(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in session.execute(select(table))
        )

    assert "no-store" in page.headers["Cache-Control"]
    assert program(site, secret).get("/api/devices").status_code == 200
    assert program(site, api.json()["token"]).get("/api/devices").status_code == 200
    for each in (secret, api.json()["token"]):
        assert each not in told + kept


def test_a_program_is_no_person(site: Site) -> None:
    """It stands in no list of people, and nobody lets it sign in or gives it a role."""
    token_for(site, Scope.READ_DEVICES)
    with site.station.database.reading() as session:
        token = session.execute(select(ApiToken.id)).scalar_one()
    admin = site.browser("admin")

    assert token not in admin.get("/people").text
    for act in ("opening", "roles", "link", "sessions/end"):
        answer = admin.post(
            f"/people/{token}/{act}", data={"roles": "admin"}, headers={"X-CSRF-Token": CSRF}
        )
        assert answer.status_code == 404, act


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": " "}, TokenNameUnusable),
        ({"scopes": []}, NoScope),
        ({"scopes": ["everything"]}, NoScope),
        ({"days": 0}, TokenDaysUnusable),
        ({"days": 367}, TokenDaysUnusable),
        ({"also_stations": ["st-none"]}, NoSuchStation),
    ],
)
def test_a_token_without_a_name_a_scope_or_an_end_is_not_made(
    site: Site, wrong: dict[str, object], error: type[Exception]
) -> None:
    """Nor one for a station that its maker does not read."""
    given = {"name": "Cổng", "scopes": ["devices:read"], "days": 7} | wrong
    with site.station.database.writing() as session, pytest.raises(error):
        make_token(
            session, station_id=STATION_ID, by="acc-admin", now=site.station.clock(), **given
        )  # type: ignore[arg-type]


def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(site: Site) -> None:
    """A number of days that is none; the name still stands there."""
    answer = site.browser("admin").post(
        "/tokens",
        data={"csrf_token": CSRF, "name": "Cổng xã", "scopes": "devices:read", "days": "mãi"},
    )

    assert answer.status_code == 422
    assert "từ 1 đến 366 ngày" in answer.text
    assert 'value="Cổng xã"' in answer.text


def test_another_station_is_read_while_its_maker_may_and_never_written_to(site: Site) -> None:
    """A province's program names the station in a header; a grant taken back ends it at once."""
    with site.station.database.writing() as session:
        copy_station(session.connection(), STATION_ID)
        grant = RoleGrant(account_id="acc-admin", station_id=OTHER_STATION, role="inspector")
        session.add(grant)
        session.flush()
        _, both = make_token(
            session, name="Tỉnh", scopes=["devices:read", "devices:self-test"], days=7,
            station_id=STATION_ID, also_stations=[OTHER_STATION], by="acc-admin",
            now=site.station.clock(),
        )  # fmt: skip
    there = program(site, both, **{STATION_HEADER: OTHER_STATION})
    alone = program(site, token_for(site, Scope.READ_DEVICES), **{STATION_HEADER: OTHER_STATION})
    device = f"/api/devices/{MARK}-loa-dong-1-1"

    assert there.get(device).status_code == 200
    assert there.post(f"{device}/self-test").json()["code"] == "closed_to_tokens"
    assert program(site, both).get(device).status_code == 404
    assert alone.get(device).json()["code"] == "no_such_station"
    with site.station.database.writing() as session:
        session.delete(session.merge(grant))
    assert there.get(device).json()["code"] == "no_such_station"
    assert program(site, both).get("/api/devices/loa-dong-1-1").status_code == 200


def test_the_command_makes_lists_and_revokes(site: Site) -> None:
    """At the station's machine, where nobody needs to sign in."""
    database, now = site.station.database, site.station.clock()
    token_id, secret = made(
        database, "Giám sát", scopes=["devices:read"], also_stations=[], days=7,
        station_id=STATION_ID, now=now,
    ).split()  # fmt: skip
    before = program(site, secret).get("/api/devices").status_code
    told = listed(database, station_id=STATION_ID, as_json=False)
    as_json = listed(database, station_id=STATION_ID, as_json=True)
    revoked(database, token_id, station_id=STATION_ID, now=now)

    assert before == 200
    assert program(site, secret).get("/api/devices").status_code == 401
    assert f"{token_id}  Giám sát  [devices:read]" in told
    assert secret not in told + as_json
    assert token_id in as_json
    assert "✕" in listed(database, station_id=STATION_ID, as_json=False)
