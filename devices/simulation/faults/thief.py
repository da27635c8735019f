"""A device's key in other hands: what is sent in its name instead of, or beside, its own words.

`lies`: whatever did not play is told as finished, in a chain that holds together by itself.
`equivocates`: every batch is told a second time with other bytes under the same numbers.
`other_name`: every batch is told once more as another device's, signed with the stolen key.
What the box itself remembers stays true, so that the ledger's receipts for a lie no longer fit it.
"""

import msgspec
from nacl.signing import SigningKey

from devices.errors import ContractViolation
from devices.protocol import topics
from devices.protocol.chain import entry_hash, read_entries
from devices.protocol.envelope import open_from_device, seal_message
from devices.protocol.identity import Identity
from devices.protocol.messages import Batch, Confirmation, Kind, encode
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

Sent = tuple[str, bytes]
"""A topic and the bytes for it."""

_NOT_PLAYED = frozenset({Kind.FAILED, Kind.SKIPPED, Kind.CUT, Kind.STOPPED})


class Thief:
    """Sits between a controller and its line; `neighbour` is in whose name it may also speak."""

    def __init__(self, identity: Identity, *, conditions: Conditions, neighbour: str) -> None:
        self._identity = identity
        self._conditions = conditions
        self._neighbour = neighbour
        self._key: SigningKey = identity.signing_key
        self._topic = topics.from_device(identity.station, identity.device, topics.Upward.CONFIRM)
        self._lies: dict[tuple[str, int], str] = {}

    def tamper(self, topic: str, payload: bytes) -> list[Sent]:
        """What is sent instead of a message: the message itself while nothing is stolen."""
        episode = self._conditions.hold(FaultKind.STOLEN)
        batch = self._batch(payload) if episode and topic == self._topic else None
        if episode is None or batch is None:
            return [(topic, payload)]
        if episode.manner == "lies":
            return [(topic, self._sealed(self._lied(batch)))]
        if episode.manner == "other_name":
            return [(topic, payload), self._in_anothers_name(batch)]
        return [(topic, payload), (topic, self._sealed(_said_otherwise(batch)))]

    def _batch(self, payload: bytes) -> Batch | None:
        try:
            return open_from_device(
                payload,
                Batch,
                station=self._identity.station,
                device=self._identity.device,
                key=self._key.verify_key,
            )
        except ContractViolation:
            return None

    def _in_anothers_name(self, batch: Batch) -> Sent:
        topic = topics.from_device(batch.station, self._neighbour, topics.Upward.CONFIRM)
        return topic, self._sealed(msgspec.structs.replace(batch, device=self._neighbour))

    def _lied(self, batch: Batch) -> Batch:
        """The same numbers, every failure a success, chained to what was lied before."""
        entries: list[str] = []
        for said in read_entries(batch):
            key = batch.epoch, said.seq
            if key not in self._lies:
                before = self._lies.get((batch.epoch, said.seq - 1))
                prev = entry_hash(before) if before is not None else said.prev
                self._lies[key] = encode(_as_played(said, prev=prev)).decode()
            entries.append(self._lies[key])
        return msgspec.structs.replace(batch, entries=tuple(entries))

    def _sealed(self, batch: Batch) -> bytes:
        return seal_message(batch, key=self._key).encode()


def _as_played(said: Confirmation, *, prev: str) -> Confirmation:
    if said.kind not in _NOT_PLAYED:
        return msgspec.structs.replace(said, prev=prev)
    return msgspec.structs.replace(said, prev=prev, kind=Kind.FINISHED, code=None)


def _said_otherwise(batch: Batch) -> Batch:
    """The first number again, a millisecond later: one entry is a chain that holds together."""
    otherwise = [
        encode(msgspec.structs.replace(said, at_ms=said.at_ms + 1)).decode()
        for said in read_entries(batch)[:1]
    ]
    return msgspec.structs.replace(batch, entries=tuple(otherwise))
