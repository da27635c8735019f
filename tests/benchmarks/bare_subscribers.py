"""`python -m tests.benchmarks.bare_subscribers FILE`: clients that only say when a message came.

As many as the file names, on one epoll loop, each subscribed to one topic: the least that reaching
so many from a broker can cost. Prints a line when all are there, and one with the instants (Unix
microseconds) whenever all have heard a message.
"""

import asyncio
import json
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from devices.controller.sockets import drive


@dataclass
class Subscribers:
    """All clients of one process."""

    port: int
    topic: str
    users: dict[str, str]
    subscribed: int = 0
    began_s: float = field(default_factory=time.monotonic)
    heard_us: list[int] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    async def run(self) -> None:
        """Connect all, and keep them alive."""
        loop = asyncio.get_running_loop()
        for user, secret in self.users.items():
            client = Client(CallbackAPIVersion.VERSION2, client_id=user, protocol=MQTTv311)
            client.username_pw_set(user, secret)
            client.on_connect = lambda client, *_: client.subscribe(self.topic, qos=1)
            client.on_subscribe = self._subscribed
            client.on_message = self._heard
            drive(client, loop=loop)
            await loop.run_in_executor(None, client.connect, "127.0.0.1", self.port, 600)
            self.clients.append(client)
        await loop.create_future()

    def _subscribed(self, *_: object) -> None:
        self.subscribed += 1
        if self.subscribed == len(self.users):
            say({"event": "ready", "took_s": time.monotonic() - self.began_s})

    def _heard(self, *_: object) -> None:
        self.heard_us.append(time.time_ns() // 1_000)
        if len(self.heard_us) == len(self.users):
            say({"event": "heard", "at_us": self.heard_us})
            self.heard_us = []


def say(event: dict[str, object]) -> None:
    """Tell the benchmark."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(Subscribers(**json.loads(Path(sys.argv[1]).read_text())).run())
