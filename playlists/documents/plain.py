"""Plain text in the encodings that Vietnamese was ever kept in.

UTF-8 proves itself. The older ones do not: any bytes can be Windows-1258, TCVN3 or VNI. So what
each would make of them is held against the syllables that Vietnamese has, and the best is taken
only if it is clearly Vietnamese; else the file is refused rather than guessed at.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable

from playlists.documents.errors import DocumentKindUnknown, EncodingUnknown
from playlists.reading.legacy import from_tcvn3, from_vni
from playlists.reading.orthography import is_syllable

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY: tuple[Callable[[bytes], str], ...] = (
    lambda data: unicodedata.normalize("NFC", data.decode("cp1258")),
    lambda data: from_tcvn3(data.decode("latin-1")),
    lambda data: from_vni(data.decode("latin-1")),
)
_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_LATIN_OR_SPACE = re.compile(r"[\t\r\n\x20-\u036f\u1e00-\u1eff\u2000-\u22ff]")
_CLEARLY = 0.9
_MOST_CONTROL = 0.01  # a stray sign is a slip, one in a hundred is no text


def text_of_plain(data: bytes) -> str:
    """The text of a .txt or .md file. Raises EncodingUnknown or DocumentKindUnknown."""
    text = decoded(data).removeprefix("\ufeff")
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        raise DocumentKindUnknown
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(data: bytes) -> str:
    """The letters that these bytes stand for, line ends as they are. Raises as `text_of_plain`."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    if b"\0" in data:
        return _utf16_without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise EncodingUnknown(str(error)) from error


def _utf16_without_mark(data: bytes) -> str:
    """Zero bytes are UTF-16's, or the file is no text at all."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_LATIN_OR_SPACE.findall(text)) >= _CLEARLY * len(text):
            return text
    raise DocumentKindUnknown


def _legacy(data: bytes) -> str:
    best, share = "", 0.0
    for decode in _LEGACY:
        try:
            text = decode(data)
        except UnicodeDecodeError:
            continue
        found = _vietnamese(text)
        if found > share:
            best, share = text, found
    if share < _CLEARLY:
        raise EncodingUnknown
    return best


def _vietnamese(text: str) -> float:
    """The share of well-formed syllables among the words that an encoding can spoil."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 0.0
