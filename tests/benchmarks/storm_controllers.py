"""`python -m tests.benchmarks.storm_controllers FILE`: controllers that all confirm at once.

A connection each, on one epoll loop: each hears its own receipts, and says one signed batch when
the word comes. Prints a line when all are subscribed, waits for one, and tells when each said it
and when its receipt came (Unix, µs), and the highest number that receipts cover.
"""

import asyncio
import json
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from devices.controller.sockets import drive
from devices.protocol.jws import unverified_payload


@dataclass
class Controllers:
    """All of one process."""

    port: int
    secret: str
    hear: dict[str, str]
    says: dict[str, tuple[str, str]]
    """By device: the topic that it hears, and the topic and message that it says."""

    subscribed: int = 0
    all_subscribed: asyncio.Event = field(default_factory=asyncio.Event)
    all_receipted: asyncio.Event = field(default_factory=asyncio.Event)
    said_us: dict[str, int] = field(default_factory=dict)
    receipted_us: dict[str, int] = field(default_factory=dict)
    covered: dict[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Connect all, say all when told, and end when all are receipted."""
        loop = asyncio.get_running_loop()
        clients = {device: await self._connected(device, loop) for device in self.hear}
        await self.all_subscribed.wait()
        _say({"event": "ready"})
        await loop.run_in_executor(None, sys.stdin.readline)
        for device, client in clients.items():
            topic, message = self.says[device]
            self.said_us[device] = time.time_ns() // 1_000
            client.publish(topic, message, qos=1)
            await asyncio.sleep(0)
        await self.all_receipted.wait()
        _say({"event": "receipted", **self._told()})

    async def _connected(self, device: str, loop: asyncio.AbstractEventLoop) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=device, protocol=MQTTv311)
        client.username_pw_set(device, self.secret)
        client.on_connect = lambda client, *_: client.subscribe(self.hear[device], qos=1)
        client.on_subscribe = self._on_subscribe
        client.on_message = lambda _client, _data, message: self._heard(device, message)
        drive(client, loop=loop)
        await loop.run_in_executor(None, client.connect, "127.0.0.1", self.port, 600)
        return client

    def _on_subscribe(self, *_: object) -> None:
        self.subscribed += 1
        if self.subscribed == len(self.hear):
            self.all_subscribed.set()

    def _heard(self, device: str, message: MQTTMessage) -> None:
        said: dict[str, Any] = json.loads(unverified_payload(bytes(message.payload)))
        if said["kind"] == "receipt":
            self.receipted_us.setdefault(device, time.time_ns() // 1_000)
            self.covered[device] = said["seq"]
            if len(self.receipted_us) == len(self.hear):
                self.all_receipted.set()

    def _told(self) -> dict[str, object]:
        return {
            "said_us": list(self.said_us.values()),
            "receipted_us": [self.receipted_us[device] for device in self.said_us],
            "covered": list(self.covered.values()),
        }


def _say(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(Controllers(**json.loads(Path(sys.argv[1]).read_text())).run())
