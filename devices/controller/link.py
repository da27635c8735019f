"""The link to the station's broker as a port, and a stand-in that only remembers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Link(Protocol):
    """Where a controller publishes. Nothing is queued: what is said while unconnected is lost."""

    @property
    def connected(self) -> bool:
        """Whether the broker hears us now."""
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Hand a message to the broker."""
        ...

    def hear(self, topics: Sequence[str]) -> None:
        """Subscribe to exactly these topics from now on: QoS 1, and live speech QoS 0.

        A broker that does not grant live speech is no reason to have no link.
        """
        ...

    def acknowledge(self) -> None:
        """Tell the broker that all that came is on the disk: none of it comes again."""
        ...

    async def run(self) -> None:
        """Connect, and again after each loss, for ever."""
        ...

    async def say_farewell(self) -> None:
        """Tell the station that we go, and disconnect."""
        ...


class Listener(Protocol):
    """What a link tells the controller."""

    def connected(self) -> None:
        """The broker accepted us and our subscriptions."""
        ...

    def receive(self, topic: str, payload: bytes) -> bool:
        """A message came; return whether it is on the disk, and then the broker is told so.

        What is not yet, because it had to sound first, is acknowledged afterwards.
        """
        ...

    def last_will(self) -> bytes:
        """The status that the broker shall publish when we fall silent."""
        ...


@dataclass
class RememberingLink:
    """A link without a broker: keeps what was published."""

    connected: bool = True
    topics: Sequence[str] = ()
    published: list[tuple[str, bytes, bool]] = field(default_factory=list)
    farewells: int = 0
    acknowledged: int = 0

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,  # noqa: ARG002
    ) -> None:
        """Remember it."""
        self.published.append((topic, payload, retain))

    def hear(self, topics: Sequence[str]) -> None:
        """Remember them."""
        self.topics = topics

    def acknowledge(self) -> None:
        """Count how often that was said."""
        self.acknowledged += 1

    async def run(self) -> None:
        """There is nothing to connect to."""
        await asyncio.get_running_loop().create_future()

    async def say_farewell(self) -> None:
        """Remember that we went."""
        self.farewells += 1
        self.connected = False
