"""Telephone, emergency, account and identity numbers: said digit by digit."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.numbers import digit_by_digit
from playlists.reading.place import Place, Rule, Said

_SHAPED = expression(
    r"(?:\(?\+84\)?[ .-]?[0-9]{1,3}(?:[ .-]?[0-9]{2,4}){2,3}"
    r"|\(0[0-9]{1,4}\)[ .-]?[0-9]{1,4}(?:[ .-]?[0-9]{2,4}){1,3}"
    r"|0[0-9]{1,4}[.][0-9]{1,4}(?:[.][0-9]{2,4}){1,3}"
    r"|0[0-9]{1,4}[ ][0-9]{2,4}(?:[ ][0-9]{2,4}){1,3}"
    r"|0[0-9]{1,4}-[0-9]{2,4}(?:-?[0-9]{2,4}){1,2}"
    r"|0[0-9]{2,4}[.][0-9]{6,8}"
    r"|0[0-9]{2,3}[ -][0-9]{6,8}"
    r"|0[0-9]{8,11}"
    r"|0[0-9]{2,4}(?:[ .-][0-9]{1,4}){2,5}"
    r"|[1-9][0-9]{3}(?:[ -][0-9]{4}){2,4}"
    r"|1[89]00(?:[ .-]?[0-9]{4}|[ .-]?[0-9]{2,3}[ .-]?[0-9]{2,3}|[0-9]{6}))"
    r"(?![0-9]|[.,-][0-9]|/[1-9])"
)
_CUED = expression(
    r"(?:\+[0-9]{1,3}(?:[ .-][0-9]{1,4})*|\+?[0-9]{3,16}(?:[ .-][0-9]{2,4})*)"
    r"(?![0-9]|[.,/-][0-9]|[^\W_])"
)
_CUE = expression(
    r"(?<!\w)(?:gọi|bấm|nhấn|quay số|điện thoại|"
    r"điện cho|sđt|đt|hotline|đường dây nóng|tổng đài|số máy|máy|máy lẻ|liên hệ|"
    r"trẻ em|cứu hỏa|chữa cháy|cấp cứu|cảnh sát|công an|cứu nạn|khẩn cấp|fax|nhắn tin|zalo|"
    r"mật khẩu|mật mã|password|pass|tài khoản|stk|tk|số tk|cccd|cmnd|căn cước|định danh|"
    r"mã số|mã(?! lực)(?: [^\W\d_]+){0,4}|sbd|số báo danh|số thẻ|"
    r"số lô|lô sản xuất|số hiệu|số seri|số sê ri|seri|"
    r"bảo hiểm y tế số|mst|mã bưu chính|đầu số)"
    r"(?:[ :]+(?:ngay|đến|tới|cho|qua|theo|vào|số|máy|là|thuế|hồ sơ|đơn vị|hộ|khách hàng|"
    r"zalo|nóng|thoại|lạ|quốc tế|nước ngoài|"
    r"điện|của|xã|bhxh|bhyt|cccd|bảo hiểm|y tế|xã hội|công dân|cá nhân|[(]24/24[)]|"
    r"viettel|tổng đài|khẩn cấp|đường dây nóng|"
    r"cảnh sát|pccc|trực)){0,4}[ :.(]*$"
)
_COUNTED_AFTER = expression(
    r"\s*(?:hộ|người|lần|đồng|đ(?!\w)|%|ngày|giờ|năm|tháng|phút|tỷ|triệu|nghìn|học sinh|"
    r"cán bộ|trường|thành viên|đại biểu|hội viên|đảng viên|đoàn viên|em(?!\w)|cháu|trẻ|con(?!\w)|"
    r"công nhân|công dân|thanh niên|gia đình|bà con|chủ|cuộc|đoàn|ca(?!\w)|tấn|ha(?!\w)|kg|m(?!\w))"
)


_GROUP = expression(r"[0-9]+")
_YEAR = expression(r"(?:19|20)[0-9]{2}")
_SERVICE_LINE = expression(r"1[89]00\.[0-9]{4}")
_LINE_NEAR = expression(
    r"(?<!\w)(?:tổng đài|đường dây nóng|hotline|điện thoại|gọi|liên hệ)(?!\w)[^.;!?\n]{0,60}$"
)
_SHORTEST, _LONGEST = 9, 12
_PASSWORD_CUE = expression(r"(?<!\w)(?:mật khẩu|password|mã pin)(?!\w)[^.;\n0-9]{0,40}:\s*$")
_TEXT_CUE = expression(r"(?:nhắn tin|tin nhắn|soạn|cú pháp|sms).*(?:gửi|đến|tới|số)\s*$")


def read_shaped(match: re.Match[str], place: Place) -> Said | None:
    """A number that only a telephone or card can have: 0912.345.678, 1900 6036, 9704 1234 5678."""
    groups = _GROUP.findall(match[0])
    years = all(_YEAR.fullmatch(group) for group in groups)
    if years and not (_SERVICE_LINE.fullmatch(match[0]) or _LINE_NEAR.search(place.before)):
        return None
    if match[0][0] == "0" and not _SHORTEST <= sum(map(len, groups)) <= _LONGEST:
        return None
    plus = "cộng " if "+" in match[0] else ""
    return Said(plus + digit_by_digit(match[0]), match.end(), "phone")


def read_cued(match: re.Match[str], place: Place) -> Said | None:
    """Any digits after a word such as *gọi*, *tổng đài* or *mã số*, or in a list with such."""
    if _COUNTED_AFTER.match(place.after(match.end())):
        return None
    before = place.before
    cued = _CUE.search(before) or _TEXT_CUE.search(before) or _PASSWORD_CUE.search(before)
    if not (cued or (place.follows("phone") and len(match[0]) >= 3)):
        return None
    plus = "cộng " if "+" in match[0] else ""
    return Said(plus + digit_by_digit(match[0]), match.end(), "phone")


def read_masked(match: re.Match[str], place: Place) -> Said:
    """0889.xxx.246, SN 199x: a telephone number or a year of which some digits are hidden."""
    del place
    groups = expression(r"[0-9]|[xX*]").findall(match[0])
    said = " ".join(digit_by_digit(sign) or "ích" for sign in groups)
    return Said(said, match.end(), "phone")


def read_service_code(match: re.Match[str], place: Place) -> Said:
    """*101#: what is dialled at a mobile phone."""
    del place
    signs = {"*": "sao", "#": "thăng"}
    said = " ".join(signs.get(sign) or digit_by_digit(sign) for sign in match[0])
    return Said(said, match.end(), "phone")


MASKED = Rule(
    expression(
        r"\+?[0-9]{3,5}(?:[ .]?[0-9]{2,3})?[ .]?(?:[xX]{2,6}|\*{3,6})(?:[ .]?[0-9]{2,4})?(?![^\W_])"
        r"|(?:19|20)(?:[0-9]x|xx)(?![^\W_])"
    ),
    read_masked,
)
SERVICE_CODE = Rule(expression(r"[*#][0-9]{2,4}(?:\*[0-9]{1,16}){0,3}#"), read_service_code)
SHAPED = Rule(_SHAPED, read_shaped)
CUED = Rule(_CUED, read_cued)
