"""A station of the tests' own: it signs plans, serves audio, hears devices and receipts them."""

import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis, read_entries
from devices.protocol.credentials import (
    Credentials,
    credential_for,
    device_grants,
    save_credentials,
    station_grants,
)
from devices.protocol.envelope import open_from_device, seal_message
from devices.protocol.identity import Identity, save_identity
from devices.protocol.keyring import issuer_of, seal_keyring
from devices.protocol.messages import (
    Ask,
    Batch,
    Config,
    Confirmation,
    Health,
    Keyring,
    Kind,
    Order,
    Plan,
    QuietHours,
    Receipt,
    Scope,
    Status,
    TimeAnswer,
)

STATION, CLUSTER = "binh-an", "cum-1"


def unix_ms() -> int:
    """The time."""
    return time.time_ns() // 1_000_000


@dataclass
class AudioServer:
    """`/audio/{sha256}.mp3` over HTTP with Range, for files that may be added at any time."""

    port: int = 0
    scheme: str = "http"
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    knows_range: bool = True
    breaks_after_bytes: int | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextmanager
def audio_server(*, tls: ssl.SSLContext | None = None) -> Iterator[AudioServer]:
    """Serve on a free port of the loopback, by HTTPS where a server's TLS is given."""
    audio = AudioServer(scheme="https" if tls else "http")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            audio.requests.append((self.path, wanted))
            body = audio.files.get(self.path.removeprefix("/audio/").removesuffix(".mp3"))
            if body is None:
                self.send_error(404)
                return
            offset = 0
            if wanted and audio.knows_range:
                offset = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if offset else 200)
            if offset:
                self.send_header("Content-Range", f"bytes {offset}-{len(body) - 1}/{len(body)}")
            self.send_header("Content-Length", str(len(body) - offset))
            self.end_headers()
            self.wfile.write(body[offset:][: audio.breaks_after_bytes])
            self.close_connection = audio.breaks_after_bytes is not None

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    audio.port = server.server_address[1]
    if tls is not None:
        # The handshake is made by whoever handles the connection, not by who accepts it.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield audio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Heard:
    """What the station holds of one device: one epoch, contiguous, verified."""

    epoch: str = ""
    entries: dict[int, str] = field(default_factory=dict)
    confirmations: dict[int, Confirmation] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    healths: list[Health] = field(default_factory=list)

    def of(self, order_id: str) -> list[Confirmation]:
        """What was said of an order, in the order of its numbers."""
        return [each for _, each in sorted(self.confirmations.items()) if each.order == order_id]

    def kinds(self, order_id: str) -> list[Kind]:
        """The kinds of what was said of an order."""
        return [each.kind for each in self.of(order_id)]


