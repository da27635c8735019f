"""The device's status: signed, numbered, and told when it changed, at most once a second."""

import asyncio

import structlog
from msgspec import UNSET

from devices.controller.agenda import Agenda
from devices.controller.clock import now_ms
from devices.controller.journal import Journal
from devices.controller.link import Link
from devices.controller.trusted_time import TimeSource, TrustedClock
from devices.errors import JournalUnusable
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.identity import Identity
from devices.protocol.jws import key_id
from devices.protocol.messages import Status

log = structlog.get_logger()

SOFTWARE = "loa-controller/1"
EVERY_S = 1.0

NUMBER_MARK = "status_number"
NUMBERS_A_START = 1 << 20
"""So many numbers are set aside at once, in one write: a status itself waits for no disk."""


class Announcer:
    """Says who a device is and what it holds.

    The number of a status only grows as long as the journal lives, over restarts too: by it, and
    not by a clock that may be set back, the station knows which of two is the newer one.
    """

    def __init__(
        self,
        *,
        identity: Identity,
        boot: str,
        journal: Journal,
        clock: TrustedClock,
        link: Link,
        agenda: Agenda,
        simulated: bool,
    ) -> None:
        self._identity = identity
        self._boot = boot
        self._journal = journal
        self._clock = clock
        self._link = link
        self._agenda = agenda
        self._simulated = simulated
        self._key = identity.signing_key
        self._topic = topics.from_device(identity.station, identity.device, topics.Upward.STATUS)
        self._number = 0
        self._numbers_end = 0
        self._will = 0
        self._source_told: TimeSource | None = None
        self._told_s: float | None = None
        self._coming: asyncio.TimerHandle | None = None

    def connected(self) -> None:
        """Say at once what holds now."""
        self._tell()

    def changed(self) -> None:
        """Say it anew: at once, or as soon as a second has passed since it was said last."""
        if self._coming is not None or not self._link.connected:
            return
        loop = asyncio.get_running_loop()
        wait_s = 0.0 if self._told_s is None else self._told_s + EVERY_S - loop.time()
        if wait_s > 0:
            self._coming = loop.call_later(wait_s, self._tell)
        else:
            self._tell()

    def time_changed(self) -> None:
        """Say it anew if the time is believed for another reason than the one told."""
        if self._clock.source is not self._source_told:
            self.changed()

    def last_will(self) -> bytes:
        """What stands for us when the connection that is about to begin has ended."""
        self._will = self._next_number()
        return self._sealed(online=False, number=self._will)

    def _tell(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None
        self._told_s = asyncio.get_running_loop().time()
        self._source_told = self._clock.source
        status = self._sealed(online=True, number=self._next_number())
        self._link.publish(self._topic, status, retain=True)

    def _next_number(self) -> int:
        """One that was never used; 0, which says nothing, while the disk gives out none."""
        if self._number >= self._numbers_end:
            begins = self._journal.mark(NUMBER_MARK)
            try:
                self._journal.raise_marks({NUMBER_MARK: begins + NUMBERS_A_START})
            except JournalUnusable as error:
                log.error("status_not_numbered", why=error.detail)
                return 0
            self._number, self._numbers_end = begins, begins + NUMBERS_A_START
        self._number += 1
        return self._number

    def _sealed(self, *, online: bool, number: int) -> bytes:
        bearings = self._agenda.bearings
        status = Status(
            station=self._identity.station,
            device=self._identity.device,
            online=online,
            boot=self._boot,
            software=SOFTWARE,
            at_ms=now_ms(self._clock),
            number=number,
            will=self._will,
            plan_version=self._agenda.plan_version,
            config_version=bearings.version,
            keyring_serial=bearings.trust.serial,
            now_sequence=self._agenda.now_sequence,
            key_id=key_id(self._key.verify_key),
            epoch=self._journal.head.epoch,
            seq=self._journal.head.seq,
            previous=self._journal.previous,
            clock=self._clock.statement(),
            simulated=self._simulated,
            audit_root=self._journal.root or UNSET,
        )
        return seal_message(status, key=self._key).encode()
