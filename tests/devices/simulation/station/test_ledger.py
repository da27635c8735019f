"""A rehearsal's ledger believes each number once, and a chain only as far as it holds."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.controller.statements import Statement, numbered
from devices.errors import BrokenChain
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.messages import Batch, Kind, encode
from devices.simulation.station.ledger import Ledger

EPOCH = "e" * 32
KINDS = (Kind.RECEIVED, Kind.CACHED, Kind.STARTED, Kind.ITEM_STARTED, Kind.FINISHED)


def chain(*kinds: Kind, order: str = "bao", prev: str | None = None, first: int = 1) -> list[str]:
    """Entries that follow each other."""
    prev = prev or genesis(station="dai", device="loa-01", epoch=EPOCH)
    entries: list[str] = []
    for seq, kind in enumerate(kinds, start=first):
        said = numbered(Statement(kind=kind, at_ms=seq, order=order), seq=seq, prev=prev)
        entries.append(encode(said).decode())
        prev = entry_hash(entries[-1])
    return entries


def batch(entries: Sequence[str], *, first: int = 1) -> Batch:
    """What a device sends."""
    return Batch(
        station="dai",
        device="loa-01",
        epoch=EPOCH,
        first=first,
        entries=tuple(entries),
        sent_at_ms=1,
    )


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=12))
def test_however_batches_are_cut_and_come_each_number_counts_once(
    cuts: list[tuple[int, int]],
) -> None:
    """What is receipted is the part without gaps, from the first number on."""
    entries = chain(*KINDS)
    ledger = Ledger("dai")
    told: list[int] = []
    held: set[int] = set()
    for one, two in cuts:
        first, last = min(one, two), max(one, two)
        new = ledger.take(batch(entries[first - 1 : last], first=first))
        told += [each.seq for each in new]
        held |= set(range(first, last + 1))
    epoch = ledger.epoch("loa-01", EPOCH)
    prefix = next(seq for seq in range(6) if seq + 1 not in held)

    assert sorted(told) == sorted(held)
    assert epoch.seq == prefix
    assert epoch.chain == (entry_hash(entries[prefix - 1]) if prefix else genesis_of())
    assert not ledger.quarantined


def genesis_of() -> str:
    """Where the chain begins."""
    return genesis(station="dai", device="loa-01", epoch=EPOCH)


def test_the_last_word_of_a_device_on_an_order_counts() -> None:
    """Also when an earlier one comes later."""
    entries = chain(*KINDS)
    ledger = Ledger("dai")
    ledger.take(batch(entries[4:], first=5))
    ledger.take(batch(entries[:4]))

    assert ledger.said("bao") == {Kind.FINISHED: 1}
    assert ledger.said("another") == {}
    assert ledger.kinds == dict.fromkeys(KINDS, 1)


def test_another_word_under_the_same_number_is_quarantined() -> None:
    """The first stands, the chain goes on from it."""
    true, forged = chain(*KINDS), chain(Kind.FINISHED)
    ledger = Ledger("dai")
    ledger.take(batch(true[:2]))
    assert ledger.take(batch(forged)) == []
    ledger.take(batch(true))

    assert ledger.quarantined == {"loa-01": 1}
    assert ledger.epoch("loa-01", EPOCH).seq == 5


def test_what_names_another_before_it_is_not_receipted() -> None:
    """Two batches that hold by themselves and not together."""
    ledger = Ledger("dai")
    ledger.take(batch(chain(*KINDS[:2])))
    ledger.take(batch(chain(Kind.STARTED, prev="0" * 64, first=3), first=3))

    assert ledger.epoch("loa-01", EPOCH).seq == 2
    assert ledger.quarantined == {"loa-01": 1}


def test_a_batch_that_does_not_hold_by_itself_is_refused() -> None:
    """Nothing of it is taken."""
    entries = chain(*KINDS)
    ledger = Ledger("dai")
    with pytest.raises(BrokenChain):
        ledger.take(batch([entries[0], entries[2]]))

    assert ledger.kinds == {}


def test_a_new_journal_is_an_epoch_of_its_own() -> None:
    """Both are held."""
    ledger = Ledger("dai")
    ledger.take(batch(chain(Kind.RECEIVED)))
    begins = genesis(station="dai", device="loa-01", epoch="f" * 32)
    other = batch(chain(Kind.RECEIVED, prev=begins))
    ledger.take(msgspec.structs.replace(other, epoch="f" * 32))

    assert len(ledger.epochs_of("loa-01")) == 2
    assert ledger.epochs_of("nobody") == []
