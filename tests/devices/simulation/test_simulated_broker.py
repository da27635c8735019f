"""The broker without sockets does what the contract needs of a broker."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from devices.errors import JournalUnusable
from devices.protocol.credentials import Grants
from devices.simulation.simulated_broker import RECONNECT_CAP_S, SimulatedBroker, SimulatedLine
from devices.simulation.simulated_time import run_simulated


@dataclass
class Client:
    """Somebody at a line."""

    heard: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    refuses: int = 0

    def connected(self) -> None:
        """Count it."""
        self.connections += 1

    def receive(self, topic: str, payload: bytes) -> bool:
        """Take it, unless the disk is full."""
        if self.refuses:
            self.refuses -= 1
            raise JournalUnusable
        self.heard.append((topic, payload))
        return True

    def last_will(self) -> bytes:
        """Said when it falls silent."""
        return b"gone"


@dataclass
class Party:
    """Clients at a broker."""

    broker: SimulatedBroker = field(default_factory=SimulatedBroker)
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def enter(
        self, user: str, *topics: str, will: str | None = None
    ) -> tuple[Client, SimulatedLine]:
        """Let somebody in."""
        client = Client()
        line = self.broker.line(user, client, rng=Random(1), will_topic=will)
        line.hear(topics)
        self.tasks[user] = asyncio.create_task(line.run())
        await asyncio.sleep(0.1)
        return client, line

    async def leave(self, user: str) -> None:
        """Pull the plug of somebody."""
        task = self.tasks.pop(user)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def play(story: Callable[[Party], Awaitable[None]]) -> None:
    """A story in simulated time, everybody sent home afterwards."""

    async def run() -> None:
        party = Party()
        await story(party)
        for user in tuple(party.tasks):
            await party.leave(user)

    run_simulated(run())


def test_what_is_retained_waits_for_whoever_subscribes() -> None:
    """Also when a topic is added later, and again at each connection."""

    async def story(party: Party) -> None:
        _, station = await party.enter("dai")
        station.publish("plan/a", b"1", retain=True)
        station.publish("plan/b", b"2", retain=True)
        station.publish("now/a", b"3")
        device, line = await party.enter("loa", "plan/a")
        assert device.heard == [("plan/a", b"1")]
        line.hear(["plan/a", "plan/b"])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert device.heard[1:] == [("plan/b", b"2")]

    play(story)


def test_what_comes_while_somebody_is_away_waits_in_order() -> None:
    """The session is kept; the line is not."""

    async def story(party: Party) -> None:
        _, station = await party.enter("dai")
        await party.enter("loa", "to/loa")
        await party.leave("loa")
        for number in range(3):
            station.publish("to/loa", bytes([number]))
        again, _ = await party.enter("loa", "to/loa")
        assert [payload for _, payload in again.heard] == [b"\0", b"\1", b"\2"]

    play(story)


def test_the_will_is_said_of_whoever_falls_silent_and_of_nobody_who_says_goodbye() -> None:
    """Retained, for all who come later."""

    async def story(party: Party) -> None:
        await party.enter("loa-1", will="status/1")
        _, second = await party.enter("loa-2", will="status/2")
        await party.leave("loa-1")
        assert party.broker.retained == {"status/1": b"gone"}
        second.publish("status/2", b"here", retain=True)
        await second.say_farewell()
        assert party.broker.retained["status/2"] == b"gone"
        assert not second.connected

    play(story)


def test_a_full_disk_gets_its_message_at_the_next_connection() -> None:
    """It was not acknowledged."""

    async def story(party: Party) -> None:
        device, _ = await party.enter("loa", "plan/a")
        device.refuses = 1
        _, station = await party.enter("dai")
        station.publish("plan/a", b"1")
        await asyncio.sleep(RECONNECT_CAP_S + 1)
        assert device.connections == 2
        assert device.heard == [("plan/a", b"1")]

    play(story)


def test_a_broker_that_is_down_hears_nobody_until_it_is_back() -> None:
    """Then everyone comes, spread over half a minute."""

    async def story(party: Party) -> None:
        device, line = await party.enter("loa", "plan/a", will="status")
        party.broker.go_down()
        await asyncio.sleep(3_600)
        assert not line.connected
        assert not party.broker.is_up
        line.publish("status", b"lost")
        party.broker.come_up()
        await asyncio.sleep(RECONNECT_CAP_S + 1)
        assert device.connections == 2
        assert "status" not in party.broker.retained

    play(story)


def test_one_name_is_one_client() -> None:
    """The second puts the first out."""

    async def story(party: Party) -> None:
        _, first = await party.enter("loa")
        party.tasks["before"] = party.tasks.pop("loa")
        await party.enter("loa")
        assert not first.connected

    play(story)


def test_nobody_says_or_hears_more_than_he_may() -> None:
    """A denied word is counted and reaches nobody."""

    async def story(party: Party) -> None:
        grants = {
            "loa": Grants(publish=("from/loa/+",), subscribe=("to/loa",)),
            "dai": Grants(publish=("to/+",), subscribe=("from/#",)),
        }
        party.broker = SimulatedBroker(grants=grants)
        station, to_all = await party.enter("dai", "from/#")
        device, line = await party.enter("loa", "to/loa", "to/other")
        line.publish("to/loa", b"forged")
        line.publish("from/loa/status", b"true")
        to_all.publish("to/other", b"secret")
        await asyncio.sleep(0.1)
        assert station.heard == [("from/loa/status", b"true")]
        assert device.heard == []
        assert party.broker.denied == {"loa": 1}

    play(story)
