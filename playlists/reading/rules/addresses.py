"""Web and mail addresses: known names inside them get their diacritics back."""

from __future__ import annotations

import re

from playlists.reading.flags import Doubt, Flag
from playlists.reading.letters import code_number, spell
from playlists.reading.orthography import is_bare_syllable
from playlists.reading.place import Place, Rule, Said

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_TOP = r"(?:vn|com|net|org|gov|edu|info|io|asia|me|tv|ly|app|dev)"
_MAIL = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]*@{_HOST}(?:\.{_HOST})+")
_WEB = re.compile(
    rf"(?:(?P<scheme>https?://)(?P<any>[^\s<>\"“”()]*[^\s<>\"“”().,;:!?…])"
    rf"|(?P<bare>(?:{_HOST}\.)+{_TOP}(?![^\W_]|"
    rf"-)(?::[0-9]+)?(?:/[^\s<>\"“”()]*[^\s<>\"“”().,;:!?…])?/?))",
)
_PART = re.compile(r"[^\W\d_]+|[0-9]+|[^\w]|_")
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


def read_address(match: re.Match[str], place: Place) -> Said:
    """Part by part: signs by name, known parts from the lexicon, short ones spelled."""
    written = match[0]
    shown = re.sub(r"^https?://", "", written).rstrip("/")
    words: list[str] = []
    known = True
    for part in _PART.findall(shown):
        said, sure = _read_part(part, place)
        known = known and sure
        if said:
            words.append(said)
    flags = () if known else (Flag(Doubt.ADDRESS, written, " ".join(words)),)
    return Said(" ".join(words), match.end(), "address", flags)


def _read_part(part: str, place: Place) -> tuple[str, bool]:
    if not part[0].isalpha():
        said = code_number(part) if part.isdigit() else _SIGNS.get(part, "")
        return said, bool(said)
    found = segment(part.lower(), place.lexicon.addresses)
    if found is not None:
        return " ".join(found), True
    if is_bare_syllable(part.lower()):
        return part.lower(), True
    if len(part) <= _SPELLED_LENGTH:
        return spell(part), True
    return part.lower(), False


def segment(part: str, known: dict[str, str]) -> list[str] | None:
    """Known names that make up the whole part, the longest first; None if they do not."""
    if part in known:
        return [known[part]]
    for length in range(len(part) - 1, 1, -1):
        head = known.get(part[:length])
        if head is None:
            continue
        rest = segment(part[length:], known)
        if rest is not None:
            return [head, *rest]
    return None


MAIL = Rule(_MAIL, read_address)
WEB = Rule(_WEB, read_address)
