"""A running station and its fleet: what is stopped falls silent, and a new key is followed.

One station for the whole file; every test broadcasts a bulletin of its own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from broadcaster.accounts.tables import Account
from broadcaster.areas.queries import the_station
from broadcaster.demo.state import fleet_folder
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.schedule.stopping import stop_broadcast
from broadcaster.schedule.tables import Broadcast
from devices.protocol.messages import Kind
from tests.chain import DEVICES, SCRIPT, Chain, running_chain
from tests.chain_evidence import assert_whole

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

LONG_SCRIPT = " ".join([SCRIPT] * 6)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A running station with its fleet; what it plans leaves a slow machine time to fetch it."""
    with running_chain(tmp_path_factory.mktemp("obeyed"), lead_s=10) as chain:
        yield chain


def stop(chain: Chain, broadcast_id: str) -> datetime:
    """Press the button; when."""
    now = datetime.now(UTC)
    with chain.database.writing() as session:
        account_id = session.exec(select(Account.id).order_by(col(Account.id))).first()
        assert account_id is not None
        stop_broadcast(
            session, broadcast_id, station_id=the_station(session).id, by=account_id, now=now
        )
    return now


def test_what_is_stopped_on_air_falls_silent_everywhere(chain: Chain) -> None:
    """Every device states that it was stopped, and how much was heard; nobody counts as reached."""
    bulletin_id = chain.queue(script=LONG_SCRIPT, title="Thông báo dài")
    broadcast_id = chain.wait_for(lambda: chain.broadcast_of(bulletin_id), "it is planned")
    chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED)
    stopped_at = stop(chain, broadcast_id)
    chain.wait_until_said(broadcast_id, Kind.STOPPED)
    report = chain.settled(broadcast_id)
    journals = chain.wait_until_receipted()

    with chain.database.reading() as session:
        duration_ms = session.get_one(Broadcast, broadcast_id).duration_ms
    assert {(play.state, play.code) for play in report.devices} == {("cut", "stopped")}
    assert all(0 < play.played_ms < duration_ms - 1_000 for play in report.devices)
    assert round(report.coverage.confirmed) == 0
    ends = [play.ended_at for play in report.devices if play.ended_at is not None]
    assert len(ends) == DEVICES
    assert min(ends) > stopped_at
    assert_whole(chain.database, journals)


def test_the_next_broadcast_plays_as_if_nothing_had_been(chain: Chain) -> None:
    """A stop silences one broadcast and no other."""
    report = chain.settled(chain.broadcast())

    assert report.counts.finished == DEVICES


def test_a_box_whose_power_was_out_does_not_begin_what_was_stopped(chain: Chain) -> None:
    """It missed the fast path; the plan tells it."""
    bulletin_id = chain.queue(script=LONG_SCRIPT, title="Thông báo dài nữa")
    broadcast_id = chain.wait_for(lambda: chain.broadcast_of(bulletin_id), "it is planned")
    chain.wait_until_said(broadcast_id, Kind.CACHED)
    chain.fleets.pop(fleet_folder(chain.settings)).stop()
    with chain.database.reading() as session:
        starts_at = session.get_one(Broadcast, broadcast_id).starts_at
    chain.wait_for(lambda: datetime.now(UTC) > starts_at or None, "it is on air")
    stop(chain, broadcast_id)
    chain.live(3)
    chain.start_fleet()
    chain.wait_until_said(broadcast_id, Kind.STOPPED)
    report = chain.settled(broadcast_id)

    assert all(play.played_ms == 0 for play in report.devices)


def test_every_device_says_whose_keys_and_configuration_it_holds(chain: Chain) -> None:
    """An admin sees who follows, and by which keys and configuration."""

    def all_told() -> list[DeviceStatus] | None:
        with chain.database.reading() as session:
            statuses = list(session.exec(select(DeviceStatus)).all())
        told = [each for each in statuses if each.config_version and each.clock_source == "station"]
        return told if len(told) == DEVICES else None

    statuses = chain.wait_for(all_told, "every status is complete")

    assert len({each.keyring_serial for each in statuses}) == 1
    assert all(each.epoch and each.number for each in statuses)
