"""The table in the repository: read as it was written, and used against a fresh run."""

from dataclasses import replace

import pytest

from tests.intelligibility.table import (
    Line,
    Way,
    complaints,
    merged,
    read_table,
    write_table,
)

NORTH = Line(
    way=Way("espeak-ng", "north", "125 wpm", "50, range 75", "0 ms", "300-6000 Hz"),
    word_errors=61.5,
    spread=(55.0, 66.1),
    character_errors=38.2,
    surprise_bits=8.53,
    words=810,
    version="1.52.0 (wheel) 125/75/0",
    measured="2026-11-22",
)
SOUTH = replace(NORTH, way=replace(NORTH.way, accent="south"), word_errors=80.0)


def test_the_table_is_read_as_it_was_written() -> None:
    """Every figure survives, and the head is no line."""
    text = write_table([NORTH, SOUTH], head="# A head\n\nWith | a bar.\n")

    assert read_table(text) == (NORTH, SOUTH)


def test_a_damaged_line_is_named() -> None:
    """A cell that is missing does not shift the others in silence."""
    text = write_table([NORTH], head="# A head").replace("| 0 ms ", "")

    with pytest.raises(ValueError, match="12 cells"):
        read_table(text)


def test_a_fresh_line_takes_the_old_ones_place() -> None:
    """The same way is in the table once; what was not measured stays."""
    again = replace(SOUTH, word_errors=70.0)
    new = replace(NORTH, way=replace(NORTH.way, rate="140 wpm"))

    assert merged([NORTH, SOUTH], [again, new]) == (NORTH, again, new)


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        (NORTH, False),
        (replace(NORTH, word_errors=64.5, surprise_bits=8.83), False),
        (replace(NORTH, word_errors=64.6), True),
        (replace(NORTH, surprise_bits=8.84), True),
        (replace(NORTH, word_errors=10.0), False),
    ],
    ids=["same", "at the limit", "words", "surprise", "better"],
)
def test_what_became_worse_is_complained_of(now: Line, *, worse: bool) -> None:
    """More than 3 points of words or 0.3 bits is not chance."""
    assert bool(complaints([NORTH, SOUTH], [now])) is worse


def test_a_way_that_the_table_does_not_know_is_complained_of() -> None:
    """Other settings cannot pass by not having been measured."""
    changed = replace(NORTH, way=replace(NORTH.way, rate="190 wpm"))

    assert "190 wpm" in complaints([NORTH], [changed])[0]
