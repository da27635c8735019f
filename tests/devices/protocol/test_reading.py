"""What was kept is read again exactly as it was read at first: the same is accepted and refused."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from devices.errors import MalformedMessage
from devices.protocol.messages import Batch, Confirmation, decode
from devices.protocol.reading import read_batch, read_confirmation

PREV = "0123456789abcdef" * 4
A_BATCH = {
    "kind": "confirm",
    "v": 1,
    "station": "st-1",
    "device": "dev-1",
    "epoch": "0123456789abcdef" * 2,
    "first": 1,
    "entries": ["{}"],
    "sent_at_ms": 1_800_000_000_000,
    "clock": {"offset_ms": 3, "source": "ntp"},
}
AN_ENTRY = {"seq": 2, "prev": PREV, "kind": "finished", "at_ms": 1, "order": "ord-1", "repeat": 1}
_ODD = ("", "UP", "a b", "a\n", "-a", "é", "a" * 64, "a" * 63, 7, None, PREV.upper(), PREV[:-1])


def _spoilt(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every field left out, and with each odd value in its place; and one that is not known."""
    left_out = [{k: v for k, v in said.items() if k != name} for name in said]
    changed = [{**said, name: value} for name in said for value in _ODD]
    numbers = [{**said, name: number} for name in said for number in (-1, 0, 1.5, 2**53, 10**19)]
    return [said, *left_out, *changed, *numbers, {**said, "later": "a field of a later version"}]


def _as_read(read: Any, octets: bytes, fields: tuple[str, ...]) -> object:  # noqa: ANN401
    try:
        said = read(octets)
    except MalformedMessage:
        return "refused"
    return {name: getattr(said, name) for name in fields}


def test_a_batch_is_accepted_and_refused_as_at_first() -> None:
    """Whatever is left out or odd in it."""
    fields, answers = Batch.__struct_fields__, set()
    for said in _spoilt(A_BATCH):
        octets = json.dumps(said).encode()
        at_first = _as_read(lambda each: decode(each, Batch), octets, fields)
        assert _as_read(read_batch, octets, fields) == at_first, said
        answers.add(at_first == "refused")
    assert answers == {True, False}


@pytest.mark.parametrize("prev", [PREV, None, "f" * 64], ids=["named", "unknown", "another"])
def test_an_entry_is_accepted_and_refused_as_at_first(prev: str | None) -> None:
    """Whatever is odd in it, and whichever hash should stand before it."""
    fields, answers = Confirmation.__struct_fields__, set()
    for said in _spoilt(AN_ENTRY):
        octets = json.dumps(said).encode()
        at_first = _as_read(lambda each: decode(each, Confirmation), octets, fields)
        again = _as_read(lambda each: read_confirmation(each, prev=prev), octets, fields)
        assert again == at_first, said
        answers.add(at_first == "refused")
    assert answers == {True, False}


@pytest.mark.parametrize("octets", [b"", b"{", b"[]", b'"\xff"', b"[" * 100_000])
def test_what_is_no_json_is_refused(octets: bytes) -> None:
    """By name, and never by another error."""
    with pytest.raises(MalformedMessage):
        read_batch(octets)
    with pytest.raises(MalformedMessage):
        read_confirmation(octets, prev=PREV)
