"""The chain: whatever is left out, changed, moved or carried over does not fit."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import BrokenChain, ContractViolation, MalformedMessage
from devices.protocol.chain import entry_hash, genesis, read_entries
from devices.protocol.messages import ENTRY_LIMIT_BYTES, Batch, Confirmation, Kind, encode

STATION, DEVICE, EPOCH = "binh-an", "loa-01", "ab" * 16


def chain_of(count: int, *, device: str = DEVICE) -> list[str]:
    """The entries of a fresh epoch."""
    prev = genesis(station=STATION, device=device, epoch=EPOCH)
    entries = []
    for seq in range(1, count + 1):
        confirmation = Confirmation(seq=seq, prev=prev, kind=Kind.RECEIVED, at_ms=seq, order="o")
        entries.append(encode(confirmation).decode())
        prev = entry_hash(entries[-1])
    return entries


def batch_of(entries: list[str], *, first: int = 1) -> Batch:
    """A batch of the tests' device."""
    return Batch(
        station=STATION,
        device=DEVICE,
        epoch=EPOCH,
        first=first,
        entries=tuple(entries),
        sent_at_ms=1,
    )


@given(count=st.integers(1, 50), skipped=st.integers(0, 20))
def test_any_stretch_of_a_chain_can_be_read(count: int, skipped: int) -> None:
    """Batches may be cut anywhere."""
    entries = chain_of(skipped + count)[skipped:]
    confirmations = read_entries(batch_of(entries, first=skipped + 1))

    assert [each.seq for each in confirmations] == list(range(skipped + 1, skipped + count + 1))


@given(st.data())
def test_a_chain_with_anything_missing_does_not_fit(data: st.DataObject) -> None:
    """One entry left out, wherever, breaks it; left out at the end it is only shorter."""
    entries = chain_of(8)
    del entries[data.draw(st.integers(0, 6))]

    with pytest.raises(BrokenChain):
        read_entries(batch_of(entries))


@given(st.data())
def test_a_changed_entry_breaks_what_follows(data: st.DataObject) -> None:
    """Any other word in an entry, even the same JSON spelt otherwise, is noticed."""
    entries = chain_of(5)
    at = data.draw(st.integers(0, 3))
    changed = data.draw(
        st.sampled_from([entries[at].replace("received", "finished"), entries[at] + " "])
    )
    entries[at] = changed

    with pytest.raises(ContractViolation):
        read_entries(batch_of(entries))


def test_a_chain_belongs_to_one_device_and_epoch() -> None:
    """The first entry names where it begins, so it cannot be carried over."""
    with pytest.raises(BrokenChain):
        read_entries(batch_of(chain_of(3, device="loa-02")))


def test_the_beginnings_of_all_chains_differ() -> None:
    """Station, device and epoch each make another beginning."""
    beginnings = {
        genesis(station=station, device=device, epoch=epoch)
        for station in ("a", "b")
        for device in ("a", "b")
        for epoch in ("0" * 32, "1" * 32)
    }

    assert len(beginnings) == 8


def test_an_entry_beyond_its_limit_is_refused() -> None:
    """Measured in bytes, not in letters."""
    entry = chain_of(1)[0]
    padded = entry + "ộ" * ((ENTRY_LIMIT_BYTES - len(entry)) // 3 + 1)

    with pytest.raises(MalformedMessage, match="too long"):
        read_entries(batch_of([padded]))


@given(st.text(max_size=200))
def test_an_entry_that_is_no_confirmation_is_refused(entry: str) -> None:
    """Any text whatever raises a contract violation and nothing else."""
    with pytest.raises(ContractViolation):
        read_entries(batch_of([entry]))


def test_an_absent_field_is_not_written() -> None:
    """An entry says only what it has to say, so its bytes are short and stable."""
    (entry,) = chain_of(1)

    assert set(msgspec.json.decode(entry)) == {"seq", "prev", "kind", "at_ms", "order"}
