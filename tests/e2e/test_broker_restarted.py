"""The whole chain on the embedded broker and on a real Mosquitto, restarted in the middle.

Neither keeps anything over its restart: what was retained and what was under way is gone, and the
contract makes it good: the station publishes its plans again, the devices say everything again.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.protocol.messages import Kind
from tests.brokers import RunningBroker, free_port, mosquitto_is_installed, start_mosquitto
from tests.chain import DEVICES, RESIDENTS, Chain, founded_chain
from tests.chain_evidence import assert_whole

pytestmark = [pytest.mark.processes, pytest.mark.timeout(150)]

LEAD_S = 12.0


@dataclass(frozen=True, slots=True)
class OnBroker:
    """A founded station, and how to kill its broker and have it back with nothing in it."""

    chain: Chain
    restart_broker: Callable[[], None]


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[OnBroker]:
    """On the broker that the station brings along; its supervisor starts it again."""
    with founded_chain(tmp_path / "state", lead_s=LEAD_S) as chain:
        yield OnBroker(chain, restart_broker=lambda: chain.kill("broker"))


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[OnBroker]:
    """On a Mosquitto without persistence, configured from the same registry."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    port, started = free_port(), list[RunningBroker]()

    def start(registry: Path) -> str:
        started.append(start_mosquitto(registry, tmp_path, port=port))
        return started[-1].url

    def restart() -> None:
        started[-1].stop(signal_number=signal.SIGKILL)
        start(started[-1].registry)

    with ExitStack() as ending:
        ending.callback(lambda: [each.stop() for each in started])
        chain = ending.enter_context(founded_chain(tmp_path / "state", broker=start, lead_s=LEAD_S))
        yield OnBroker(chain, restart_broker=restart)


@pytest.mark.parametrize(
    "broker", ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)]
)
def test_nothing_is_lost_with_the_broker(broker: str, request: pytest.FixtureRequest) -> None:
    """Killed before the start and during the sound: all finish, even one that comes only then.

    The one held back has never seen the plan that the broker lost; it can have it only because
    the station published it again.
    """
    on: OnBroker = request.getfixturevalue(broker)
    chain = on.chain
    held_back = chain.hold_back()
    chain.start_station()
    chain.start_fleet()
    broadcast_id = chain.broadcast()
    chain.wait_until_said(broadcast_id, Kind.RECEIVED, by=DEVICES - 1)
    on.restart_broker()
    chain.wait_for_broker()
    chain.start_fleet(held_back)
    chain.wait_until_said(broadcast_id, Kind.ITEM_STARTED)
    on.restart_broker()
    report = chain.settled(broadcast_id)
    journals = chain.wait_until_receipted()

    assert (report.counts.planned, report.counts.finished) == (DEVICES, DEVICES)
    assert round(report.coverage.confirmed) == RESIDENTS
    assert len(journals) == DEVICES
    assert_whole(chain.database, journals)
