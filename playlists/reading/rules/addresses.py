"""Web and mail addresses: known names inside them get their diacritics back."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.letters import code_number, spell
from playlists.reading.orthography import divide, is_ascii_syllable, is_bare_syllable
from playlists.reading.place import Place, Rule, Said

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_TOP = r"(?:vn|com|net|org|gov|edu|info|io|asia|me|tv|ly|app|dev)"
_MAIL = expression(rf"[A-Za-z0-9][A-Za-z0-9._+-]*@{_HOST}(?:\.{_HOST})+")
_WEB = expression(
    rf"(?:(?P<scheme>https?://)(?P<any>[^\s<>\"“”()]*[^\s<>\"“”().,;:!?…])"
    rf"|(?P<bare>(?:{_HOST}\.)+{_TOP}(?![^\W_]|"
    rf"-)(?::[0-9]+)?(?:/[^\s<>\"“”()]*[^\s<>\"“”().,;:!?…])?/?))",
)
_PART = expression(r"[^\W\d_]+|[0-9]+|[^\w]|_")
_DASH_IN_PATH = expression(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_SIGNS = {
    ".": "chấm",
    "@": "a còng",
    "/": "xuyệc",
    "-": "gạch ngang",
    "_": "gạch dưới",
    ":": "hai chấm",
    "?": "hỏi chấm",
    "=": "bằng",
    "&": "và",
    "#": "thăng",
    "%": "phần trăm",
    "+": "cộng",
    "~": "ngã",
}
_SPELLED_LENGTH = 3
_LETTERS_LENGTH = 5
_LONGEST_NAME = 20
_VOWEL = expression("[aeiouy]")


def read_address(match: re.Match[str], place: Place) -> Said:
    """Part by part: signs by name, known parts from the lexicon, short ones spelled."""
    written = match[0]
    shown = re.sub(r"^https?://", "", written).rstrip("/")
    host, _, path = shown.partition("/")
    words: list[str] = []
    known = True
    for part in [*_PART.findall(host), *(["/"] if path else []), *_slugs(path)]:
        said, sure = _read_part(part, place)
        known = known and sure
        if said:
            words.append(said)
    flags = () if known else (Flag(Doubt.ADDRESS, written, " ".join(words)),)
    return Said(" ".join(words), match.end(), "address", flags)


def read_ending(match: re.Match[str], place: Place) -> Said | None:
    """Đuôi .com, tệp .apk: the end of an address or of a file's name by itself."""
    before = place.text[place.start - 1 : place.start]
    if before and not before.isspace() and before not in "(\"'“,/":
        return None
    parts = [_read_ending_part(part, place) for part in _PART.findall(match[0])]
    return Said(" ".join(parts), match.end(), "address")


def _read_ending_part(part: str, place: Place) -> str:
    said, sure = _read_part(part, place)
    return said if sure else spell(part)


def _slugs(path: str) -> list[str]:
    """The parts of a path; a dash between words there is only a blank: tin-tuc is tintuc."""
    return _PART.findall(_DASH_IN_PATH.sub("", path))


def _read_part(part: str, place: Place) -> tuple[str, bool]:
    if not part[0].isalpha():
        said = code_number(part) if part.isdigit() else _SIGNS.get(part, "")
        return said, bool(said)
    lowered = part.lower()
    found = segment(lowered, place.lexicon.addresses)
    if found is not None:
        return " ".join(found), True
    if is_bare_syllable(lowered):
        return lowered, True
    if len(part) <= _SPELLED_LENGTH or not _VOWEL.search(lowered):
        return spell(part), len(part) <= _SPELLED_LENGTH + 1
    guessed = segment(lowered, place.lexicon.addresses, guess=True)
    unsayable = spell(part) if len(part) <= _LETTERS_LENGTH else lowered
    return " ".join(guessed) if guessed else unsayable, False


def segment(part: str, known: dict[str, str], *, guess: bool = False) -> list[str] | None:
    """The fewest known names that make up the whole part; None if they do not.

    A guess may also take syllables that lost their marks, so that it can be said (*tan hung*):
    which marks a name bears, nobody can tell.
    """

    def said(piece: str) -> str | None:
        return known.get(piece) or (piece if guess and is_ascii_syllable(piece) else None)

    return divide(part, said, longest=_LONGEST_NAME)


ENDING = Rule(
    expression(
        r"\.(?:(?:com|net|org|gov|edu)(?:\.vn)?|vn|info|io|xyz|top|shop|vip|club|online|site|cc|"
        r"apk|exe|pdf|docx?|xlsx?|jpg|png|mp3|mp4|zip|rar)(?![^\W_]|[.-][^\W_])"
    ),
    read_ending,
)
MAIL = Rule(_MAIL, read_address)
WEB = Rule(_WEB, read_address)
