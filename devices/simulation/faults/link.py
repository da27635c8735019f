"""The line to the broker as its conditions make it: cut, slow, doubling, reordering, losing.

What a late message was late for, its sender does not learn: a delayed packet counts as taken by
whoever handed it over, which is worse than what a slow line does, never better.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence

from devices.controller.link import Link, Listener
from devices.errors import ContractViolation, JournalUnusable
from devices.protocol.jws import typ_of
from devices.protocol.messages import Typ
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

Deliver = Callable[[], None]
Tamper = Callable[[str, bytes], list[tuple[str, bytes]]]


def _untouched(topic: str, payload: bytes) -> list[tuple[str, bytes]]:
    return [(topic, payload)]


class TroubledLink:
    """A link through bad weather; `connect` opens the line that it goes over.

    `tamper` is whoever changes what is sent on its way.
    """

    def __init__(
        self,
        listener: Listener,
        *,
        connect: Callable[[Listener], Link],
        conditions: Conditions,
        tamper: Tamper = _untouched,
    ) -> None:
        self._listener = listener
        self._conditions = conditions
        self._tamper = tamper
        self._up, self._down = Lane(conditions), Lane(conditions)
        self._line = connect(_Ear(self))
        self._is_dead = False
        self._changed = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the broker hears us."""
        return self._line.connected and not self._is_dead

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Send it on its way, once or more."""
        if not self.connected:
            return
        for to, what in self._tamper(topic, payload):
            self._send(to, what, retain=retain, qos=qos)

    def hear(self, topics: Sequence[str]) -> None:
        """Subscribe; the broker's own bookkeeping is not disturbed."""
        self._line.hear(topics)

    def acknowledge(self) -> None:
        """Tell the broker; its own bookkeeping is not disturbed."""
        if not self._is_dead:
            self._line.acknowledge()

    async def run(self) -> None:
        """Keep the line up, except while it is cut."""
        stop_listening = self._conditions.listen(self._changed.set)
        try:
            while True:
                if self._is_cut:
                    await self._change()
                else:
                    await self._run_line()
        finally:
            stop_listening()
            self._up.drop()
            self._down.drop()

    async def say_farewell(self) -> None:
        """Say goodbye, if anybody can hear it."""
        if self.connected:
            await self._line.say_farewell()

    def die(self) -> None:
        """Send and hear nothing any more: the power is gone."""
        self._is_dead = True
        self._up.drop()
        self._down.drop()

    def _send(self, topic: str, payload: bytes, *, retain: bool, qos: int) -> None:
        self._up.pass_on(lambda: self._line.publish(topic, payload, retain=retain, qos=qos))

    @property
    def _is_cut(self) -> bool:
        return FaultKind.OFFLINE in self._conditions.active

    async def _run_line(self) -> None:
        """Run the line until the conditions cut it."""
        async with asyncio.TaskGroup() as tasks:
            line = tasks.create_task(self._line.run(), name="line")
            while not self._is_cut:
                await self._change()
            line.cancel()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def take_connected(self) -> None:
        """The line is up."""
        if not self._is_dead:
            self._listener.connected()

    def take(self, topic: str, payload: bytes) -> bool:
        """A message came over the line; whether it is on the disk, or on a way of its own.

        Raises JournalUnusable where it is handed on at once.
        """
        if self._is_dead or self._loses(payload):
            return True
        if self._down.is_fair:
            return self._listener.receive(topic, payload)
        self._down.pass_on(lambda: self._hand_on(topic, payload))
        return True

    def last_will(self) -> bytes:
        """What the broker says of us when the line breaks."""
        return self._listener.last_will()

    def _hand_on(self, topic: str, payload: bytes) -> None:
        if not self._is_dead:
            self._listener.receive(topic, payload)

    def _loses(self, payload: bytes) -> bool:
        if FaultKind.LOST_RECEIPTS not in self._conditions.active:
            return False
        return _is_receipt(payload) and self._conditions.strikes(FaultKind.LOST_RECEIPTS)


class _Ear:
    """What the line tells: handed on to the controller through the weather."""

    def __init__(self, link: TroubledLink) -> None:
        self._link = link

    def connected(self) -> None:
        self._link.take_connected()

    def receive(self, topic: str, payload: bytes) -> bool:
        return self._link.take(topic, payload)

    def last_will(self) -> bytes:
        return self._link.last_will()


class Lane:
    """One direction of a line: a message leaves it at once, later, or twice."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._waiting: set[asyncio.TimerHandle] = set()
        self._free_at_s = 0.0

    @property
    def is_fair(self) -> bool:
        """Whether nothing befalls a message, and none is on its way."""
        return self._free_at_s == 0.0 and not self._conditions.active

    def pass_on(self, deliver: Deliver) -> None:
        """Let a message through; what `deliver` raises at once is raised here."""
        if self.is_fair:
            deliver()
            return
        copies = 2 if self._conditions.strikes(FaultKind.DUPLICATED) else 1
        for _ in range(copies):
            self._pass_one(deliver)

    def drop(self) -> None:
        """Lose what is on its way."""
        for timer in self._waiting:
            timer.cancel()
        self._waiting.clear()

    def _pass_one(self, deliver: Deliver) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        if self._conditions.strikes(FaultKind.REORDERED):
            held_ms = self._conditions.settings(FaultKind.REORDERED).get("hold_ms", 0.0)
            self._later(deliver, at_s=now_s + held_ms / 1_000)
            return
        delay_ms = self._conditions.settings(FaultKind.SLOW_LINK).get("delay_ms", 0.0)
        # Later than what went before, if only by a hair: of equal timers any may be the first.
        at_s = max(now_s + delay_ms / 1_000, math.nextafter(self._free_at_s, math.inf))
        if at_s <= now_s:
            deliver()
            return
        self._free_at_s = at_s
        self._later(deliver, at_s=at_s)

    def _later(self, deliver: Deliver, *, at_s: float) -> None:
        def arrive() -> None:
            self._waiting.discard(timer)
            # Nobody is left to deliver it again; the contract holds without it.
            with contextlib.suppress(JournalUnusable):
                deliver()

        timer = asyncio.get_running_loop().call_at(at_s, arrive)
        self._waiting.add(timer)


def _is_receipt(payload: bytes) -> bool:
    try:
        return typ_of(payload) == Typ.RECEIPT
    except ContractViolation:
        return False
