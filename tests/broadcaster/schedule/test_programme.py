"""How many devices came how far in a programme, counted from what each said last."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.ledger.items import ItemBegun
from broadcaster.schedule.programme import counted

PARTS = [
    {"kind": "chime", "title": "Nhạc hiệu mở đầu"},
    {"kind": "bulletin", "title": "Tin một"},
    {"kind": "bulletin", "title": "Tin hai"},
]
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def begun(cue: int | None, *, item: int = 0) -> ItemBegun:
    """A device's last word on where it is."""
    return ItemBegun(item=item, cue=cue, began_at=AT, is_doubtful=False, epoch="ab" * 16, seq=7)


def test_a_part_counts_those_that_began_it_or_a_later_one() -> None:
    """Of four, one stands at the chime, two in the first bulletin, one after it."""
    parts = counted(PARTS, [begun(0), begun(1), begun(1), begun(2)])

    assert [part.begun for part in parts] == [4, 3, 1]
    assert [part.title for part in parts] == ["Nhạc hiệu mở đầu", "Tin một", "Tin hai"]


def test_the_beginning_of_the_file_is_no_part_of_it() -> None:
    """A device that only said it began the sound has said nothing of the chime."""
    assert [part.begun for part in counted(PARTS, [begun(None)])] == [0, 0, 0]


def test_what_follows_the_programme_has_the_programme_behind_it() -> None:
    """A recording in another language comes after the last part."""
    assert [part.begun for part in counted(PARTS, [begun(None, item=1)])] == [1, 1, 1]


@given(st.lists(st.integers(min_value=0, max_value=2)))
def test_later_parts_are_never_begun_by_more(cues: list[int]) -> None:
    """And never by more than have spoken."""
    counts = [part.begun for part in counted(PARTS, [begun(cue) for cue in cues])]

    assert counts == sorted(counts, reverse=True)
    assert counts[0] == len(cues)
