"""What comes from the broker: each message goes by its topic to whomever it concerns.

What the contract does not allow is counted, logged and never acted on. All of a message is judged
at one instant.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from devices.controller.agenda import Agenda
from devices.controller.commanding import Commands
from devices.controller.journal import Journal
from devices.controller.live.ear import Ear
from devices.controller.outbox import Outbox
from devices.controller.timekeeping import Timekeeper
from devices.controller.trusted_time import TrustedClock
from devices.errors import ContractViolation, WrongAddress, WrongKind
from devices.protocol import topics
from devices.protocol.envelope import ToDevice, open_to_device
from devices.protocol.identity import Identity
from devices.protocol.jws import typ_of
from devices.protocol.messages import Command, Receipt, TimeAnswer, Typ

log = structlog.get_logger()

LOGGED_REFUSALS = 100
"""Of each code so many are logged one by one, then every so many-th: a flood fills no log."""

Take = Callable[[bytes], None]
"""Takes what came on one topic; raises a ContractViolation, or JournalUnusable."""


@dataclass(slots=True)
class Inbox:
    """One device's; `moved` tells of a new configuration, `planned` of a new plan.

    `violations` counts what was refused, by its code.
    """

    identity: Identity
    journal: Journal
    clock: TrustedClock
    agenda: Agenda
    ear: Ear
    outbox: Outbox
    timekeeper: Timekeeper
    commands: Commands
    moved: Callable[[], None]
    planned: Callable[[], None]
    violations: Counter[str] = field(default_factory=Counter)
    _cluster: str | None = None
    _takers: Mapping[str, Take] = field(init=False)

    def __post_init__(self) -> None:
        """Before anybody has told us our cluster."""
        self._takers = self._by_topic(self._cluster)

    def receive(self, topic: str, payload: bytes) -> bool:
        """Take a message; return whether nothing that came is yet to be written.

        Raises JournalUnusable, and then it is to be delivered again.
        """
        try:
            with self.clock.one_instant:
                take = self._taker(topic)
                # What was retained may be cleared: that says nothing, and is no attack.
                if payload:
                    take(payload)
        except ContractViolation as violation:
            self._count(violation, topic)
        return not self.journal.owes_words

    def _taker(self, topic: str) -> Take:
        cluster = self.agenda.bearings.cluster
        if cluster != self._cluster:
            self._cluster, self._takers = cluster, self._by_topic(cluster)
        take = self._takers.get(topic)
        if take is None:
            raise WrongAddress(topic)
        return take

    def _by_topic(self, cluster: str | None) -> Mapping[str, Take]:
        station, device = self.identity.station, self.identity.device
        own: dict[str, Take] = {
            topics.config(station, device): self._take_config,
            topics.to_device(station, device): self._take_word,
        }
        if cluster is None:
            return own
        return own | {
            topics.plan(station, cluster): self._take_plan,
            topics.now(station, cluster): self._take_now,
            topics.live(station, cluster): self.ear.take,
        }

    def _take_config(self, payload: bytes) -> None:
        if self.agenda.take_config(payload):
            self.moved()

    def _take_plan(self, payload: bytes) -> None:
        before = self.agenda.plan_version
        self.agenda.take_plan(payload)
        if self.agenda.plan_version != before:
            self.planned()

    def _take_now(self, payload: bytes) -> None:
        self.agenda.take_now(payload)
        if self.agenda.waits_for_time:
            self.timekeeper.hurry()

    def _take_word(self, payload: bytes) -> None:
        """A receipt, a time or a command: the message says which, and its signature proves it."""
        match typ_of(payload):
            case Typ.RECEIPT:
                self.outbox.take_receipt(self._open(payload, Receipt))
            case Typ.TIME:
                self.timekeeper.take(self._open(payload, TimeAnswer))
            case Typ.COMMAND:
                self.commands.take(
                    self._open(payload, Command),
                    message=payload,
                    trust=self.agenda.bearings.trust,
                )
            case other:
                raise WrongKind(other)

    def _open(self, payload: bytes, kind: type[ToDevice]) -> ToDevice:
        return open_to_device(
            payload,
            kind,
            station=self.identity.station,
            device=self.identity.device,
            trust=self.agenda.bearings.trust,
            now_ms=self.clock.verifying_ms,
        )

    def _count(self, violation: ContractViolation, topic: str) -> None:
        self.violations[violation.code] += 1
        count = self.violations[violation.code]
        if count <= LOGGED_REFUSALS or count % LOGGED_REFUSALS == 0:
            log.warning(
                "message_refused",
                device_id=self.identity.device,
                topic=topic[:200],
                code=violation.code,
                detail=violation.detail[:200],
                count=count,
            )