@dataclass
class Station:
    """The station's end of the contract."""

    folder: Path
    audio: AudioServer
    root: SigningKey = field(default_factory=SigningKey.generate)
    key: SigningKey = field(default_factory=SigningKey.generate)
    identities: dict[str, Identity] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)
    receipting: bool = True
    version: int = 0
    forged: list[str] = field(default_factory=list)
    _client: Client | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def registry(self) -> Path:
        """The broker's credentials."""
        return self.folder / "credentials.json"

    def found(self, devices: Sequence[str], *, cluster: str = CLUSTER) -> None:
        """Register devices of one cluster, and write the broker's credentials."""
        credentials = Credentials().with_user(
            STATION, credential_for("station-secret", grants=station_grants(station=STATION))
        )
        for device in devices:
            grants = device_grants(station=STATION, device=device, cluster=cluster)
            credentials = credentials.with_user(
                device, credential_for(f"secret-{device}", grants=grants)
            )
        save_credentials(credentials, self.registry)

    def enrol(self, device: str, home: Path, *, broker_url: str, ca_pem: str | None = None) -> None:
        """Write a device's identity; its configuration waits at the broker once we are there."""
        identity = Identity(
            station=STATION,
            device=device,
            device_key=SigningKey.generate().encode(HexEncoder).decode(),
            root_key=self.root.verify_key.encode(HexEncoder).decode(),
            broker_url=broker_url,
            broker_username=device,
            broker_password=f"secret-{device}",
            station_url=self.audio.url,
            ca_pem=ca_pem,
            rehearsal=True,
        )
        self.identities[device] = identity
        self.heard[device] = Heard()
        save_identity(identity, home)
        if self._client is not None:
            self.publish_config(device)

    def keyring(self) -> str:
        """Our key, for everything, for a year around now."""
        year_ms = 365 * 86_400_000
        ours = issuer_of(
            self.key,
            name="Đài thử",
            scopes=Scope,
            not_before_ms=unix_ms() - year_ms,
            not_after_ms=unix_ms() + year_ms,
        )
        keyring = Keyring(station=STATION, serial=1, issued_at_ms=unix_ms(), keys=(ours,))
        return seal_keyring(keyring, root=self.root)

    def publish_config(self, device: str, **fields: object) -> Config:
        """Sign and publish a device's configuration, retained: no quiet hours unless given."""
        usual: dict[str, object] = {
            "cluster": CLUSTER,
            "quiet_hours": QuietHours(begins="00:00", ends="00:00"),
        }
        config = Config(
            station=STATION,
            device=device,
            version=unix_ms(),
            issued_at_ms=unix_ms(),
            keyring=self.keyring(),
            **(usual | fields),  # type: ignore[arg-type]
        )
        self._publish(topics.config(STATION, device), config, retain=True)
        return config

    def _publish(self, topic: str, message: msgspec.Struct, *, retain: bool = False) -> None:
        assert self._client is not None
        sealed = seal_message(message, key=self.key)
        self._client.publish(topic, sealed, qos=1, retain=retain).wait_for_publish(10)

    def say(self, topic: str, payload: bytes) -> None:
        """Publish these bytes, at QoS 1 and not retained."""
        assert self._client is not None
        self._client.publish(topic, payload, qos=1)

    def publish_frame(self, topic: str, frame: bytes) -> None:
        """Publish a frame of live speech."""
        assert self._client is not None
        self._client.publish(topic, frame, qos=0)

    def connect(self, port: int, *, ca: Path | None = None) -> None:
        """Log in at the broker and listen to all devices; by TLS where a CA's file is given."""
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=STATION, protocol=MQTTv311, clean_session=True
        )
        client.username_pw_set(STATION, "station-secret")
        if ca is not None:
            client.tls_set(ca_certs=str(ca))
        client.on_message = self._on_message
        subscribed = threading.Event()
        client.on_connect = lambda *_: client.subscribe(topics.from_all(STATION), qos=1)
        client.on_subscribe = lambda *_: subscribed.set()
        client.connect("127.0.0.1", port)
        client.loop_start()
        assert subscribed.wait(20)
        self._client = client
        for device in self.identities:
            self.publish_config(device)

    def disconnect(self) -> None:
        """Leave the broker."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def publish_plan(self, *orders: Order) -> Plan:
        """Sign and publish a plan, retained."""
        self.version = max(self.version + 1, unix_ms())
        plan = Plan(
            station=STATION,
            cluster=CLUSTER,
            version=self.version,
            issued_at_ms=unix_ms(),
            orders=orders,
        )
        self._publish(topics.plan(STATION, CLUSTER), plan, retain=True)
        return plan

    def wait_for(self, holds: Callable[[], bool], *, within_s: float = 20.0) -> None:
        """Wait until something holds; fail with what was heard."""
        with self._changed:
            if not self._changed.wait_for(holds, timeout=within_s):
                said = {
                    name: [
                        (each.order, each.kind, each.code) for each in heard.confirmations.values()
                    ]
                    for name, heard in self.heard.items()
                }
                raise AssertionError(json.dumps(said, indent=1))

    def receipt(self, device: str) -> None:
        """Receipt the contiguous prefix of what was heard of a device."""
        heard = self.heard[device]
        seq = 0
        while seq + 1 in heard.entries:
            seq += 1
        if not seq or self._client is None:
            return
        receipt = Receipt(
            station=STATION,
            device=device,
            epoch=heard.epoch,
            seq=seq,
            chain=entry_hash(heard.entries[seq]),
            issued_at_ms=unix_ms(),
        )
        self._client.publish(
            topics.to_device(STATION, device), seal_message(receipt, key=self.key), qos=1
        )

    def assert_chained(self, device: str) -> None:
        """Everything heard of a device is one chain from its beginning, without a gap."""
        heard = self.heard[device]
        prev = genesis(station=STATION, device=device, epoch=heard.epoch)
        for seq in range(1, len(heard.entries) + 1):
            confirmation = msgspec.json.decode(heard.entries[seq], type=Confirmation)
            assert (confirmation.seq, confirmation.prev) == (seq, prev)
            prev = entry_hash(heard.entries[seq])

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        topic = topics.parse_from_device(message.topic)
        identity = self.identities.get(topic.device)
        if identity is None:
            return
        key = identity.signing_key.verify_key
        address = {"station": STATION, "device": topic.device}
        payload = bytes(message.payload)
        with self._changed:
            heard = self.heard[topic.device]
            if topic.what is topics.Upward.STATUS:
                heard.statuses.append(open_from_device(payload, Status, **address, key=key))
            elif topic.what is topics.Upward.ASK:
                self._answer(open_from_device(payload, Ask, **address, key=key))
            elif topic.what is topics.Upward.HEALTH:
                heard.healths.append(open_from_device(payload, Health, **address, key=key))
            else:
                self._take(heard, open_from_device(payload, Batch, **address, key=key))
                if self.receipting:
                    self.receipt(topic.device)
            self._changed.notify_all()

    def _answer(self, question: Ask) -> None:
        answer = TimeAnswer(
            station=STATION, device=question.device, nonce=question.nonce, at_ms=unix_ms()
        )
        assert self._client is not None
        self._client.publish(
            topics.to_device(STATION, question.device), seal_message(answer, key=self.key), qos=1
        )

    def _take(self, heard: Heard, batch: Batch) -> None:
        heard.epoch = heard.epoch or batch.epoch
        assert batch.epoch == heard.epoch
        heard.batches.append(batch)
        for entry, confirmation in zip(batch.entries, read_entries(batch), strict=True):
            if heard.entries.setdefault(confirmation.seq, entry) != entry:
                self.forged.append(entry)
            heard.confirmations[confirmation.seq] = confirmation


def order(order_id: str, *, starts_at_ms: int, items: Sequence[object], **fields: object) -> Order:
    """An order with the usual fields filled in."""
    usual = {"broadcast": order_id, "priority": 3, "not_after_ms": starts_at_ms + 600_000}
    return Order(id=order_id, starts_at_ms=starts_at_ms, items=tuple(items), **(usual | fields))  # type: ignore[arg-type]
