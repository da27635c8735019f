"""The device's health: measured and said once a minute while there is a line, and never kept."""

import asyncio
from collections.abc import Callable

from devices.controller.clock import now_ms
from devices.controller.health import Around, HealthMeter
from devices.controller.journal import Journal
from devices.controller.link import Link
from devices.controller.sound.volume import VolumeCap
from devices.controller.trusted_time import TrustedClock
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.identity import Identity
from devices.protocol.reports import SelfTestResult

EVERY_S = 60.0
CODES_LIMIT = 64


class Reporter:
    """Says how one device is."""

    def __init__(
        self,
        *,
        identity: Identity,
        boot: str,
        meter: HealthMeter,
        journal: Journal,
        clock: TrustedClock,
        link: Link,
        cap: VolumeCap,
        refused: Callable[[], dict[str, int]],
        self_test: Callable[[], SelfTestResult | None],
        simulated: bool,
    ) -> None:
        self._identity = identity
        self._boot = boot
        self._meter = meter
        self._journal = journal
        self._clock = clock
        self._link = link
        self._cap = cap
        self._refused = refused
        self._self_test = self_test
        self._simulated = simulated
        self._key = identity.signing_key
        self._topic = topics.from_device(identity.station, identity.device, topics.Upward.HEALTH)

    async def run(self) -> None:
        """Say it for ever; what cannot be sent now is of no use later."""
        while True:
            await asyncio.sleep(EVERY_S)
            self.say()

    def say(self) -> None:
        """Measure and send, QoS 0."""
        if not self._link.connected:
            return
        at_ms = now_ms(self._clock)
        refused = self._refused()
        head = self._journal.head
        health = self._meter.measure(
            Around(
                station=self._identity.station,
                device=self._identity.device,
                boot=self._boot,
                at_ms=at_ms,
                clock=self._clock.statement(),
                volume_percent=self._cap(at_ms),
                unreceipted=head.seq - head.receipted_seq,
                refused=dict(sorted(refused.items())[:CODES_LIMIT]),
                self_test=self._self_test(),
                simulated=self._simulated,
            )
        )
        self._link.publish(self._topic, seal_message(health, key=self._key).encode(), qos=0)
