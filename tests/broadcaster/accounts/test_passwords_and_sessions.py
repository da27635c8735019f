"""Passwords chosen anew, by the old one or by an admin's link; sessions listed and ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import Session

from broadcaster.accounts.errors import (
    LinkGone,
    PasswordTooShort,
    PasswordTooWellKnown,
    SessionUnknown,
    SignInLocked,
    SignInRefused,
)
from broadcaster.accounts.failures import FAILURES_ALLOWED
from broadcaster.accounts.own_password import (
    LINK_LASTS,
    change_password,
    check_new,
    make_link,
    use_link,
)
from broadcaster.accounts.people import close_account
from broadcaster.accounts.roles import Role
from broadcaster.accounts.session_list import SessionLine, end_session, sessions_of
from broadcaster.accounts.sessions import CameFrom, sign_in, viewer_of
from broadcaster.database import Database
from tests.broadcaster.small_station import SmallStation

NEW = "ba con chim sẻ"


def enter(station: SmallStation, password: str, *, address: str = "") -> str:
    """Sign in as An; the token."""
    came_from = CameFrom(address=address, browser="Firefox")
    return sign_in(
        station.database, username="an", password=password, now=station.clock(),
        came_from=came_from,
    ).token  # fmt: skip


def link(station: SmallStation, account_id: str) -> str:
    """A link that an admin made."""
    with station.database.writing() as session:
        return make_link(session, account_id, by=account_id, now=station.clock())


def listed(station: SmallStation, account_id: str, token: str = "") -> list[SessionLine]:
    """An's sessions."""
    with station.database.reading() as session:
        return list(sessions_of(session, account_id, token=token, now=station.clock()))


def is_in(station: SmallStation, token: str) -> bool:
    """Whether this token opens anything."""
    with station.database.reading() as session:
        return viewer_of(session, token, now=station.clock()) is not None


def test_a_link_serves_once_and_ends_what_was_signed_in(station: SmallStation) -> None:
    """The old password serves until then and not afterwards."""
    account_id, old = station.person("an", Role.OPERATOR)
    given = link(station, account_id)
    token = enter(station, old)

    use_link(station.database, given, new=NEW, now=station.clock())

    assert not is_in(station, token)
    with pytest.raises(SignInRefused):
        enter(station, old)
    assert is_in(station, enter(station, NEW))
    with pytest.raises(LinkGone):
        use_link(station.database, given, new=NEW + "!", now=station.clock())


def test_a_link_is_void_after_a_day_and_after_another_one(station: SmallStation) -> None:
    """And at once where the account was closed."""
    account_id, old = station.person("an", Role.OPERATOR)
    first, second = link(station, account_id), link(station, account_id)
    with pytest.raises(LinkGone):
        use_link(station.database, first, new=NEW, now=station.clock())
    with pytest.raises(LinkGone):
        use_link(station.database, second, new=NEW, now=station.clock() + LINK_LASTS)
    with station.database.writing() as session:
        close_account(session, account_id, by=account_id, now=station.clock())
    with pytest.raises(LinkGone):
        use_link(station.database, second, new=NEW, now=station.clock())
    with pytest.raises(SignInRefused):
        enter(station, old)


def test_of_two_who_use_a_link_at_once_one_chooses(station: SmallStation) -> None:
    """The other is told that it is gone."""
    account_id, _ = station.person("an", Role.OPERATOR)
    given, told = link(station, account_id), []
    together = threading.Barrier(2)

    def use(new: str) -> None:
        together.wait()
        try:
            use_link(station.database, given, new=new, now=station.clock())
            told.append(new)
        except LinkGone:
            told.append("")

    tries = [threading.Thread(target=use, args=(NEW + each,)) for each in "ab"]
    for each in tries:
        each.start()
    for each in tries:
        each.join()

    (chosen,) = filter(None, told)
    assert len(told) == 2
    assert is_in(station, enter(station, chosen))


class Slower(Database):
    """The same database, in which something else is done first while a password is checked."""

    def __init__(self, station: SmallStation, *, first: Callable[[], None]) -> None:
        super().__init__(station.database.engine)
        self.keeper = station.database.keeper
        self._first = [first]

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """What is to be done first, once; then as ever."""
        while self._first:
            self._first.pop()()
        with super().writing() as session:
            yield session


