"""A second speller of Vietnamese numbers, written apart from the one it checks.

It goes from right to left through the digits of the written number, where the reading divides.
"""

_DIGIT_WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_NAMES = dict(zip("0123456789", _DIGIT_WORDS, strict=True))
_AFTER_TENS = {"1": "mốt", "4": "tư", "5": "lăm"}


def spelled(number: int) -> str:
    """The words of a whole number below a thousand billions."""
    if number == 0:
        return "không"
    groups, digits = [], str(number)
    while digits:
        groups.append(digits[-3:])
        digits = digits[:-3]
    words: list[str] = []
    for rank in range(len(groups) - 1, -1, -1):
        said = _group(groups[rank], is_first=not words)
        words += said + ([["", "nghìn", "triệu", "tỷ"][rank]] if said and rank else [])
    return " ".join(words)


def spelled_date(day: int, month: int, year: int) -> str:
    """A day as it is said after the word *ngày*."""
    return f"{spelled(day)} tháng {'tư' if month == 4 else spelled(month)} năm {spelled(year)}"


def spelled_time(hour: int, minute: int) -> str:
    """A time of day; a full hour says no minutes."""
    return f"{spelled(hour)} giờ" + (f" {spelled(minute)} phút" if minute else "")


def _group(digits: str, *, is_first: bool) -> list[str]:
    if not digits.strip("0"):
        return []
    hundreds, tens, units = digits.rjust(3, " " if is_first else "0")
    words = [] if hundreds == " " else [_NAMES[hundreds], "trăm"]
    return words + _tens_and_units(tens, units, said_hundreds=bool(words))


def _tens_and_units(tens: str, units: str, *, said_hundreds: bool) -> list[str]:
    if tens in " 0":
        if units == "0":
            return []
        return ["linh", _NAMES[units]] if said_hundreds else [_NAMES[units]]
    words = ["mười"] if tens == "1" else [_NAMES[tens], "mươi"]
    if units == "0":
        return words
    changed = _AFTER_TENS if tens != "1" else {"5": "lăm"}
    return [*words, changed.get(units, _NAMES[units])]
