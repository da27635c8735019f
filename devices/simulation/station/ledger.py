"""A rehearsal's ledger: what the devices said, each number once, and what does not hold together.

In memory and without coverage: it receipts, counts, and keeps apart whatever equivocates.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from devices.protocol.chain import entry_hash, genesis, read_entries
from devices.protocol.messages import Batch, Confirmation, Kind


class Held(NamedTuple):
    """An entry as it is held: its hash, and the hash that it names as the one before."""

    hash: str
    prev: str


@dataclass(slots=True)
class Epoch:
    """One journal of a device: `chain` is the hash at `seq`, where the part without gaps ends."""

    chain: str
    seq: int = 0
    held: dict[int, Held] = field(default_factory=dict)


@dataclass(slots=True)
class Ledger:
    """All that was said and verified; `plays` has the last word of each device on an order."""

    station: str
    kinds: Counter[Kind] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    plays: dict[tuple[str, int], dict[str, Confirmation]] = field(default_factory=dict)
    _epochs: dict[str, dict[str, Epoch]] = field(default_factory=dict)

    def take(self, batch: Batch) -> Sequence[Confirmation]:
        """Take a verified batch; return what is new in it. Raises a ContractViolation.

        An entry that says something else under a number that is held is quarantined: counted,
        never taken, and never receipted.
        """
        confirmations = read_entries(batch)
        epoch = self.epoch(batch.device, batch.epoch)
        new: list[Confirmation] = []
        for entry, confirmation in zip(batch.entries, confirmations, strict=True):
            said = Held(entry_hash(entry), confirmation.prev)
            held = epoch.held.get(confirmation.seq)
            if held is None:
                epoch.held[confirmation.seq] = said
                new.append(confirmation)
            elif held != said:
                self.quarantined[batch.device] += 1
        self._extend(batch.device, epoch)
        self._count(batch.device, new)
        return new

    def epoch(self, device: str, name: str) -> Epoch:
        """What is held of one journal of a device."""
        epochs = self._epochs.setdefault(device, {})
        if name not in epochs:
            epochs[name] = Epoch(chain=genesis(station=self.station, device=device, epoch=name))
        return epochs[name]

    def epochs_of(self, device: str) -> Sequence[Epoch]:
        """All journals that a device ever spoke from."""
        return list(self._epochs.get(device, {}).values())

    def said(self, order: str, repeat: int = 0) -> Counter[Kind]:
        """How many devices have come how far with an order."""
        return Counter(each.kind for each in self.plays.get((order, repeat), {}).values())

    def _extend(self, device: str, epoch: Epoch) -> None:
        """Take what follows without a gap; what names another before it ends the chain."""
        while (following := epoch.held.get(epoch.seq + 1)) is not None:
            if following.prev != epoch.chain:
                del epoch.held[epoch.seq + 1]
                self.quarantined[device] += 1
                return
            epoch.seq, epoch.chain = epoch.seq + 1, following.hash

    def _count(self, device: str, new: Sequence[Confirmation]) -> None:
        for each in new:
            self.kinds[each.kind] += 1
            if each.code:
                self.codes[f"{each.kind}({each.code})"] += 1
            if each.order is None:
                continue
            said = self.plays.setdefault((each.order, each.repeat), {})
            if device not in said or said[device].seq < each.seq:
                said[device] = each
