"""Short numbers that are dialled (111 to 115, 156): digit by digit where a call is meant."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.numbers import digit_by_digit
from playlists.reading.place import Place, Rule, Said

_AND = r"[ ]?(?:,|/|;|-|–|và|hoặc|hay)[ ]?"
_EMERGENCY_LIST = expression(rf"11[1-5](?:{_AND}11[1-5])*(?![0-9]|[.,/-][0-9]|[^\W_])")
_SIGN_BETWEEN = expression(r"[ ]?[/;–-][ ]?")
_EMERGENCY = expression(r"11[1-5]")
# Directly before: bấm 114, xe 115, số 113; what is counted after it makes it a number again.
_DIRECT_CUE = expression(
    r"(?<!\w)(?:(?:bấm|nhấn|ấn|quay|gọi)(?: số)?|nhớ|nút|app|ứng dụng|xe|lực lượng|cháy|cứu|"
    r"cấp cứu|cứu hộ|cứu nạn|cứu hỏa|cứu thương|pccc|help|sos|công an|cảnh sát|"
    r"trẻ em|khẩn cấp|cháy nổ|đường dây|đầu số)\s*:?\s*$"
)
_FAR_CUE = expression(
    r"(?<!\w)(?:tổng đài|đường dây nóng|hotline|điện thoại|gọi|báo|liên hệ|hãy nhớ|cấp cứu|cháy|"
    r"cứu nạn|cứu hộ|khẩn cấp|pccc|đầu số)(?!\w)[^0-9.;!?\n]{0,60}$"
)
_COUNTED_AFTER = expression(
    r"\s*(?:hộ|người|lần|đồng|đ(?!\w)|%|ngày|giờ|năm|tháng|phút|tỷ|triệu|nghìn|học sinh|cán bộ|"
    r"trường|thành viên|đại biểu|hội viên|đảng viên|đoàn viên|em|cháu|trẻ|con|công nhân|"
    r"công dân|thanh niên|gia đình|bà con|chủ|cuộc|đoàn|ca|vụ|tấn|ha|kg|m|km|xe|chiếc|máy|lượt|"
    r"tin|phản ánh|hồ sơ|đơn|phiếu|suất|điểm|chiến sĩ|thí sinh|lao động|doanh nghiệp)(?!\w)"
)
_NOTHING_COUNTED = expression(
    r"\s*(?:$|[.,;:!?)/\"”’'»]|(?:để|khi|và|hoặc|hay|nếu|ngay|của|miễn phí|trực|kịp thời)(?!\w))"
)
_LISTED_THINGS = expression(
    r"(?<!\w)(?:nhà số|số nhà|lớp|thửa|tờ|phòng|lộ|tuyến|đường|thôn|tổ|quốc lộ|từ)\s*$"
)
_SHORT = expression(r"[1-9][0-9]{2,4}(?![0-9]|[.,/-][0-9]|[^\W_])")
_LINE_CUE = expression(
    r"(?<!\w)(?:đường dây nóng|hotline|tổng đài|đầu số|điện thoại|số máy|tin nhắn rác|cứu hộ|"
    r"cứu nạn|cấp cứu|báo cháy)"
    r"(?![^.;!?\n]*(?<!\w)(?:cuộc|lượt|vụ|tin báo|số lượng|tổng số)(?!\w))[^0-9.;!?\n]{0,60}:\s*$"
)


def read_emergency(match: re.Match[str], place: Place) -> Said | None:
    """Cháy: 114; hãy nhớ 113, 114, 115; two of them beside each other are dialled anyway."""
    after = place.after(match.end())
    if _COUNTED_AFTER.match(after):
        return None
    ends = _NOTHING_COUNTED.match(after)
    called = _DIRECT_CUE.search(place.before) or (ends and _FAR_CUE.search(place.before))
    listed = ends and "," in match[0] and not _LISTED_THINGS.search(place.before)
    if not (called or listed):
        return None
    words = _SIGN_BETWEEN.sub(", ", match[0])
    spoken = _EMERGENCY.sub(lambda number: digit_by_digit(number[0]), words)
    return Said(spoken, match.end(), "phone")


def read_short(match: re.Match[str], place: Place) -> Said | None:
    """Đường dây nóng chống lừa đảo: 156, 5656."""
    if not _LINE_CUE.search(place.before) or _COUNTED_AFTER.match(place.after(match.end())):
        return None
    return Said(digit_by_digit(match[0]), match.end(), "phone")


EMERGENCY = Rule(_EMERGENCY_LIST, read_emergency)
SHORT = Rule(_SHORT, read_short)
