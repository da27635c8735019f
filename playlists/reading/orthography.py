"""How Vietnamese is spelled: which words can be syllables, and where the tone mark stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from playlists.reading.expressions import expression

_TONES = {"\u0301": "sắc", "\u0300": "huyền", "\u0309": "hỏi", "\u0303": "ngã", "\u0323": "nặng"}
_ONSETS = (
    "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "qu", "th", "tr", "ch",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip
_RHYME_LIST = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet
    oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh uêt ui um un ung uơ up ut uy uya uych uyên uyêt uyn
    uynh uyt uyu uôc uôi uôm uôn uông uôt uâc uêu
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu ych yn ynh yt
"""
_RHYMES = frozenset(_RHYME_LIST.split())
_ASCII_ONSETS = tuple(dict.fromkeys(onset.replace("đ", "d") for onset in _ONSETS))
_ASCII_RHYMES = frozenset(
    "".join(sign for sign in unicodedata.normalize("NFD", rhyme) if sign.isascii())
    for rhyme in _RHYMES
)
_STOPS = ("c", "ch", "p", "t")
_FRONT = "ieêy"


def _without_tone(word: str) -> tuple[str, str]:
    tone = ""
    kept: list[str] = []
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tone += sign
        else:
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)), tone


def _onset_fits(onset: str, rhyme: str) -> bool:
    front = rhyme[0] in _FRONT
    if onset in {"k", "gh", "ngh"}:
        return front
    if onset in {"c", "ng"}:
        return not front
    if onset == "g":
        return rhyme[0] not in "eêy"
    return True


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether one word is a well-formed Vietnamese syllable with a tone that it can bear.

    Capitals inside a word (PoE) make it a foreign one.
    """
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    bare, tone = _without_tone(word.lower())
    if len(tone) > 1:
        return False
    for onset in _ONSETS:
        rhyme = bare[len(onset) :]
        if bare.startswith(onset) and rhyme in _RHYMES and _onset_fits(onset, rhyme):
            return not rhyme.endswith(_STOPS) or tone in ("\u0301", "\u0323")
    return False


_LONGEST_SYLLABLE = 7
_LONGEST_LOAN = 28
_LONGEST_DIVIDED = 120
_PIECE, _RARE_PIECE, _NEVER = 10, 11, 1_000_000
_RARE = expression(r"[^\W\d_]*(?:ch|[cpt])|(?!(?:an|anh|yen|ai)$)[aeiouyăâêôơư][^\W\d_]*")


def divide(
    word: str, said: Callable[[str], str | None], *, longest: int = _LONGEST_SYLLABLE
) -> list[str] | None:
    """The fewest pieces that make up a word, each as `said` says it; None if none do.

    Among as many pieces those win that are more usual inside names and loans: *xa tan phu*
    rather than *xat an phu*.
    """
    if len(word) > _LONGEST_DIVIDED:
        return None
    best: list[tuple[int, list[str] | None]] = [(0, [])]  # for the last 0, 1, 2 … letters
    for start in range(len(word) - 1, -1, -1):
        found: tuple[int, list[str] | None] = (_NEVER, None)
        for end in range(min(len(word), start + longest), start, -1):
            cost, rest = best[len(word) - end]
            if rest is None or cost + _PIECE >= found[0]:
                continue
            spoken = said(word[start:end])
            if spoken is None:
                continue
            cost += _RARE_PIECE if _RARE.fullmatch(word[start:end]) else _PIECE
            if cost < found[0]:
                found = (cost, [spoken, *rest])
        best.append(found)
    return best[-1][1]


def syllables_in(word: str) -> list[str]:
    """The syllables of a loan or a name written in one (*taluy*, *SongXanh*); none if none do."""
    if len(word) > _LONGEST_LOAN:
        return []

    def said(piece: str) -> str | None:
        shouted = len(piece) > 1 and piece.isupper()  # HA in HAa is no syllable but letters
        return piece if is_syllable(piece) and not shouted else None

    return divide(word, said) or []


def is_bare_syllable(word: str) -> bool:
    """Whether a word could be a syllable that lost its marks: *tuc* may have been *tức*."""
    if is_syllable(word):
        return True
    stop = next((stop for stop in ("ch", "c", "p", "t") if word.endswith(stop)), "")
    return bool(stop) and is_syllable(word[: -len(stop)])


@lru_cache(maxsize=4096)
def is_ascii_syllable(word: str) -> bool:
    """Whether a word of plain letters could be a syllable without any mark: *vien* for *viên*."""
    return any(
        word.startswith(onset) and word[len(onset) :] in _ASCII_RHYMES for onset in _ASCII_ONSETS
    )


def has_vietnamese_mark(word: str) -> bool:
    """Whether a word bears a tone mark or a letter that only Vietnamese writes so."""
    return any(sign > "\u007f" for sign in word)


_TONED = {
    "oa": "òóỏõọ", "oe": "òóỏõọ", "uy": "ùúủũụ",
}  # fmt: skip
_LATE = {"oa": "àáảãạ", "oe": "èéẻẽẹ", "uy": "ỳýỷỹỵ"}
_OPEN_LATE = expression(
    r"(o)([àáảãạ])(?![^\W\d_])|(o)([èéẻẽẹ])(?![^\W\d_])|(?<![qQ])(u)([ỳýỷỹỵ])(?![^\W\d_])",
    re.IGNORECASE,
)
_CLOSED_EARLY = expression(
    r"([òóỏõọ])(a|e)(?=[a-zăâ])|(?<![qQ])([ùúủũụ])(y)(?=[a-zê])", re.IGNORECASE
)


def _move(word: str, pair: str, *, late: bool) -> str:
    source, target = (_LATE, _TONED) if late else (_TONED, _LATE)
    toned = word[1] if late else word[0]
    index = source[pair].index(toned.lower())
    moved = target[pair][index]
    plain = pair[1] if late else pair[0]
    if toned.isupper():
        moved_case, plain_case = moved.upper(), plain.upper()
    else:
        moved_case, plain_case = moved, plain
    other_upper = word[0].isupper() if late else word[1].isupper()
    if late:
        return (moved.upper() if other_upper else moved) + plain_case
    return plain_case + (moved_case if other_upper else moved)


def fold_tone_placement(text: str) -> str:
    """One spelling for both schools: hoà and hòa become *hòa*, thuỷ *thủy*, hòan *hoàn*."""

    def early(match: re.Match[str]) -> str:
        first, second = (part for part in match.groups() if part)
        pair = first.lower() + _without_tone(second.lower())[0]
        return _move(first + second, pair, late=True)

    def late(match: re.Match[str]) -> str:
        first, second = (part for part in match.groups() if part)
        pair = _without_tone(first.lower())[0] + second.lower()
        return _move(first + second, pair, late=False)

    return _CLOSED_EARLY.sub(late, _OPEN_LATE.sub(early, text))
