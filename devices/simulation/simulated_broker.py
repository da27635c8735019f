"""A broker without sockets for rehearsals in simulated time: retained, queued, wills, an ACL.

It does what the contract needs of a good broker, in order and at once, and can be switched off.
One user is one client; a second one of the same name takes the first one's place.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from devices.controller.link import Listener
from devices.errors import JournalUnusable
from devices.protocol.credentials import Grants
from devices.protocol.filters import filter_hears, filter_within

RECONNECT_CAP_S = 30.0


@dataclass(slots=True)
class _Session:
    """What is kept of a client, here or not."""

    topics: tuple[str, ...] = ()
    waiting: deque[tuple[str, bytes]] = field(default_factory=deque)
    line: "SimulatedLine | None" = None


class SimulatedBroker:
    """All clients of one rehearsal. With `grants` a client may do no more than they say."""

    def __init__(self, *, grants: Mapping[str, Grants] | None = None) -> None:
        self.denied: Counter[str] = Counter()
        self.retained: dict[str, bytes] = {}
        self._grants = grants
        self._sessions: dict[str, _Session] = {}
        self._hearers: dict[str, list[_Session]] = {}
        self._up = asyncio.Event()
        self._up.set()

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self._up.is_set()

    def line(
        self, user: str, listener: Listener, *, rng: Random, will_topic: str | None = None
    ) -> "SimulatedLine":
        """A client's line, not yet connected."""
        return SimulatedLine(self, user, listener, rng=rng, will_topic=will_topic)

    def go_down(self) -> None:
        """Fall silent; what it holds it holds."""
        self._up.clear()
        for session in self._sessions.values():
            if session.line is not None:
                session.line.lose()

    def come_up(self) -> None:
        """Answer again."""
        self._up.set()

    async def wait_until_up(self) -> None:
        """Return when it answers."""
        await self._up.wait()

    def enter(self, line: "SimulatedLine") -> None:
        """Let a client in; whoever was here under its name is put out."""
        session = self._sessions.setdefault(line.user, _Session())
        if session.line is not None:
            session.line.lose()
        session.line = line

    def leave(self, line: "SimulatedLine", *, will: tuple[str, bytes] | None) -> None:
        """Let a client go, and say its will where it said no farewell."""
        session = self._sessions[line.user]
        if session.line is line:
            session.line = None
            if will is not None and self.is_up:
                self.publish(line.user, *will, retain=True)

    def subscribe(self, line: "SimulatedLine", topics: Sequence[str]) -> None:
        """Deliver on these topics from now on, and what is retained on those that are new."""
        session = self._sessions[line.user]
        allowed = [topic for topic in topics if self._may_hear(line.user, topic)]
        new = [topic for topic in allowed if topic not in session.topics]
        session.topics = tuple(allowed)
        self._hearers.clear()
        for topic, payload in list(self.retained.items()):
            if any(filter_hears(each, topic) for each in new):
                session.waiting.append((topic, payload))
        self._deliver_soon(session)

    def resend_retained(self, line: "SimulatedLine") -> None:
        """Forget what a client was subscribed to: as it subscribes again it hears all of it."""
        self._sessions[line.user].topics = ()
        self._hearers.clear()

    def publish(self, user: str, topic: str, payload: bytes, *, retain: bool, qos: int = 1) -> None:
        """Take a message, if its sender may say that, and hand it to all who hear it.

        At QoS 0 to those who are here.
        """
        if not self._may_say(user, topic):
            self.denied[user] += 1
            return
        if retain:
            self.retained[topic] = payload
        for session in self._who_hears(topic):
            if qos > 0 or session.line is not None:
                session.waiting.append((topic, payload))
                self._deliver_soon(session)

    def _who_hears(self, topic: str) -> Sequence[_Session]:
        """All who hear a topic; looked for once, until somebody subscribes to something else."""
        if topic not in self._hearers:
            self._hearers[topic] = [
                session
                for session in self._sessions.values()
                if any(filter_hears(each, topic) for each in session.topics)
            ]
        return self._hearers[topic]

    def _deliver_soon(self, session: _Session) -> None:
        if session.line is not None:
            asyncio.get_running_loop().call_soon(self._deliver, session)

    def _deliver(self, session: _Session) -> None:
        """Hand over what waits; what could not be stored waits for the next connection."""
        while session.waiting and session.line is not None and session.line.connected:
            topic, payload = session.waiting[0]
            try:
                session.line.listener.receive(topic, payload)
            except JournalUnusable:
                session.line.lose()
                return
            session.waiting.popleft()

    def _may_say(self, user: str, topic: str) -> bool:
        if self._grants is None:
            return True
        return any(filter_hears(each, topic) for each in self._granted(user).publish)

    def _may_hear(self, user: str, topic: str) -> bool:
        if self._grants is None:
            return True
        return any(filter_within(topic, granted=each) for each in self._granted(user).subscribe)

    def _granted(self, user: str) -> Grants:
        return (self._grants or {}).get(user, Grants())


class SimulatedLine:
    """One client's line, a `Link`."""

    def __init__(
        self,
        broker: SimulatedBroker,
        user: str,
        listener: Listener,
        *,
        rng: Random,
        will_topic: str | None,
    ) -> None:
        self.user = user
        self.listener = listener
        self.connected = False
        self._broker = broker
        self._rng = rng
        self._will_topic = will_topic
        self._topics: Sequence[str] = ()
        self._will: tuple[str, bytes] | None = None
        self._lost = asyncio.Event()

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,
    ) -> None:
        """Hand a message to the broker."""
        if self.connected:
            self._broker.publish(self.user, topic, payload, retain=retain, qos=qos)

    def hear(self, topics: Sequence[str]) -> None:
        """Subscribe to exactly these."""
        self._topics = tuple(topics)
        if self.connected:
            self._broker.subscribe(self, self._topics)

    def acknowledge(self) -> None:
        """What was handed over is not handed over again."""

    async def run(self) -> None:
        """Connect whenever the broker is up, a while after it came back."""
        while True:
            await self._broker.wait_until_up()
            if self._lost.is_set():
                await asyncio.sleep(self._rng.random() * RECONNECT_CAP_S)
                self._lost.clear()
                continue
            self._will = self._last_will()
            try:
                self._connect()
                await self._lost.wait()
            finally:
                self.connected = False
                self._broker.leave(self, will=self._will)

    async def say_farewell(self) -> None:
        """Publish the offline status, and go."""
        farewell = self._last_will()
        if self.connected and farewell is not None:
            self.publish(*farewell, retain=True)
        self._will = None
        self.lose()

    def lose(self) -> None:
        """The connection is gone."""
        self.connected = False
        self._lost.set()

    def _last_will(self) -> tuple[str, bytes] | None:
        if self._will_topic is None:
            return None
        return self._will_topic, self.listener.last_will()

    def _connect(self) -> None:
        self._broker.enter(self)
        self.connected = True
        self._broker.resend_retained(self)
        self._broker.subscribe(self, self._topics)
        self.listener.connected()
