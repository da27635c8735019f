"""Written and spoken words stand in step: nothing lost, every difference a pair."""

import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.bulletins.rule_names import OTHER, RULE_NAMES, name_of_rule
from broadcaster.bulletins.side_by_side import SideBySide, Stretch, side_by_side, stretches_of
from playlists.delivery import Repeat, delivered
from playlists.errors import ScriptRefused
from playlists.reading import read_aloud

SCRIPT = """Căn cứ Kế hoạch số 57-KH/TW, từ 7h30 ngày 24/11/2026, UBND xã mời bà con họp (dự kiến).

- Hộ ông Đinh Văn A, ban XQZ: 1.500.000 đồng;
- Gọi 0912.345.678 & xem htxsonlam.vn ☂."""


@dataclass(frozen=True)
class Place:
    """A warning at a place."""

    number: int
    start: int
    end: int


def beside(script: str, *, repeat: Repeat = Repeat.NONE) -> SideBySide:
    """A script as it is read, and as its page shows it."""
    reading = read_aloud(script)
    warnings = [Place(n, each.start, each.end) for n, each in enumerate(reading.warnings, start=1)]
    spoken = delivered(reading.spoken, repeat=repeat)
    return side_by_side([asdict(span) for span in reading.spans], warnings, spoken=spoken)


def text_of(stretches: tuple[Stretch, ...]) -> str:
    """One side, whole."""
    return "".join(each.text for each in stretches)


def pairs_of(sides: SideBySide) -> dict[str, str]:
    """What is said for what is written, where it differs."""
    said = {each.pair: each.text for each in sides.spoken if each.pair}
    return {each.text: said[each.pair] for each in sides.written if each.pair}


def test_every_difference_is_a_pair_and_the_rest_is_text() -> None:
    """Numbers, dates and abbreviations; words, case and pauses are not."""
    pairs = pairs_of(beside(SCRIPT))

    assert pairs["57-KH/TW"] == "năm mươi bảy kế hoạch trung ương"
    assert pairs["UBND"] == "ủy ban nhân dân"
    assert pairs["1.500.000 đồng"] == "một triệu năm trăm nghìn đồng"
    assert not {"(", ")", ".", "-"} & set(pairs)
    assert all(re.search(r"\w", spoken) for spoken in pairs.values())


def test_both_sides_are_whole() -> None:
    """What will be said is shown to the letter, and so is what is written."""
    reading, sides = read_aloud(SCRIPT), beside(SCRIPT)

    assert text_of(sides.written) == reading.text
    assert text_of(sides.spoken) == reading.spoken


@given(st.text(st.sampled_from("ạbc 1/2-.,()&%☂\n:UBNDkm"), max_size=60))
def test_no_text_loses_a_letter(text: str) -> None:
    """Whatever is written: the sides are the reading's, and each pair has two halves."""
    try:
        reading = read_aloud(f"Sáng mai bà con họp. {text}")
    except ScriptRefused:
        return
    sides = beside(f"Sáng mai bà con họp. {text}")

    assert text_of(sides.written) == reading.text
    assert text_of(sides.spoken) == reading.spoken
    written, spoken = ([each.pair for each in side if each.pair] for side in
                       (sides.written, sides.spoken))  # fmt: skip
    assert written == spoken == list(range(1, len(written) + 1))


@pytest.mark.parametrize("repeat", Repeat)
def test_what_is_repeated_stands_apart_and_nothing_is_left_out(repeat: Repeat) -> None:
    """The words of the spans, then the repetition with its announcement: all that is said."""
    reading = read_aloud(SCRIPT)
    sides = beside(SCRIPT, repeat=repeat)

    shown = text_of(sides.spoken).strip() + "\n\n" + sides.repeated
    assert shown.strip() == delivered(reading.spoken, repeat=repeat).strip()
    assert sides.repeated.startswith("Xin nhắc lại:") == (repeat is not Repeat.NONE)


