"""Sessions: begun by a password, known by a token, ended by time, by leaving, or by an admin."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select

from broadcaster.accounts.errors import (
    NoRole,
    SignInBusy,
    SignInLocked,
    SignInRefused,
    UsernameTaken,
    UsernameUnusable,
)
from broadcaster.accounts.failures import FAILURE_WINDOW, FAILURES_ALLOWED
from broadcaster.accounts.people import create_account, display_names
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import (
    SESSION_LIFE,
    SignedIn,
    sign_in,
    sign_out,
    viewer_of,
)
from broadcaster.accounts.tables import Account, SignInFailure, SignInSession
from broadcaster.accounts.viewer import Viewer
from tests.broadcaster.small_station import SmallStation
from tests.broadcaster.station_keys import STATION_ID


def enter(station: SmallStation, *, username: str, password: str) -> SignedIn:
    """Sign in now."""
    return sign_in(station.database, username=username, password=password, now=station.clock())


def holder(station: SmallStation, token: str) -> Viewer | None:
    """Who holds a token now."""
    with station.database.reading() as session:
        return viewer_of(session, token, now=station.clock())


def test_a_token_brings_back_the_person_and_what_they_may_see(station: SmallStation) -> None:
    """A phone's capitals and spaces in the name do not matter."""
    account_id, password = station.person("to.van-an", Role.VILLAGE_HEAD, village_ids=["v-2"])

    found = enter(station, username=" To.Van-An ", password=password)

    assert holder(station, found.token) == Viewer(
        account_id,
        "to.van-an",
        "To.Van-An",
        frozenset({Role.VILLAGE_HEAD}),
        frozenset({"v-2"}),
        station_id=STATION_ID,
        station_count=0,
    )


def test_only_the_hash_of_a_token_is_kept(station: SmallStation) -> None:
    """Who reads the database cannot sign in with what they read."""
    _, password = station.person("an", Role.OPERATOR)

    found = enter(station, username="an", password=password)

    with station.database.reading() as session:
        kept = session.exec(select(SignInSession)).one().model_dump()
    assert found.token not in str(kept)
    assert holder(station, str(kept["token_sha256"])) is None
    assert len(found.token) == 43


def test_a_session_ends_after_twelve_hours(station: SmallStation) -> None:
    """The last moment still counts; the next does not."""
    _, password = station.person("an", Role.OPERATOR)
    found = enter(station, username="an", password=password)

    station.clock.move(SESSION_LIFE - timedelta(milliseconds=1))
    assert holder(station, found.token) is not None

    station.clock.move(timedelta(milliseconds=1))
    assert holder(station, found.token) is None


def test_signing_out_ends_this_session_and_no_other(station: SmallStation) -> None:
    """A phone stays signed in when the desk signs out."""
    _, password = station.person("an", Role.OPERATOR)
    desk = enter(station, username="an", password=password)
    phone = enter(station, username="an", password=password)

    with station.database.writing() as session:
        sign_out(session, desk.token, now=station.clock())

    assert holder(station, desk.token) is None
    assert holder(station, phone.token) is not None


def test_who_is_no_longer_active_is_out_at_once(station: SmallStation) -> None:
    """Neither a running session nor the right password helps."""
    account_id, password = station.person("an", Role.OPERATOR)
    found = enter(station, username="an", password=password)
    with station.database.writing() as session:
        session.get_one(Account, account_id).active = False

    assert holder(station, found.token) is None
    with pytest.raises(SignInRefused):
        enter(station, username="an", password=password)


def test_a_wrong_name_and_a_wrong_password_are_told_alike(station: SmallStation) -> None:
    """Nobody learns from an answer who has an account, and both are counted."""
    station.person("an", Role.OPERATOR)

    for username in ("an", "nobody"):
        with pytest.raises(SignInRefused) as refused:
            enter(station, username=username, password="wrong")
        assert refused.value.detail == ""

    with station.database.reading() as session:
        counted = session.exec(select(SignInFailure.username)).all()
    assert sorted(counted) == ["an", "nobody"]


