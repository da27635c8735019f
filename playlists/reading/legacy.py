"""Text in the two encodings from before Unicode, TCVN3 (ABC fonts) and VNI, made readable.

Both put Vietnamese letters on Latin-1 places, so such text looks garbled rather than wrong. It is
converted only where the outcome is clearly Vietnamese and what came in clearly is not.
"""

from __future__ import annotations

import re
import unicodedata

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
_VNI_SIGN = re.compile(r"([aeouyöôAEOUYÖÔ][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])|[öôñæóòîÖÔÑÆÓÒÎ]")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 4
_CLEARLY = 0.9
_CLEARLY_NOT = 0.75


def decode_legacy(text: str) -> str:
    """The text in Unicode if it was in TCVN3 or VNI; as it is if it was not."""
    if text.isascii() or _share(text) > _CLEARLY_NOT:
        return text
    best = max((from_tcvn3(text), from_vni(text)), key=_share)
    return best if _share(best) >= _CLEARLY else text


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
