"""A clock that is set back, or that ran ahead for a moment, stops nothing for good."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from broadcaster.accounts.errors import SignInLocked, SignInRefused
from broadcaster.accounts.failures import FAILURES_ALLOWED
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import sign_in
from broadcaster.database import Database
from broadcaster.dispatch.conductor import Conductor
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.schedule.tables import Broadcast
from broadcaster.wire import Wire
from tests.broadcaster.dispatch.fleet import leading
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import found_station
from tests.broadcaster.station_keys import made_keys
from tests.trail import followed

MONTH = timedelta(days=30)


@pytest.fixture
def newsroom(on_sqlite: Database, tmp_path: Path) -> Newsroom:
    """A station at noon of a Monday, an operator and a leader."""
    return open_newsroom(on_sqlite, state_dir=tmp_path)


def conductor(newsroom: Newsroom) -> Conductor:
    """What leads the schedule, without a broker."""
    return Conductor(
        database=newsroom.small.database,
        settings=newsroom.small.settings,
        keys=made_keys,
        wire=Wire("mqtt://127.0.0.1:1", client_id="nobody"),
        lead=leading(newsroom.small.database),
        trail=followed(),
    )


def test_a_clock_set_back_is_planned_by_at_once(newsroom: Newsroom) -> None:
    """The days that the wrong clock had left out are planned, not awaited for a month."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00", recurrence="FREQ=DAILY")
    leading, present = conductor(newsroom), newsroom.now()
    leading.plan(present + MONTH)
    leading.plan(present)
    with newsroom.small.database.reading() as session:
        soon = session.exec(
            select(Broadcast).where(col(Broadcast.starts_at) < present + timedelta(days=8))
        ).all()

    assert len(soon) == 8


def test_versions_grow_whatever_the_clock_does(newsroom: Newsroom) -> None:
    """A plan that was signed by a wrong clock is followed by one that devices still take."""
    leading, present = conductor(newsroom), newsroom.now()
    versions: list[int] = []
    for step, ahead in enumerate((timedelta(), MONTH, timedelta(), -MONTH)):
        newsroom.queue(newsroom.bulletin(f"Mời bà con đi họp lần {step}."), at="")
        leading.plan(present + ahead)
        with newsroom.small.database.reading() as session:
            newest = session.exec(
                select(SignedPlan.version)
                .where(SignedPlan.cluster_id == "cl-1")
                .order_by(col(SignedPlan.version).desc())
            ).first()
        versions.append(newest or 0)

    assert versions == sorted(versions)
    assert versions[0] < versions[1] <= versions[2] <= versions[3]


def test_failures_of_the_future_lock_nobody(on_sqlite: Database, tmp_path: Path) -> None:
    """Wrong passwords that a wrong clock counted do not keep a name shut until then."""
    station = found_station(on_sqlite, state_dir=tmp_path)
    _, password = station.person("an", Role.LEADER)
    ahead = station.clock() + MONTH
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            sign_in(on_sqlite, username="an", password="wrong", now=ahead)
    with pytest.raises(SignInLocked):
        sign_in(on_sqlite, username="an", password=password, now=ahead)

    found = sign_in(on_sqlite, username="an", password=password, now=station.clock())

    assert found.viewer.username == "an"