def test_words_that_the_spans_do_not_make_are_shown_whole() -> None:
    """A playlist's words, for example: exact, only without pairs."""
    spans = [{"written": "Chương trình 1", "spoken": "một", "rule": "x"}]

    sides = side_by_side(spans, [], spoken="Đây là đài truyền thanh.")

    assert sides == SideBySide((Stretch("Chương trình 1"),), (Stretch("Đây là đài truyền thanh."),))


def test_what_is_not_said_is_marked_so() -> None:
    """A number in brackets that repeats the words before it has no partner."""
    sides = beside("Hỗ trợ một triệu đồng (một triệu đồng) cho mỗi hộ nghèo.")

    assert [each.text for each in sides.written if each.unsaid] == ["(một triệu đồng)"]


def test_a_doubt_is_marked_on_its_pair() -> None:
    """The abbreviation that is only spelled bears the number of its warning."""
    sides = beside("Sáng mai, ban XQZ họp tại nhà văn hóa thôn.")

    [marked] = [each for each in sides.written if each.warning]
    assert (marked.text, marked.warning, marked.pair > 0) == ("XQZ", 1, True)


def test_rules_are_listed_with_examples_the_busiest_first() -> None:
    """Each different place once, at most forty of a rule."""
    numbers = " và ".join(str(number) for number in range(100, 160))
    rules = beside(f"Bà con có số {numbers}, rồi 100, 100 và UBND xã.").rules

    assert [(used.rule, used.places) for used in rules] == [("cardinal", 62), ("abbreviation", 1)]
    assert (len(rules[0].examples), rules[0].others) == (40, 20)
    assert ("100", "một trăm") in rules[0].examples


def test_every_rule_of_the_reading_has_a_name_in_everyday_words() -> None:
    """Whatever stands in the table of sentences that the reading is measured by."""
    table = Path(__file__).parents[2] / "playlists" / "reading" / "sentences.tsv"
    used = set()
    for line in table.read_text(encoding="utf-8").splitlines():
        for written in line.split("\t"):
            with suppress(ScriptRefused):
                used |= {pair.rule for pair in beside(written).rules}

    assert len(used) > 20
    assert used - set(RULE_NAMES) == set()
    assert name_of_rule("something new") == OTHER


places = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


@given(st.text(max_size=30), places)
def test_no_letter_is_lost_or_marked_twice(text: str, found: list[tuple[int, int]]) -> None:
    """Wherever warnings stand, overlapping, empty or beyond the end."""
    warnings = [Place(number, *place) for number, place in enumerate(found, start=1)]

    stretches = list(stretches_of(text, warnings))

    assert "".join(each.text for each in stretches) == text
    assert all(each.text for each in stretches)
    placed = [each.warning for each in stretches if each.warning and not each.goes_on]
    assert len(placed) == len(set(placed))
    assert set(placed) <= set(range(1, len(found) + 1))


def test_a_warning_over_several_stretches_has_one_place() -> None:
    """The first; the others go on from it."""
    spans = [
        {"written": "họp ", "spoken": "họp ", "rule": "plain"},
        {"written": "7h", "spoken": "bảy giờ", "rule": "time"},
    ]

    sides = side_by_side(spans, [Place(1, 1, 6)], spoken="họp bảy giờ")

    assert sides.written == (
        Stretch("h"),
        Stretch("ọp ", warning=1),
        Stretch("7h", pair=1, warning=1, goes_on=True),
    )


def test_the_longest_script_is_put_in_step_at_once() -> None:
    """30,000 characters full of numbers take a small part of a page's time."""
    text = (SCRIPT + "\n\n") * 140
    reading = read_aloud(text[:30_000])
    spans = [asdict(span) for span in reading.spans]

    begun = time.perf_counter()
    side_by_side(spans, [], spoken=reading.spoken)

    assert time.perf_counter() - begun < 0.3
