"""Finds out by trying how many acknowledged messages a broker keeps.

No broker tells a client its limits. So a login of its own sends more to itself than the usual limit
of queue and window together (Mosquitto 20 + 1,000, EMQX 32 + 1,000), acknowledges nothing until all
of it was taken, and then counts what comes. One clean session on a topic of its own: nothing is
left behind, whatever happens. A limit above what is sent, or in bytes, is not seen.
"""

import queue
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from broadcaster.fleet.credentials import WireSecret
from broadcaster.processes.errors import BrokerUntried
from broadcaster.wire import BrokerAddress, BrokerUnreachable, tls_context

MESSAGES = 1_300
WITHIN_S = 5.0
_QUIET_S = 0.3
_LAST = b"last"


def try_out(
    address: BrokerAddress,
    *,
    login: WireSecret,
    topic: str,
    ca: Path | None = None,
    within_s: float = WITHIN_S,
) -> int:
    """How many of the messages that the broker acknowledged it hands over again.

    `ca` are certificates to trust beside the system's own.

    Raises BrokerUntried when it does not let the probe in, BrokerUnreachable when it is too slow.
    """
    tls = tls_context(ca) if address.tls else None
    probe = _Probe(login, topic=topic, deadline=time.monotonic() + within_s, tls=tls)
    try:
        return probe.run(address)
    finally:
        probe.close()


@dataclass(frozen=True, slots=True)
class _Came:
    packet_id: int
    payload: bytes


class _Probe:
    """One client that speaks to itself; its callbacks run in paho's thread."""

    def __init__(
        self, login: WireSecret, *, topic: str, deadline: float, tls: ssl.SSLContext | None
    ) -> None:
        self._topic = topic
        self._deadline = deadline
        self._came: queue.Queue[_Came] = queue.Queue()
        self._granted = threading.Event()
        self._refused = threading.Event()
        self._paho = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=login.username,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self._paho.username_pw_set(login.username, login.password)
        if tls is not None:
            self._paho.tls_set_context(tls)
        self._paho.max_inflight_messages_set(MESSAGES)
        self._paho.on_connect = self._on_connect
        self._paho.on_subscribe = self._on_subscribe
        self._paho.on_disconnect = self._on_disconnect
        self._paho.on_message = self._on_message

    def run(self, address: BrokerAddress) -> int:
        """How many of the messages come back."""
        try:
            self._paho.connect(address.host, address.port)
        except OSError as error:
            raise BrokerUnreachable(str(error)) from error
        self._paho.loop_start()
        while not self._granted.wait(0.05):
            self._check()
        self._publish_all()
        return self._count()

    def close(self) -> None:
        """Leave; the clean session ends with the connection, and all that waited in it."""
        self._paho.disconnect()
        self._paho.loop_stop()

    def _publish_all(self) -> None:
        sent = [self._paho.publish(self._topic, str(n).encode(), qos=1) for n in range(MESSAGES)]
        for each in sent:
            while not each.is_published():
                self._check()
                time.sleep(0.01)

    def _count(self) -> int:
        """Acknowledge what comes; when it pauses, a last message says whether it is really over."""
        kept: set[bytes] = set()
        while len(kept) < MESSAGES:
            try:
                came = self._came.get(timeout=_QUIET_S)
            except queue.Empty:
                self._check()
                self._paho.publish(self._topic, _LAST, qos=1)
                continue
            self._paho.ack(came.packet_id, 1)
            if came.payload == _LAST:
                break
            kept.add(came.payload)
        return len(kept)

    def _check(self) -> None:
        if self._refused.is_set():
            raise BrokerUntried
        if time.monotonic() > self._deadline:
            raise BrokerUnreachable("the broker was too slow to be tried out")

    def _on_connect(
        self,
        client: paho.Client,
        _data: object,
        _flags: object,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._refused.set()
        else:
            client.subscribe(self._topic, qos=1)

    def _on_subscribe(
        self,
        _client: paho.Client,
        _data: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            self._refused.set()
        else:
            self._granted.set()

    def _on_disconnect(
        self,
        _client: paho.Client,
        _data: object,
        _flags: object,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._refused.set()

    def _on_message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        self._came.put(_Came(message.mid, bytes(message.payload)))
