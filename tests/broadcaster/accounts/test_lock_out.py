"""Strangers lock strangers out, and nobody who was there before."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.accounts.at_the_machine import proven_at_the_machine
from broadcaster.accounts.errors import NetworkLocked, SignInBusy, SignInLocked, SignInRefused
from broadcaster.accounts.failures import (
    A_NETWORK_ALLOWED,
    FAILURE_WINDOW,
    FAILURES_ALLOWED,
    PASSWORD,
    STRANGERS_ALLOWED,
    count_failure,
    locks_told,
    source_of_stranger,
)
from broadcaster.accounts.known_devices import (
    DEVICE_COOKIE,
    KEY_FILE,
    KNOWN_FOR,
    PEOPLE_AT_A_BROWSER,
    known_device,
    with_device,
)
from broadcaster.accounts.own_password import make_link
from broadcaster.accounts.password_checks import (
    A_NETWORK_WAITING,
    STRANGERS_WAITING,
    place_in_line,
)
from broadcaster.accounts.people import account_named
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import CameFrom, sign_in
from broadcaster.accounts.stations import viewer_of_account
from broadcaster.audit import Act
from broadcaster.inspection.notices import door_notices
from tests.broadcaster.accounts.test_guard import page_token
from tests.broadcaster.small_station import SmallStation
from tests.clients import TestClient

HOME = "203.0.113.7"
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """Accounts alone."""
    return station.app()


def attempt(station: SmallStation, password: str, *, address: str = HOME, devices: str = "") -> str:
    """Sign An in from somewhere; the session's token."""
    return sign_in(
        station.database,
        username="an",
        password=password,
        now=station.clock(),
        came_from=CameFrom(address=address, devices=devices),
        keys_dir=station.settings.keys_dir,
    ).token


def attack(station: SmallStation, *, networks: int) -> None:
    """Wrong passwords for An, as many from each network as it is allowed, without the hashing."""
    with station.database.writing() as session:
        for network in range(networks):
            for _ in range(FAILURES_ALLOWED):
                source = source_of_stranger(f"198.51.{network}.9")
                count_failure(session, "an", step=PASSWORD, now=station.clock(), source=source)


def test_a_stranger_locks_the_name_for_their_own_network(station: SmallStation) -> None:
    """Their neighbour of the same line too; whoever comes from elsewhere signs in."""
    _, password = station.person("an", Role.OPERATOR)
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            attempt(station, "wrong", address="198.51.0.9")

    with pytest.raises(SignInLocked):
        attempt(station, password, address="198.51.0.77")
    assert attempt(station, password)


