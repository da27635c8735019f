"""Two numbers with a stroke: a date, a fraction or a ratio, as the words around them say."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import NUMBER, cardinal, ordinal, read_number
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.dates import day_month, is_day_of_year
from playlists.reading.rules.measures import read_unit

_PAIR = expression(
    r"(?:(?P<whole>[0-9]{1,3})[ ])?(?P<a>[0-9]{1,4})/(?P<b>[0-9]{1,5})"
    r"(?![0-9]|[/.][0-9]|,[0-9]|[hH][0-9])"
)
_RATIO_UNITS = ("thủy ngân", "vôn")
_YEAR = expression(r"(?:19|20)[0-9]{2}")
_SMALL = 10
_QUARTERS = 4
_AROUND_THE_CLOCK = expression(r"(?P<a>24|12|7)/(?P<b>24|7|12)(?P<h>h|H)?(?![0-9/]|[^\W_])")
_DAY_BEFORE = expression(
    r"(?<!\w)(?:(?:ngày|sáng|trưa|chiều|tối|đêm|hôm)(?: (?:mai|nay|kia|qua|mốt))?|mùng|"
    r"mồng|rằm|thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|"
    r"chủ nhật|cn)\s*[,(]?\s*(?:[0-9]{1,2}(?:\s*[,;]\s*|\s+và\s+))*$"
)
_DAY_NAMED = expression(
    r"(?<!\w)(?:ngày|lễ|tết|quốc khánh|quốc tế|kỷ niệm|dịp|mừng|thành lập|giải phóng)"
    r"(?!\w)[^0-9.;]*$"
)
_WEAK_BEFORE = expression(
    r"(?<!\w)(?:từ|đến|tới|trước|sau|vào|hết|kể từ|và|dịp|,|"
    r"chậm nhất|muộn nhất|sớm nhất|hạn|hạn chót|hạn cuối|đường|quảng trường|công viên)\s*:?\s*$"
)
_DAY_AFTER = expression(
    r"\s*[)]?\s*(?:hằng năm|hàng năm|âm lịch|dương lịch|al(?!\w)|âl(?!\w)|dl(?!\w)|"
    r"năm nay|năm sau|năm ngoái|tới|vừa qua|"
    r"năm [0-9]|đến (?:ngày )?[0-9]{1,2}/[0-9])"
)
_COUNTED_AFTER = expression(
    r"\s*(?:số|tổng|tiêu chí|chỉ tiêu|diện tích|hộ|người|đại biểu|thành viên|phiếu|xã|"
    r"phường|thôn|ấp|"
    r"khu|học sinh|lớp|cán bộ|đảng viên|chi bộ|dân|cơ quan|đơn vị|trường|trẻ|cháu|con|chặng|"
    r"đoạn|quãng|thời|lượng|công|chiều|sân|tỉnh|ủy viên|ý kiến|ứng cử viên|"
    r"nội dung|nhiệm vụ|mục tiêu|điểm|"
    r"công trình|tuyến|hồ sơ|sản phẩm|lần|mẫu|ca|bệnh|giáo viên|quỹ|kinh phí|vốn|giá|nhu cầu|"
    r"doanh nghiệp|hợp tác|tổ|nhóm|đội|gia đình|căn|nhà|bữa|suất|thửa|héc|mét|ki lô|muỗng|thìa|"
    r"chén|cốc|ly|bát|lít|tấn|tạ|yến|cân|ngày|giờ|tháng|năm|héc ta|sào|công|viên|gói|"
    r"thế kỷ|cái|lô|sào|bể|hồ|bình|thùng|kế hoạch|dự toán)(?!\w)"
)
_RATIO_BEFORE = expression(
    r"(?<!\w)(?:huyết áp|thị lực|thương binh|bệnh binh|hạng|bậc|điểm|đạt điểm|số nhà|nhà số|"
    r"hẻm|ngõ|ngách|kiệt|địa chỉ|"
    r"tỷ số|tỉ số|"
    r"đồng ý|tán thành|biểu quyết|số phiếu)(?!\w)[^0-9.;]{0,12}$"
)
_RANK_BEFORE = expression(r"(?<!\w)(?:xếp|đứng|vị trí|hạng|xếp hạng)\s+thứ\s*$")
_HOUSE_BEFORE = expression(r"(?<!\w)(?:số nhà|nhà số|hẻm|ngõ|ngách|kiệt|lớp|địa chỉ(?::| số)?)\s*$")
_STREET_AFTER = expression(r",?\s*(?:đường|phố|tổ|ấp|khu|ngõ|hẻm|thôn|kp)(?!\w)")
_ADDRESS_AFTER = expression(
    r",?[ ](?:đường|phố)[ ][A-ZĐÀ-Ỹ0-9]|,?[ ](?:tổ|ấp|khu phố|khóm|ngõ|hẻm|thôn|KP)[ ][0-9]"
)
_SHARED_RANGE = expression(r"[ ]?[-–][ ]?[0-9]/[0-9]{1,2}[ ](?:số|tổng|diện tích|dân|hộ)(?!\w)")
_PARTS_BEFORE = expression(
    r"(?<!\w)(?:vòng|đạt|chiếm|khoảng|hơn|gần|trên|quá|ít nhất|tối thiểu|có|được|bằng)\s*$"
)
_SCALE_BEFORE = expression(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|bản đồ|pha|pha loãng|trộn)\s*"
    r"(?:là|khoảng|pha|pha loãng|pha trộn|trộn|tối đa|theo tỷ lệ|theo tỉ lệ)?\s*$"
)


def read_around_the_clock(match: re.Match[str], place: Place) -> Said | None:
    """24/7, 24/24, 24/24h: always *trên*."""
    if is_day_of_year(int(match["a"]), int(match["b"])) and _DAY_BEFORE.search(place.before):
        return None
    if match["a"] != "24" and not match["h"]:
        return None
    hours = " giờ" if match["h"] else ""
    spoken = f"{cardinal(int(match['a']))} trên {cardinal(int(match['b']))}{hours}"
    return Said(spoken, match.end(), "ratio")


def read_pair(match: re.Match[str], place: Place) -> Said | None:
    """A pair by its context; without any, as the calendar allows, and flagged."""
    first, second = int(match["a"]), int(match["b"])
    unit = read_unit(place, match.end())
    if match["whole"]:
        return _mixed(match, unit) if first < second else None
    if second and _ADDRESS_AFTER.match(place.text, match.end()):
        return _address(match, place)
    if second and _RANK_BEFORE.search(place.before):
        return Said(f"{ordinal(first)} trên {cardinal(second)}", match.end(), "ratio")
    after = place.after(match.end())
    if _is_date(place, after, first=first, second=second, has_unit=unit is not None):
        return Said(day_month(first, second), match.end(), "date")
    if second and (_DAY_BEFORE.search(place.before) or _YEAR.fullmatch(match["b"])):
        return _no_such_day(match, first=first, second=second)
    return _share(match, place, unit) if second else None


def _address(match: re.Match[str], place: Place) -> Said | None:
    """12/3 tổ 5, 45/12 đường Lê Lợi: a house, unless a day was announced."""
    first, second = int(match["a"]), int(match["b"])
    named_street = place.before.endswith(("đường ", "phố "))
    if (named_street or _DAY_BEFORE.search(place.before)) and is_day_of_year(first, second):
        return Said(day_month(first, second), match.end(), "date")
    spoken = f"{cardinal(first)} trên {cardinal(second)}"
    sure = _HOUSE_BEFORE.search(place.before) or place.before.rstrip().endswith("số")
    if not sure and first < second <= _QUARTERS:
        spoken = fraction_words(first, second)
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    return Said(spoken, match.end(), "ratio", flags)


def _share(match: re.Match[str], place: Place, unit: tuple[str, int] | None) -> Said:
    """A ratio or a fraction, as sure as its neighbours make it."""
    first, second = int(match["a"]), int(match["b"])
    if _is_ratio(place, match.end(), unit):
        spoken = f"{cardinal(first)} trên {cardinal(second)}"
        return _with_unit(spoken, match.end(), unit, "ratio")
    spoken = fraction_words(first, second)
    if first > second and _SCALE_BEFORE.search(place.before):
        spoken = f"{cardinal(first)} trên {cardinal(second)}"
    after = place.after(match.end())
    sure = (
        unit
        or _COUNTED_AFTER.match(after)
        or _PARTS_BEFORE.search(place.before)
        or _SCALE_BEFORE.search(place.before)
    )
    if sure:
        return _with_unit(spoken, match.end(), unit, "fraction")
    return _unsure(match, place, first=first, second=second)


def _no_such_day(match: re.Match[str], *, first: int, second: int) -> Said:
    """Ngày 31/4, tháng 13/2026: written as a date, but the calendar has none such."""
    joint = "tháng" if second <= 12 else "năm"
    spoken = f"{cardinal(first)} {joint} {cardinal(second)}"
    return Said(spoken, match.end(), "date", (Flag(Doubt.NUMBER, match[0], spoken),))


def _unsure(match: re.Match[str], place: Place, *, first: int, second: int) -> Said:
    """No word helps: what can be no proper fraction but a day is a date."""
    heads_line = place.at_line_start and place.after(match.end())[:1] in (",", ":")
    if (first >= second or heads_line) and is_day_of_year(first, second):
        spoken, rule = day_month(first, second), "date"
    else:
        spoken, rule = fraction_words(first, second), "fraction"
    unsure = is_day_of_year(first, second) or second <= 12 < first
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(spoken, match.end(), rule, flags)


def _is_date(place: Place, after: str, *, first: int, second: int, has_unit: bool) -> bool:
    if not is_day_of_year(first, second) or has_unit:
        return False
    before = place.before
    of_that_time = before.endswith("/") and place.follows("time")
    if of_that_time or _DAY_BEFORE.search(before) or _DAY_AFTER.match(after):
        return True
    if _COUNTED_AFTER.match(after) or _SHARED_RANGE.match(after):
        return False
    if before.endswith("(") and after.startswith(")"):
        return True
    if (
        place.follows("date", "weekday")
        or _DAY_NAMED.search(before)
        or _DAY_NAMED.search(place.said_before)
    ):
        return True
    return bool(_WEAK_BEFORE.search(before))


def _is_ratio(place: Place, end: int, unit: tuple[str, int] | None) -> bool:
    if unit is not None and unit[0].endswith(_RATIO_UNITS):
        return True
    if _RATIO_BEFORE.search(place.before) or _HOUSE_BEFORE.search(place.before):
        return True
    numbered = place.before.rstrip().endswith("số")
    return numbered and bool(_STREET_AFTER.match(place.after(end)))


def fraction_words(first: int, second: int) -> str:
    """A fraction: two thirds are *hai phần ba*; out of more than ten is *trên*."""
    if second > _SMALL and first > 1:
        return f"{cardinal(first)} trên {cardinal(second)}"
    below = "tư" if second == 4 else cardinal(second)
    return f"{cardinal(first)} phần {below}"


def _mixed(match: re.Match[str], unit: tuple[str, int] | None) -> Said:
    said = f"{cardinal(int(match['whole']))} và {fraction_words(int(match['a']), int(match['b']))}"
    return _with_unit(said, match.end(), unit, "fraction")


def _with_unit(spoken: str, end: int, unit: tuple[str, int] | None, rule: str) -> Said:
    if unit is None:
        return Said(spoken, end, rule)
    return Said(f"{spoken} {unit[0]}", unit[1], "measure")


def read_long_pair(match: re.Match[str], place: Place) -> Said:
    """216,5/218m, 1.205/1.300 hộ: so much of so much."""
    spoken = " trên ".join(read_number(part) for part in match[0].split("/"))
    return _with_unit(spoken, match.end(), read_unit(place, match.end()), "ratio")


def read_house(match: re.Match[str], place: Place) -> Said | None:
    """Nhà số 47/12/3: a house in a lane of a lane."""
    numbered = _HOUSE_BEFORE.search(place.before) or place.before.rstrip().endswith("số")
    if not numbered and not _ADDRESS_AFTER.match(place.text, match.end()):
        return None
    spoken = " trên ".join(cardinal(int(part)) for part in match[0].split("/"))
    return Said(spoken, match.end(), "ratio")


HOUSE = Rule(
    expression(r"[1-9][0-9]{0,3}(?:/[1-9][0-9]{0,2}){2,3}(?![0-9]|[/.,-][0-9])"), read_house
)


def read_scale(match: re.Match[str], place: Place) -> Said | None:
    """Tỷ lệ 1:100, bản đồ 1:2000."""
    if not _SCALE_BEFORE.search(place.before):
        return None
    spoken = " trên ".join(read_number(part) for part in match[0].replace(" ", "").split(":"))
    return Said(spoken, match.end(), "ratio")


LONG_PAIR = Rule(
    expression(rf"(?=[0-9]*[.,]|[0-9]+/[0-9]+[.,][0-9]){NUMBER}/{NUMBER}(?![0-9]|[/.,][0-9])"),
    read_long_pair,
)
SCALE = Rule(expression(rf"{NUMBER}[ ]?:[ ]?{NUMBER}"), read_scale)
AROUND_THE_CLOCK = Rule(_AROUND_THE_CLOCK, read_around_the_clock)
PAIR = Rule(_PAIR, read_pair)
