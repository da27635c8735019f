"""What a rehearsal's station signs: configurations, plans, orders of the moment, receipts, time."""

from collections.abc import Sequence

from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.keyring import issuer_of, seal_keyring
from devices.protocol.messages import (
    Config,
    Keyring,
    Now,
    Order,
    Plan,
    QuietHours,
    Receipt,
    Scope,
    Stop,
    TimeAnswer,
)
from devices.simulation.station.founding import Founded

_DAY_MS = 86_400_000
VALID_DAYS = 60
NEVER_QUIET = QuietHours(begins="00:00", ends="00:00")
"""A rehearsal is heard by nobody, and does not wait for the morning."""

Signed = tuple[str, bytes]
"""A topic, and the bytes for it."""


class Desk:
    """Signs, and counts versions and sequences, which only grow."""

    def __init__(self, founded: Founded, *, now_ms: int, quiet: QuietHours = NEVER_QUIET) -> None:
        self._founded = founded
        self._quiet = quiet
        self._version = 0
        self._sequence = now_ms
        self._keyring = self._signed_keyring(now_ms)

    def config(self, device: str, cluster: str, *, now_ms: int) -> Signed:
        """A device's configuration, with the keyring inside."""
        config = Config(
            station=self._founded.station,
            device=device,
            version=now_ms,
            issued_at_ms=now_ms,
            keyring=self._keyring,
            cluster=cluster,
            quiet_hours=self._quiet,
        )
        return topics.config(self._founded.station, device), self._sealed(config)

    def plan(
        self, cluster: str, orders: Sequence[Order], *, stops: Sequence[Stop] = (), now_ms: int
    ) -> Signed:
        """A cluster's plan under the next version."""
        self._version = max(self._version + 1, now_ms)
        plan = Plan(
            station=self._founded.station,
            cluster=cluster,
            version=self._version,
            issued_at_ms=now_ms,
            orders=tuple(orders),
            stops=tuple(stops),
        )
        return topics.plan(self._founded.station, cluster), self._sealed(plan)

    def now(
        self,
        cluster: str,
        *,
        order: Order | None = None,
        stop: Stop | None = None,
        now_ms: int,
        lasts_ms: int = 60_000,
    ) -> Signed:
        """An order or a stop of the moment under the next sequence."""
        self._sequence += 1
        now = Now(
            station=self._founded.station,
            cluster=cluster,
            sequence=self._sequence,
            issued_at_ms=now_ms,
            expires_at_ms=now_ms + lasts_ms,
            order=order,
            stop=stop,
        )
        return topics.now(self._founded.station, cluster), self._sealed(now)

    def receipt(self, device: str, *, epoch: str, seq: int, chain: str, now_ms: int) -> Signed:
        """What the ledger holds of a device."""
        receipt = Receipt(
            station=self._founded.station,
            device=device,
            epoch=epoch,
            seq=seq,
            chain=chain,
            issued_at_ms=now_ms,
        )
        return topics.to_device(self._founded.station, device), self._sealed(receipt)

    def time(self, device: str, *, nonce: str, now_ms: int) -> Signed:
        """What time it is, for whoever asked with this nonce."""
        answer = TimeAnswer(station=self._founded.station, device=device, nonce=nonce, at_ms=now_ms)
        return topics.to_device(self._founded.station, device), self._sealed(answer)

    def _signed_keyring(self, now_ms: int) -> str:
        ours = issuer_of(
            self._founded.key,
            name="Đài diễn tập",
            scopes=Scope,
            not_before_ms=now_ms - _DAY_MS,
            not_after_ms=now_ms + VALID_DAYS * _DAY_MS,
        )
        keyring = Keyring(
            station=self._founded.station, serial=1, issued_at_ms=now_ms, keys=(ours,)
        )
        return seal_keyring(keyring, root=self._founded.root)

    def _sealed(self, message: Config | Plan | Now | Receipt | TimeAnswer) -> bytes:
        return seal_message(message, key=self._founded.key).encode()
