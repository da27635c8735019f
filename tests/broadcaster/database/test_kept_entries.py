"""Entries of journals are kept small, and come back to the byte whatever they are."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.database.kept_entries import entry_octets, entry_text, packed_entry
from devices.protocol.messages import Confirmation, Kind
from tests.broadcaster.ledger.commune import Pole

HASH = "9b" * 32
A_USUAL_ONE = f'{{"seq":7,"prev":"{HASH}","kind":"started","at_ms":1795428000000,"order":"ord-a"}}'


def everything(kind: Kind) -> str:
    """An entry in which every field of the contract says something."""
    said = Confirmation(
        seq=12, prev=HASH, kind=kind, at_ms=1_795_428_000_000, order="ord-owddl7c777zydz33",
        repeat=3, plan_version=9, code="relay_lost", item=2, cue=1,
        first_sample_at_us=1_795_428_000_003_000, last_sample_at_us=1_795_428_060_003_000,
        samples=1_440_000, sample_rate_hz=24_000, position_ms=500, sink="alsa", simulated=True,
    )  # fmt: skip
    return msgspec.json.encode(said).decode()


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_the_contract_is_kept_in_less_than_half_its_size(kind: Kind) -> None:
    """A kind that came later and was forgotten here would be kept as it came."""
    entry = everything(kind)
    kept = packed_entry(entry)

    assert len(kept) < len(entry) / 2
    assert entry_text(kept) == entry
    assert b'":' not in kept  # no field's name is written out


def test_what_a_pole_says_is_kept_in_less_than_half_its_size() -> None:
    """The hash of the entry before it is half of the rest, and nobody can make it shorter."""
    pole = Pole("loa-1")
    pole.play()
    kept = [packed_entry(entry) for entry in pole.entries]

    assert [entry_text(each) for each in kept] == pole.entries
    assert sum(map(len, kept)) < sum(map(len, pole.entries)) / 2


@given(entry=st.text())
def test_whatever_was_said_comes_back_to_the_byte(entry: str) -> None:
    """Also what is no entry at all."""
    assert entry_text(packed_entry(entry)) == entry


@given(
    parts=st.lists(
        st.sampled_from(
            ['{"seq":', "1", ",", f'"prev":"{HASH}"', f'"prev":"{HASH.upper()}"', '"kind":"cut"',
             '"kind":"sung"', '"at_ms":', ',"order":"ord-', ',"order":"', '","simulated":true}',
             ',"simulated":true}', ',"samples":', "\0", "\1", "\3", "\4", "\x12", "\t", "}", "ộ"]
        )
    )
)  # fmt: skip
def test_what_only_looks_like_an_entry_comes_back_too(parts: list[str]) -> None:
    """Other orders, other spellings, and the very octets that stand for words."""
    for entry in ("".join(parts), A_USUAL_ONE[:-1] + "".join(parts)):
        kept = packed_entry(entry)

        assert entry_text(kept) == entry
        assert entry_octets(kept) == entry.encode()


@pytest.mark.parametrize(
    "entry",
    [
        A_USUAL_ONE.replace('"kind":"started"', '"kind":"sung"'),
        A_USUAL_ONE.replace(":", ": "),
        A_USUAL_ONE.replace(HASH, HASH.upper()),
        A_USUAL_ONE.replace('"seq":7,', '"seq":7,"mood":"good",'),
        A_USUAL_ONE.replace("ord-a", "ord-\x03"),
    ],
)
def test_what_is_spelled_otherwise_is_kept_as_it_came(entry: str) -> None:
    """A device of another make, a kind of later, an octet that JSON does not allow."""
    assert packed_entry(entry) == b"\0" + entry.encode()


def test_no_octet_can_be_changed_unseen() -> None:
    """Each one, in each of its bits: what comes out is not what was said, and nothing raises."""
    entry = everything(Kind.FINISHED)
    kept = packed_entry(entry)
    for at, octet in enumerate(kept):
        for bit in range(8):
            spoilt = kept[:at] + bytes([octet ^ (1 << bit)]) + kept[at + 1 :]

            assert entry_text(spoilt) != entry


def test_what_was_cut_off_is_seen() -> None:
    """From nothing at all to all but the last."""
    kept = packed_entry(A_USUAL_ONE)

    assert all(entry_text(kept[:length]) != A_USUAL_ONE for length in range(len(kept)))


def test_an_entry_from_before_is_read_as_it_stands() -> None:
    """As text, and as octets of text."""
    assert entry_text(A_USUAL_ONE) == A_USUAL_ONE
    assert entry_text(A_USUAL_ONE.encode()) == A_USUAL_ONE
