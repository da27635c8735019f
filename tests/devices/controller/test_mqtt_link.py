"""The link to a real broker: refused logins are tried again, and nothing unkept is acknowledged."""

import asyncio
import os
import queue
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

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
    sounds_first: bool = False

    def connected(self) -> None:
        """Count it."""
        self.connections += 1

    def receive(self, _: str, payload: bytes) -> bool:
        """Keep it, if there is room, and not before it has sounded."""
        if self.disk_is_full:
            self.disk_is_full -= 1
            raise JournalUnusable("no space left")
        self.heard.append(payload)
        return not self.sounds_first

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


async def connected(link: MqttLink, *, within_s: float = 15) -> None:
    """Wait until the link stands."""
    for _ in range(round(within_s / 0.05)):
        if link.connected:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("not connected")


async def until(holds: Callable[[], bool], *, within_s: float = 15) -> None:
    """Wait until something holds."""
    for _ in range(round(within_s / 0.05)):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never held")


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


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_broker_that_does_not_know_live_speech_is_a_connection(broker: RunningBroker) -> None:
    """Everything else goes on, now and when the configuration names more."""
    ear = Ear()
    not_granted = topics.live(STATION, "cum-khac")
    link = link_to(broker.port, ear, hears=(PLAN_TOPIC, not_granted))

    async def story() -> None:
        running = asyncio.create_task(run_until(link, lambda: ear.connections > 1, within_s=6))
        await connected(link)
        link.hear((PLAN_TOPIC, topics.now(STATION, CLUSTER), topics.live(STATION, "cum-nua")))
        await asyncio.sleep(2)
        assert link.connected
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(asyncio.wait_for(story(), 20))

    assert ear.connections == 1


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_live_speech_comes_as_it_is_said(station: Station, broker: RunningBroker) -> None:
    """Frames are bytes of any kind, at QoS 0, and nothing is kept of them."""
    ear = Ear()
    topic = topics.live(STATION, CLUSTER)
    frame = bytes(range(256)) * 8
    link = link_to(broker.port, ear, hears=(PLAN_TOPIC, topic))

    async def story() -> None:
        running = asyncio.create_task(link.run())
        await connected(link)
        for _ in range(100):
            if ear.heard:
                break
            station.publish_frame(topic, frame)
            await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(asyncio.wait_for(story(), 20))

    assert set(ear.heard) == {frame}


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


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_what_sounded_first_comes_again_until_it_is_acknowledged(
    station: Station, broker: RunningBroker
) -> None:
    """The broker keeps it over a lost connection, with what came behind it, in their order."""
    topic = topics.now(STATION, CLUSTER)

    async def story() -> tuple[list[bytes], list[bytes], list[bytes]]:
        first, again, last = Ear(sounds_first=True), Ear(sounds_first=True), Ear()
        link = link_to(broker.port, first, hears=(topic,))
        running = asyncio.create_task(link.run())
        await connected(link)
        station.say(topic, b"bao")
        station.say(topic, b"lu")
        await until(lambda: len(first.heard) == 2)
        running.cancel()
        await asyncio.wait([running])

        link = link_to(broker.port, again, hears=(topic,))
        running = asyncio.create_task(link.run())
        await until(lambda: len(again.heard) == 2)
        link.acknowledge()
        await asyncio.sleep(0.5)
        running.cancel()
        await asyncio.wait([running])

        await run_until(link_to(broker.port, last, hears=(topic,)), lambda: False, within_s=1.5)
        return first.heard, again.heard, last.heard

    first, again, last = asyncio.run(asyncio.wait_for(story(), 40))

    assert first == again == [b"bao", b"lu"]
    assert last == []


def test_a_farewell_is_the_last_word(station: Station, broker: RunningBroker) -> None:
    """What is said while the broker has not yet taken it is not said any more."""
    station.disconnect()

    async def story() -> None:
        link = link_to(broker.port, Ear())
        running = asyncio.create_task(link.run())
        while not link.connected:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        link.publish(STATUS_TOPIC, b"online", retain=True)
        leaving = asyncio.create_task(link.say_farewell())
        await asyncio.sleep(0)
        link.publish(STATUS_TOPIC, b"online again", retain=True)
        await leaving
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(story())

    assert retained(broker.port, STATUS_TOPIC) == b"offline"


def retained(port: int, topic: str) -> bytes:
    """What the station finds on a topic."""
    found: queue.Queue[bytes] = queue.Queue()
    client = Client(CallbackAPIVersion.VERSION2, client_id=STATION, protocol=MQTTv311)
    client.username_pw_set(STATION, "station-secret")
    client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
    client.on_message = lambda _, __, message: found.put(bytes(message.payload))
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        return found.get(timeout=10)
    finally:
        client.disconnect()
        client.loop_stop()


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
    """What a controller logs until it says how its first connection went."""
    process = subprocess.Popen(
        [sys.executable, "-m", "devices.controller", "--home", home],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    assert process.stderr is not None
    said: list[str] = []
    # A process that says nothing ends with the test's own limit of time.
    for line in process.stderr:
        said.append(line)
        if "broker_connected" in line or "certificate verify failed" in line:
            break
    process.terminate()
    return "".join(said) + process.communicate(timeout=10)[1]


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
