"""Sending again: whatever is lost and whenever, everything without a receipt is sent in time."""

from hypothesis import given
from hypothesis import strategies as st

from devices.controller.sending import (
    BATCH_LIMIT_BYTES,
    WINDOW_ENTRIES,
    Sending,
    advance,
    cut_batches,
    reconnected,
)
from devices.protocol.jws import MESSAGE_LIMIT_BYTES
from devices.protocol.messages import BATCH_LIMIT_ENTRIES, Batch, encode

steps = st.lists(
    st.tuples(
        st.integers(0, 1_500),
        st.floats(0, 1),
        st.floats(0, 100),
        st.booleans(),
    ),
    max_size=30,
)


@given(steps)
def test_numbers_are_sent_in_order_within_the_window(
    steps: list[tuple[int, float, float, bool]],
) -> None:
    """No number beyond the journal or the window, none that is receipted, no gap."""
    sending, head, receipted, now_s = Sending(), 0, 0, 0.0
    ever_sent = 0
    for more, share, seconds, lost in steps:
        head += more
        receipted = max(receipted, round(min(head, ever_sent) * share))
        now_s += seconds
        if lost:
            sending = reconnected(sending)
        sending, numbers = advance(
            sending,
            head_seq=head,
            receipted_seq=receipted,
            now_s=now_s,
            backoff=lambda attempt: min(60.0, 2.0 * 2**attempt),
        )
        if numbers:
            assert receipted < numbers[0] <= ever_sent + 1
            assert numbers[-1] <= min(head, receipted + WINDOW_ENTRIES)
            ever_sent = max(ever_sent, numbers[-1])
        if receipted < head:
            assert ever_sent > receipted
            assert sending.retry_at_s is not None
            assert sending.retry_at_s <= now_s + 60


@given(st.integers(1, 3_000))
def test_everything_is_sent_while_receipts_come(head: int) -> None:
    """Receipts move the window on to the journal's end."""
    sending, receipted, sent = Sending(), 0, []
    while receipted < head:
        sending, numbers = advance(
            sending, head_seq=head, receipted_seq=receipted, now_s=0.0, backoff=lambda _: 2.0
        )
        sent += list(numbers)
        receipted = sent[-1]

    assert sent == list(range(1, head + 1))


entries = st.lists(
    st.text(alphabet='a"\\ộ\n', min_size=0, max_size=40).map(lambda text: text * 100), max_size=130
)


@given(entries)
def test_batches_keep_the_contracts_limits(entries: list[str]) -> None:
    """No entry lost or moved; few enough, and small enough when sealed, in every batch."""
    batches = list(cut_batches(entries))

    assert [entry for batch in batches for entry in batch] == entries
    for batch in batches:
        message = encode(
            Batch(
                station="a" * 63,
                device="b" * 63,
                epoch="0" * 32,
                first=2**52,
                entries=tuple(batch),
                sent_at_ms=2**41,
            )
        )
        assert 1 <= len(batch) <= BATCH_LIMIT_ENTRIES
        assert len(message) * 4 / 3 + 300 <= MESSAGE_LIMIT_BYTES or len(batch) == 1
        assert sum(len(entry) for entry in batch) <= BATCH_LIMIT_BYTES
