"""`kill -9` in the middle of a broadcast: no confirmation lost, none counted twice.

One station and one fleet for the whole file; every test broadcasts a bulletin of its own.
"""

from collections.abc import Iterator
from random import Random

import pytest

from devices.protocol.messages import Kind
from tests.chain import DEVICES, RESIDENTS, Chain, running_chain
from tests.chain_evidence import assert_whole

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

SEED = 20261122


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A running station with its fleet."""
    with running_chain(tmp_path_factory.mktemp("killed")) as chain:
        yield chain


def assert_all_reached(chain: Chain, broadcast_id: str) -> None:
    """All have finished, everybody is counted once, and the ledger is whole."""
    report = chain.settled(broadcast_id)
    journals = chain.wait_until_receipted()

    assert (report.counts.planned, report.counts.finished) == (DEVICES, DEVICES)
    assert (report.coverage.asked, round(report.coverage.confirmed)) == (RESIDENTS, RESIDENTS)
    assert len({play.device_id for play in report.devices}) == len(report.devices) == DEVICES
    assert len(journals) == DEVICES
    assert_whole(chain.database, journals)


def test_the_station_killed_while_its_devices_play(chain: Chain) -> None:
    """All its processes, the broker too: the devices play on, and all of it is told afterwards."""
    broadcast_id = chain.broadcast()
    chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED)
    chain.kill_station()
    chain.wait_until_said(broadcast_id, Kind.FINISHED)
    chain.start_station()

    assert_all_reached(chain, broadcast_id)


def test_the_station_killed_before_its_devices_play(chain: Chain) -> None:
    """Once the devices hold the audio they need no station: they start at the planned instant."""
    broadcast_id = chain.broadcast()
    chain.wait_until_said(broadcast_id, Kind.CACHED)
    chain.kill_station()
    chain.wait_until_said(broadcast_id, Kind.STARTED)
    chain.start_station()

    assert_all_reached(chain, broadcast_id)


def test_the_ingest_killed_again_and_again(chain: Chain) -> None:
    """At seeded instants of one broadcast, between storing, acknowledging and receipting."""
    rng = Random(SEED)
    broadcast_id = chain.broadcast()
    for kind in (Kind.RECEIVED, Kind.CACHED, Kind.STARTED, Kind.FINISHED):
        chain.wait_until_said(broadcast_id, kind, by=rng.randint(1, DEVICES))
        chain.kill("ingest")

    assert_all_reached(chain, broadcast_id)


def test_a_controller_killed_while_it_plays(chain: Chain) -> None:
    """It says after its restart that it was interrupted, and is not counted; the others are."""
    broadcast_id = chain.broadcast()
    chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED)
    device = Random(SEED).choice(chain.journals()).device
    chain.kill_controller(device)
    report = chain.settled(broadcast_id)
    journals = chain.wait_until_receipted()
    failed = [play for play in report.devices if play.state == "failed"]

    assert [(play.device_id, play.code) for play in failed] == [(device, "interrupted")]
    assert (report.counts.finished, report.counts.failed) == (DEVICES - 1, 1)
    assert report.coverage.failed > 0
    assert round(report.coverage.confirmed + report.coverage.failed) == RESIDENTS
    assert_whole(chain.database, journals)
