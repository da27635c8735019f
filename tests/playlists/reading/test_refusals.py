"""What a voice must not be given is refused, with a code and a sentence in each language."""

import unicodedata

import pytest

from playlists.errors import (
    PlaylistsError,
    ScriptEmpty,
    ScriptRefused,
    ScriptTooLong,
    ScriptUnreadable,
    Unreadable,
)
from playlists.reading import SCRIPT_LIMIT_CHARACTERS, read_aloud

_GOOD = (
    "Ủy ban nhân dân xã thông báo lịch tạm ngừng cung cấp nước sạch để sửa chữa đường ống "
    "trên địa bàn các thôn, đề nghị bà con chủ động tích trữ nước sinh hoạt."
)
_FAILED_SCAN = (
    "Trién khai diy manh truyén thong thye hi¢én Nghi quyét s0 57-NQ/TW ngay 22/12/2024 ciia "
    "B6 Chinh tri vé dot pha _phat trlen khoa hgc, cong nghé, d6i méi sang tao va chuyén doi so"
)


def test_an_empty_script_is_refused() -> None:
    """Blanks and signs alone are no bulletin."""
    for text in ("", " \n\t ", "…  --- !!!"):
        with pytest.raises(ScriptEmpty):
            read_aloud(text)


def test_a_script_at_the_limit_is_read_and_one_more_sign_is_not() -> None:
    """The limit is a number of characters, and it is the last that is allowed."""
    text = (_GOOD + " ") * (SCRIPT_LIMIT_CHARACTERS // len(_GOOD))
    text = text[: SCRIPT_LIMIT_CHARACTERS - 4].ljust(SCRIPT_LIMIT_CHARACTERS, "!")

    assert read_aloud(text).spoken
    with pytest.raises(ScriptTooLong) as refused:
        read_aloud(text + "!")
    assert refused.value.length_characters == SCRIPT_LIMIT_CHARACTERS + 1


def test_a_failed_scan_is_refused_as_garbled() -> None:
    """Text that OCR mangled would be nonsense on air."""
    with pytest.raises(ScriptUnreadable) as refused:
        read_aloud(_FAILED_SCAN)

    assert refused.value.reason == Unreadable.GARBLED


@pytest.mark.parametrize(
    "text",
    [
        "Tôm thẻ cỡ 30 con/kg giá 185.000đ/kg, cỡ 100 con/kg giá 92.000đ/kg.",
        "Các xã mất điện: Ea Kar, Ea Knốp, Ea Ô, Cư Yang, Ea Păl, Krông Năng, Dliê Ya, Tam Giang, "
        "Phú Xuân, Krông Búk, Cư Pơng, Pơng Drang.",
        "Anh Nam, anh Minh, anh Long, anh Quang, chị Lan, chị Mai, chị Hoa, chị Loan, em Khoa, "
        "em Thanh xin nghe tin",
    ],
)
def test_lists_of_prices_and_names_are_not_refused(text: str) -> None:
    """Units prove nothing, and a list of names need not look like a page of prose."""
    assert read_aloud(text).spoken


def test_lost_diacritics_are_refused() -> None:
    """Vietnamese without its marks cannot be read aloud."""
    decomposed = unicodedata.normalize("NFD", _GOOD)
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))

    with pytest.raises(ScriptUnreadable) as refused:
        read_aloud(bare.replace("đ", "d").replace("Đ", "D"))
    assert refused.value.reason == Unreadable.NO_DIACRITICS


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("text", [_GOOD, "Ủy ban xã họp", "XÃ ĐÃ HỌP: “LÀNG XÃ” Ở ĐÀ NẴNG"])
def test_misread_utf8_is_taken_back(text: str, times: int) -> None:
    """UTF-8 that a program showed as Latin-1 or Windows-1252, once or twice, is read as meant."""
    latin, windows = text, text
    for _ in range(times):
        latin = latin.encode().decode("latin-1")
        windows = "".join(map(_as_windows_shows, windows.encode()))

    assert read_aloud(text) == read_aloud(latin)
    assert read_aloud(text) == read_aloud(windows)


def _as_windows_shows(byte: int) -> str:
    undefined = byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return chr(byte) if undefined else bytes([byte]).decode("cp1252")


@pytest.mark.parametrize("lost", ["replace", "ignore"])
def test_misread_utf8_with_lost_bytes_is_refused(lost: str) -> None:
    """What a program dropped cannot be guessed, so the reason is given instead."""
    with pytest.raises(ScriptUnreadable) as refused:
        read_aloud(_GOOD.encode().decode("ascii" if lost == "replace" else "cp1252", lost))

    assert refused.value.reason == Unreadable.WRONG_ENCODING


def test_capitals_and_quotation_marks_are_not_taken_for_misread_utf8() -> None:
    """Good text may hold signs that broken text is made of."""
    for text in ("“LÀNG XÃ”", "ĐÃ ĐẾN, XÃ «Á»", "bán cá»"):
        assert "".join(filter(str.isalpha, text.lower())) == "".join(
            filter(str.isalpha, read_aloud(text).spoken.lower())
        )


def test_tcvn3_and_vni_are_converted() -> None:
    """The two encodings from before Unicode are recognised and read."""
    tcvn3 = (
        "Uû ban nh©n d©n x· th«ng b¸o lÞch t¹m ngõng cung cÊp n\u00ad\u00edc s¹ch ®Ó söa ch÷a "
        "®\u00adêng èng"
    )
    vni = (
        "Uyû ban nhaân daân xaõ thoâng baùo lòch taïm ngöøng cung caáp nöôùc saïch ñeå söûa "
        "chöõa ñöôøng oáng"
    )

    for text in (tcvn3, vni):
        reading = read_aloud(text)
        assert (
            reading.spoken
            == "Ủy ban nhân dân xã thông báo lịch tạm ngừng cung cấp nước sạch để sửa chữa "
            "đường ống"
        )
        assert reading.warnings == ()


def test_another_language_is_refused() -> None:
    """English is not read with a Vietnamese voice."""
    text = "The quick brown fox jumps over the lazy dog while seventeen weary travellers watch it"
    with pytest.raises(ScriptUnreadable) as refused:
        read_aloud(text)

    assert refused.value.reason == Unreadable.NOT_VIETNAMESE


def test_every_refusal_speaks_both_languages() -> None:
    """Each refusal has its own code and two sentences to show."""
    refusals: list[ScriptRefused] = [
        ScriptEmpty(),
        ScriptTooLong(length_characters=2, limit_characters=1),
        *map(ScriptUnreadable, Unreadable),
    ]

    for refusal in refusals:
        assert isinstance(refusal, PlaylistsError)
        assert refusal.message_vi.endswith(".")
        assert refusal.message_en == str(refusal)
    assert len({refusal.message_vi for refusal in refusals}) == len(refusals)
    assert {"script_empty", "script_too_long", "script_unreadable"} == {
        refusal.code for refusal in refusals
    }
