"""The dash after a day or an hour: until another one, or a pause before what is told of it."""

from __future__ import annotations

from playlists.reading.expressions import expression
from playlists.reading.place import Piece, Place

PAUSED = ","
_UNTIL = "đến"
_DAY_NEXT = expression(
    r"\s*(?:(?:đến )?(?:ngày|mùng|mồng|rằm)\s+[0-9]|"
    r"[0-9]{1,2}(?:[/.-][0-9]{1,2}(?![0-9]*,)|\s+tháng(?!\w)))"
)
_HOUR_NEXT = expression(r"\s*[0-9]{1,2}\s?(?:h|g(?!\w)|g[0-9]|giờ(?!\w)|:[0-9]{2})")
_NUMBER_NEXT = expression(r"\s*(?P<n>[0-9][0-9.]*)(?:,[0-9]+)?(?P<word>\s*[^\W\d_])?")
_WEEKDAY_NEXT = expression(r"\s*(?:thứ|chủ nhật|cn(?!\w))")
_THING_NEXT = expression(
    r"\s*[0-9][0-9.]*\s*(?:hộ|người|ca|cháu|em|con|trẻ|học sinh|cử tri|khẩu|nhân khẩu|đảng viên|"
    r"hội viên|suất|trường hợp|đại biểu|tấn|ha|triệu|tỷ|nhà|căn|phiếu|hồ sơ|đồng|lượt|vụ|xe|điểm|"
    r"thôn|ấp|xã|cán bộ|đoàn viên|công dân|thanh niên|giờ dân)(?!\w)"
)
_HOUR_BEFORE = expression(
    r"(?:h|giờ|phút|(?<=[0-9])g|[0-9]h[0-9]{2}|:[0-9]{2}|')[ ,(]*"
    r"(?:rạng |sáng |trưa |chiều |tối |đêm )*"
    r"(?:ngày |thứ \w+,? ?(?:ngày )?)?[0-9]{1,2}(?:[/.-][0-9]{1,2})?(?:[/.-][0-9]{2,4})?[)]?\s*$"
)
_FROM_BEFORE = expression(r"(?<!\w)từ(?!\w)(?![^.;\n]*(?<!\w)đến(?!\w))[^.;\n]{0,60}$")
_NUMBERED_THING_BEFORE = expression(
    r"(?<!\w)(?:thôn|ấp|tổ|tổ dân phố|khu phố|xóm|bản|khóm|buôn|khu|đội|khối|lớp|chi bộ|chi hội|"
    r"phòng|cụm|điểm|trạm|bàn|đoàn|xã)\s+[0-9]{1,2}\s+$"
)
_QUARTER_BEFORE = expression(r"(?<!\w)quý (?:i{1,3}|iv|[1-4])(?:[/ ](?:năm )?[0-9]{4})?\s*$")
_DAYTIME = r"(?:rạng sáng|sáng|trưa|chiều|tối|đêm|nửa đêm)"
_DAYTIME_BEFORE = expression(rf"(?<!\w){_DAYTIME}(?: ngày)? [0-9]{{1,2}}(?:/[0-9]{{1,2}})?\s*$")
_DAYTIME_NEXT = expression(rf"\s*(?:hết )?{_DAYTIME}(?: ngày)? [0-9]")
_END_NEXT = expression(
    rf"\s*(?:(?:hết|cuối)(?: ngày| đêm| tháng| năm)? [0-9]|{_DAYTIME}(?: ngày)? [0-9]|"
    r"(?:mùng|mồng|rằm|ngày) [0-9]|hết (?:ngày|tháng|năm) [0-9])"
)
_DAY_BEFORE = expression(r"(?:[0-9]|(?<!\w)(?:chạp|giêng|tết|nhật|hai|ba|tư|năm|sáu|bảy))[)]?\s*$")
_WEEKDAY_BEFORE = expression(r"(?<!\w)thứ (?:[2-7]|hai)\s*$")
_SUNDAY_NEXT = expression(r"\s*(?:hết )?(?:chủ nhật|cn(?!\w))")
_TOLD_HOUR_BEFORE = expression(rf"[0-9][hg:][0-9]{{0,2}}'? {_DAYTIME}\s*$")
_NOW_NEXT = expression(r"\s*(?:nay|hiện nay|bây giờ)(?!\w)")
_YEAR_BEFORE = expression(r"(?<![0-9.,])(?:19|20)[0-9]{2}\s*$")
_HALF_OPEN_NEXT = expression(r"\s*(?:dưới|trên|hết|gần|đủ|<|≤|chưa đủ|chưa đầy)\s*[0-9]")
_LUNAR_BEFORE = expression(r"(?<!\w)(?P<word>mùng|mồng)\s+[0-9]{1,2}\s*$")
_NEW_YEAR_NEXT = expression(r"\s*(?:[1-9]|10)\s+tết(?!\w)")


def dash_after_day(place: Place, last: Piece | None) -> str:
    """What is said for a dash between a day or an hour and a number; nothing if it is neither."""
    after = place.after(place.start + 1)
    if last is None:
        return ""
    if last.rule == "date":
        return _after_date(place, after)
    lunar = _LUNAR_BEFORE.search(place.before)
    if lunar and _NEW_YEAR_NEXT.match(after):
        return f"{_UNTIL} {lunar['word']}"
    if last.rule == "time":
        parted = _DAY_NEXT.match(after) or _WEEKDAY_NEXT.match(after) or _THING_NEXT.match(after)
        return PAUSED if parted and not _HOUR_NEXT.match(after) else ""
    if last.rule == "weekday":
        return PAUSED if _HOUR_NEXT.match(after) or _THING_NEXT.match(after) else ""
    numbered = (
        last.rule == "month"
        or _QUARTER_BEFORE.search(place.before)
        or _NUMBERED_THING_BEFORE.search(place.before)
    )
    return PAUSED if numbered and _THING_NEXT.match(after) else ""


def _after_date(place: Place, after: str) -> str:
    """22h ngày 4/9 - 2h ngày 5/9 goes on; ngày 20/9 - 3 thôn bị ngập only tells of that day."""
    if _HOUR_NEXT.match(after):
        goes_on = _HOUR_BEFORE.search(place.before) or _FROM_BEFORE.search(place.before)
        return _UNTIL if goes_on else PAUSED
    if _DAY_NEXT.match(after):
        return ""
    number = _NUMBER_NEXT.match(after)
    return PAUSED if number and number["word"] and not after.lstrip().startswith("năm") else ""


def reaches_until(place: Place) -> bool:
    """Từ 12/9 - hết ngày 15/9, đêm 24 - sáng 25/10, 2020 - nay, từ 14 - dưới 18: until."""
    before, after = place.before, place.after(place.start + 1)
    if _YEAR_BEFORE.search(before) and _NOW_NEXT.match(after):
        return True
    if _TOLD_HOUR_BEFORE.search(before) and _HOUR_NEXT.match(after):
        return True
    if before[-2:].strip()[-1:].isdigit() and _HALF_OPEN_NEXT.match(after):
        return True
    if _WEEKDAY_BEFORE.search(before) and _SUNDAY_NEXT.match(after):
        return True
    if _DAYTIME_BEFORE.search(before) and _DAYTIME_NEXT.match(after):
        return True
    ends = _END_NEXT.match(after) or _NOW_NEXT.match(after)
    return bool(ends and _DAY_BEFORE.search(before) and _FROM_BEFORE.search(before))
