"""Text in a wrong encoding made readable: TCVN3 (ABC fonts), VNI, and UTF-8 read as Latin-1.

The two encodings from before Unicode put Vietnamese letters on Latin-1 places, so such text looks
garbled rather than wrong. It is converted only where the outcome is clearly Vietnamese and what
came in clearly is not. UTF-8 that some program took for Latin-1 or Windows-1252 is taken back byte
by byte, wherever no byte of it is lost.
"""

from __future__ import annotations

import re
import unicodedata

from playlists.reading.expressions import expression
from playlists.reading.orthography import is_syllable

_TCVN3 = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
)
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "á": _CIRCUMFLEX + _ACUTE, "à": _CIRCUMFLEX + _GRAVE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE, "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = str.maketrans("öôñæóòîÖÔÑÆÓÒÎ", "ươđỉĩịỵƯƠĐỈĨỊỴ")
_VNI_SIGN = expression(r"([aeouyöôAEOUYÖÔ][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])|[öôñæóòîÖÔÑÆÓÒÎ]")
_WINDOWS_1252 = {
    bytes([byte]).decode("cp1252"): byte
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_REST = "[\u0080-\u00bf" + re.escape("".join(_WINDOWS_1252)) + "]"
# The letters of UTF-8 that Vietnamese needs: two bytes from C3 to C6 or CC, three from E1, E2, EF.
# After C3 a plain blank can only have been the no-break space that ends "à".
_MISREAD = expression(
    f"\u00c3[ ]|[\u00c2-\u00c6\u00cc\u00cd]{_REST}|[\u00e1\u00e2\u00ef]{_REST}{_REST}|"
    f"\u00f0{_REST}{_REST}{_REST}"
)
_UNMISTAKABLE = expression(f"\u00e1[\u00ba\u00bb]{_REST}|\u00c6[\u00a1\u00b0]|\u00c4[\u0091‘]")
_VIETNAMESE_ONLY = expression("[\u0102-\u0151\u0154-\u015f\u0162-\u0177\u01a0-\u01b4\u1ea0-\u1ef9]")
_LEAST_MISREAD = 2
_LOST_BLANK = 0xA0
_MISREAD_TIMES = 2
_WORD = expression(r"[^\W\d_]+")
_LEAST_WORDS = 4
_CLEARLY = 0.9
_CLEARLY_NOT = 0.75


def decode_legacy(text: str) -> str:
    """The text in Unicode if it was in TCVN3, VNI or misread UTF-8; as it is if it was not."""
    text = from_broken_utf8(text)
    unicode_already = len(_VIETNAMESE_ONLY.findall(text)) >= _LEAST_MISREAD
    if text.isascii() or unicode_already or _share(text) > _CLEARLY_NOT:
        return text
    best = max((from_tcvn3(text), from_vni(text)), key=_share)
    return best if _share(best) >= _CLEARLY else text


def from_broken_utf8(text: str) -> str:
    """Misread UTF-8 taken back, also where it was misread twice; what is lost stays as it is."""
    for _ in range(_MISREAD_TIMES):
        if _VIETNAMESE_ONLY.search(text):  # XÃ” may be a word and a quotation mark
            return _UNMISTAKABLE.sub(_taken_back, text)
        found = len(_MISREAD.findall(text))
        if not _UNMISTAKABLE.search(text) and found < _LEAST_MISREAD:
            break
        text = _MISREAD.sub(_taken_back, text)
    return text


def _taken_back(match: re.Match[str]) -> str:
    written = match[0]
    try:
        return bytes(map(_byte, written)).decode("utf-8")
    except UnicodeDecodeError:
        return written


def _byte(sign: str) -> int:
    """The byte that Windows-1252, or Latin-1 where that has none, shows as this sign."""
    return _WINDOWS_1252.get(sign, ord(sign)) if sign != " " else _LOST_BLANK


def from_tcvn3(text: str) -> str:
    """TCVN3 to Unicode; its capitals with tones came from a second font and stay small."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """VNI to Unicode: a vowel and the sign after it that carries its marks."""

    def joined(match: re.Match[str]) -> str:
        letter = match[0][0].translate(_VNI_LETTERS)
        mark = _VNI_MARKS[match[0][1].lower()] if match[1] else ""
        return unicodedata.normalize("NFC", letter + mark)

    return _VNI_SIGN.sub(joined, text)


def _share(text: str) -> float:
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    if len(words) < _LEAST_WORDS:
        return 1.0
    return sum(map(is_syllable, words)) / len(words)
