"""The nation's lexicon, and a commune's own that wins over it."""

import pytest

from playlists.errors import LexiconInvalid
from playlists.reading import Entry, Kind, Style, national_lexicon, read_aloud
from playlists.reading.lexicon.entries import parse_entries
from playlists.reading.orthography import fold_tone_placement


def test_the_national_lexicon_is_large_and_sayable() -> None:
    """At least 600 entries, and none whose reading would itself need a reading."""
    lexicon = national_lexicon()

    assert len(lexicon) >= 600
    for choices in lexicon.values():
        for entry in choices:
            if entry.kind is not Kind.NAME and entry.spoken:
                again = read_aloud(entry.spoken)
                assert not again.warnings, entry
                assert entry.spoken.lower() == again.spoken.lower(), entry


def test_a_communes_entry_wins() -> None:
    """An own entry replaces the national one, and the national lexicon stays as it was."""
    own = national_lexicon().with_entries([Entry("KH", "ca hát"), Entry("THVX", "tổng hợp văn xã")])

    assert read_aloud("theo KH số 2", own).spoken == "theo ca hát số hai"
    assert read_aloud("tổ THVX", own).spoken == "tổ tổng hợp văn xã"
    assert read_aloud("theo KH số 2").spoken == "theo kế hoạch số hai"


def test_an_own_word_wins_in_any_case() -> None:
    """A foreign word gets a reading whether it is written large or small."""
    own = national_lexicon().with_entries([Entry("Gateway", "cổng kết nối", Kind.WORD)])

    assert read_aloud("điểm gateway", own).spoken == "điểm cổng kết nối"
    assert read_aloud("điểm GateWay", own).warnings == ()


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("CT, các PCT UBND xã", "chủ tịch, các phó chủ tịch ủy ban nhân dân xã"),
        ("TT HĐND xã", "thường trực hội đồng nhân dân xã"),
        ("TT Y tế khu vực", "trung tâm Y tế khu vực"),
        ("theo KH số 12", "theo kế hoạch số mười hai"),
        ("ĐT: 0912345678", "điện thoại: không chín một hai ba bốn năm sáu bảy tám"),
        ("vốn ĐT công", "vốn đầu tư công"),
        ("theo QĐ số 5", "theo quyết định số năm"),
    ],
)
def test_neighbours_choose_among_readings(written: str, spoken: str) -> None:
    """An abbreviation with several readings is told by the words beside it, without a warning."""
    reading = read_aloud(written)

    assert spoken == reading.spoken
    assert reading.warnings == ()


@pytest.mark.parametrize("written", ["KH", "CT", "TT", "TU", "ĐT", "QĐ"])
def test_without_a_neighbour_the_guess_is_flagged(written: str) -> None:
    """Alone they can mean several things, so the author is asked."""
    reading = read_aloud(f"nội dung {written} mới")

    assert [warning.code for warning in reading.warnings] == ["ambiguous"]


def test_a_bad_line_is_named() -> None:
    """A lexicon file that cannot be used says which entry."""
    for line in ("THVX", "THVX\t", "THVX\ttổng hợp\tnothing"):
        with pytest.raises(LexiconInvalid):
            list(parse_entries([line]))


@pytest.mark.parametrize("spoken", ["", "  ", "tổ 5", "a/b"])
def test_an_unsayable_entry_is_refused(spoken: str) -> None:
    """A reading that would itself need a reading does not get into a lexicon."""
    with pytest.raises(LexiconInvalid) as refused:
        national_lexicon().with_entries([Entry("THVX", spoken)])

    assert "THVX" in refused.value.message_vi
    assert refused.value.code == "lexicon_invalid"


def test_the_south_says_ngan_and_le() -> None:
    """A style changes the number words and leaves other words alone."""
    south = Style(thousand="ngàn", odd="lẻ")

    assert read_aloud("1.001 hộ", style=south).spoken == "một ngàn không trăm lẻ một hộ"
    assert read_aloud("anh linh liệt sĩ 5.000", style=south).spoken == "anh linh liệt sĩ năm ngàn"


def test_the_national_file_is_spelled_in_one_way() -> None:
    """The file is read as it stands, so its tone marks must stand where cleaned text has them."""
    written = "\n".join(
        f"{entry.written} {entry.spoken} {entry.before} {entry.after}"
        for choices in national_lexicon().values()
        for entry in choices
    )

    assert fold_tone_placement(written) == written
