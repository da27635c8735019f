"""Someone with a device's login at the broker who publishes orders nobody vouched for.

The broker's access list is to stop it; where there is none, each device's own check is.
"""

import asyncio
from collections.abc import Callable

from nacl.signing import SigningKey

from devices.controller.clock import Clock, now_ms
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.identity import Identity
from devices.protocol.keyring import issuer_of, seal_keyring
from devices.protocol.messages import (
    Config,
    Item,
    Keyring,
    Now,
    Order,
    Plan,
    Priority,
    Scope,
    Tone,
)
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

_YEAR_MS = 365 * 86_400_000
_HOSTILE = Item(sha256="0" * 64, size_bytes=1_000, duration_ms=60_000, title="Tin giả")

Publish = Callable[[str, bytes], None]


class Intruder:
    """Publishes forgeries at the pace of its episode for as long as `run` runs."""

    def __init__(
        self,
        identity: Identity,
        *,
        conditions: Conditions,
        clock: Clock,
        cluster: Callable[[], str | None],
        publish: Publish,
    ) -> None:
        self.attempts = 0
        self._identity = identity
        self._conditions = conditions
        self._clock = clock
        self._cluster = cluster
        self._publish = publish
        self._key = SigningKey.generate()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Wait for the episode, and then try again and again."""
        stop_listening = self._conditions.listen(self._changed.set)
        try:
            while True:
                episode = self._conditions.hold(FaultKind.INTRUDER)
                if episode is None:
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                self._try(episode.manner)
                await asyncio.sleep(episode.settings["every_s"])
        finally:
            stop_listening()

    def _try(self, manner: str) -> None:
        cluster = self._cluster()
        if cluster is None:
            return
        self.attempts += 1
        forge = {"now": self._now, "config": self._config}.get(manner, self._plan)
        topic, message = forge(cluster, now_ms(self._clock))
        self._publish(topic, seal_message(message, key=self._key).encode())

    def _plan(self, cluster: str, at_ms: int) -> tuple[str, Plan]:
        """A plan with nothing in it, so new that it would silence everything for a year."""
        plan = Plan(
            station=self._identity.station,
            cluster=cluster,
            version=at_ms + _YEAR_MS,
            issued_at_ms=at_ms,
            orders=(),
        )
        return topics.plan(plan.station, cluster), plan

    def _now(self, cluster: str, at_ms: int) -> tuple[str, Now]:
        """An emergency that there is none of."""
        order = Order(
            id=f"gia-{at_ms}",
            broadcast="gia",
            priority=Priority.EMERGENCY,
            starts_at_ms=at_ms,
            not_after_ms=at_ms + 600_000,
            items=(_HOSTILE,),
            tone=Tone(duration_ms=4_000),
        )
        now = Now(
            station=self._identity.station,
            cluster=cluster,
            sequence=at_ms + _YEAR_MS,
            issued_at_ms=at_ms,
            expires_at_ms=at_ms + 600_000,
            order=order,
        )
        return topics.now(now.station, cluster), now

    def _config(self, cluster: str, at_ms: int) -> tuple[str, Config]:
        """A configuration under a keyring of his own, which is to make him the station."""
        issuer = issuer_of(
            self._key,
            name="Đài giả",
            scopes=Scope,
            not_before_ms=at_ms - _YEAR_MS,
            not_after_ms=at_ms + _YEAR_MS,
        )
        keyring = Keyring(
            station=self._identity.station,
            serial=at_ms,
            issued_at_ms=at_ms,
            keys=(issuer,),
        )
        config = Config(
            station=self._identity.station,
            device=self._identity.device,
            version=at_ms + _YEAR_MS,
            issued_at_ms=at_ms,
            keyring=seal_keyring(keyring, root=self._key),
            cluster=cluster,
        )
        return topics.config(config.station, config.device), config
