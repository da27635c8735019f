"""Which broker a rehearsal uses, and which it will not."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    load_credentials,
    save_credentials,
)
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Status
from devices.simulation.errors import BrokerRefused
from devices.simulation.rehearsal.brokers import (
    EMBEDDED,
    EMBEDDED_DEVICES,
    MOSQUITTO,
    chosen_broker,
    installed_mosquitto,
    refuse_real_devices,
)
from devices.simulation.station.founding import Founded, found
from tests.brokers import RunningBroker, start_embedded

REAL = "loa-that"


def test_a_named_broker_is_used_and_otherwise_size_decides() -> None:
    """Ours for a commune, an installed Mosquitto beyond."""
    beyond = MOSQUITTO if installed_mosquitto() else EMBEDDED

    assert chosen_broker("mqtt://example", devices=9_999) == "mqtt://example"
    assert chosen_broker(None, devices=EMBEDDED_DEVICES) == EMBEDDED
    assert chosen_broker(None, devices=EMBEDDED_DEVICES + 1) == beyond


@contextmanager
def shared_broker(founded: Founded, folder: Path) -> Iterator[RunningBroker]:
    """A broker without limits, on which another station's device is at home."""
    everything = Grants(publish=("loa/#",), subscribe=("loa/#",))
    users = load_credentials(founded.credentials).users | {
        founded.station: credential_for(founded.secret, grants=everything),
        REAL: credential_for("secret", grants=everything),
    }
    save_credentials(Credentials(users=users), founded.credentials)
    broker = start_embedded(founded.credentials, folder)
    try:
        yield broker
    finally:
        broker.stop()


def leave_status(broker: RunningBroker, *, simulated: bool) -> None:
    """Have the other device leave its status, retained."""
    status = Status(
        station="xa-that",
        device=REAL,
        online=True,
        boot="0" * 32,
        software="loa-controller/1",
        at_ms=1,
        simulated=simulated,
    )
    client = Client(CallbackAPIVersion.VERSION2, client_id=REAL, protocol=MQTTv311)
    client.username_pw_set(REAL, "secret")
    client.connect(broker.host, broker.port)
    client.loop_start()
    sealed = seal_message(status, key=SigningKey.generate())
    topic = f"loa/1/xa-that/from/{REAL}/status"
    client.publish(topic, sealed, qos=1, retain=True).wait_for_publish(10)
    client.publish("loa/1/xa-that/from/other/status", b"noise", qos=1, retain=True)
    client.disconnect()
    client.loop_stop()


@pytest.mark.processes
def test_a_broker_where_a_real_pole_spoke_is_refused(tmp_path: Path) -> None:
    """Whoever signed its status; where all are simulated it is used."""
    founded = found(tmp_path, devices=1, clusters=1)
    with shared_broker(founded, tmp_path) as broker:
        leave_status(broker, simulated=True)
        asyncio.run(refuse_real_devices(broker.url, founded))
        leave_status(broker, simulated=False)
        with pytest.raises(BrokerRefused, match=REAL):
            asyncio.run(refuse_real_devices(broker.url, founded))


@pytest.mark.processes
def test_a_broker_that_does_not_know_the_rehearsal_is_refused_with_the_remedy(
    tmp_path: Path,
) -> None:
    """The file of users that it should read."""
    founded = found(tmp_path, devices=1, clusters=1)
    other = found(tmp_path / "other", devices=1, clusters=1)
    broker = start_embedded(other.credentials, tmp_path)
    try:
        with pytest.raises(BrokerRefused, match=r"credentials\.json"):
            asyncio.run(refuse_real_devices(broker.url, founded, patience_s=2))
    finally:
        broker.stop()
