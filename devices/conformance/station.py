"""The station as the suite plays it: signs, publishes, listens, receipts, and tells the time."""

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from devices.conformance.heard import Heard
from devices.conformance.kit import CLUSTERS, Kit
from devices.protocol import topics
from devices.protocol.chain import entry_hash
from devices.protocol.commands import Command, Receipt, TimeAnswer
from devices.protocol.configuration import Config, IssuerKey, Keyring, QuietHours, Scope
from devices.protocol.envelope import seal_message
from devices.protocol.keyring import issuer_of, seal_keyring
from devices.protocol.orders import Now, Order, Plan, Stop
from devices.protocol.reports import Ask, Batch

Member = Any
"""What a message's member may be; the message's own type checks it."""

YEAR_MS = 365 * 86_400_000
NO_QUIET_HOURS = QuietHours(begins="00:00", ends="00:00")
_HANDSHAKE_S = 20.0
_LOOK_S = 0.2


class StationUnheard(Exception):
    """The suite could not log in at the broker as the station."""


def unix_ms() -> int:
    """The station's time."""
    return time.time_ns() // 1_000_000


@dataclass
class Station:
    """One station and its one device."""

    kit: Kit
    heard: Heard
    receipting: bool = True
    answering: bool = True
    version: int = 0
    serial: int = 0
    sequence: int = 0
    cluster: str = CLUSTERS[0]
    issuers: tuple[IssuerKey, ...] = ()
    changed: threading.Condition = field(default_factory=threading.Condition)
    _client: Client | None = None

    @property
    def key(self) -> SigningKey:
        """The key that signs everything, unless a point takes another."""
        return self.kit.issuer_key

    def connect(self, broker: str) -> None:
        """Log in and listen; raise StationUnheard."""
        parts = urlsplit(broker)
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.kit.station,
            protocol=MQTTv311,
            clean_session=True,
        )
        client.username_pw_set(self.kit.station, self.kit.password)
        client.max_inflight_messages_set(0)
        has_tls = parts.scheme == "mqtts"
        if has_tls:
            client.tls_set_context(_tls(self.kit.ca_pem))
        client.on_message = self._on_message
        listening = threading.Event()

        def listen(*_: object) -> None:
            client.subscribe(topics.from_all(self.kit.station), qos=1)

        client.on_connect = listen
        client.on_subscribe = lambda *_: listening.set()
        try:
            client.connect(parts.hostname or "", parts.port or (8883 if has_tls else 1883))
        except OSError as error:
            raise StationUnheard(f"{broker}: {error}") from error
        client.loop_start()
        if not listening.wait(_HANDSHAKE_S):
            client.loop_stop()
            raise StationUnheard(broker)
        self._client = client

    def disconnect(self) -> None:
        """Leave."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def publish(self, topic: str, message: str | bytes, *, retain: bool = False) -> None:
        """Hand a message to the broker, and wait until it has it."""
        if self._client is None:
            raise StationUnheard
        self._client.publish(topic, message, qos=1, retain=retain).wait_for_publish(10)

    def publish_frame(self, topic: str, frame: bytes) -> None:
        """Hand a frame of live speech to the broker, and wait for nothing."""
        if self._client is None:
            raise StationUnheard
        self._client.publish(topic, frame, qos=0)

    def wait_for(self, holds: Callable[[], Any], *, within_s: float) -> bool:
        """Wait until something holds; say whether it came to hold.

        What was heard wakes it; what was seen otherwise (a request, a knock) is looked at often.
        """
        ends_s = time.monotonic() + within_s
        with self.changed:
            while not (found := bool(holds())) and time.monotonic() < ends_s:
                self.changed.wait(_LOOK_S)
            return found

    def issuer(
        self,
        key: SigningKey,
        *,
        scopes: Iterable[Scope] = Scope,
        clusters: Iterable[str] = (),
        not_before_ms: int | None = None,
        not_after_ms: int | None = None,
    ) -> IssuerKey:
        """A key as the keyring names it, usually for a year around now."""
        return issuer_of(
            key,
            name="Đài thử",
            scopes=scopes,
            clusters=clusters,
            not_before_ms=unix_ms() - YEAR_MS if not_before_ms is None else not_before_ms,
            not_after_ms=unix_ms() + YEAR_MS if not_after_ms is None else not_after_ms,
        )

    def keyring(self, *more: IssuerKey, serial: int | None = None) -> str:
        """The present keyring: the station's own key, those that a point added, and these."""
        keyring = Keyring(
            station=self.kit.station,
            serial=self.serial if serial is None else serial,
            issued_at_ms=unix_ms(),
            keys=(self.issuer(self.key), *self.issuers, *more),
        )
        return seal_keyring(keyring, root=self.kit.root_key)

    def config(self, **fields: Member) -> Config:
        """A configuration of the next version, without quiet hours, not yet published."""
        usual: dict[str, Any] = {
            "version": self.next_version(),
            "issued_at_ms": unix_ms(),
            "keyring": self.keyring(),
            "cluster": self.cluster,
            "quiet_hours": NO_QUIET_HOURS,
        }
        return Config(station=self.kit.station, device=self.kit.device, **(usual | fields))

    def plan(self, *orders: Order, stops: Iterable[Stop] = (), **fields: Member) -> Plan:
        """A plan of the next version, not yet published."""
        usual: dict[str, Any] = {
            "version": self.next_version(),
            "issued_at_ms": unix_ms(),
            "cluster": self.cluster,
            "orders": orders,
            "stops": tuple(stops),
        }
        return Plan(station=self.kit.station, **(usual | fields))

    def now(self, *, order: Order | None = None, stop: Stop | None = None, **fields: Member) -> Now:
        """An order or a stop for this moment, not yet published."""
        self.sequence = max(self.sequence + 1, unix_ms())
        usual: dict[str, Any] = {
            "sequence": self.sequence,
            "issued_at_ms": unix_ms(),
            "expires_at_ms": unix_ms() + 60_000,
            "cluster": self.cluster,
        }
        return Now(station=self.kit.station, order=order, stop=stop, **(usual | fields))

    def command(self, **fields: Member) -> Command:
        """A command, not yet published."""
        self.sequence = max(self.sequence + 1, unix_ms())
        usual: dict[str, Any] = {
            "sequence": self.sequence,
            "issued_at_ms": unix_ms(),
            "expires_at_ms": unix_ms() + 60_000,
        }
        return Command(station=self.kit.station, device=self.kit.device, **(usual | fields))

    def say(self, message: Struct, *, key: SigningKey | None = None, retain: bool = True) -> bytes:
        """Seal a message and publish it where it belongs; return its bytes."""
        sealed = seal_message(message, key=key or self.key).encode()
        kept = retain and isinstance(message, Plan | Config)
        self.publish(self.topic_of(message), sealed, retain=kept)
        return sealed

    def topic_of(self, message: Struct) -> str:
        """Where a message of this kind belongs."""
        station, device = self.kit.station, self.kit.device
        if isinstance(message, Plan):
            return topics.plan(station, self.cluster)
        if isinstance(message, Now):
            return topics.now(station, self.cluster)
        if isinstance(message, Config):
            return topics.config(station, device)
        return topics.to_device(station, device)

    def receipt(self, *, seq: int | None = None, chain: str | None = None) -> None:
        """Receipt what was heard without a gap, or something else that a point wants said."""
        seq = self.heard.reached if seq is None else seq
        if not seq:
            return
        receipt = Receipt(
            station=self.kit.station,
            device=self.kit.device,
            epoch=self.heard.epoch,
            seq=seq,
            chain=chain or entry_hash(self.heard.entries[seq]),
            issued_at_ms=unix_ms(),
        )
        self._send_to_device(receipt)

    def next_version(self) -> int:
        """The next version of a plan or configuration."""
        self.version = max(self.version + 1, unix_ms())
        return self.version

    def _send_to_device(self, message: Struct) -> None:
        """Publish without waiting: this also runs in the client's own thread."""
        if self._client is not None:
            topic = topics.to_device(self.kit.station, self.kit.device)
            self._client.publish(topic, seal_message(message, key=self.key), qos=1)

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        with self.changed:
            wants = self.heard.take(message.topic, bytes(message.payload))
            if isinstance(wants, Ask) and self.answering:
                self._send_to_device(
                    TimeAnswer(
                        station=self.kit.station,
                        device=self.kit.device,
                        nonce=wants.nonce,
                        at_ms=unix_ms(),
                    )
                )
            elif isinstance(wants, Batch) and self.receipting:
                self.receipt()
            self.changed.notify_all()


def station_of(kit: Kit) -> Station:
    """The kit's station, which has heard nothing yet."""
    key = VerifyKey(kit.device_public.encode(), encoder=HexEncoder)
    heard = Heard(station=kit.station, device=kit.device, key=key)
    return Station(kit=kit, heard=heard, serial=unix_ms())


def _tls(ca_pem: str | None) -> ssl.SSLContext:
    """Prove the broker by the system's certificates, and by the kit's."""
    context = ssl.create_default_context()
    if ca_pem is not None:
        context.load_verify_locations(cadata=ca_pem)
    return context


__all__ = ["NO_QUIET_HOURS", "Station", "StationUnheard", "station_of", "unix_ms"]
