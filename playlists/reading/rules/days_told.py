"""Whether the words around a pair such as 2/9 tell of a day, or of parts of something counted."""

from __future__ import annotations

from playlists.reading.expressions import expression
from playlists.reading.place import Place
from playlists.reading.rules.dates import is_day_of_year
from playlists.reading.rules.feasts import is_feast

DAY_BEFORE = expression(
    r"(?<!\w)(?:(?:ngày|sáng|trưa|chiều|tối|đêm|hôm)(?: (?:mai|nay|kia|qua|mốt))?|mùng|"
    r"mồng|rằm|thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|"
    r"chủ nhật|cn)\s*[,(]?\s*(?:[0-9]{1,2}(?:\s*[,;]\s*|\s+và\s+))*$"
)
PARTS_BEFORE = expression(
    r"(?<!\w)(?:vòng|đạt|chiếm|khoảng|hơn|gần|trên|quá|ít nhất|tối thiểu|có|được|bằng|giảm|tăng|"
    r"bớt|hoàn thành|còn)\s*$"
)
# A whole that parts are taken of; nobody says a day before it without a word that tells so.
_WHOLE_AFTER = expression(
    r"\s*(?:số|tổng(?! kết)|diện tích|chặng|đoạn|quãng|thời|lượng|chiều(?! nay)|quỹ|kinh phí|vốn|"
    r"giá|nhu cầu|nội dung|mục tiêu|ngày|giờ|tháng|năm|héc|mét|ki lô|muỗng|thìa|chén|cốc|ly|bát|"
    r"lít|tấn|tạ|yến|cân|viên|gói|thế kỷ|bình|thùng|kế hoạch|dự toán|dân số|dân cư|sân|thu nhập|"
    r"doanh thu|khối lượng|công suất|công trình)(?!\w)"
)
COUNTED_AFTER = expression(
    r"\s*(?:số|tổng(?! kết)|tiêu chí|chỉ tiêu|diện tích|hộ|người|đại biểu|thành viên|phiếu|xã|"
    r"phường|thôn|ấp|"
    r"khu|học sinh|lớp|cán bộ|đảng viên|chi bộ|chi hội|chi đoàn|dân|cơ quan|đơn vị|trường|trẻ|"
    r"cháu|con|chặng|đoạn|quãng|thời|lượng|chiều|sân|tỉnh|ủy viên|ý kiến|ứng cử viên|"
    r"công(?! (?:an|bố|chức|nhân|đoàn|ty|tác|khai|trình|dân|điện|viên))|"
    r"nội dung|nhiệm vụ|mục tiêu|điểm|"
    r"công trình|tuyến|hồ sơ|sản phẩm|lần|mẫu|ca|bệnh(?! viện)|giáo viên|quỹ|kinh phí|vốn|giá|"
    r"nhu cầu|công dân|hội viên|"
    r"doanh nghiệp|hợp tác|tổ(?! (?:chức|trưởng))|nhóm|đội|gia đình|căn|nhà|bữa|suất|thửa|héc|"
    r"mét|ki lô|muỗng|thìa|chén|cốc|ly|bát|lít|tấn|tạ|yến|cân|ngày|giờ|tháng|năm|sào|viên|gói|"
    r"thế kỷ|cái|cửa|ổ|lô|bể|hồ|bình|thùng|kế hoạch|dự toán)(?!\w)"
)
_NAMED_DAY_BEFORE = expression(
    r"(?<!\w)(?:ngày|lễ|tết|quốc khánh|quốc tế|kỷ niệm|dịp|mừng|thành lập|giải phóng|hưởng ứng|"
    r"huy hiệu|chiến thắng|thắng lợi|giỗ tổ)(?!\w)[^0-9.;]*$"
)
_FEAST_BEFORE = expression(
    r"(?<!\w)(?:dịp|lễ|nghỉ|tết|quốc khánh|quốc tế|kỷ niệm|mừng|hưởng ứng|nhân|đợt|kỳ|đảng|"
    r"kể từ|hạn|hạn nộp|hạn chót|hạn cuối|chậm nhất|muộn nhất|sớm nhất|đến hết)\s*:?\s*$"
)
_ISSUE_BEFORE = expression(r"(?<!\w)(?:đợt|kỳ|đảng|nghỉ|nhân)\s*$")
_TIME_BEFORE = expression(r"(?<!\w)(?:từ|đến|tới|trước|sau|hết|tính đến)\s*$")
_WEAK_BEFORE = expression(
    r"(?<!\w)(?:từ|đến|tới|trước|sau|vào|hết|kể từ|và|dịp|,|"
    r"chậm nhất|muộn nhất|sớm nhất|hạn|hạn chót|hạn cuối|đường|quảng trường|công viên)\s*:?\s*$"
)
_SPAN_BEFORE = expression(r"(?<!\w)(?:đạt|có|được|ít nhất|tối thiểu|tăng|giảm|nâng)\s+từ\s*$")
_SPAN_AFTER = expression(r"[^.;]*(?<!\w)(?:trở lên|lên|xuống|còn)(?!\w)")
_SCHEDULE_BEFORE = expression(r"(?:;|(?<!\w)(?:lịch|thời gian|chương trình)[^.;\n]*:)\s*$")
_CLAUSE_START = expression(r"(?:^|[.;:,!?]\s*)(?:kể )?\w+\s*$")
_DAY_AFTER = expression(
    r"\s*[)]?\s*(?:hằng năm|hàng năm|âm lịch|dương lịch|al(?!\w)|âl(?!\w)|dl(?!\w)|"
    r"năm nay|năm sau|năm ngoái|tới|vừa qua|"
    r"năm [0-9]|đến (?:ngày )?[0-9]{1,2}/[0-9])"
)
_SHARED_RANGE = expression(r"[ ]?[-–][ ]?[0-9]/[0-9]{1,2}[ ](?:số|tổng|diện tích|dân|hộ)(?!\w)")
_QUARTERS = 4


