"""When which confirmations are sent (again): a pure state machine over numbers and time.

Nothing counts as delivered but the ledger's receipt. Until it comes, entries are sent anew from
the first one that it does not cover: after a back-off of 2 s growing to 60 s, and at each
reconnection.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from devices.protocol.messages import BATCH_LIMIT_ENTRIES

DEBOUNCE_S = 0.1
FIRST_RETRY_S = 2.0
RETRY_CAP_S = 60.0
WINDOW_ENTRIES = 1_000
"""How far sending runs ahead of receipts, so that a long absence does not flood the broker."""

BATCH_LIMIT_BYTES = 160_000
"""Entries of one batch; escaped, sealed and encoded they stay below the contract's limit."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How far entries have been sent, and when to begin again from the last receipt."""

    sent_seq: int = 0
    receipted_seq: int = 0
    attempt: int = 0
    retry_at_s: float | None = None


def reconnected(sending: Sending) -> Sending:
    """Nothing sent over the old connection counts."""
    return Sending(receipted_seq=sending.receipted_seq, sent_seq=sending.receipted_seq)


def advance(
    sending: Sending,
    *,
    head_seq: int,
    receipted_seq: int,
    now_s: float,
    backoff: Callable[[int], float],
) -> tuple[Sending, range]:
    """The next state, and the numbers to send now (empty when there are none)."""
    if receipted_seq > sending.receipted_seq:
        sending = Sending(sent_seq=sending.sent_seq, receipted_seq=receipted_seq)
    if receipted_seq >= head_seq:
        return Sending(sent_seq=head_seq, receipted_seq=receipted_seq), range(0)
    if sending.retry_at_s is not None and now_s >= sending.retry_at_s:
        sending = Sending(
            sent_seq=receipted_seq, receipted_seq=receipted_seq, attempt=sending.attempt + 1
        )
    first = max(sending.sent_seq, receipted_seq) + 1
    last = min(head_seq, receipted_seq + WINDOW_ENTRIES)
    if sending.retry_at_s is None:
        sending = replace(sending, retry_at_s=now_s + backoff(sending.attempt))
    return replace(sending, sent_seq=max(last, sending.sent_seq)), range(first, last + 1)


def cut_batches(entries: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut entries into batches that keep the contract's limits of number and size."""
    batch: list[str] = []
    size = 0
    for entry in entries:
        length = len(entry.encode()) + entry.count('"') + entry.count("\\") + 3
        if batch and (len(batch) == BATCH_LIMIT_ENTRIES or size + length > BATCH_LIMIT_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch
