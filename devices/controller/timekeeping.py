"""Asks the station for the time, and takes its signed answers.

Asked at each connection, again and again until it answered while the device does not believe its
own clock, and every quarter of an hour from then on, so that the offset stated is fresh.
"""

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from random import Random

import structlog

from devices.controller.backoff import backoff_s
from devices.controller.clock import now_ms
from devices.controller.link import Link
from devices.controller.trusted_time import TimeSource, TrustedClock
from devices.errors import UnaskedAnswer
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.identity import Identity
from devices.protocol.messages import Ask, TimeAnswer

log = structlog.get_logger()

FIRST_RETRY_S = 2.0
RETRY_CAP_S = 60.0
REFRESH_S = 900.0
OPEN_QUESTIONS = 8
SLOW_US = 10_000_000
"""An answer that was longer on its way says less than the clock it should set right."""

HURRY_US = 1_000_000
"""How soon after a question another one may be asked for an order that waits for the time."""


class Timekeeper:
    """The questions of one device that are open, and when to ask the next one."""

    def __init__(
        self,
        *,
        identity: Identity,
        clock: TrustedClock,
        link: Link,
        rng: Random,
        changed: Callable[[], None],
    ) -> None:
        self._identity = identity
        self._clock = clock
        self._link = link
        self._rng = rng
        self._changed = changed
        self._key = identity.signing_key
        self._topic = topics.from_device(identity.station, identity.device, topics.Upward.ASK)
        self._open: OrderedDict[str, int] = OrderedDict()
        self._unanswered = 0
        self._asks_us = 0
        self._wakened = asyncio.Event()

    async def run(self) -> None:
        """Ask for ever; simulated time is asked of nobody."""
        if self._clock.source is TimeSource.SIMULATED:
            return
        while True:
            self._wakened.clear()
            left_s = max(0.0, (self._asks_us - self._clock.monotonic_us()) / 1e6)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s if self._link.connected else None):
                    await self._wakened.wait()
            if self._link.connected and self._clock.monotonic_us() >= self._asks_us:
                self.ask()

    def reconnected(self) -> None:
        """Ask at once."""
        self._unanswered = 0
        self._ask_in(0)

    def hurry(self) -> None:
        """Ask at once, unless that has just been done: an order waits for the answer."""
        asked_us = next(reversed(self._open.values()), None)
        if asked_us is None or self._clock.monotonic_us() - asked_us >= HURRY_US:
            self.reconnected()

    def ask(self) -> None:
        """Ask, under a nonce that nobody can know before."""
        nonce = secrets.token_hex(16)
        self._open[nonce] = self._clock.monotonic_us()
        while len(self._open) > OPEN_QUESTIONS:
            self._open.popitem(last=False)
        self._ask_in(
            backoff_s(self._unanswered, first_s=FIRST_RETRY_S, cap_s=RETRY_CAP_S, rng=self._rng)
        )
        self._unanswered += 1
        question = Ask(
            station=self._identity.station,
            device=self._identity.device,
            nonce=nonce,
            at_ms=now_ms(self._clock),
        )
        self._link.publish(self._topic, seal_message(question, key=self._key).encode())

    def take(self, answer: TimeAnswer) -> None:
        """Take an answer to a question of ours; for any other, or a late one, UnaskedAnswer."""
        asked_us = self._open.pop(answer.nonce, None)
        if asked_us is None or self._clock.monotonic_us() - asked_us > SLOW_US:
            raise UnaskedAnswer(answer.nonce)
        self._unanswered = 0
        self._ask_in(REFRESH_S * (0.9 + self._rng.random() / 5))
        self._clock.answered(answer.at_ms, asked_us=asked_us)
        log.info("time_answered", **_facts(self._clock))
        self._changed()

    def _ask_in(self, pause_s: float) -> None:
        self._asks_us = self._clock.monotonic_us() + round(pause_s * 1e6)
        self._wakened.set()


def _facts(clock: TrustedClock) -> dict[str, object]:
    said = clock.statement()
    return {
        "offset_ms": said.offset_ms,
        "uncertainty_ms": said.uncertainty_ms,
        "source": said.source,
    }