def test_who_was_just_signing_in_with_the_old_password_is_not_in(station: SmallStation) -> None:
    """Their check began before the new one was chosen, and would have outlived it."""
    account_id, old = station.person("an", Role.OPERATOR)
    given = link(station, account_id)
    slower = Slower(
        station, first=lambda: use_link(station.database, given, new=NEW, now=station.clock())
    )

    with pytest.raises(SignInRefused):
        sign_in(slower, username="an", password=old, now=station.clock())
    assert listed(station, account_id) == []
    assert is_in(station, enter(station, NEW))


def test_who_was_just_changing_the_old_password_does_not_take_the_new_one(
    station: SmallStation,
) -> None:
    """A thief with a session and the old password must not win over the link."""
    account_id, old = station.person("an", Role.OPERATOR)
    given, token = link(station, account_id), enter(station, old)
    slower = Slower(
        station, first=lambda: use_link(station.database, given, new=NEW, now=station.clock())
    )

    with pytest.raises(SignInRefused):
        change_password(
            slower, account_id, old=old, new="ba con mèo mướp", token=token, now=station.clock()
        )
    assert is_in(station, enter(station, NEW))


def test_a_link_from_before_is_void_once_a_password_is_chosen(station: SmallStation) -> None:
    """Whoever changes theirs because somebody may know it shuts that door as well."""
    account_id, old = station.person("an", Role.OPERATOR)
    given, token = link(station, account_id), enter(station, old)
    change_password(
        station.database, account_id, old=old, new=NEW, token=token, now=station.clock()
    )

    with pytest.raises(LinkGone):
        use_link(station.database, given, new=NEW + "!", now=station.clock())


def test_ones_own_password_is_changed_with_the_old_one(station: SmallStation) -> None:
    """Other sessions end, this one stays; a wrong old one counts like a wrong sign-in."""
    account_id, old = station.person("an", Role.OPERATOR)
    here, there = enter(station, old), enter(station, old)

    def change(given: str) -> None:
        change_password(
            station.database, account_id, old=given, new=NEW, token=here, now=station.clock()
        )

    with pytest.raises(SignInRefused):
        change("wrong")
    change(old)
    assert (is_in(station, here), is_in(station, there)) == (True, False)
    for _ in range(FAILURES_ALLOWED - 1):
        with pytest.raises(SignInRefused):
            change("wrong")
    with pytest.raises(SignInLocked):
        change(NEW)


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("chín ký tự"[:9], PasswordTooShort),
        ("x" * 201, PasswordTooShort),
        ("Password1234", PasswordTooWellKnown),
        ("matkhau2026!", PasswordTooWellKnown),
        ("nguyen-van-an-1", PasswordTooWellKnown),
        ("aaaaaaaaaaaaaaaa", PasswordTooWellKnown),
    ],
)
def test_what_is_guessed_first_is_no_password(password: str, refused: type[Exception]) -> None:
    """A few words are."""
    with pytest.raises(refused):
        check_new(password, username="nguyen.van.an")
    check_new(NEW, username="nguyen.van.an")


def test_sessions_are_known_by_where_they_came_from(station: SmallStation) -> None:
    """The newest first, this one marked; what is over is not listed."""
    account_id, password = station.person("an", Role.OPERATOR)
    enter(station, password, address="10.0.0.1")
    station.clock.move(timedelta(hours=11))
    here = enter(station, password, address="10.0.0.2")

    assert [(each.address, each.browser, each.is_this) for each in listed(station, account_id, here)
            ] == [("10.0.0.2", "Firefox", True), ("10.0.0.1", "Firefox", False)]  # fmt: skip
    station.clock.move(timedelta(hours=1))
    assert [each.address for each in listed(station, account_id)] == ["10.0.0.2"]


def test_a_session_is_ended_by_its_handle_which_opens_nothing(station: SmallStation) -> None:
    """One that is somebody else's is not found."""
    account_id, password = station.person("an", Role.OPERATOR)
    other_id, _ = station.person("binh", Role.OPERATOR)
    here, there = enter(station, password), enter(station, password)
    (handle,) = [each.handle for each in listed(station, account_id, here) if not each.is_this]
    with pytest.raises(SessionUnknown), station.database.writing() as session:
        end_session(session, other_id, handle, by=other_id, now=station.clock())
    with station.database.writing() as session:
        end_session(session, account_id, handle, by=account_id, now=station.clock())

    assert (is_in(station, here), is_in(station, there)) == (True, False)
    assert not is_in(station, handle)
