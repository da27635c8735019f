"""Abbreviations nobody listed, put together from parts that are known: PNNMT, ATTPVSMT."""

from __future__ import annotations

from playlists.reading.lexicon.entries import Entry
from playlists.reading.place import Place

_HEADS = (
    ("BQL", "ban quản lý"), ("BCĐ", "ban chỉ đạo"), ("TT", "trung tâm"), ("CC", "chi cục"),
    ("VP", "văn phòng"), ("UB", "ủy ban"), ("HĐ", "hội đồng"), ("S", "sở"), ("P", "phòng"),
    ("B", "ban"), ("H", "hội"),
)  # fmt: skip
_LEAST_COMPOSED = 3


def sure_reading(written: str, place: Place) -> tuple[Entry, ...]:
    """The one entry of an abbreviation that is read alike everywhere; none if it is not."""
    if written not in place.lexicon.starting(written):
        return ()
    choices = place.lexicon.words(written)
    return choices if len(choices) == 1 and not choices[0].guess else ()


def compose(written: str, place: Place) -> str:
    """PNNMT, TTVHTT: an office's head letters before an abbreviation with one reading."""
    for head, words in _HEADS:
        rest = written.removeprefix(head)
        if rest != written and len(rest) >= _LEAST_COMPOSED:
            found = sure_reading(rest, place)
            if found:
                return f"{words} {found[0].spoken}"
    return ""


def compose_two(written: str, place: Place) -> str:
    """ATTPVSMT: two abbreviations with one reading each, run together."""
    for cut in range(len(written) - _LEAST_COMPOSED, _LEAST_COMPOSED - 1, -1):
        first = sure_reading(written[:cut], place)
        second = sure_reading(written[cut:], place) if first else ()
        if second:
            return f"{first[0].spoken}, {second[0].spoken}"
    return ""
