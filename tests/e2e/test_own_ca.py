"""The whole chain over TLS with the commune's own CA, on either broker."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from broadcaster.processes.broker_check import check_broker
from tests.authority import Authority
from tests.brokers import mosquitto_is_installed
from tests.chain import founded_chain
from tests.chain_evidence import assert_whole
from tests.fault_matrix import DEVICES, SMALL_COMMUNE
from tests.tls_brokers import broker_behind_tls

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    "kind", ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)]
)
def test_a_broadcast_over_tls_is_played_and_proven(kind: str, tmp_path: Path) -> None:
    """Station, broker's trial and devices speak mqtts only, and trust nobody but that CA."""
    if kind == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    authority = Authority(tmp_path)
    with ExitStack() as ending:
        chain = ending.enter_context(
            founded_chain(
                tmp_path / "state",
                broker=_behind_tls(kind, authority, ending),
                commune=SMALL_COMMUNE,
                device_ca=authority.file,
            )
        )
        check_broker(chain.settings)
        chain.start_station()
        chain.start_fleet()
        report = chain.settled(chain.broadcast())
        journals = chain.wait_until_receipted()

        assert chain.settings.broker.startswith("mqtts://")
        assert (report.counts.planned, report.counts.finished) == (DEVICES, DEVICES)
        assert_whole(chain.database, journals)


def _behind_tls(kind: str, authority: Authority, ending: ExitStack) -> Callable[[Path], str]:
    def start(registry: Path) -> str:
        port = ending.enter_context(
            broker_behind_tls(kind, registry, authority.folder, shows=authority.issue())
        )
        return f"mqtts://127.0.0.1:{port}"

    return start
