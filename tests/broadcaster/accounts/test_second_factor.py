"""The second factor: enrolled by a first code, proven by codes that serve once, and locked."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.accounts import second_factor
from broadcaster.accounts.authenticator import STEP_S, code_at
from broadcaster.accounts.errors import (
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorRefused,
    SeedsUnreadable,
)
from broadcaster.accounts.failures import FAILURE_WINDOW, FAILURES_ALLOWED
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sealing import KEY_FILE
from broadcaster.accounts.sessions import sign_in, viewer_of
from broadcaster.accounts.tables import OneTimeCode, SecondFactor, SignInSession
from broadcaster.audit.tables import ENTRIES
from tests.broadcaster.small_station import SmallStation

STEP = timedelta(seconds=STEP_S)
Person = tuple[str, str]


@pytest.fixture
def person(station: SmallStation) -> Person:
    """Somebody signed in: their account and the token of their session."""
    return "acc-an", station.session_of("an", Role.OPERATOR)


def enrolled(station: SmallStation, person: Person) -> tuple[str, list[str]]:
    """Enrol, and let the step of the first code pass; the seed and the sheet."""
    account_id, token = person
    keys_dir, now = station.settings.keys_dir, station.clock()
    with station.database.writing() as session:
        seed = second_factor.offer_seed(
            session, account_id, token=token, keys_dir=keys_dir, now=now
        )
    codes = second_factor.enrol(
        station.database, account_id, code=code_at(seed, now=now), token=token,
        keys_dir=keys_dir, now=now,
    )  # fmt: skip
    station.clock.move(2 * STEP)
    return seed, list(codes)


def offered(station: SmallStation, person: Person) -> str:
    """The seed that is offered in this session now."""
    account_id, token = person
    with station.database.writing() as session:
        return second_factor.offer_seed(
            session, account_id, token=token,
            keys_dir=station.settings.keys_dir, now=station.clock(),
        )  # fmt: skip


def prove(station: SmallStation, person: Person, code: str) -> None:
    """Type a code now."""
    second_factor.prove(
        station.database, person[0], code=code, token=person[1],
        keys_dir=station.settings.keys_dir, now=station.clock(),
    )  # fmt: skip


def acts(station: SmallStation) -> list[str]:
    """What the trail says, in its order."""
    with station.database.reading() as session:
        return list(session.execute(select(ENTRIES.c.act).order_by(ENTRIES.c.number)).scalars())


def wrong(seed: str, station: SmallStation) -> str:
    """Six digits that serve at no step near this one."""
    near = {code_at(seed, now=station.clock() + each * STEP) for each in range(-3, 4)}
    return next(code for code in ("000000", "111111", *map(str, range(222222, 222232)))
                if code not in near)  # fmt: skip


def test_who_has_enrolled_nothing_is_told_so(station: SmallStation, person: Person) -> None:
    """No code could be right, so none is counted as wrong."""
    with pytest.raises(SecondFactorMissing):
        prove(station, person, "123456")
    assert "second_factor_refused" not in acts(station)


def test_an_offer_becomes_theirs_with_its_first_code(station: SmallStation, person: Person) -> None:
    """The session has proven it then; the seed lies in the database under seal only."""
    seed, codes = enrolled(station, person)

    with station.database.reading() as session:
        kept = session.get_one(SecondFactor, person[0])
        standing = second_factor.standing_of(session, person[0])
        viewer = viewer_of(session, person[1], now=station.clock())
        hashes = session.exec(select(OneTimeCode.code_sha256)).all()
    assert viewer is not None
    assert viewer.is_proven(now=station.clock(), within=timedelta(hours=8))
    assert standing.codes_left == len(set(codes)) == second_factor.CODES_ON_A_SHEET
    assert seed not in kept.sealed_seed
    assert not set(hashes) & set(codes)
    assert acts(station)[-2:] == ["second_factor_enrolled", "one_time_codes_made"]


def test_a_wrong_first_code_enrols_nothing(station: SmallStation, person: Person) -> None:
    """The offer stands for an hour, so that the page can be tried again."""
    keys_dir = station.settings.keys_dir
    seed = offered(station, person)
    with pytest.raises(SecondFactorRefused):
        second_factor.enrol(
            station.database, person[0], code=wrong(seed, station), token=person[1],
            keys_dir=keys_dir, now=station.clock(),
        )  # fmt: skip
    with station.database.reading() as session:
        assert not second_factor.standing_of(session, person[0]).can_prove
    assert seed == offered(station, person)
    station.clock.move(second_factor.OFFER_LASTS)
    assert seed != offered(station, person)


def test_no_other_session_sees_what_is_offered_in_this_one(
    station: SmallStation, person: Person
) -> None:
    """A thief who waited in a session of theirs would know the seed that they enrol for good."""
    account_id, token = person
    _, password = station.person("binh", Role.OPERATOR)
    thiefs = sign_in(station.database, username="binh", password=password, now=station.clock())
    with station.database.writing() as session:
        kept = session.exec(select(SignInSession)).all()
        for each in kept:
            each.account_id = account_id
    seen = offered(station, (account_id, thiefs.token))
    own = offered(station, person)

    assert own != seen
    with pytest.raises(SecondFactorRefused):
        second_factor.enrol(
            station.database, account_id, code=code_at(own, now=station.clock()),
            token=thiefs.token, keys_dir=station.settings.keys_dir, now=station.clock(),
        )  # fmt: skip
    assert offered(station, (account_id, thiefs.token)) != own
    assert token != thiefs.token


def test_another_telephone_is_enrolled_beside_the_old_one(
    station: SmallStation, person: Person
) -> None:
    """The old one serves until the new one is proven, and not afterwards."""
    old, _ = enrolled(station, person)
    keys_dir = station.settings.keys_dir
    new = offered(station, person)
    prove(station, person, code_at(old, now=station.clock()))
    second_factor.enrol(
        station.database, person[0], code=code_at(new, now=station.clock()), token=person[1],
        keys_dir=keys_dir, now=station.clock(),
    )  # fmt: skip
    station.clock.move(2 * STEP)

    with pytest.raises(SecondFactorRefused):
        prove(station, person, code_at(old, now=station.clock()))
    prove(station, person, code_at(new, now=station.clock()))


def test_a_code_that_was_seen_is_worth_nothing(station: SmallStation, person: Person) -> None:
    """Within its window, for whoever looked over a shoulder."""
    seed, _ = enrolled(station, person)
    code = code_at(seed, now=station.clock())
    prove(station, person, code)

    with pytest.raises(SecondFactorRefused):
        prove(station, person, code)


def test_two_at_one_instant_take_a_code_once(station: SmallStation, person: Person) -> None:
    """Whichever comes first; so it is with a printed one."""
    seed, codes = enrolled(station, person)
    for code in (code_at(seed, now=station.clock()), codes[0]):
        taken: list[str] = []
        together = threading.Barrier(4)
        tries = [
            threading.Thread(target=_try, args=(station, person, code, together, taken))
            for _ in range(4)
        ]
        for each in tries:
            each.start()
        for each in tries:
            each.join()
        assert sorted(taken) == ["refused", "refused", "refused", "taken"]
        station.clock.move(FAILURE_WINDOW)


def _try(
    station: SmallStation, person: Person, code: str, together: threading.Barrier, told: list[str]
) -> None:
    together.wait()
    try:
        prove(station, person, code)
    except SecondFactorRefused:
        told.append("refused")
    else:
        told.append("taken")


def test_a_shift_ends(station: SmallStation, person: Person) -> None:
    """Eight hours later the proof is no longer fresh; nor in a time before it."""
    seed, _ = enrolled(station, person)
    prove(station, person, code_at(seed, now=station.clock()))
    shift = station.settings.shift
    with station.database.reading() as session:
        viewer = viewer_of(session, person[1], now=station.clock())
    assert viewer is not None
    now = station.clock()

    assert viewer.is_proven(now=now + shift - STEP, within=shift)
    assert not viewer.is_proven(now=now + shift, within=shift)
    assert not viewer.is_proven(now=now - STEP, within=shift)


def test_five_wrong_ones_lock_all_but_the_paper(station: SmallStation, person: Person) -> None:
    """Right codes are refused too then, a printed one opens, and the rest opens by itself."""
    seed, codes = enrolled(station, person)
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SecondFactorRefused):
            prove(station, person, wrong(seed, station))
    with pytest.raises(SecondFactorLocked) as locked:
        prove(station, person, code_at(seed, now=station.clock()))
    assert "15 phút" in locked.value.message_vi

    prove(station, person, codes[3].upper().replace("-", " "))
    prove(station, person, code_at(seed, now=station.clock()))
    assert acts(station)[-2:] == ["one_time_code_used", "second_factor_proven"]
    with station.database.reading() as session:
        used = second_factor.printed_codes_used(session, since=station.clock() - STEP)
        assert [each.account_id for each in used] == [person[0]]


def test_the_right_password_does_not_end_the_count_of_wrong_codes(station: SmallStation) -> None:
    """Whoever has stolen it cannot try on and on by signing in between."""
    account_id, password = station.person("binh", Role.ADMIN)

    def enter() -> str:
        return sign_in(
            station.database, username="binh", password=password, now=station.clock()
        ).token

    seed, _ = enrolled(station, (account_id, enter()))
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SecondFactorRefused):
            prove(station, (account_id, enter()), wrong(seed, station))
    with pytest.raises(SecondFactorLocked):
        prove(station, (account_id, enter()), code_at(seed, now=station.clock()))


def test_a_new_sheet_voids_the_old_one(station: SmallStation, person: Person) -> None:
    """And a code of somebody else's sheet is nobody's."""
    _, old = enrolled(station, person)
    other = ("acc-chi", station.session_of("chi", Role.LEADER))
    _, theirs = enrolled(station, other)
    with station.database.writing() as session:
        new = second_factor.make_codes(session, person[0], by=person[0], now=station.clock())

    for code in (old[0], theirs[0]):
        with pytest.raises(SecondFactorRefused):
            prove(station, person, code)
    prove(station, person, new[0])


def test_what_is_removed_has_to_be_enrolled_anew(station: SmallStation, person: Person) -> None:
    """Sessions that were proven are so no longer."""
    seed, codes = enrolled(station, person)
    with station.database.writing() as session:
        second_factor.remove(session, person[0], by="acc-admin", now=station.clock())

    for code in (code_at(seed, now=station.clock()), codes[0]):
        with pytest.raises(SecondFactorMissing):
            prove(station, person, code)
    with station.database.reading() as session:
        viewer = viewer_of(session, person[1], now=station.clock())
    assert viewer is not None
    assert viewer.second_factor_at is None


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_text("0" * 64)])
def test_without_its_key_the_database_proves_nobody(
    station: SmallStation, person: Person, spoil: Callable[[Path], object]
) -> None:
    """It says what is missing; paper still opens."""
    seed, codes = enrolled(station, person)
    spoil(station.settings.keys_dir / KEY_FILE)

    with pytest.raises(SeedsUnreadable):
        prove(station, person, code_at(seed, now=station.clock()))
    prove(station, person, codes[0])
