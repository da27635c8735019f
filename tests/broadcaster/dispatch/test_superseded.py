"""What was signed long ago is forgotten, but never what is in force or what versions count from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.database import Database
from broadcaster.dispatch import superseded
from broadcaster.dispatch.superseded import KEPT_FOR, forget_superseded
from broadcaster.dispatch.tables import SignedConfig, SignedNow, SignedPlan
from tests.broadcaster.dispatch.fleet import add_device
from tests.broadcaster.newsroom import open_newsroom

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LONG_AGO = NOW - KEPT_FOR - timedelta(minutes=1)


@pytest.fixture
def station(database: Database, tmp_path: Path) -> Database:
    """Two clusters and a device; what was signed for them a day, and more than a month ago."""
    open_newsroom(database, state_dir=tmp_path)
    with database.writing() as session:
        add_device(session, 1, now=LONG_AGO)
        for cluster_id, version, signed_at in (
            ("cl-1", 1, LONG_AGO),
            ("cl-1", 2, LONG_AGO),
            ("cl-1", 3, NOW - timedelta(days=1)),
            ("cl-2", 7, LONG_AGO),
            ("cl-2", 8, LONG_AGO),
        ):
            session.add(
                SignedPlan(
                    cluster_id=cluster_id,
                    version=version,
                    orders_sha256="-",
                    message="plan",
                    signed_at=signed_at,
                )
            )
        for version, signed_at in ((4, LONG_AGO), (5, LONG_AGO), (6, NOW)):
            session.add(
                SignedConfig(
                    device_id="loa-1",
                    version=version,
                    config_sha256="-",
                    key_id="k",
                    message="config",
                    signed_at=signed_at,
                )
            )
    return database


def forget(database: Database) -> int:
    """Forget once."""
    with database.writing() as session:
        return forget_superseded(session, now=NOW)


def held(database: Database) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The versions that are left, of plans and of configurations."""
    with database.reading() as session:
        plans = session.exec(select(SignedPlan.cluster_id, SignedPlan.version)).all()
        configs = session.exec(select(SignedConfig.device_id, SignedConfig.version)).all()
    return sorted(plans), sorted(configs)


def test_what_was_superseded_a_month_ago_is_forgotten(station: Database) -> None:
    """The newest of each stays, also where nothing was signed for longer than that."""
    assert forget(station) == 5

    assert held(station) == ([("cl-1", 3), ("cl-2", 8)], [("loa-1", 6)])
    assert forget(station) == 0


def test_a_station_that_never_forgot_does_it_by_and_by(
    station: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction deletes so much that a page waits for it."""
    monkeypatch.setattr(superseded, "AT_ONCE", 1)

    assert [forget(station) for _ in range(5)] == [2, 2, 1, 0, 0]


def test_words_of_the_fast_path_are_forgotten_but_for_the_last(station: Database) -> None:
    """The sequence counts from the last one, however old it is."""

    def say(sequence: int, expires_at: datetime) -> None:
        with database.writing() as session:
            session.add(
                SignedNow(
                    sequence=sequence,
                    cluster_id="cl-1",
                    order_id=f"order-{sequence}",
                    message="stop",
                    signed_at=expires_at - timedelta(minutes=2),
                    expires_at=expires_at,
                )
            )

    def left() -> list[int]:
        with database.reading() as session:
            return sorted(session.exec(select(SignedNow.sequence)).all())

    database = station
    say(1, LONG_AGO)
    say(2, LONG_AGO)
    forget(database)
    assert left() == [2]

    say(3, NOW - timedelta(days=1))
    say(4, NOW)
    forget(database)
    assert left() == [3, 4]