def told_day(place: Place, end: int, *, day: int, month: int) -> str:
    """`sure` or `unsure` where words tell of a day, else nothing."""
    if not is_day_of_year(day, month):
        return ""
    before, after = place.before, place.after(end)
    if _is_told(place, before, after):
        return "sure"
    may_be_share = day <= month
    counted = COUNTED_AFTER.match(after)
    whole = may_be_share and (_WHOLE_AFTER.match(after) or _SHARED_RANGE.match(after))
    if whole or (counted and PARTS_BEFORE.search(before)):
        return ""
    if _tells_a_feast(before, feast=is_feast(day, month)):
        return "sure"
    if counted and may_be_share:
        return _before_people(place, end, day=day, month=month)
    return "sure" if _is_hinted(place, before, after) else ""


def goes_on_with_days(place: Place) -> bool:
    """Ngày 5/6 thôn 1; 6/6 thôn 2: the next day of a schedule."""
    if not place.before.endswith("; "):
        return False
    return any(piece.rule == "date" for piece in place.recent)


def _is_told(place: Place, before: str, after: str) -> bool:
    """A word for a day stands right beside it."""
    of_that_time = before.endswith("/") and place.follows("time")
    heads = after.startswith(": ") and (place.at_line_start or _SCHEDULE_BEFORE.search(before))
    return bool(
        of_that_time
        or heads
        or goes_on_with_days(place)
        or DAY_BEFORE.search(before)
        or _DAY_AFTER.match(after)
    )


def _is_hinted(place: Place, before: str, after: str) -> bool:
    """A bracket, another date before it, or a word that most often stands before a day."""
    return bool(
        (before.endswith("(") and after.startswith(")"))
        or place.follows("date", "weekday", "time")
        or _NAMED_DAY_BEFORE.search(before)
        or _NAMED_DAY_BEFORE.search(place.said_before)
        or _WEAK_BEFORE.search(before)
    )


def _tells_a_feast(before: str, *, feast: bool) -> bool:
    """Dịp 2/9, hạn 31/10 and, for the days that everybody knows, đợt 7/11."""
    if not _FEAST_BEFORE.search(before):
        return feast and bool(_NAMED_DAY_BEFORE.search(before))
    return feast or not _ISSUE_BEFORE.search(before)


def is_of_whole(place: Place, end: int) -> bool:
    """1/5 dân số: a part of something that has no days."""
    return bool(_WHOLE_AFTER.match(place.after(end)))


def is_span(place: Place, end: int) -> bool:
    """Giảm từ 5/9 thôn xuống 3/9 thôn, từ 2/3 đại biểu trở lên: shares with an end."""
    return bool(_SPAN_BEFORE.search(place.before) or _SPAN_AFTER.match(place.after(end)))


def _before_people(place: Place, end: int, *, day: int, month: int) -> str:
    """Từ 1/7 người dân …: a day; có từ 2/3 đại biểu trở lên: a share."""
    before, feast = place.before, is_feast(day, month)
    if feast and place.follows("date"):
        return "sure"
    if not _TIME_BEFORE.search(before) or (month <= _QUARTERS and not feast):
        return ""
    if is_span(place, end):
        return ""
    return "sure" if feast or _CLAUSE_START.search(before) else "unsure"
