"""The names of letters, as they are said in codes and in abbreviations nobody knows."""

from __future__ import annotations

from playlists.reading.numbers import DIGITS, cardinal

LETTER_NAMES: dict[str, str] = {
    "A": "a", "Ă": "á", "Â": "ớ", "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "E": "e",
    "Ê": "ê", "F": "ép", "G": "giê", "H": "hát", "I": "i", "J": "gi", "K": "ca", "L": "lờ",
    "M": "mờ", "N": "nờ", "O": "o", "Ô": "ô", "Ơ": "ơ", "P": "pê", "Q": "quy", "R": "rờ",
    "S": "sờ", "T": "tê", "U": "u", "Ư": "ư", "V": "vê", "W": "vê kép", "X": "ích", "Y": "y",
    "Z": "dét",
}  # fmt: skip


def spell(written: str) -> str:
    """Letter by letter and digit by digit; a sign that has no name is skipped."""
    names = (
        DIGITS[int(sign)] if sign in "0123456789" else LETTER_NAMES.get(sign.upper(), "")
        for sign in written
    )
    return " ".join(name for name in names if name)


def code_number(digits: str) -> str:
    """The digits of a code: one or two without a leading zero as a number, others one by one."""
    if len(digits) <= 2 and not digits.startswith("0"):
        return cardinal(int(digits))
    return " ".join(DIGITS[int(sign)] for sign in digits)
