"""What holds for every text: nothing crashes, spans cover it, words read as themselves."""

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.errors import ScriptRefused
from playlists.reading import Reading, Style, national_lexicon, read_aloud
from playlists.reading.hygiene import Cleaned
from playlists.reading.readout import readout
from playlists.reading.sentences import split_sentences
from tests.playlists.reading.test_house_style import rows

_WRITTEN = """57-NQ/TW 22/12/2024 18/5 (18/5) 2/3 7h30 08:00 16:30 23-25°C 1.500.000 0,15m khóa
    XIII quý IV 0912.345.678 ĐT.741 QL14 60B1-234.56 UBND HĐND TP. AI QR VNeID dichvucong.gov.vn
    100% - – / ( ) “ ” " ' , . ; : … ! ? & + = # * @ € $ 01 06 số ngày tháng năm thứ đến gọi 115
    Đề án tờ bản đồ xã Bom Bo KẾ HOẠCH THVX gateway I. a) 1.1. 24/7 1tr2 10k v.v. TT KH CT ĐT
    N.V.A 1:2000 3x4m T2-T6 Q1/2026 T1-T6/2026 6T/2026 $5,000 12,345 0.125 3.9 2-9 15-8 25-18 *101#
    7g-11g 37o5 1km200 No.1 № độC Thôn1 12 .500đ 1. 250.000đ x500 8T 15A 1v lúc 7.30 2025/2026
    1/3-1/2 %l 29/02/2026 05.08.26 ISO 9001:2015 đ/c m3 triệu 10~20m 25÷30 đoàn 888 III-2026"""
_LONE_LETTER = re.compile(r"(?<!\w)(?:[A-ZĐ](?!\w)|[a-zđ][.)])")
_PIECES = st.sampled_from(_WRITTEN.split())
_SCRIPTS = st.lists(
    st.tuples(_PIECES, st.sampled_from(["", " ", " ", " ", "\n", "\n\n", ", "])),
    min_size=1,
    max_size=20,
).map(lambda parts: "".join(piece + gap for piece, gap in parts))


def _read(text: str) -> Reading | None:
    try:
        return read_aloud(text)
    except ScriptRefused:
        return None


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=120), _SCRIPTS))
def test_spans_cover_the_text(text: str) -> None:
    """Spans follow each other over the cleaned text, and their words are the reading."""
    reading = _read(text)
    if reading is None:
        return

    at = 0
    for span in reading.spans:
        assert at == span.start
        assert reading.text[span.start : span.end] == span.written
        at = span.end

    assert at == len(reading.text)
    assert reading.spoken == "".join(span.spoken for span in reading.spans)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=120), _SCRIPTS))
def test_words_read_as_themselves(text: str) -> None:
    """The reading of spoken words is these words; a letter left alone is a letter, not a word."""
    reading = _read(text)
    if reading is None or _LONE_LETTER.search(reading.spoken):
        return
    again = readout(Cleaned(reading.spoken, ()), lexicon=national_lexicon(), style=Style())

    assert _words(reading.spoken.lower()) == _words(again.spoken.lower())


@pytest.mark.parametrize("table", ["house_style.tsv", "carried_cases.tsv", "sentences.tsv"])
def test_spoken_words_read_again_change_nothing_and_warn_nothing(table: str) -> None:
    """What a table calls spoken holds nothing that is still to be read."""
    for written, _ in rows(table):
        spoken = read_aloud(written).spoken
        again = read_aloud(spoken)

        assert _words(spoken.lower()) == _words(again.spoken.lower())
        assert again.warnings == ()


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), _SCRIPTS))
def test_no_digit_reaches_a_voice(text: str) -> None:
    """Spoken words hold no digit and no sign that a voice would spell."""
    reading = _read(text)
    if reading is None:
        return

    assert not set(reading.spoken) & set('0123456789/@#%&()[]{}<>|\\^~*_=+°²³“”"')


@settings(max_examples=200, deadline=None)
@given(_SCRIPTS)
def test_sentences_keep_every_word(text: str) -> None:
    """Splitting into sentences loses no word and repeats none."""
    reading = _read(text)
    if reading is None:
        return
    sentences = split_sentences(reading.spoken)
    joined = " ".join(sentence.text for sentence in sentences)

    assert _words(reading.spoken) == _words(joined)


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text).split()


@settings(max_examples=200, deadline=None)
@given(st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2030, 12, 31)))
def test_a_date_is_read_alike_in_figures_and_words(day: dt.date) -> None:
    """ngày 05/04/2026 and ngày 5 tháng 4 năm 2026 are the same words."""
    figures = read_aloud(f"ngày {day:%d/%m/%Y}").spoken
    words = read_aloud(f"ngày {day.day} tháng {day.month} năm {day.year}").spoken

    assert words == figures
