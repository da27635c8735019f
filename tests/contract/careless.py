"""A controller that obeys everybody and keeps no rule but one: what it says is signed by its key.

The conformance suite must find it out.
"""

import base64
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec
from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from devices.protocol import topics
from devices.protocol.chain import genesis
from devices.protocol.envelope import seal_message
from devices.protocol.identity import Identity
from devices.protocol.messages import encode
from devices.protocol.reports import Batch, Confirmation, Kind, Status
from devices.protocol.topics import Upward

EPOCH = "ab" * 16


class CarelessController:
    """Says of every order that it was received, cached and finished, at once."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._seq = 0
        self._config_version = 0
        self._plan_version = 0
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=identity.broker_username, protocol=MQTTv311
        )
        self._client.username_pw_set(identity.broker_username, identity.broker_password)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect as soon as somebody listens."""
        parts = urlsplit(self._identity.broker_url)
        self._client.connect_async(parts.hostname or "", parts.port or 1883)
        self._client.reconnect_delay_set(1, 1)
        threading.Thread(
            target=lambda: self._client.loop_forever(retry_first_connection=True), daemon=True
        ).start()

    def stop(self) -> None:
        """Leave."""
        self._client.disconnect()

    def _on_connect(self, *_: object) -> None:
        station, device = self._identity.station, self._identity.device
        for topic in (
            topics.config(station, device),
            topics.plan(station, "cum-1"),
            topics.now(station, "cum-1"),
        ):
            self._client.subscribe(topic, qos=1)
        self._say_status()

    def _on_message(self, _: Client, __: object, message: MQTTMessage) -> None:
        # Noise is passed over; whatever else comes, from whomever, is obeyed.
        with suppress(ValueError, LookupError, TypeError):
            payload = message.payload.split(b".")[1]
            padded = payload + b"=" * (-len(payload) % 4)
            self._obey(msgspec.json.decode(base64.urlsafe_b64decode(padded)))

    def _obey(self, said: dict[str, Any]) -> None:
        if "keyring" in said:
            self._config_version = said["version"]
        elif "orders" in said:
            self._plan_version = said["version"]
        for order in [*said.get("orders", []), said.get("order")]:
            if order:
                self._tell(order)
        self._say_status()

    def _tell(self, order: dict[str, Any]) -> None:
        kinds = (Kind.RECEIVED, Kind.CACHED, Kind.STARTED, Kind.FINISHED)
        entries = []
        first = self._seq + 1
        # Only the very first one is right, lest it be refused at once.
        prev = genesis(station=self._identity.station, device=self._identity.device, epoch=EPOCH)
        for kind in kinds:
            self._seq += 1
            said = Confirmation(
                seq=self._seq, prev=prev, kind=kind, at_ms=_unix_ms(), order=order["id"]
            )
            entries.append(encode(said).decode())
        for number, entry in enumerate(entries):
            # One batch for each, in which nobody sees that they are not chained.
            self._publish(
                Upward.CONFIRM,
                Batch(
                    station=self._identity.station,
                    device=self._identity.device,
                    epoch=EPOCH,
                    first=first + number,
                    entries=(entry,),
                    sent_at_ms=_unix_ms(),
                ),
            )

    def _say_status(self) -> None:
        self._publish(
            Upward.STATUS,
            Status(
                station=self._identity.station,
                device=self._identity.device,
                online=True,
                boot=EPOCH,
                software="careless/1",
                at_ms=_unix_ms(),
                plan_version=self._plan_version,
                config_version=self._config_version,
            ),
        )

    def _publish(self, what: Upward, message: msgspec.Struct) -> None:
        topic = topics.from_device(self._identity.station, self._identity.device, what)
        sealed = seal_message(message, key=self._identity.signing_key)
        self._client.publish(topic, sealed, qos=1, retain=what is Upward.STATUS)


def _unix_ms() -> int:
    return time.time_ns() // 1_000_000
