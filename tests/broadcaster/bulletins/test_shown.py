"""The written text is shown whole, cut only where warnings begin and end."""

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.bulletins.shown import Piece, Warned, pieces_of


def warned(number: int, start: int, end: int) -> Warned:
    """A warning at a place."""
    return Warned(number, start, end, "", "code", "Chưa rõ.", "Unsure.", "")


places = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


@given(st.text(max_size=30), places)
def test_no_letter_is_lost_or_shown_twice(text: str, found: list[tuple[int, int]]) -> None:
    """Wherever warnings stand, overlapping, empty or beyond the end."""
    warnings = [warned(number, *place) for number, place in enumerate(found, start=1)]

    pieces = pieces_of(text, warnings)

    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert {piece.warning for piece in pieces} <= {0, *range(1, len(found) + 1)}


def test_a_place_is_marked_with_its_warnings_number() -> None:
    """Numbers follow the list of warnings, not the order in the text."""
    pieces = pieces_of("họp XQZ lúc 7h", [warned(1, 12, 14), warned(2, 4, 7)])

    assert pieces == [Piece("họp ", 0), Piece("XQZ", 2), Piece(" lúc ", 0), Piece("7h", 1)]
