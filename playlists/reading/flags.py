"""What a reading is unsure of: one short Vietnamese and one English sentence for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Doubt(StrEnum):
    """The kinds of doubt, as they stand in a warning's `code`."""

    ABBREVIATION = "abbreviation"
    AMBIGUOUS = "ambiguous"
    FOREIGN_WORD = "foreign_word"
    NUMBER = "number"
    CODE = "code"
    SYMBOL = "symbol"
    ADDRESS = "address"
    PAGE_NUMBER = "page_number"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about one written stretch, read as `spoken` for now."""

    doubt: Doubt
    written: str
    spoken: str


_MESSAGES: dict[Doubt, tuple[str, str]] = {
    Doubt.ABBREVIATION: (
        "Chưa biết chữ viết tắt “{written}”, đang đọc từng chữ cái.",
        "The abbreviation “{written}” is unknown and is spelled for now.",
    ),
    Doubt.AMBIGUOUS: (
        "“{written}” có nhiều cách đọc, đang đọc là “{spoken}”.",
        "“{written}” can be read in several ways; it is read “{spoken}” for now.",
    ),
    Doubt.FOREIGN_WORD: (
        "Từ “{written}” không phải tiếng Việt và chưa có cách đọc.",
        "The word “{written}” is not Vietnamese and has no reading yet.",
    ),
    Doubt.NUMBER: (
        "Chưa hiểu số “{written}”, đang đọc là “{spoken}”.",
        "The number “{written}” is not understood; it is read “{spoken}” for now.",
    ),
    Doubt.CODE: (
        "Chưa biết mã “{written}”, đang đọc là “{spoken}”.",
        "The code “{written}” is unknown; it is read “{spoken}” for now.",
    ),
    Doubt.SYMBOL: (
        "Ký hiệu “{written}” không đọc được và bị bỏ qua.",
        "The sign “{written}” cannot be said and is skipped.",
    ),
    Doubt.ADDRESS: (
        "Địa chỉ “{written}” có phần chưa biết cách đọc.",
        "The address “{written}” has a part without a known reading.",
    ),
    Doubt.PAGE_NUMBER: (
        "Số “{written}” đứng riêng một dòng, có thể là số trang; đang đọc như nội dung.",
        "“{written}” stands alone on a line and may be a page number; it is read for now.",
    ),
    Doubt.LEFT_OUT: (
        "Phần này là bố cục văn bản giấy nên không đọc.",
        "This part is layout of the printed page and is not read.",
    ),
}
_SUGGESTIONS: dict[Doubt, str] = {
    Doubt.ABBREVIATION: "Viết đầy đủ, hoặc thêm cách đọc của “{written}” vào từ điển.",
    Doubt.AMBIGUOUS: "Viết đầy đủ nếu cách đọc này không đúng.",
    Doubt.FOREIGN_WORD: "Thêm cách đọc của “{written}” vào từ điển, hoặc thay bằng từ tiếng Việt.",
    Doubt.NUMBER: "Viết lại số này, hoặc viết bằng chữ.",
    Doubt.CODE: "Thêm cách đọc của “{written}” vào từ điển, hoặc viết bằng chữ.",
    Doubt.SYMBOL: "Bỏ ký hiệu này, hoặc viết bằng chữ.",
    Doubt.ADDRESS: "Nghe thử địa chỉ, hoặc thêm cách đọc vào từ điển.",
    Doubt.PAGE_NUMBER: "Xóa số này nếu là số trang; nếu không, viết liền với câu của nó.",
    Doubt.LEFT_OUT: "Nếu cần đọc, hãy viết thành câu trong nội dung.",
}


def messages(flag: Flag) -> tuple[str, str, str]:
    """The Vietnamese sentence, the English one, and what the author can do."""
    words = {"written": flag.written, "spoken": flag.spoken}
    vietnamese, english = _MESSAGES[flag.doubt]
    return (
        vietnamese.format(**words),
        english.format(**words),
        _SUGGESTIONS[flag.doubt].format(**words),
    )
