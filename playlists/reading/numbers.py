"""Numbers in words, as a newsreader from Hà Nội says them: tư, linh, lăm, mốt."""

from __future__ import annotations

from functools import lru_cache

from playlists.reading.expressions import expression

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUP_NAMES = ("", " nghìn", " triệu")
_BILLION = 1_000_000_000
LONGEST_CARDINAL_DIGITS = 19

# A whole or decimal number in Vietnamese style (dot for thousands, comma for decimals); the second
# form is a foreign one that can still be read without doubt. 0.125 is no thousands: no match.
NUMBER = (
    r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?(?![0-9]|\.[0-9])"
    r"|[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?(?![0-9])"
    r"|[0-9]+(?:,[0-9]+)?(?![0-9]))"
)
_FOREIGN_GROUPS = expression(r"[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?")


def _below_hundred(number: int) -> str:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return DIGITS[unit]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if unit == 0:
        return head
    if unit == 5:
        return f"{head} lăm"
    if tens > 1 and unit == 1:
        return f"{head} mốt"
    if tens > 1 and unit == 4:
        return f"{head} tư"
    return f"{head} {DIGITS[unit]}"


def _below_thousand(number: int, *, padded: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds and not padded:
        return _below_hundred(rest)
    head = f"{DIGITS[hundreds]} trăm"
    if rest == 0:
        return head
    if rest < 10:
        return f"{head} linh {DIGITS[rest]}"
    return f"{head} {_below_hundred(rest)}"


def _below_billion(number: int, *, padded: bool) -> str:
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            said = _below_thousand(group, padded=padded or bool(words))
            words.append(said + _GROUP_NAMES[power])
    return " ".join(words)


@lru_cache(maxsize=4096)
def cardinal(number: int) -> str:
    """A whole number in words; a negative one begins with *âm*."""
    if number < 0:
        return f"âm {cardinal(-number)}"
    if number == 0:
        return DIGITS[0]
    billions, rest = divmod(number, _BILLION)
    if not billions:
        return _below_billion(rest, padded=False)
    head = f"{cardinal(billions)} tỷ"
    return f"{head} {_below_billion(rest, padded=True)}" if rest else head


def digit_by_digit(written: str) -> str:
    """Every digit of `written` by itself; all else in it is skipped."""
    return " ".join(DIGITS[int(sign)] for sign in written if sign in "0123456789")


def ordinal(number: int) -> str:
    """What follows *thứ*: the fourth is *tư*, all others as counted."""
    return "tư" if number == 4 else cardinal(number)


def with_leading_zeros(written: str) -> str:
    """A name's number: leading zeros are said (08 is *không tám*), then the rest as a number."""
    stripped = written.lstrip("0")
    zeros = ["không"] * (len(written) - len(stripped))
    return " ".join([*zeros, cardinal(int(stripped))] if stripped else zeros)


def _fraction_part(digits: str) -> str:
    if len(digits) == 2 and digits[0] != "0":
        return cardinal(int(digits))
    return digit_by_digit(digits)


def read_number(written: str) -> str:
    """A number as `NUMBER` matches it, in words; leading zeros are dropped."""
    if _FOREIGN_GROUPS.fullmatch(written):
        whole, _, part = written.replace(",", "").partition(".")
    else:
        whole, _, part = written.replace(".", "").partition(",")
    if len(whole.lstrip("0")) > LONGEST_CARDINAL_DIGITS:
        said = digit_by_digit(whole)
    else:
        said = cardinal(int(whole))
    return f"{said} phẩy {_fraction_part(part)}" if part else said
