"""The link over MQTT 3.1.1: paho-mqtt driven by the event loop (epoll), one client a connection.

A fresh client for each connection keeps paho from holding back messages of its own: what must
survive is in the journal, and nothing is ever counted on the broker. A message is acknowledged
only when the controller has it on disk, and in the order in which they came (MQTT-4.6.0-2).
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

import structlog
from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTv311,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from devices.controller.backoff import backoff_s
from devices.controller.link import Listener
from devices.controller.sockets import drive, release, unwatch
from devices.controller.tls import tls_context
from devices.errors import JournalUnusable
from devices.protocol.topics import is_live

log = structlog.get_logger()

KEEPALIVE_S = 30
RECONNECT_FIRST_S = 0.5
RECONNECT_CAP_S = 30.0
HANDSHAKE_S = 20.0
LOOK_EVERY_S = 5.0
"""How often a standing connection is looked after: a small share of its keep-alive."""
FAREWELL_S = 1.0


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker listens and who logs in."""

    host: str
    port: int
    tls: bool
    username: str
    password: str
    ca_pem: str | None = None


def broker_address(
    url: str, *, username: str, password: str, ca_pem: str | None = None
) -> BrokerAddress:
    """Read a `mqtt://host[:port]` or `mqtts://host[:port]` URL; raise ValueError for any other."""
    parts = urlsplit(url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        msg = f"not a broker's address: {url!r}"
        raise ValueError(msg)
    tls = parts.scheme == "mqtts"
    return BrokerAddress(
        host=parts.hostname,
        port=parts.port or (8883 if tls else 1883),
        tls=tls,
        username=username,
        password=password,
        ca_pem=ca_pem,
    )


class MqttLink:
    """Keeps one device connected for as long as `run` runs.

    Without a `status_topic` it has no last will and says no farewell: so a station's end is driven.
    """

    def __init__(
        self,
        *,
        address: BrokerAddress,
        status_topic: str | None,
        listener: Listener,
        rng: Random,
    ) -> None:
        self.connected = False
        self._address = address
        self._topics: tuple[str, ...] = ()
        self._asked: dict[int, tuple[str, ...]] = {}
        self._status_topic = status_topic
        self._listener = listener
        self._rng = rng
        self._is_leaving = False
        self._client: Client | None = None
        self._gone: asyncio.Future[str] | None = None
        self._acknowledged = asyncio.Event()
        self._unacknowledged: list[MQTTMessage] = []

    async def run(self) -> None:
        """Connect, and again for ever: exponential back-off with jitter, at most 30 s."""
        attempt = 0
        while True:
            was_connected, why = await self._session()
            attempt = 0 if was_connected else attempt + 1
            pause_s = backoff_s(
                attempt, first_s=RECONNECT_FIRST_S, cap_s=RECONNECT_CAP_S, rng=self._rng
            )
            log.warning("broker_lost", host=self._address.host, why=why, retry_s=round(pause_s, 1))
            await asyncio.sleep(pause_s)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Hand a message to the broker; without a connection it is not kept."""
        if self._client is not None and self.connected and not self._is_leaving:
            self._client.publish(topic, payload, qos=qos, retain=retain)

    def hear(self, topics: Sequence[str]) -> None:
        """Subscribe to exactly these topics, now and at each connection."""
        before, self._topics = self._topics, tuple(topics)
        if self._client is None or not self.connected or before == self._topics:
            return
        left = [topic for topic in before if topic not in self._topics]
        if left:
            self._client.unsubscribe(left)
        self._subscribe(self._client, [topic for topic in self._topics if topic not in before])

    def acknowledge(self) -> None:
        """Tell the broker that all that came is on the disk."""
        if self._client is not None:
            for message in self._unacknowledged:
                self._client.ack(message.mid, message.qos)
        self._unacknowledged.clear()

    async def say_farewell(self) -> None:
        """Publish the offline status, wait shortly for the broker to take it, and disconnect."""
        if self._client is None or not self.connected:
            return
        # Nothing is said after it: a late "online" would stand at the broker for ever.
        self._is_leaving = True
        self._acknowledged.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._publish_farewell(self._client)
        self.connected = False
        self._client.disconnect()
        self._client.loop_write()

    async def _publish_farewell(self, client: Client) -> None:
        if self._status_topic is None:
            return
        farewell = client.publish(
            self._status_topic, self._listener.last_will(), qos=1, retain=True
        )
        while not farewell.is_published():
            await self._acknowledged.wait()
            self._acknowledged.clear()

    async def _session(self) -> tuple[bool, str]:
        """One connection, from the attempt to its end: whether it stood, and why it ended."""
        loop = asyncio.get_running_loop()
        gone: asyncio.Future[str] = loop.create_future()
        client = self._new_client(loop)
        self._client, self._gone = client, gone
        self._unacknowledged.clear()
        self._is_leaving = False
        stood = False
        try:
            await loop.run_in_executor(None, self._open, client)
            handshake_ends_s = loop.time() + HANDSHAKE_S
            while not gone.done():
                await asyncio.wait([gone], timeout=LOOK_EVERY_S if self.connected else 1.0)
                stood = stood or self.connected
                if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    _end(gone, "keep-alive ran out")
                if not self.connected and loop.time() > handshake_ends_s:
                    _end(gone, "no answer from the broker")
            return stood, gone.result()
        except (OSError, ValueError) as error:
            return stood, str(error)
        finally:
            self.connected = False
            self._client = None
            _drop(client)

    def _open(self, client: Client) -> None:
        client.connect(self._address.host, self._address.port, keepalive=KEEPALIVE_S)

    def _new_client(self, loop: asyncio.AbstractEventLoop) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._address.username,
            clean_session=False,
            protocol=MQTTv311,
            manual_ack=True,
        )
        client.username_pw_set(self._address.username, self._address.password)
        client.max_inflight_messages_set(0)
        client.connect_timeout = HANDSHAKE_S / 2
        if self._status_topic is not None:
            client.will_set(self._status_topic, self._listener.last_will(), qos=1, retain=True)
        if self._address.tls:
            client.tls_set_context(tls_context(self._address.ca_pem))
        drive(client, loop=loop)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        client.on_publish = lambda *_: self._acknowledged.set()
        return client

    def _on_connect(
        self,
        client: Client,
        _: object,
        __: ConnectFlags,
        reason: ReasonCode,
        ___: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._end(f"the broker refused us: {reason}")
        else:
            self._subscribe(client, self._topics)

    def _subscribe(self, client: Client, asked: Sequence[str]) -> None:
        if asked:
            # Live speech is lost rather than late.
            _, mid = client.subscribe([(each, 0 if is_live(each) else 1) for each in asked])
            self._asked[mid or 0] = tuple(asked)

    def _on_subscribe(
        self, _: Client, __: object, mid: int, reasons: list[ReasonCode], ___: Properties | None
    ) -> None:
        asked = self._asked.pop(mid, ())
        refused = [each for each, why in zip(asked, reasons, strict=False) if why.is_failure]
        if any(not is_live(each) for each in refused):
            self._end("the broker refused our topics")
            return
        if refused:
            log.warning("live_not_granted", host=self._address.host)
        if self.connected:
            return
        self.connected = True
        log.info("broker_connected", host=self._address.host, port=self._address.port)
        self._listener.connected()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        try:
            is_kept = self._listener.receive(message.topic, bytes(message.payload))
        except JournalUnusable as error:
            # Not acknowledged: it comes again with the next connection, when there may be room.
            self._end(f"the journal is unusable: {error.detail}")
            return
        if message.qos:
            self._unacknowledged.append(message)
        if is_kept:
            self.acknowledge()

    def _on_disconnect(
        self,
        _: Client,
        __: object,
        ___: DisconnectFlags,
        reason: ReasonCode,
        ____: Properties | None,
    ) -> None:
        self._end(str(reason))

    def _end(self, why: str) -> None:
        self.connected = False
        if self._gone is not None:
            _end(self._gone, why)


def _drop(client: Client) -> None:
    """Close the socket without a farewell, so that the broker speaks our last will."""
    sock = client.socket()
    if sock is not None:
        unwatch(sock, loop=asyncio.get_running_loop())
        sock.close()
    release(client)


def _end(gone: asyncio.Future[str], why: str) -> None:
    if not gone.done():
        gone.set_result(why)
