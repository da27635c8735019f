"""What the device under test said: every message checked as it comes, every fault remembered."""

import time
from dataclasses import dataclass, field

from nacl.signing import VerifyKey

from devices.errors import ContractViolation
from devices.protocol import topics
from devices.protocol.chain import entry_hash, genesis, read_entries
from devices.protocol.envelope import open_from_device
from devices.protocol.reports import Ask, Batch, Confirmation, Health, Kind, Status
from devices.protocol.topics import Upward


@dataclass(frozen=True, slots=True)
class Came:
    """When a batch came, and which numbers it carried."""

    first: int
    last: int
    at_s: float


@dataclass
class Heard:
    """One device's words: its journal as far as it came, its statuses, healths and questions."""

    station: str
    device: str
    key: VerifyKey
    epoch: str = ""
    entries: dict[int, str] = field(default_factory=dict)
    confirmations: dict[int, Confirmation] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    healths: list[Health] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    unsigned: list[str] = field(default_factory=list)
    """What was no right message of this device."""
    unchained: list[str] = field(default_factory=list)
    """What contradicted itself: a number with other bytes, a gap in the chain, another epoch."""

    def take(self, topic: str, message: bytes) -> Ask | Batch | None:
        """Take what came; return a question or a batch, which want an answer."""
        try:
            what = topics.parse_from_device(topic).what
            return self._take(what, message)
        except ContractViolation as violation:
            self.unsigned.append(f"{topic}: {violation.code} ({violation.detail})")
            return None

    def _take(self, what: Upward, message: bytes) -> Ask | Batch | None:
        to = {"station": self.station, "device": self.device}
        if what is Upward.STATUS:
            self.statuses.append(open_from_device(message, Status, **to, key=self.key))
        elif what is Upward.HEALTH:
            self.healths.append(open_from_device(message, Health, **to, key=self.key))
        elif what is Upward.ASK:
            ask = open_from_device(message, Ask, **to, key=self.key)
            self.asks.append(ask)
            return ask
        else:
            batch = open_from_device(message, Batch, **to, key=self.key)
            self._keep(batch)
            return batch
        return None

    def _keep(self, batch: Batch) -> None:
        self.epoch = self.epoch or batch.epoch
        if batch.epoch != self.epoch:
            self.unchained.append(f"epoch {batch.epoch} beside {self.epoch}")
            return
        confirmations = read_entries(batch)
        for entry, confirmation in zip(batch.entries, confirmations, strict=True):
            self._keep_entry(entry, confirmation)
        last = batch.first + len(batch.entries) - 1
        self.batches.append(batch)
        self.came.append(Came(first=batch.first, last=last, at_s=time.monotonic()))

    def _keep_entry(self, entry: str, confirmation: Confirmation) -> None:
        seq = confirmation.seq
        if self.entries.setdefault(seq, entry) != entry:
            self.unchained.append(f"entry {seq} came with other bytes")
            return
        self.confirmations[seq] = confirmation
        for neighbour in (seq, seq + 1):
            self._check_link(neighbour)

    def _check_link(self, seq: int) -> None:
        present, before = self.confirmations.get(seq), self.entries.get(seq - 1)
        if present is not None and before is not None and present.prev != entry_hash(before):
            self.unchained.append(f"entry {seq} does not name the one before it")

    @property
    def reached(self) -> int:
        """The last number up to which nothing is missing; 0 before any."""
        seq = min(self.entries, default=0)
        while seq + 1 in self.entries:
            seq += 1
        return seq

    @property
    def genesis(self) -> str:
        """What the first entry of the device's epoch must name."""
        return genesis(station=self.station, device=self.device, epoch=self.epoch)

    def said(self) -> list[Confirmation]:
        """All confirmations by their numbers."""
        return [each for _, each in sorted(self.confirmations.items())]

    def of(self, order_id: str, *, repeat: int = 0) -> list[Confirmation]:
        """What was said of an order."""
        return [each for each in self.said() if (each.order, each.repeat) == (order_id, repeat)]

    def kinds(self, order_id: str) -> list[Kind]:
        """The kinds of what was said of an order."""
        return [each.kind for each in self.of(order_id)]

    def one(self, order_id: str, kind: Kind) -> Confirmation | None:
        """The first confirmation of a kind about an order."""
        return next((each for each in self.of(order_id) if each.kind is kind), None)

    def rejections(self, *, plan_version: int) -> list[str | None]:
        """The codes with which a plan was rejected as a whole."""
        return [
            each.code
            for each in self.said()
            if each.kind is Kind.REJECTED
            and each.order is None
            and each.plan_version == plan_version
        ]
