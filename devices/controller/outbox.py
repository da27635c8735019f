"""The outbox: seals what the journal holds into batches, and sends until the ledger receipts it."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import date
from random import Random

import structlog
from msgspec import UNSET

from devices.controller.backoff import backoff_s
from devices.controller.clock import now_ms
from devices.controller.journal import Journal
from devices.controller.link import Link
from devices.controller.sending import (
    DEBOUNCE_S,
    FIRST_RETRY_S,
    RETRY_CAP_S,
    Sending,
    advance,
    cut_batches,
    reconnected,
)
from devices.controller.trusted_time import TrustedClock
from devices.errors import JournalUnusable, ReceiptUnfounded
from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.identity import Identity
from devices.protocol.messages import AuditRoot, Batch, Receipt, Resync

log = structlog.get_logger()

_FIRST_DAY = date(1970, 1, 1)
_DAY_MS = 86_400_000


class Outbox:
    """Sends confirmations and takes receipts for one device."""

    def __init__(
        self,
        *,
        identity: Identity,
        journal: Journal,
        link: Link,
        clock: TrustedClock,
        rng: Random,
        root_kept: Callable[[], None] = lambda: None,
    ) -> None:
        self._identity = identity
        self._journal = journal
        self._link = link
        self._clock = clock
        self._rng = rng
        self._key = identity.signing_key
        self._topic = topics.from_device(identity.station, identity.device, topics.Upward.CONFIRM)
        self._sending = Sending(receipted_seq=journal.head.receipted_seq)
        self._root_kept = root_kept
        self._wakened = asyncio.Event()

    def wake(self) -> None:
        """There is something new to send."""
        self._wakened.set()

    def reconnected(self) -> None:
        """Begin anew after the last receipt."""
        self._sending = reconnected(self._sending)
        self.wake()

    async def run(self) -> None:
        """Send for ever; the debounce gathers what is said together into one batch."""
        while True:
            timeout = None
            if self._link.connected and self._sending.retry_at_s is not None:
                timeout = max(0.0, self._sending.retry_at_s - self._now_s())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._wakened.wait()
            await asyncio.sleep(DEBOUNCE_S)
            self._wakened.clear()
            try:
                self.send()
            except JournalUnusable as error:
                log.error("confirmations_not_read", why=error.detail)

    def send(self) -> None:
        """Send what is due now, if there is a connection."""
        if not self._link.connected:
            return
        head = self._journal.head
        self._sending, numbers = advance(
            self._sending,
            head_seq=head.seq,
            receipted_seq=head.receipted_seq,
            now_s=self._now_s(),
            backoff=self._backoff_s,
        )
        if numbers:
            self._publish(numbers.start, self._journal.entries(first=numbers[0], last=numbers[-1]))

    def take_receipt(self, receipt: Receipt) -> None:
        """Take a receipt; one whose chain is not ours is refused, an outdated one ignored.

        The audit root in it is kept in any case. Raises ReceiptUnfounded, JournalUnusable.
        """
        if receipt.audit_root is not UNSET:
            self._keep_root(receipt.audit_root)
        head = self._journal.head
        if receipt.epoch != head.epoch or receipt.seq > head.seq:
            raise ReceiptUnfounded(f"{receipt.epoch} {receipt.seq}")
        if receipt.seq <= head.receipted_seq:
            return
        if self._journal.hash_at(receipt.seq) != receipt.chain:
            raise ReceiptUnfounded(f"{receipt.epoch} {receipt.seq}")
        self._journal.mark_receipted(receipt.seq, now_ms=now_ms(self._clock))
        log.info("confirmations_receipted", device_id=self._identity.device, seq=receipt.seq)
        self.wake()

    def _keep_root(self, root: AuditRoot) -> None:
        """Keep a newer root, unless its day has not even begun: nobody may close all days ahead.

        Nor is one kept of a day that no calendar has.
        """
        try:
            begins_ms = (date.fromisoformat(root.day) - _FIRST_DAY).days * _DAY_MS
        except ValueError:
            log.warning("root_of_no_day", device_id=self._identity.device, day=root.day)
            return
        if begins_ms <= now_ms(self._clock) + _DAY_MS and self._journal.keep_root(root):
            self._root_kept()

    def resync(self, asked: Resync) -> None:
        """Send again what a restored ledger lacks; raise ReceiptUnfounded for another epoch."""
        head = self._journal.head
        if asked.epoch != head.epoch or asked.after_seq > head.seq:
            raise ReceiptUnfounded(f"{asked.epoch} {asked.after_seq}")
        seq = self._journal.rewind(asked.after_seq)
        self._sending = Sending(receipted_seq=seq, sent_seq=seq)
        log.info("confirmations_rewound", device_id=self._identity.device, after_seq=seq)
        self.wake()

    def _publish(self, first: int, entries: Sequence[str]) -> None:
        for batch in cut_batches(entries):
            sealed = seal_message(
                Batch(
                    station=self._identity.station,
                    device=self._identity.device,
                    epoch=self._journal.head.epoch,
                    first=first,
                    entries=tuple(batch),
                    sent_at_ms=now_ms(self._clock),
                    clock=self._clock.statement(),
                ),
                key=self._key,
            )
            self._link.publish(self._topic, sealed.encode())
            first += len(batch)

    def _backoff_s(self, attempt: int) -> float:
        return backoff_s(attempt, first_s=FIRST_RETRY_S, cap_s=RETRY_CAP_S, rng=self._rng)

    def _now_s(self) -> float:
        return self._clock.monotonic_us() / 1e6
