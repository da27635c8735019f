"""Who came in, who tried to, and how much of it a stranger can make the trail keep."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.accounts.errors import SignInRefused
from broadcaster.accounts.failures import STRANGERS_A_DAY, record_failure
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import sign_in, sign_out
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.database import Database
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """A station on each database."""
    return found_station(database, state_dir=tmp_path)


def acts(station: SmallStation) -> list[tuple[str, str, str]]:
    """Act, person and subject of all that has to do with signing in."""
    with station.database.reading() as session:
        rows = session.execute(select(ENTRIES).order_by(ENTRIES.c.number)).all()
    return [(row.act, row.person, row.about) for row in rows if row.act.startswith("sign")]


def test_coming_going_and_a_wrong_password_are_told(station: SmallStation) -> None:
    """A failure is nobody's act; it is about the account that was knocked at."""
    account, password = station.person("an", Role.OPERATOR)
    now = station.clock()
    with pytest.raises(SignInRefused):
        sign_in(station.database, username="an", password="sai", now=now)
    found = sign_in(station.database, username="an", password=password, now=now)
    with station.database.writing() as session:
        sign_out(session, found.token, now=now)
        sign_out(session, found.token, now=now)

    assert acts(station) == [
        ("sign_in_failed", "", account),
        ("signed_in", account, ""),
        ("signed_out", account, ""),
    ]


def test_a_password_typed_as_a_name_does_not_stay_for_ever(station: SmallStation) -> None:
    """A name that is nobody's lies outside the chain, where it can be erased."""
    with pytest.raises(SignInRefused):
        sign_in(station.database, username="mat-khau-cua-toi", password="x", now=station.clock())

    with station.database.reading() as session:
        messages = "".join(session.execute(select(ENTRIES.c.message)).scalars())
        (kept,) = session.execute(select(PRIVATE)).all()
    assert "mat-khau" in kept.said
    assert "mat-khau" not in messages
    assert acts(station) == [("sign_in_failed", "", "")]


def test_strangers_fill_no_trail(station: SmallStation) -> None:
    """So many a day are told one by one; the next day there is room again."""
    for _ in range(STRANGERS_A_DAY + 5):
        with station.database.writing() as session:
            record_failure(session, None, name="ai-do", now=station.clock())
    assert len(acts(station)) == STRANGERS_A_DAY

    station.clock.move(timedelta(days=1, seconds=1))
    with station.database.writing() as session:
        record_failure(session, None, name="ai-do", now=station.clock())
    assert len(acts(station)) == STRANGERS_A_DAY + 1
