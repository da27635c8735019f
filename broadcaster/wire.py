"""The station's MQTT client: a thin, thread-backed wrapper around paho that never loses silently.

What comes up is handed over through a bounded queue and acknowledged to the broker only when its
reader says so, after its commit. What goes down is done when the broker's PUBACK is there. The
client id is fixed and the session persistent, so a broker that keeps sessions redelivers what was
not acknowledged; one that does not is made good by the devices, which repeat until receipted.
"""

import queue
import random
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broadcaster.errors import Unavailable
from broadcaster.packets import BulkClient, Message

log = structlog.get_logger()

KEEP_ALIVE_S = 30
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_FAREWELL_S = 3.0
_IN_FLIGHT = 200
_SHARED_SESSION_S = 10
"""A broker goes on giving an absent process its share. What was given to one that does not come
back the devices say again, to the others, as soon as its session has run out."""
_WAITING_LIMIT = 10_000


class BrokerUnreachable(Unavailable):
    """The MQTT broker does not answer, or does not let the station in."""

    code = "broker_unreachable"
    message_vi = (
        "Chưa kết nối được máy chủ MQTT nên lệnh phát chưa đến loa. "
        "Nội dung đã lưu vẫn an toàn và sẽ được gửi lại khi có kết nối."
    )
    message_en = (
        "The MQTT broker cannot be reached, so the order has not gone to the loudspeakers. "
        "What was saved is safe and is sent when the broker answers."
    )


class Delivery(NamedTuple):
    """One message from the broker; `ack` it once what it says is durable."""

    topic: str
    payload: bytes
    ack: Callable[[], None]


@dataclass(slots=True)
class _Acknowledgement:
    """What says to the broker that one message is durable. Its number holds for one connection."""

    wire: "Wire"
    connection: int
    number: int

    def __call__(self) -> None:
        self.wire.acknowledge_numbers(self.connection, [self.number])


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker's URL, taken apart."""

    host: str
    port: int
    tls: bool
    username: str | None
    password: str | None


def parse_broker_url(url: str) -> BrokerAddress:
    """Read `mqtt://user:pass@host:port` or `mqtts://…`; raise ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        message = "a broker's address begins with mqtt:// or mqtts:// and names a host"
        raise ValueError(message)
    return BrokerAddress(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        tls=parts.scheme == "mqtts",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def tls_context(ca: Path | None) -> ssl.SSLContext:
    """Prove servers by the system's certificates, and by those in this file (PEM)."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        context.load_verify_locations(cafile=ca)
    return context


