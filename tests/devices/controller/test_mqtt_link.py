"""The link to a real broker: refused logins are tried again, and nothing unkept is acknowledged."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from devices.controller.mqtt_link import BrokerAddress, MqttLink, broker_address
from devices.errors import JournalUnusable
from devices.protocol import topics
from tests.brokers import RunningBroker, free_port, start_embedded, write_test_certificate
from tests.devices.conftest import BROKERS
from tests.devices.station import CLUSTER, STATION, Station

pytestmark = pytest.mark.processes

DEVICE = "loa-01"
PLAN_TOPIC = topics.plan(STATION, CLUSTER)
STATUS_TOPIC = topics.from_device(STATION, DEVICE, topics.Upward.STATUS)


@dataclass
class Ear:
    """A controller that only listens, and whose disk may be full for a while."""

    disk_is_full: int = 0
    connections: int = 0
    heard: list[bytes] = field(default_factory=list)

    def connected(self) -> None:
        """Count it."""
        self.connections += 1

    def receive(self, _: str, payload: bytes) -> None:
        """Keep it, if there is room."""
        if self.disk_is_full:
            self.disk_is_full -= 1
            raise JournalUnusable("no space left")
        self.heard.append(payload)

    def last_will(self) -> bytes:
        """Something to leave behind."""
        return b"offline"


def link_to(
    port: int, ear: Ear, *, password: str = f"secret-{DEVICE}", hears: Sequence[str] = (PLAN_TOPIC,)
) -> MqttLink:
    """A link of the tests' device."""
    link = MqttLink(
        address=BrokerAddress("127.0.0.1", port, tls=False, username=DEVICE, password=password),
        status_topic=STATUS_TOPIC,
        listener=ear,
        rng=Random(1),
    )
    link.hear(hears)
    return link


async def run_until(link: MqttLink, holds: Callable[[], bool], *, within_s: float = 15) -> None:
    """Run the link until something holds, or for so long."""
    running = asyncio.create_task(link.run())
    for _ in range(round(within_s / 0.05)):
        if holds() or running.done():
            break
        await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_wrong_password_never_connects(broker: RunningBroker) -> None:
    """Refused, and tried again in peace."""
    ear = Ear()
    link = link_to(broker.port, ear, password="guess")
    asyncio.run(run_until(link, lambda: link.connected, within_s=3))

    assert ear.connections == 0
    assert not link.connected


def test_topics_that_the_broker_refuses_are_no_connection(broker: RunningBroker) -> None:
    """A device that cannot hear its plan is not online."""
    ear = Ear()
    foreign = topics.plan(STATION, "cum-khac")
    link = link_to(broker.port, ear, hears=(PLAN_TOPIC, foreign))
    asyncio.run(run_until(link, lambda: link.connected, within_s=3))

    assert ear.connections == 0


def test_a_broker_that_comes_later_is_found(station: Station, tmp_path: Path) -> None:
    """The device waits for its broker, however it was when the power came."""

    async def story() -> Ear:
        ear, port = Ear(), free_port()
        link = link_to(port, ear)
        running = asyncio.create_task(link.run())
        await asyncio.sleep(1)
        broker = await asyncio.to_thread(start_embedded, station.registry, tmp_path, port=port)
        try:
            for _ in range(200):
                if link.connected:
                    break
                await asyncio.sleep(0.05)
        finally:
            running.cancel()
            await asyncio.wait([running])
            await asyncio.to_thread(broker.stop)
        return ear

    assert asyncio.run(story()).connections == 1


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_what_could_not_be_kept_comes_again(station: Station, broker: RunningBroker) -> None:
    """While the disk is full nothing is acknowledged; afterwards it is delivered once more."""
    station.publish_plan()
    ear = Ear(disk_is_full=2)
    asyncio.run(run_until(link_to(broker.port, ear), lambda: bool(ear.heard)))

    assert ear.disk_is_full == 0
    assert ear.heard


def test_a_broker_that_falls_silent_is_left(station: Station) -> None:
    """Something that accepts and never answers is no broker; the device goes on trying."""

    async def story() -> int:
        accepted = 0

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal accepted
            accepted += 1
            await reader.read(10)
            writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await run_until(link_to(port, Ear()), lambda: accepted >= 3)
        server.close()
        return accepted

    assert station.registry.exists()
    assert asyncio.run(story()) >= 3


def test_a_controller_speaks_tls(station: Station, tmp_path: Path) -> None:
    """With mqtts://, and only to a broker whose certificate it trusts."""
    certificate, key = write_test_certificate(tmp_path)
    broker = start_embedded(
        station.registry, tmp_path, more=["--tls-cert", str(certificate), "--tls-key", str(key)]
    )
    station.enrol(DEVICE, tmp_path / DEVICE, broker_url=f"mqtts://127.0.0.1:{broker.port}")
    try:
        trusting = log_of(tmp_path / DEVICE, environment={"SSL_CERT_FILE": str(certificate)})
        doubting = log_of(tmp_path / DEVICE, environment={})
    finally:
        broker.stop()

    assert "broker_connected" in trusting
    assert "certificate verify failed" in doubting
    assert "broker_connected" not in doubting


def log_of(home: Path, *, environment: dict[str, str]) -> str:
    """What a controller logs within three seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "devices.controller", "--home", home],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.terminate()
    return process.communicate(timeout=10)[1]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://127.0.0.1:1234", ("127.0.0.1", 1234, False)),
        ("mqtt://broker.xa.vn", ("broker.xa.vn", 1883, False)),
        ("mqtts://broker.xa.vn", ("broker.xa.vn", 8883, True)),
        ("mqtt://[::1]:1883", ("::1", 1883, False)),
    ],
)
def test_addresses_are_read(url: str, expected: tuple[str, int, bool]) -> None:
    """With the usual ports where none is given."""
    address = broker_address(url, username="u", password="p")

    assert (address.host, address.port, address.tls) == expected


@pytest.mark.parametrize("url", ["", "http://127.0.0.1", "mqtt://", "127.0.0.1:1883"])
def test_what_is_no_brokers_address_is_refused(url: str) -> None:
    """Any other scheme, or no host."""
    with pytest.raises(ValueError, match="not a broker's address"):
        broker_address(url, username="u", password="p")