@pytest.mark.parametrize("username", ["an", "nobody"])
def test_five_failures_lock_a_name_even_for_the_right_password(
    station: SmallStation, username: str
) -> None:
    """It opens by itself when the oldest of the five is fifteen minutes old; others are free."""
    _, password = station.person("an", Role.OPERATOR)
    _, others = station.person("binh", Role.LEADER)
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            enter(station, username=username, password="wrong")
        station.clock.move(timedelta(minutes=1))

    with pytest.raises(SignInLocked) as locked:
        enter(station, username=username, password=password)
    assert "10 phút" in locked.value.message_vi
    assert enter(station, username="binh", password=others).token

    station.clock.move(FAILURE_WINDOW - timedelta(minutes=FAILURES_ALLOWED))
    if username == "an":
        assert enter(station, username="an", password=password).token
    else:
        with pytest.raises(SignInRefused):
            enter(station, username=username, password=password)


@pytest.mark.parametrize("username", ["", "a" * 41, "không dấu?", "a\0b", "\ud800\ud800"])
def test_a_name_that_nobody_can_have_is_refused_and_not_kept(
    station: SmallStation, username: str
) -> None:
    """What cannot be a name never reaches the database, however broken it is."""
    with pytest.raises(SignInRefused):
        enter(station, username=username, password="\ud800")

    with station.database.reading() as session:
        assert session.exec(select(SignInFailure)).all() == []


def test_success_forgets_the_failures_before_it(station: SmallStation) -> None:
    """Four slips, the right password, four slips more: still not locked."""
    _, password = station.person("an", Role.OPERATOR)

    for _ in range(2):
        for _ in range(FAILURES_ALLOWED - 1):
            with pytest.raises(SignInRefused):
                enter(station, username="an", password="wrong")
        assert enter(station, username="an", password=password).token


def test_accounts_that_could_not_work_are_refused(station: SmallStation) -> None:
    """A name that cannot be typed, a name twice, nobody's role, a head without a village."""
    station.person("an", Role.OPERATOR)
    cases = [
        ("An Nguyễn", [Role.OPERATOR], [], UsernameUnusable),
        ("x", [Role.OPERATOR], [], UsernameUnusable),
        ("AN", [Role.OPERATOR], [], UsernameTaken),
        ("binh", [], [], NoRole),
        ("binh", [Role.VILLAGE_HEAD], [], NoRole),
        ("binh", [Role.OPERATOR], ["v-1"], NoRole),
    ]
    for username, roles, village_ids, error in cases:
        with station.database.writing() as session, pytest.raises(error):
            create_account(
                session,
                station_id=STATION_ID,
                username=username,
                display_name="",
                roles=roles,
                village_ids=village_ids,
                now=station.clock(),
            )


def test_a_flood_of_sign_ins_is_told_to_wait_and_leaves_the_site_alone(
    station: SmallStation,
) -> None:
    """Of very many at once some are checked, the rest are answered at once and not counted."""
    told = Counter[str]()

    def attempt() -> None:
        try:
            enter(station, username="an", password="wrong")
        except (SignInRefused, SignInLocked, SignInBusy) as refused:
            told[refused.code] += 1

    threads = [threading.Thread(target=attempt) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert told.total() == 40
    assert told["sign_in_busy"] >= 20
    with station.database.reading() as session:
        assert len(session.exec(select(SignInFailure)).all()) == told["sign_in_refused"]


def test_names_are_shown_for_ids(station: SmallStation) -> None:
    """Ids that nobody has are left out."""
    an, _ = station.person("an", Role.OPERATOR)
    binh, _ = station.person("binh", Role.LEADER)

    with station.database.reading() as session:
        assert display_names(session, [an, binh, an, "acc-none"]) == {an: "An", binh: "Binh"}