class Wire:
    """One connection to the broker that mends itself; its callbacks run in a thread of its own.

    It is asked before each connection whether it may; while it may not there is none. One that
    `shares` speaks MQTT 5, so that it may subscribe to `$share/…` beside others.
    """

    def __init__(
        self,
        url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        client_id: str,
        ca: Path | None = None,
        queue_size: int = 5_000,
        room_wait_s: float = 5.0,
        may_connect: Callable[[], bool] = lambda: True,
        shares: bool = False,
    ) -> None:
        self._shares = shares
        self._room_wait_s = room_wait_s
        self._may_connect = may_connect
        self._address = parse_broker_url(url)
        self.deliveries: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._room = queue_size
        self._made_room = threading.Event()
        self._put_off = False
        self.connections = 0
        self._connected = threading.Event()
        self._left = threading.Event()
        self._stopping = threading.Event()
        self._refusal = ""
        self._filters: dict[str, threading.Event] = {}
        self._asked: dict[int, str] = {}
        self._published: dict[int, Future[None]] = {}
        self._at_once: Callable[[Delivery], bool] = lambda _: False
        self._paho = self._client(
            client_id,
            username=username or self._address.username,
            password=password or self._address.password,
            ca=ca,
        )

    def start(self) -> None:
        """Begin to connect, and keep connected until `stop`; returns at once."""
        self._paho.connect_async(
            self._address.host, self._address.port, keepalive=KEEP_ALIVE_S, **self._session()
        )
        self._paho.loop_start()

    def stop(self) -> None:
        """Say goodbye and end the thread; what was not acknowledged stays with the broker."""
        self._stopping.set()
        # The loop closes its socket when the broker does; ended before that it would leave it.
        if self._paho.disconnect() == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._left.wait(_FAREWELL_S)
        self._paho.loop_stop()
        self._connected.clear()

    @property
    def connected(self) -> bool:
        """Whether the broker has let this client in and the link stands."""
        return self._connected.is_set()

    def wait_connected(self, *, timeout_s: float) -> None:
        """Wait for the broker to let this client in; raise BrokerUnreachable if it does not."""
        if not self._connected.wait(timeout_s):
            raise BrokerUnreachable(self._refusal or f"{self._address.host}:{self._address.port}")

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, timeout_s: float = 10.0
    ) -> None:
        """Publish at QoS 1 and wait for the broker's PUBACK.

        Raises BrokerUnreachable when it does not come in time; the message may still arrive
        later, so only what bears repeating may be published.
        """
        published = self.publish_soon(topic, payload, retain=retain)
        try:
            published.result(timeout_s)
        except FutureTimeout as error:
            raise BrokerUnreachable(f"{topic}: no acknowledgement in {timeout_s} s") from error

    def publish_soon(self, topic: str, payload: bytes, *, retain: bool = False) -> Future[None]:
        """Publish at QoS 1; the future is done when the broker has acknowledged.

        Raises BrokerUnreachable when there is no connection now or too much is waiting.
        """
        if not self.connected:
            raise BrokerUnreachable(self._refusal or f"{self._address.host}:{self._address.port}")
        info = self._paho.publish(topic, payload, qos=1, retain=retain)
        if info.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            raise BrokerUnreachable(f"{topic}: too much is waiting for the broker")
        # The acknowledgement may be there before this line; whichever comes first makes the future.
        published = self._published.setdefault(info.mid, Future())
        published.add_done_callback(lambda _: self._published.pop(info.mid, None))
        return published

    def publish_at_once(self, topic: str, payload: bytes) -> bool:
        """Publish at QoS 0 what is of use only now; say whether there was a connection for it."""
        if not self.connected:
            return False
        return self._paho.publish(topic, payload, qos=0).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def subscribe(self, topic_filter: str) -> None:
        """Hear a filter at QoS 1 from the first connection on; to be called before `start`."""
        self._filters[topic_filter] = threading.Event()

    def answer_at_once(self, answer: Callable[[Delivery], bool]) -> None:
        """Let `answer` see each message before it is queued; to be called before `start`.

        It runs in the thread that reads from the broker, so it must not wait for anything. What it
        says True to is done with; everything else, and whatever it fails at, is queued.
        """
        self._at_once = answer

    def wait_subscribed(self, topic_filter: str, *, timeout_s: float) -> None:
        """Wait until this connection has a filter; raise BrokerUnreachable if it gets none."""
        if not self._filters[topic_filter].wait(timeout_s):
            raise BrokerUnreachable(self._refusal or topic_filter)

    def drain(self, *, limit: int, patience_s: float, gather_s: float) -> list[Delivery]:
        """Up to `limit` deliveries: wait `patience_s` for the first, `gather_s` for the rest."""
        if self._put_off and self.deliveries.empty():
            self._hear_again()
        try:
            found = [self.deliveries.get(timeout=patience_s)]
        except queue.Empty:
            return []
        deadline = time.monotonic() + gather_s
        while len(found) < limit:
            try:
                found.append(self.deliveries.get_nowait())
            except queue.Empty:
                try:
                    found.append(self.deliveries.get(timeout=max(deadline - time.monotonic(), 0)))
                except queue.Empty:
                    break
        self._made_room.set()
        return found

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge all of them, to the broker in one piece."""
        numbers: dict[int, list[int]] = {}
        for each in deliveries:
            if isinstance(each.ack, _Acknowledgement) and each.ack.wire is self:
                numbers.setdefault(each.ack.connection, []).append(each.ack.number)
            else:
                each.ack()
        for connection, of_connection in numbers.items():
            self.acknowledge_numbers(connection, of_connection)

    def acknowledge_numbers(self, connection: int, numbers: Sequence[int]) -> None:
        """Acknowledge by what messages were numbered in one connection."""
        # After a reconnection the same number may name another message.
        if self.connections == connection and self.connected:
            self._paho.acknowledge([number for number in numbers if number])

    def _session(self) -> dict[str, Any]:
        """What MQTT 5 is told of the session, which 3.1.1 says by the client's own options."""
        if not self._shares:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _SHARED_SESSION_S
        return {"clean_start": False, "properties": properties}

    def _client(
        self, client_id: str, *, username: str | None, password: str | None, ca: Path | None
    ) -> BulkClient:
        client = BulkClient(
            client_id,
            heard=self._on_messages,
            speaks_5=self._shares,
            clean_session=None if self._shares else False,
        )
        if username:
            client.username_pw_set(username, password)
        if self._address.tls:
            client.tls_set_context(tls_context(ca))
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.max_queued_messages_set(_WAITING_LIMIT)
        # Jitter, so that stations of a province do not come back in the same second.
        client.reconnect_delay_set(
            min_delay=random.uniform(0.5, 1.5),  # type: ignore[arg-type] # noqa: S311
            max_delay=random.uniform(15, 30),  # type: ignore[arg-type] # noqa: S311
        )
        client.on_pre_connect = self._on_pre_connect
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        return client

    def _ask(self, topic_filter: str) -> None:
        _, mid = self._paho.subscribe(topic_filter, qos=1)
        if mid is not None:
            self._asked[mid] = topic_filter

    def _on_pre_connect(self, _client: paho.Client, _data: object) -> None:
        # What waits for an acknowledgement would go out again with the connection.
        if not self._may_connect():
            raise ConnectionRefusedError

    def _on_connect(
        self,
        _client: paho.Client,
        _data: object,
        _flags: object,
        reason: ReasonCode,
        _props: object,
    ) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
            log.warning("broker_refused", reason=str(reason))
            return
        self._refusal = ""
        self._left.clear()
        self.connections += 1
        self._connected.set()
        log.info("broker_connected", host=self._address.host, port=self._address.port)
        for topic_filter in self._filters:
            self._ask(topic_filter)

    def _on_connect_fail(self, _client: paho.Client, _data: object) -> None:
        log.warning("broker_unreachable", host=self._address.host, port=self._address.port)

    def _on_disconnect(
        self,
        _client: paho.Client,
        _data: object,
        _flags: object,
        reason: ReasonCode,
        _props: object,
    ) -> None:
        self._connected.clear()
        for granted in self._filters.values():
            granted.clear()
        self._left.set()
        if not self._stopping.is_set():
            log.warning("broker_connection_lost", reason=str(reason))

    def _on_subscribe(
        self,
        _client: paho.Client,
        _data: object,
        mid: int,
        reasons: list[ReasonCode],
        _props: object,
    ) -> None:
        topic_filter = self._asked.pop(mid, None)
        if topic_filter is None:
            return
        if any(reason.is_failure for reason in reasons):
            self._refusal = f"subscription to {topic_filter} refused"
            log.error("subscription_refused", topic_filter=topic_filter)
            return
        self._filters[topic_filter].set()

    def _on_publish(
        self,
        _client: paho.Client,
        _data: object,
        mid: int,
        _reason: object,
        _props: object,
    ) -> None:
        published = self._published.setdefault(mid, Future())
        if not published.done():
            published.set_result(None)

    def _on_messages(self, messages: Sequence[Message]) -> None:
        deadline_s = time.monotonic() + self._room_wait_s
        for topic_octets, number, payload in messages:
            acknowledge = _Acknowledgement(self, self.connections, number)
            try:
                topic = topic_octets.decode()
            except UnicodeDecodeError:
                log.warning("topic_unreadable")
                acknowledge()
                continue
            delivery = Delivery(topic, payload, acknowledge)
            if self._is_answered(delivery):
                acknowledge()
            elif self.deliveries.qsize() < self._room or self._has_room(deadline_s):
                self.deliveries.put(delivery)
            else:
                # Not acknowledged, so not lost: it comes again with a new connection.
                self._put_off = True
                log.warning("delivery_put_off", topic=topic)

    def _hear_again(self) -> None:
        """Begin the connection anew, now that there is room for what there was none for.

        A broker says again only then what was not acknowledged. Devices repeat their confirmations;
        a status they say once, and would be thought silent until it changes.
        """
        self._put_off = False
        log.info("connection_begun_anew")
        self._paho.break_off()

    def _has_room(self, deadline_s: float) -> bool:
        """Wait for whoever drains the queue: so long that the connection is still kept alive."""
        self._made_room.clear()
        if self.deliveries.qsize() >= self._room:
            self._made_room.wait(max(deadline_s - time.monotonic(), 0))
        return self.deliveries.qsize() < self._room

    def _is_answered(self, delivery: Delivery) -> bool:
        try:
            return self._at_once(delivery)
        except Exception:
            # An error here would end the thread, and with it the connection.
            log.exception("answer_failed", topic=delivery.topic)
            return False
