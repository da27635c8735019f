"""Every field has its bounds, and what is out of them is no message."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import MalformedMessage
from devices.protocol.messages import (
    BATCH_LIMIT_ENTRIES,
    CUE_LIMIT,
    PLAN_LIMIT_ORDERS,
    Batch,
    Confirmation,
    Cue,
    CueKind,
    Item,
    Kind,
    Order,
    Plan,
    decode,
    encode,
)

ITEM: dict[str, object] = {"sha256": "0" * 64, "size_bytes": 1, "duration_ms": 1_000}
ORDER: dict[str, object] = {
    "id": "sang",
    "broadcast": "b1",
    "priority": 3,
    "starts_at_ms": 1,
    "not_after_ms": 2,
    "items": [ITEM],
}
PLAN: dict[str, object] = {
    "kind": "plan",
    "v": 1,
    "station": "binh-an",
    "cluster": "cum-1",
    "version": 1,
    "issued_at_ms": 1,
    "orders": [ORDER],
}
BATCH: dict[str, object] = {
    "kind": "confirm",
    "station": "binh-an",
    "device": "loa-01",
    "epoch": "0" * 32,
    "first": 1,
    "entries": ["{}"],
    "sent_at_ms": 1,
}
CONFIRMATION: dict[str, object] = {"seq": 1, "prev": "0" * 64, "kind": "received", "at_ms": 1}

programmes = st.builds(
    Item,
    sha256=st.just("0" * 64),
    size_bytes=st.just(1),
    duration_ms=st.just(1_000),
    title=st.text(max_size=300),
    cues=st.sets(st.integers(0, 999), max_size=CUE_LIMIT).flatmap(
        lambda instants: st.tuples(
            *(
                st.builds(
                    Cue,
                    at_ms=st.just(at_ms),
                    kind=st.sampled_from([*CueKind, "weather"]),
                    title=st.text(max_size=300),
                )
                for at_ms in sorted(instants)
            )
        )
    ),
)

whole_plans = st.builds(
    Plan,
    station=st.just("binh-an"),
    cluster=st.just("cum-1"),
    version=st.integers(1, 2**53 - 1),
    issued_at_ms=st.integers(0, 253_402_127_999_999),
    orders=st.lists(
        st.builds(
            Order,
            id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
            repeat=st.integers(0, 1_000),
            broadcast=st.just("b1"),
            priority=st.integers(1, 3),
            starts_at_ms=st.integers(0, 2**41),
            not_after_ms=st.integers(0, 2**41),
            title=st.text(max_size=300),
            items=st.tuples(programmes),
        ),
        max_size=4,
    ).map(tuple),
)


@given(whole_plans)
def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    """Any title in any script, any instant of the contract."""
    assert decode(encode(plan), Plan) == plan


def test_an_item_without_cues_keeps_its_bytes() -> None:
    """Old plans are not signed anew, and old readers of them meet no new word."""
    bytes_ = msgspec.json.encode(ITEM | {"title": ""})

    assert encode(Item(sha256="0" * 64, size_bytes=1, duration_ms=1_000)) == bytes_
    assert encode(decode(bytes_, Item)) == bytes_
    assert encode(decode(msgspec.json.encode(ITEM | {"cues": []}), Item)) == bytes_


def test_a_cue_of_a_kind_that_nobody_knows_is_kept_as_it_came() -> None:
    """A station may have parts that its poles have no word for."""
    cues = [{"at_ms": 0, "kind": "weather", "title": "Bão số 5"}, {"at_ms": 999, "kind": "chime"}]

    item = decode(msgspec.json.encode(ITEM | {"cues": cues}), Item)

    assert [(cue.at_ms, cue.kind, cue.title) for cue in item.cues] == [
        (0, "weather", "Bão số 5"),
        (999, CueKind.CHIME, ""),
    ]


@pytest.mark.parametrize(
    "cues",
    [
        [(0, "chime"), (0, "ident")],
        [(10, "chime"), (9, "ident")],
        [(1_000, "closing")],
        [(-1, "chime")],
        [(0, "")],
        [(0, "Chime")],
        [(0, "c" * 33)],
        [(0, "chime\n")],
        [(at_ms, "pause") for at_ms in range(CUE_LIMIT + 1)],
    ],
)
def test_cues_out_of_bounds_are_malformed(cues: list[tuple[int, str]]) -> None:
    """Each begins after the one before, inside its item, and is one short word of many at most."""
    told = [{"at_ms": at_ms, "kind": kind} for at_ms, kind in cues]

    with pytest.raises(MalformedMessage):
        decode(msgspec.json.encode(ITEM | {"cues": told}), Item)
    with pytest.raises(MalformedMessage):
        decode(
            msgspec.json.encode(PLAN | {"orders": [ORDER | {"items": [ITEM | {"cues": told}]}]}),
            Plan,
        )


def test_a_station_cannot_write_cues_that_its_poles_would_refuse() -> None:
    """What is out of order is an error where it is made, and not a silent village."""
    with pytest.raises(ValueError, match="ascending"):
        Item(
            sha256="0" * 64,
            size_bytes=1,
            duration_ms=1_000,
            cues=(Cue(at_ms=5, kind=CueKind.MUSIC), Cue(at_ms=4, kind=CueKind.MUSIC)),
        )


def test_an_orders_length_is_that_of_its_items() -> None:
    """In milliseconds."""
    plan = decode(msgspec.json.encode(PLAN | {"orders": [ORDER | {"items": [ITEM] * 3}]}), Plan)

    assert plan.orders[0].duration_ms == 3_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "receipt"},
        {"v": 2},
        {"version": 0},
        {"version": "1"},
        {"version": 2**53},
        {"station": "Bình An"},
        {"cluster": "cum/1"},
        {"cluster": "c" * 64},
        {"issued_at_ms": -1},
        {"issued_at_ms": 1.5},
        {"issued_at_ms": 253_402_128_000_000},
        {"orders": [ORDER] * (PLAN_LIMIT_ORDERS + 1)},
        {"orders": [ORDER | {"priority": 0}]},
        {"orders": [ORDER | {"priority": 4}]},
        {"orders": [ORDER | {"repeat": -1}]},
        {"orders": [ORDER | {"items": []}]},
        {"orders": [ORDER | {"items": [ITEM] * 51}]},
        {"orders": [ORDER | {"items": [ITEM | {"sha256": "../../etc/passwd"}]}]},
        {"orders": [ORDER | {"items": [ITEM | {"sha256": "A" * 64}]}]},
        {"orders": [ORDER | {"items": [ITEM | {"duration_ms": 86_400_001}]}]},
        {"orders": [ORDER | {"title": "x" * 301}]},
        {"orders": [ORDER | {"override": {"person": "Tám", "reason": ""}}]},
    ],
)
def test_a_plan_out_of_bounds_is_malformed(wrong: dict[str, object]) -> None:
    """One field wrong makes the whole plan no plan."""
    decode(msgspec.json.encode(PLAN), Plan)
    with pytest.raises(MalformedMessage):
        decode(msgspec.json.encode(PLAN | wrong), Plan)


@pytest.mark.parametrize("missing", sorted(set(PLAN) - {"v", "kind"}))
def test_a_plan_with_a_field_missing_is_malformed(missing: str) -> None:
    """Nothing that is needed is guessed."""
    with pytest.raises(MalformedMessage):
        decode(msgspec.json.encode({k: v for k, v in PLAN.items() if k != missing}), Plan)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": 0},
        {"epoch": "0" * 31},
        {"epoch": "G" * 32},
        {"entries": []},
        {"entries": ["{}"] * (BATCH_LIMIT_ENTRIES + 1)},
        {"entries": ["x" * 4_097]},
        {"clock": {"uncertainty_ms": -1}},
    ],
)
def test_a_batch_out_of_bounds_is_malformed(wrong: dict[str, object]) -> None:
    """Too many, too long, too few, or numbered from nothing."""
    decode(msgspec.json.encode(BATCH), Batch)
    with pytest.raises(MalformedMessage):
        decode(msgspec.json.encode(BATCH | wrong), Batch)


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 0},
        {"prev": "0" * 63},
        {"kind": "played"},
        {"samples": -1},
        {"sample_rate_hz": 0},
        {"item": 51},
        {"cue": CUE_LIMIT},
        {"cue": -1},
        {"code": "x" * 65},
        {"order": ""},
    ],
)
def test_a_confirmation_out_of_bounds_is_malformed(wrong: dict[str, object]) -> None:
    """A device cannot say what the contract has no words for."""
    decode(msgspec.json.encode(CONFIRMATION), Confirmation)
    with pytest.raises(MalformedMessage):
        decode(msgspec.json.encode(CONFIRMATION | wrong), Confirmation)


def test_the_kinds_are_those_of_the_contract() -> None:
    """The words that a ledger will meet."""
    assert {str(kind) for kind in Kind} == {
        "received",
        "cached",
        "tone_started",
        "started",
        "item_started",
        "cut",
        "resumed",
        "finished",
        "stopped",
        "skipped",
        "failed",
        "rejected",
    }


@pytest.mark.parametrize("kind", [Plan, Batch, Confirmation])
def test_bottomless_nesting_is_malformed(kind: type[Plan]) -> None:
    """A field that nobody knows may not exhaust its reader, however deep it goes."""
    bottomless = '{"unknown":' + "[" * 50_000 + "]" * 50_000 + "}"

    with pytest.raises(MalformedMessage):
        decode(bottomless, kind)


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_noise_is_malformed(noise: bytes | str) -> None:
    """Any bytes and any text raise this one error, or are a message."""
    with pytest.raises(MalformedMessage):
        decode(noise, Plan)
