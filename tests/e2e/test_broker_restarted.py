"""The whole chain on the embedded broker and on a real Mosquitto, restarted in the middle.

Neither keeps anything over its restart: what was retained and what was under way is gone, and the
contract makes it good: the station publishes its plans again, the devices say everything again.
"""

from pathlib import Path

import pytest

from devices.protocol.messages import Kind
from tests.brokers import mosquitto_is_installed
from tests.chain import DEVICES, RESIDENTS
from tests.chain_brokers import Broker, chain_on
from tests.chain_evidence import assert_whole

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

LEAD_S = 12.0


@pytest.mark.parametrize(
    "broker", [Broker.EMBEDDED, pytest.param(Broker.MOSQUITTO, marks=pytest.mark.mosquitto)]
)
def test_nothing_is_lost_with_the_broker(broker: Broker, tmp_path: Path) -> None:
    """Killed before the start and during the sound: all finish, even one that comes only then.

    The one held back has never seen the plan that the broker lost; it can have it only because
    the station published it again.
    """
    if broker is Broker.MOSQUITTO and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    with chain_on(broker, tmp_path, lead_s=LEAD_S) as on:
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
