"""A station, its devices, and a stranger: paho clients whose every answer can be waited for."""

import queue
import threading
from dataclasses import dataclass
from types import TracebackType

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tests.brokers import RunningBroker

STATION = "xa-an-phu"
DEVICES = {"loa-1": "cum-dong", "loa-2": "cum-dong", "loa-3": "cum-tay"}
ROOT = f"loa/1/{STATION}"
WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it came."""

    topic: str
    payload: bytes
    retained: bool
    qos: int


class Client:
    """One MQTT 3.1.1 client; every call waits for the broker's answer."""

    def __init__(self, *, client_id: str, clean: bool = True) -> None:
        self.paho = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.left = threading.Event()
        self._is_by_tls = False
        self._answered: queue.Queue[bool] = queue.Queue()
        self._granted: queue.Queue[list[int]] = queue.Queue()
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = self._on_disconnect
        self.paho.on_subscribe = self._on_subscribe
        self.paho.on_message = self._on_message

    def _on_connect(
        self,
        _client: paho.Client,
        _userdata: object,
        _flags: paho.ConnectFlags,
        code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._answered.put(not code.is_failure)

    def _on_disconnect(
        self,
        _client: paho.Client,
        _userdata: object,
        _flags: paho.DisconnectFlags,
        _code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._answered.put(False)
        self.left.set()

    def _on_subscribe(
        self,
        _client: paho.Client,
        _userdata: object,
        _packet_id: int,
        codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._granted.put([code.value for code in codes])

    def _on_message(
        self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage
    ) -> None:
        self.heard.put(Heard(message.topic, bytes(message.payload), message.retain, message.qos))

    def connect(self, broker: RunningBroker, *, keep_alive_s: int = 60) -> bool:
        """Whether the broker let this client in."""
        self.left.clear()
        if broker.tls is not None and not self._is_by_tls:
            self.paho.tls_set_context(broker.tls)
            self._is_by_tls = True
        self.paho.connect(broker.host, broker.port, keepalive=keep_alive_s)
        self.paho.loop_start()
        return self._answered.get(timeout=WAIT_S)

    def subscribe(self, topic_filter: str, *, qos: int = 1) -> int:
        """The code the broker answered with; 0x80 is a refusal."""
        self.paho.subscribe(topic_filter, qos)
        return self._granted.get(timeout=WAIT_S)[0]

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Say something at QoS 1 and wait until the broker has taken it."""
        said = self.paho.publish(topic, payload, qos=1, retain=retain)
        said.wait_for_publish(WAIT_S)
        assert said.is_published()

    def next(self) -> Heard:
        """The next message that comes."""
        return self.heard.get(timeout=WAIT_S)

    def heard_so_far(self) -> list[Heard]:
        """All that has come and was not asked for yet."""
        found = []
        while not self.heard.empty():
            found.append(self.heard.get_nowait())
        return found

    def vanish(self) -> None:
        """Drop the connection without a word, as a power cut does."""
        sock = self.paho.socket()
        assert sock is not None
        self.paho.loop_stop()
        sock.close()
        self.paho._reset_sockets()

    def close(self) -> None:
        """Say goodbye and end the thread."""
        if self.paho.disconnect() == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.left.wait(WAIT_S)
        self.paho.loop_stop()
        self.paho._reset_sockets()  # paho leaves its wake-up pair to the garbage collector


class Commune:
    """Opens clients of one broker and closes them all."""

    def __init__(self, broker: RunningBroker, secrets: dict[str, str]) -> None:
        self.broker = broker
        self.secrets = secrets
        self._clients: list[Client] = []

    def __enter__(self) -> "Commune":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients:
            client.close()

    def client(
        self,
        username: str | None,
        *,
        secret: str | None = None,
        client_id: str | None = None,
        clean: bool = True,
    ) -> Client:
        """A client that is not connected yet, with its own secret unless told otherwise."""
        client = Client(client_id=client_id or username or "nobody", clean=clean)
        if username is not None:
            client.paho.username_pw_set(username, secret or self.secrets[username])
        self._clients.append(client)
        return client

    def joined(self, username: str, *, clean: bool = True) -> Client:
        """A client that the broker has let in."""
        client = self.client(username, clean=clean)
        assert client.connect(self.broker)
        return client
