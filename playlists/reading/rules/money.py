"""Money in shorthand: 10k, 1tr2, 3tỷ5, 10,5$, $20."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import NUMBER, cardinal, digit_by_digit, read_number
from playlists.reading.place import Place, Rule, Said

_SCALES = {"k": "nghìn", "K": "nghìn", "tr": "triệu", "Tr": "triệu", "TR": "triệu",
           "triệu": "triệu", "t": "tỷ", "tỷ": "tỷ", "tỉ": "tỉ"}  # fmt: skip
_BELOW = {"triệu": ("nghìn", 3), "tỷ": ("triệu", 3), "tỉ": ("triệu", 3)}
_SHORTHAND = expression(
    rf"(?P<n>{NUMBER}|[0-9]+\.[0-9]{{1,2}}(?=[ ]?tr|tỷ|tỉ|k))"
    r"(?P<scale>k|[ ]?K|[ ]?tr|Tr|TR|triệu|t|tỷ|tỉ)"
    r"(?P<rest>[0-9]{1,3})?(?![^\W_])"
)
_MAGNITUDE_BEFORE = expression(r"(?<!\w)(?:nghìn|ngàn|triệu|tỷ|tỉ|vạn|(?<!phần )trăm|chục)\s*$")
_NAMED_BEFORE = expression(
    r"(?<!\w)(?:quốc lộ|đường|hương lộ|cổng|(?<!chỉ )số|tổ|lô|tòa|block|nhà|trạm|tuyến|khu)\s*$"
)
_GOLD_BEFORE = expression(
    r"(?<!\w)(?:vàng|sjc|nhẫn|dây chuyền|lắc|bông tai|trang sức|kiềng|nữ trang)(?!\w)"
    r"[^.;\n]{0,40}$(?<!giá )"
)
_POINT = expression(r"[0-9]+\.[0-9]{1,2}")
_CARATS = frozenset(["8", "9", "10", "14", "16", "18", "22", "24"])
_CENTS = expression(r"(?P<whole>[0-9]+),(?P<cents>[0-9]{1,2})[ ]?(?P<sign>[$€])(?![^\W_])")
# Who writes the sign first writes the number the foreign way too: $5,000 is five thousand.
_SIGN_FIRST = expression(
    rf"(?P<sign>[$€£])[ ]?(?P<n>(?P<foreign>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]{{1,2}})?"
    rf"|[0-9]+\.[0-9]{{1,2}})(?![0-9.,]*[0-9])|{NUMBER})"
    r"(?:[ ]?(?P<scale>nghìn|ngàn|triệu|tỷ|tỉ)(?![^\W_]))?"
)


def read_fineness(match: re.Match[str], place: Place) -> Said | None:
    """Vàng 9999: how fine gold is, digit by digit."""
    if not _GOLD_BEFORE.search(place.before):
        return None
    return Said(digit_by_digit(match[0]), match.end(), "digits")


FINENESS = Rule(
    expression(r"(?:9999|999[.,]9|99[.,]99)(?![0-9]|[.,/][0-9]|[ ]?[đĐ])"), read_fineness
)


def read_magnitude(match: re.Match[str], place: Place) -> Said:
    """25 tỷ đ, 3.450 tr.đ, 12 tr. đồng: so many millions, and the money in short."""
    del place
    scale = _SCALES.get(match["scale"], match["scale"])
    return Said(f"{read_number(match['n'])} {scale} đồng", match.end(), "money")


MAGNITUDE = Rule(
    expression(
        rf"(?P<n>{NUMBER})[ ]?(?P<scale>tr|Tr|triệu|tỷ|tỉ|nghìn|ngàn)"
        r"(?:\.?[ ]?(?:đ|Đ|vnđ|VNĐ|VND)|\.[ ]?đồng)(?![^\W_])"
    ),
    read_magnitude,
)


def read_after_word(match: re.Match[str], place: Place) -> Said | None:
    """Vài triệu đ, một tỷ đ: money in short after a magnitude in words."""
    if not _MAGNITUDE_BEFORE.search(place.said_before):
        return None
    return Said("đồng", match.end(), "money")


AFTER_WORD = Rule(expression(r"[đĐ](?![^\W_])"), read_after_word)


def read_shorthand(match: re.Match[str], place: Place) -> Said | None:
    """1tr2 is a million and two hundred thousand; a bare t may be tons, so it is flagged."""
    if match["scale"] in "kK" and not match["rest"]:
        if _NAMED_BEFORE.search(place.before):
            return None
        if _GOLD_BEFORE.search(place.before) and match["n"] in _CARATS:
            return Said(f"{read_number(match['n'])} ca", match.end(), "measure")
    scale = _SCALES[match["scale"].strip()]
    number = match["n"]
    if _POINT.fullmatch(number):
        number = number.replace(".", ",")
    spoken = f"{read_number(number)} {scale}"
    if match["rest"]:
        if scale not in _BELOW:
            return None
        below, width = _BELOW[scale]
        spoken += f" {cardinal(int(match['rest'].ljust(width, '0')))} {below}"
    unsure = match["scale"] in ("t", " K")
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(spoken, match.end(), "money", flags)


def read_with_comma(match: re.Match[str], place: Place) -> Said:
    """500.000,đ and 500.000-đ: a mark from the cash book; thôn 5, đ/c Nam is a sentence's comma."""
    del place
    return Said(f"{read_number(match['n'] or match['bracketed'])} đồng", match.end(), "money")


WITH_COMMA = Rule(
    expression(
        rf"(?P<n>{NUMBER})(?:,[-–]?(?:(?<=[.][0-9]{{3}},)[ ]|(?<=[-–])[ ])?|[-–][ ]?)"
        r"(?:đồng(?! chí)|đ|Đ(?![.]?[ ]?[0-9])|VNĐ|VND|vnđ)(?![^\W_]|/[cCvV](?!\w))"
        rf"|(?P<bracketed>{NUMBER})[ ]?\((?:đồng|đ|VNĐ|VND)\)"
    ),
    read_with_comma,
)


def read_cents(match: re.Match[str], place: Place) -> Said:
    """Dollars and euros have cents: 5,99$."""
    name = place.lexicon.units[match["sign"]].spoken
    whole, cents = int(match["whole"]), int(match["cents"].ljust(2, "0"))
    words = [f"{cardinal(whole)} {name}"] if whole or not cents else []
    if cents:
        words.append(f"{cardinal(cents)} xu")
    return Said(" ".join(words), match.end(), "money")


def read_sign_first(match: re.Match[str], place: Place) -> Said:
    """$20: the sign stands first and is said last."""
    name = place.lexicon.units[match["sign"]].spoken
    number = match["n"]
    if match["foreign"]:
        number = number.replace(",", "").replace(".", ",")
    scale = f" {match['scale']}" if match["scale"] else ""
    return Said(f"{read_number(number)}{scale} {name}", match.end(), "money")


SHORTHAND = Rule(_SHORTHAND, read_shorthand)
CENTS = Rule(_CENTS, read_cents)
SIGN_FIRST = Rule(_SIGN_FIRST, read_sign_first)
