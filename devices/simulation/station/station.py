"""The station's part of the contract, over any line: it orders, hears, receipts and tells time."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import structlog
from nacl.signing import VerifyKey

from devices.controller.clock import Clock, now_ms
from devices.controller.link import Link, Listener
from devices.errors import ContractViolation
from devices.protocol import topics
from devices.protocol.envelope import open_from_device
from devices.protocol.messages import (
    Ask,
    Batch,
    Confirmation,
    Health,
    Order,
    QuietHours,
    Status,
    Stop,
)
from devices.simulation.station.desk import NEVER_QUIET, Desk, Signed
from devices.simulation.station.founding import Founded
from devices.simulation.station.ledger import Ledger

log = structlog.get_logger()

RECEIPT_AFTER_S = 0.1
"""How long receipts wait for more of the same device, as a ledger's do for their transaction."""

PLAN_AFTER_S = 1.0
"""How soon after the fast path the same stands in the plan."""

Heard = Callable[[str, Sequence[Confirmation]], None]


class RehearsalStation:
    """A station with a plan per cluster, which listens at the line that `connect` opens."""

    def __init__(
        self,
        founded: Founded,
        *,
        clock: Clock,
        connect: Callable[[Listener], Link],
        quiet: QuietHours = NEVER_QUIET,
    ) -> None:
        self.founded = founded
        self.ledger = Ledger(founded.station)
        self.refused: Counter[str] = Counter()
        self.healths: dict[str, Health] = {}
        self.statuses: dict[str, Status] = {}
        self._clock = clock
        self.line = connect(self)
        self.line.hear([topics.from_all(founded.station)])
        self._heard: Heard = lambda _, __: None
        self._desk = Desk(founded, now_ms=now_ms(clock), quiet=quiet)
        self._keys: dict[str, VerifyKey] = {
            each.device: each.key.verify_key for each in founded.devices
        }
        self._orders: dict[str, list[Order]] = defaultdict(list)
        self._stops: dict[str, list[Stop]] = defaultdict(list)
        self._configs: dict[str, Signed] = {}
        self._plans: dict[str, Signed] = {}
        self._due: dict[tuple[str, str], asyncio.TimerHandle] = {}

    @property
    def now_ms(self) -> int:
        """The station's time."""
        return now_ms(self._clock)

    def connected(self) -> None:
        """Publish all that is desired: a broker may have forgotten it."""
        for each in self.founded.devices:
            if each.device not in self._configs:
                self._configs[each.device] = self._desk.config(
                    each.device, each.cluster, now_ms=self.now_ms
                )
            self._publish(self._configs[each.device], retain=True)
        for cluster in self.founded.clusters:
            self._publish(self._plans.get(cluster) or self._signed_plan(cluster), retain=True)

    def order(self, orders: Iterable[Order], *, clusters: Iterable[str] = ()) -> None:
        """Put orders into the plans of clusters, all of them unless told."""
        added = list(orders)
        for cluster in clusters or self.founded.clusters:
            self._orders[cluster] += added
            self._publish(self._signed_plan(cluster), retain=True)

    def order_now(self, order: Order, *, clusters: Iterable[str] = ()) -> None:
        """Order something for this moment: by the fast path, and in the plans soon after."""
        chosen = list(clusters or self.founded.clusters)
        for cluster in chosen:
            self._publish(self._desk.now(cluster, order=order, now_ms=self.now_ms))
            self._orders[cluster].append(order)
        self._publish_plans_soon(chosen)

    def stop(self, stop: Stop, *, clusters: Iterable[str] = ()) -> None:
        """Silence an order: by the fast path, and in the plans soon after."""
        chosen = list(clusters or self.founded.clusters)
        for cluster in chosen:
            self._publish(self._desk.now(cluster, stop=stop, now_ms=self.now_ms))
            self._stops[cluster].append(stop)
        self._publish_plans_soon(chosen)

    def heard_by(self, heard: Heard) -> None:
        """Have everything told that the ledger takes from now on."""
        self._heard = heard

    def last_will(self) -> bytes:
        """A station that falls silent says nothing: devices play on by their plans."""
        return b""

    def receive(self, topic: str, payload: bytes) -> bool:
        """Take what a device said; what does not hold is counted and never believed."""
        try:
            self._take(topics.parse_from_device(topic), payload)
        except ContractViolation as violation:
            self.refused[violation.code] += 1
            log.warning("word_refused", topic=topic, code=violation.code)
        return True

    def _take(self, topic: topics.FromDevice, payload: bytes) -> None:
        key = self._keys.get(topic.device)
        if key is None:
            self.refused["unknown_device"] += 1
            return
        address = {"station": self.founded.station, "device": topic.device}
        match topic.what:
            case topics.Upward.CONFIRM:
                self._take_batch(open_from_device(payload, Batch, **address, key=key))
            case topics.Upward.ASK:
                question = open_from_device(payload, Ask, **address, key=key)
                self._publish(
                    self._desk.time(topic.device, nonce=question.nonce, now_ms=self.now_ms)
                )
            case topics.Upward.STATUS:
                self.statuses[topic.device] = open_from_device(payload, Status, **address, key=key)
            case topics.Upward.HEALTH:
                self.healths[topic.device] = open_from_device(payload, Health, **address, key=key)

    def _take_batch(self, batch: Batch) -> None:
        new = self.ledger.take(batch)
        if new:
            self._heard(batch.device, new)
        key = batch.device, batch.epoch
        if key not in self._due:
            loop = asyncio.get_running_loop()
            self._due[key] = loop.call_later(RECEIPT_AFTER_S, self._receipt, *key)

    def _receipt(self, device: str, name: str) -> None:
        del self._due[device, name]
        epoch = self.ledger.epoch(device, name)
        if epoch.seq:
            self._publish(
                self._desk.receipt(
                    device, epoch=name, seq=epoch.seq, chain=epoch.chain, now_ms=self.now_ms
                )
            )

    def _publish_plans_soon(self, clusters: Sequence[str]) -> None:
        """With the next tick, as a station that looks once a second what its plans should be."""

        def publish() -> None:
            for cluster in clusters:
                self._publish(self._signed_plan(cluster), retain=True)

        asyncio.get_running_loop().call_later(PLAN_AFTER_S, publish)

    def _signed_plan(self, cluster: str) -> Signed:
        signed = self._desk.plan(
            cluster,
            self._orders[cluster],
            stops=self._stops[cluster],
            now_ms=self.now_ms,
        )
        self._plans[cluster] = signed
        return signed

    def _publish(self, signed: Signed, *, retain: bool = False) -> None:
        topic, payload = signed
        self.line.publish(topic, payload, retain=retain)
