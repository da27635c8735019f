"""A word of the commune's own is offered where it ends the doubt, and nowhere else."""

from dataclasses import dataclass

import pytest

from broadcaster.bulletins.teaching import MOST_FORMS, teachable
from broadcaster.lexicon.words import checked, tried
from playlists.reading import Reading, Warning_, national_lexicon, read_aloud
from playlists.reading.lexicon import with_own_words


@dataclass(frozen=True)
class Doubted:
    """A warning with its number."""

    number: int
    start: int
    end: int
    written: str
    code: str
    message_vi: str


def doubts_of(reading: Reading) -> list[Doubted]:
    """All warnings of a reading, as a page counts them."""

    def doubted(number: int, each: Warning_) -> Doubted:
        return Doubted(number, each.start, each.end, each.written, each.code, each.message_vi)

    return [doubted(number, each) for number, each in enumerate(reading.warnings, start=1)]


def offered(script: str) -> list[tuple[str, ...]]:
    """What is offered for each warning of a script."""
    reading = read_aloud(script)
    found = teachable(doubts_of(reading), text=reading.text)
    return [found.get(each.number, ()) for each in doubts_of(reading)]


@pytest.mark.parametrize(
    ("script", "forms"),
    [
        ("Sáng mai, ban XQZ họp & ăn ở nhà văn hóa.", ("XQZ",)),
        ("Họ dùng Facebookk nhiều lắm, bà con ạ.", ("Facebookk",)),
        ("Căn cứ Công văn số 12/KH-XQZ ngày 5/6/2025 của xã.", ("XQZ",)),
        ("Mời bà con xem tại htxsonlam.vn nhé.", ("htxsonlam",)),
        ("Mời bà con xem blahqwk-sonlamzz.vn/tintuc nhé.", ("blahqwk", "sonlamzz")),
        ("Bà con xem biển có hình ☂ ở ngã ba.", ("☂",)),
        ("Bà con nhắn số 1.23.456 để nhận tin.", ("1.23.456",)),
        ("Chiều nay KH họp ở nhà văn hóa thôn.", ("KH",)),
    ],
)
def test_adding_what_is_offered_ends_the_warning(script: str, forms: tuple[str, ...]) -> None:
    """The page of words takes each, and the script read with them has no such warning."""
    assert offered(script) == [forms]

    words = [checked(written=form, spoken="cách đọc") for form in forms]
    for word in words:
        assert isinstance(tried(word, lexicon=national_lexicon()).then, Reading)
    taught = with_own_words(national_lexicon(), [(each.written, each.spoken) for each in words])
    assert read_aloud(script, taught).warnings == ()


def test_nothing_is_offered_where_no_entry_would_help() -> None:
    """A pair of numbers that may be a date or a fraction, and print that is not read."""
    script = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nĐội thắng 3-1."

    reading = read_aloud(script)

    assert len(reading.warnings) > 0
    assert set(offered(script)) == {()}


def test_the_commune_s_own_lexicon_decides() -> None:
    """What it settled already is no longer in doubt for it, so nothing is offered."""
    reading = read_aloud("Sáng mai, ban XQZ họp ở nhà văn hóa thôn.")
    own = with_own_words(national_lexicon(), [("XQZ", "xuân quý")])

    assert teachable(doubts_of(reading), text=reading.text, lexicon=own) == {}


def test_a_script_of_doubts_costs_no_more_than_a_few() -> None:
    """Only so many forms are tried; the rest stand in the list without an offer."""
    script = "Kính thưa bà con trong xã. " + " ".join(
        f"Mời ban X{a}{b}Q họp ở nhà văn hóa thôn." for a in "QWRTPSDFGHKL" for b in "QWRTPSDFGHKL"
    )
    reading = read_aloud(script)
    found = teachable(doubts_of(reading), text=reading.text)

    assert len(reading.warnings) > MOST_FORMS
    assert 0 < len(found) <= MOST_FORMS
