"""Texts that are odd without end are cut into sentences in time that grows with their length."""

from time import process_time

import pytest

from broadcaster.bulletins.errors import SCRIPT_LIMIT_CHARACTERS
from playlists.reading.sentences import Gaps, split_sentences

# An ordinary script of this length takes a tenth of it; time that squares, minutes.
LONGEST_S = 5.0


@pytest.mark.parametrize(
    "again", ["a. ", "TP. ", "v.v. ", "1. ", "x: ", "1 : 1 ", "… a ", ", ", ". "]
)
@pytest.mark.parametrize("gaps", list(Gaps))
def test_one_line_of_nothing_but_marks_is_cut_in_time(again: str, gaps: Gaps) -> None:
    """Three times the longest script, all in one line: each mark is looked at for itself."""
    length = 3 * SCRIPT_LIMIT_CHARACTERS
    line = (again * length)[:length]
    before_s = process_time()

    cut = split_sentences(line, gaps=gaps)

    assert process_time() - before_s < LONGEST_S
    assert sum(len(sentence.text) for sentence in cut) <= len(line)


def test_a_bare_comma_is_no_breath() -> None:
    """Nothing is handed to a voice that has no word in it."""
    many = ", bà con" * 9

    assert all("bà" in sentence.text for sentence in split_sentences(many, gaps=Gaps.WIDE))
