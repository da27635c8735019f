"""The station proves its broker before it logs in: by the system's certificates and its own CA."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.fleet.credentials import WireSecret
from broadcaster.processes.broker_probe import MESSAGES, try_out
from broadcaster.wire import BrokerUnreachable, Wire, parse_broker_url
from devices.protocol.credentials import Credentials, Grants, credential_for, save_credentials
from tests.authority import Authority
from tests.brokers import mosquitto_is_installed
from tests.tls_brokers import broker_behind_tls

TOPIC, SECRET = "loa/1/xa/probe", "of the station"
PROVEN_WITHIN_S, UNPROVEN_FOR_S = 20.0, 1.5


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The commune's own CA."""
    return Authority(tmp_path)


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def url(request: pytest.FixtureRequest, authority: Authority, tmp_path: Path) -> Iterator[str]:
    """A broker whose certificate that CA has signed."""
    if request.param == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    grants = Grants(publish=(TOPIC,), subscribe=(TOPIC,))
    registry = tmp_path / "registry.json"
    save_credentials(Credentials(users={"xa": credential_for(SECRET, grants=grants)}), registry)
    with broker_behind_tls(request.param, registry, tmp_path, shows=authority.issue()) as port:
        yield f"mqtts://127.0.0.1:{port}"


def test_a_broker_that_the_stations_ca_has_signed_is_believed(
    url: str, authority: Authority
) -> None:
    """What is said over it arrives; and the trial of its limits comes as far."""
    wire = Wire(url, username="xa", password=SECRET, client_id="xa", ca=authority.file)
    wire.subscribe(TOPIC)
    wire.start()
    try:
        wire.wait_subscribed(TOPIC, timeout_s=PROVEN_WITHIN_S)
        wire.publish(TOPIC, b"word")
        heard = wire.deliveries.get(timeout=PROVEN_WITHIN_S)
    finally:
        wire.stop()

    assert heard.payload == b"word"
    login = WireSecret(username="xa", password=SECRET)
    address = parse_broker_url(url)
    assert (
        try_out(address, login=login, topic=TOPIC, ca=authority.file, within_s=PROVEN_WITHIN_S)
        == MESSAGES
    )


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_nobody_vouches_for_learns_nothing(url: str, tmp_path: Path) -> None:
    """Neither without a CA nor with one that calls itself the same."""
    folder = tmp_path / "false"
    folder.mkdir()
    for ca in (None, Authority(folder).file):
        wire = Wire(url, username="xa", password=SECRET, client_id="xa", ca=ca)
        wire.start()
        with pytest.raises(BrokerUnreachable):
            wire.wait_connected(timeout_s=UNPROVEN_FOR_S)
        wire.stop()
        assert wire.connections == 0
        login = WireSecret(username="xa", password=SECRET)
        with pytest.raises(BrokerUnreachable, match="certificate verify failed"):
            try_out(parse_broker_url(url), login=login, topic=TOPIC, ca=ca)