def test_strangers_of_many_networks_are_held_back_together(station: SmallStation) -> None:
    """A hundred guesses an hour, from however many addresses; then it opens by itself."""
    _, password = station.person("an", Role.OPERATOR)
    attack(station, networks=STRANGERS_ALLOWED // FAILURES_ALLOWED)

    with pytest.raises(SignInLocked):
        attempt(station, password)
    station.clock.move(FAILURE_WINDOW)
    assert attempt(station, password)


def test_a_browser_that_was_there_before_is_not_locked_by_strangers(
    station: SmallStation,
) -> None:
    """In the storm the operator signs in where they always do; what they mistype counts there."""
    account_id, password = station.person("an", Role.OPERATOR)
    known = with_device("", account_id, keys_dir=station.settings.keys_dir, now=station.clock())
    attack(station, networks=STRANGERS_ALLOWED // FAILURES_ALLOWED)

    assert attempt(station, password, devices=known)
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            attempt(station, "wrong", devices=known)
    with pytest.raises(SignInLocked):
        attempt(station, password, devices=known)


def fail(station: SmallStation, *, names: int, address: str) -> None:
    """One wrong password for each of many names, without the hashing."""
    source = source_of_stranger(address)
    with station.database.writing() as session:
        for number in range(names):
            count_failure(session, f"n{number}", step=PASSWORD, now=station.clock(), source=source)


def test_a_network_that_tries_many_names_is_held_back_for_all(station: SmallStation) -> None:
    """One password on everybody's name: not theirs who are known, nor any other network's."""
    account_id, password = station.person("an", Role.OPERATOR)
    known = with_device("", account_id, keys_dir=station.settings.keys_dir, now=station.clock())
    fail(station, names=A_NETWORK_ALLOWED - 1, address="198.51.0.9")
    assert attempt(station, password, address="198.51.0.77")
    fail(station, names=1, address="198.51.0.9")

    with pytest.raises(NetworkLocked):
        attempt(station, password, address="198.51.0.77")
    assert attempt(station, password, address="198.51.0.77", devices=known)
    assert attempt(station, password, address="198.51.1.9")
    station.clock.move(FAILURE_WINDOW)
    assert attempt(station, password, address="198.51.0.77")


def test_strangers_who_fill_their_places_keep_nobody_out_who_is_known(
    station: SmallStation,
) -> None:
    """Nor does one network take the places of all others."""
    account_id, password = station.person("an", Role.OPERATOR)
    known = with_device("", account_id, keys_dir=station.settings.keys_dir, now=station.clock())
    with ExitStack() as waiting:
        for _ in range(A_NETWORK_WAITING):
            waiting.enter_context(place_in_line(source_of_stranger("198.51.0.9")))
        with pytest.raises(SignInBusy):
            attempt(station, password, address="198.51.0.77")
        assert attempt(station, password)

        for _ in range(STRANGERS_WAITING - A_NETWORK_WAITING):
            waiting.enter_context(place_in_line(source_of_stranger("198.51.1.9")))
        with pytest.raises(SignInBusy):
            attempt(station, password)
        assert attempt(station, password, devices=known)
    assert attempt(station, password)


def test_who_is_locked_takes_no_place(station: SmallStation) -> None:
    """They are answered at once, however long the line is."""
    station.person("an", Role.OPERATOR)
    attack(station, networks=1)
    with ExitStack() as waiting:
        for each in range(STRANGERS_WAITING):
            waiting.enter_context(place_in_line(source_of_stranger(f"198.51.{each}.9")))

        with pytest.raises(SignInLocked):
            attempt(station, "wrong", address="198.51.0.9")


def test_a_lock_stands_in_the_trail_once(station: SmallStation) -> None:
    """By nobody, about the person; of a name that is nobody's there is nothing to tell."""
    account_id, _ = station.person("an", Role.OPERATOR)
    for name in ("an", "nobody"):
        for _ in range(FAILURES_ALLOWED + 2):
            with pytest.raises((SignInRefused, SignInLocked)):
                sign_in(station.database, username=name, password="x", now=station.clock())

    with station.database.reading() as session:
        (lock,) = locks_told(session, since=station.clock() - FAILURE_WINDOW)
    assert (lock.account_id, lock.act, lock.count) == (account_id, Act.SIGN_IN_LOCKED, 1)


def test_the_board_tells_a_lock_to_an_admin_and_to_its_person(
    station: SmallStation,
) -> None:
    """And networks to admins; a colleague is told neither."""
    station.person("an", Role.OPERATOR)
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            attempt(station, "wrong", address="198.51.0.9")
    fail(station, names=A_NETWORK_ALLOWED, address="198.51.9.9")
    told = {}
    for name, role in (("an", None), ("chi", Role.ADMIN), ("binh", Role.OPERATOR)):
        if role is not None:
            station.person(name, role)
        with station.database.reading() as session:
            account = account_named(session, name)
            assert account is not None
            viewer = viewer_of_account(session, account)
            notices = door_notices(session, viewer.station_id, viewer, station.clock())
        told[name] = [each.text for each in notices]

    assert told == {"an": ["An"], "chi": ["An", "198.51.9.0/24"], "binh": []}


def test_a_link_lets_its_person_in_while_strangers_guess(
    station: SmallStation, app: FastAPI
) -> None:
    """What an admin gave opens now; from then on that browser is known."""
    account_id, _ = station.person("an", Role.OPERATOR)
    with station.database.writing() as session:
        link = make_link(session, account_id, by=None, now=station.clock())
    attack(station, networks=STRANGERS_ALLOWED // FAILURES_ALLOWED)
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    chosen = "một câu dài dễ nhớ"
    form = {"csrf_token": page_token(client, f"/password/{link}"), "new": chosen}

    assert client.post(f"/password/{link}", data=form).headers["location"].startswith("/sign-in")
    sent = {"csrf_token": page_token(client), "username": "an", "password": chosen}
    assert client.post("/sign-in", data=sent).status_code == 303
    assert {each.name for each in client.cookies.jar if each.name.startswith("loa_device")} == {
        DEVICE_COOKIE
    }


def test_the_machines_own_door_stands_apart(station: SmallStation) -> None:
    """Neither strangers nor a browser lock the terminal."""
    _, password = station.person("an", Role.OPERATOR)
    attack(station, networks=STRANGERS_ALLOWED // FAILURES_ALLOWED)

    found = proven_at_the_machine(
        station.database, username="an", password=password, now=station.clock()
    )

    assert found.username == "an"


def test_who_signs_in_with_a_page_is_known_there_afterwards(
    station: SmallStation, app: FastAPI
) -> None:
    """By a cookie that no script reads, and that goes to the sign-in page only."""
    _, password = station.person("an", Role.OPERATOR)
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})

    def post(given: str) -> int:
        sent = {"csrf_token": page_token(client), "username": "an", "password": given}
        return client.post("/sign-in", data=sent).status_code

    assert post(password) == 303
    (cookie,) = [each for each in client.cookies.jar if each.name == DEVICE_COOKIE]
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/sign-in", True)
    client.cookies.delete("loa_session")
    stranger = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    for _ in range(FAILURES_ALLOWED):
        sent = {"csrf_token": page_token(stranger), "username": "an", "password": "x"}
        assert stranger.post("/sign-in", data=sent).status_code == 401
    sent = {"csrf_token": page_token(stranger), "username": "an", "password": password}
    assert stranger.post("/sign-in", data=sent).status_code == 429
    assert post(password) == 303


def test_a_disk_that_takes_no_key_shuts_nobody_out(station: SmallStation, app: FastAPI) -> None:
    """They are signed in, and a stranger's browser the next time; no word is signed by nothing."""
    _, password = station.person("an", Role.OPERATOR)
    (station.settings.keys_dir / KEY_FILE).mkdir(parents=True)
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    sent = {"csrf_token": page_token(client), "username": "an", "password": password}

    answer = client.post("/sign-in", data=sent)

    assert answer.status_code == 303
    assert DEVICE_COOKIE not in answer.headers["set-cookie"]


def test_a_browser_is_known_for_one_person_and_for_a_while(station: SmallStation) -> None:
    """Those who share it are each known; a word of another is none of theirs."""
    keys, now = station.settings.keys_dir, station.clock()
    cookie = ""
    for number in range(PEOPLE_AT_A_BROWSER + 1):
        cookie = with_device(cookie, f"acc-{number}", keys_dir=keys, now=now)

    def is_known(account_id: str, *, after: timedelta = timedelta()) -> bool:
        return known_device(cookie, account_id, keys_dir=keys, now=now + after) is not None

    assert [is_known(f"acc-{number}") for number in range(PEOPLE_AT_A_BROWSER + 1)] == [
        False,
        *[True] * PEOPLE_AT_A_BROWSER,
    ]
    assert is_known("acc-1", after=KNOWN_FOR)
    assert not is_known("acc-1", after=KNOWN_FOR + timedelta(seconds=1))
    assert not is_known("acc-none")


def test_signing_in_again_leaves_no_second_word(station: SmallStation) -> None:
    """The cookie does not grow by who comes every day."""
    keys, now = station.settings.keys_dir, station.clock()
    once = with_device("", "acc-1", keys_dir=keys, now=now)

    assert with_device(once, "acc-1", keys_dir=keys, now=now).count("~") == 0


@given(cookie=st.text(max_size=300))
def test_what_anybody_may_have_written_makes_no_browser_known(
    cookie: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However it is made, and with a key that is there."""
    station_keys: Path = tmp_path_factory.getbasetemp() / "known-devices"
    made = with_device("", "acc-1", keys_dir=station_keys, now=NOW)

    assert known_device(cookie, "acc-1", keys_dir=station_keys, now=NOW) is None
    assert known_device(made[:-1], "acc-1", keys_dir=station_keys, now=NOW) is None
    assert known_device(made, "acc-1", keys_dir=station_keys / "other", now=NOW) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.200", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("::ffff:203.0.113.7", "203.0.113.9", True),
        ("2001:db8:0:1200::1", "2001:db8:0:12ff::2", True),
        ("2001:db8:0:1200::1", "2001:db8:0:1300::1", False),
        ("testclient", "testclient", True),
    ],
)
def test_one_line_is_one_stranger(one: str, other: str, same: bool) -> None:
    """An address of a line is changed in seconds, its network is not."""
    assert (source_of_stranger(one) == source_of_stranger(other)) is same
