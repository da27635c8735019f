"""The versioned mapping: what is written is read again, and what cannot be read is named."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.errors import BadInput
from broadcaster.exchange.codes import TOPICS, Refusal, topic_code, why_not_taken
from broadcaster.exchange.errors import FieldMissing, FieldUnusable, UnknownMapping
from broadcaster.exchange.fields import LARGEST_DOCUMENT_CHARACTERS, Field, covers
from broadcaster.exchange.mapping import (
    MAPPINGS,
    V1,
    DeviceState,
    FieldMapping,
    ForeignBulletin,
    PlayLog,
    Receipt,
    ScheduledItem,
    mapping_of,
)

KINDS: list[tuple[type, str]] = [
    (ForeignBulletin, "bulletin"),
    (ScheduledItem, "scheduled"),
    (DeviceState, "device"),
    (PlayLog, "play"),
    (Receipt, "receipt"),
]
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn", "Co", "Cf"))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(LETTERS, min_size=1, max_size=12),
    "id": st.text(LETTERS, min_size=1, max_size=12),
    "whole number": st.integers(0, 2**31 - 1),
    "large whole number": st.integers(0, 2**53 - 1),
    "number": st.floats(-180, 180),
    "yes or no": st.booleans(),
    "hh:mm:ss": st.integers(0, 359_999).map(lambda seconds: seconds * 1000),
    "list of ids": st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=1).map(tuple),
    "ISO 8601 instant": st.integers(0, 10**9).map(
        lambda seconds: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(milliseconds=seconds)
    ),
}
NAMES = [each.theirs.split(".")[0] for each in V1.bulletin]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def things(kind: type, known: tuple[Field, ...]) -> st.SearchStrategy[Any]:
    """Any thing of a kind, with fields that nobody here knows."""
    values = {each.ours: VALUES[each.codec.name] for each in known}
    unknown = st.dictionaries(
        st.text(LETTERS, min_size=1, max_size=6).map("x-".__add__), st.integers() | st.text(LETTERS)
    )
    return st.builds(kind, **values, unknown=unknown)


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_each_of_our_fields_has_its_place(kind: type, name: str) -> None:
    """None is forgotten in a version, and none is mapped that we do not have."""
    for mapping in MAPPINGS.values():
        known = getattr(mapping, name)
        assert covers(kind, known)
        assert len({each.theirs for each in known}) == len(known) == len(fields(kind)) - 1


@pytest.mark.parametrize(("kind", "name"), KINDS)
@given(data=st.data())
def test_what_is_written_is_read_again(kind: type, name: str, data: st.DataObject) -> None:
    """With what nobody understands, and through JSON as a wire carries it."""
    thing = data.draw(things(kind, getattr(V1, name)))
    document = json.loads(json.dumps(getattr(V1, f"write_{name}")(thing)))

    assert getattr(V1, f"read_{name}")(document) == thing


@given(JSON)
def test_whatever_comes_is_read_or_refused_by_name(document: object) -> None:
    """Nothing that a stranger sends is more than a refusal."""
    told = ""
    try:
        V1.read_bulletin(document)
    except BadInput as refused:
        told = refused.code

    assert told == "" or told.startswith("exchange_")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("BanTinID", ["BT"]),
        ("BanTinID", " BT"),
        ("PhienBan", -1),
        ("PhienBan", "hai"),
        ("PhienBan", True),
        ("MucDoUuTien", 2.5),
        ("TieuDe", 7),
        ("TieuDe", "a\0b"),
        ("TieuDe", "\ud800"),
        ("ThoiLuong", "5 phút"),
        ("ThoiLuong", "00:61:00"),
        ("ThoiDiemBatDau", "hôm qua"),
        ("ThoiDiemBatDau", "0001-01-01T00:00:00+07:00"),
        ("TiepAm", "có"),
        ("TacGia", "Nguyễn Văn An"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(field: str, value: object) -> None:
    """So that whoever sends it can mend it."""
    with pytest.raises(FieldUnusable) as refused:
        V1.read_bulletin({"BanTinID": "BT", field: value})

    assert refused.value.detail == field
    assert field in refused.value.message_vi
    assert field in refused.value.message_en


def test_a_bulletin_without_an_id_is_named_so() -> None:
    """Nothing else must be there: why it cannot be used is another question."""
    with pytest.raises(FieldMissing, match="BanTinID"):
        V1.read_bulletin({"TieuDe": "Không mã"})
    assert V1.read_bulletin({"BanTinID": 17}).remote_id == "17"


def test_a_document_that_is_too_large_is_refused() -> None:
    """However it is filled."""
    with pytest.raises(BadInput):
        V1.read_bulletin({"BanTinID": "BT", "khac": "a" * LARGEST_DOCUMENT_CHARACTERS})


def test_what_nobody_understands_is_kept_where_it_was() -> None:
    """Beside what is understood, and inside it."""
    document = {"BanTinID": "BT", "TacGia": {"ButDanh": "Sông Cầu", "Phong": "VH"}, "Khac": [1]}
    read = V1.read_bulletin(document)

    assert read.author_pen_name == "Sông Cầu"
    assert read.unknown == {"TacGia": {"Phong": "VH"}, "Khac": [1]}
    assert V1.write_bulletin(read).items() >= document.items()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-22T17:00:00", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T17:00:00+07:00", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
    ],
)
def test_an_instant_without_an_offset_is_vietnams(given: str, expected: str) -> None:
    """Assumed, and said so in the README."""
    read = V1.read_bulletin({"BanTinID": "BT", "ThoiDiemBatDau": given})

    assert read.starts_at == datetime.fromisoformat(expected)


def test_no_second_is_told_that_did_not_sound() -> None:
    """A length is cut to whole seconds, never rounded up."""
    log = PlayLog(
        log_id="o/0/loa", version=1, source_id="XA", device_id="loa", device_name="Loa",
        planned_at=datetime(2026, 11, 22, tzinfo=UTC), played_ms=3_661_999, asked_ms=0,
        outcome="partial", outcome_words="phát một phần",
    )  # fmt: skip

    assert V1.write_play(log)["ThoiLuong"] == "01:01:01"
    assert "ThoiDiemKetThuc" not in V1.write_play(log)


def test_a_version_that_is_not_there_is_refused() -> None:
    """A link of tomorrow's software does not run on today's."""
    assert isinstance(mapping_of(1), FieldMapping)
    with pytest.raises(UnknownMapping):
        mapping_of(2)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"kind": 3, "content_url": "https://tinh.example/a.mp3"}, None),
        ({"kind": 3}, Refusal.NO_SOUND),
        ({"kind": 2}, Refusal.IMAGE),
        ({"kind": 4}, Refusal.VIDEO),
        ({"kind": 9}, Refusal.KIND_UNKNOWN),
        ({"priority": 0}, Refusal.PRIORITY_UNKNOWN),
        ({"title": " "}, Refusal.NO_TITLE),
        ({"words": ""}, Refusal.NO_WORDS),
        ({"withdrawn": True, "words": "", "title": ""}, None),
    ],
)
def test_what_loudspeakers_cannot_do_is_refused_by_its_reason(
    changed: dict[str, Any], expected: Refusal | None
) -> None:
    """Politely: each reason has words that go up and that people read."""
    usual = {"remote_id": "BT", "title": "Họp thôn", "words": "Mời bà con."}

    assert why_not_taken(ForeignBulletin(**usual | changed)) == expected


def test_the_provinces_topics_lead_there_and_back() -> None:
    """What is another topic of our own goes up as general, with its words beside it."""
    assert {code: topic_code(words) for code, words in TOPICS.items()} == {
        code: code for code in TOPICS
    }
    assert topic_code("Phòng cháy, chữa cháy") == 1
