"""The stroke between words and units: *một* for what is counted by, else a pause."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.place import PAUSE, PLAIN, Place, Said
from playlists.reading.rules.measures import read_unit
from playlists.reading.rules.so_many import of_so_many

_TIMES = "giờ ngày đêm tuần tháng quý năm vụ lần phút giây lượt kỳ buổi phiên ca học_kỳ"
_TIME_UNITS = _TIMES.replace("_", " ").split()
_COUNTED = """phụ nữ,
lượng,độ,chỉ,đơn vị,hộ,người,xã,phường,thôn,ấp,khu phố,cháu,học sinh,suất,con,cây,bao,
lớp,trường,gia đình,vé,xe,chiếc,cái,hồ sơ,trường hợp,sản phẩm,mẫu,sào,công,héc ta,ki lô gam,mét,
lít,tấn,tạ,yến,cân,khẩu,nhân khẩu,đầu người,trẻ,giường,phòng,em,chuyến,gói,chai,thùng,bình,liều,
mũi,cặp,đại biểu,thành viên,tổ,nhóm,đội,cụm,cấp,trạm,trục,chốt,tủ,bàn,kíp,lọ,ao,bè,lồng,luống,
hàng,gốc,chậu,khay,túi,hộp,vỉ,viên,căn,môn,phiếu,thẻ,cơ sở,cửa hàng,đầu mối,chi bộ,
chi hội,ngôi,hố,cột,đợt,mét khối,mét vuông,thửa,đám,ruộng,nông hộ,chuồng,ô,bữa,nồi,bát,cốc,ly"""
_COUNTED_UNITS = _COUNTED.replace("\n", "").split(",")
_PER_WORD = expression(
    r"/[ ]?(?=(?:"
    + "|".join(sorted((*_TIME_UNITS, *_COUNTED_UNITS), key=len, reverse=True))
    + r")(?![^\W_]))",
    re.IGNORECASE,
)
_PER_TIME = expression(
    r"/[ ]?(?=(?:" + "|".join(sorted(_TIME_UNITS, key=len, reverse=True)) + r")(?![^\W_]))",
    re.IGNORECASE,
)
_SAME_LEVEL = (
    ("thôn", "ấp", "khu phố", "bản", "buôn", "làng", "tổ dân phố", "khóm"),
    ("xã", "phường", "thị trấn", "đặc khu"),
    ("cơ quan", "đơn vị", "ban", "ngành", "phòng", "tổ chức", "doanh nghiệp"),
)
_RUN = expression(r"[^\W\d_]+")
_AND_BEFORE = expression(r"(?<!\w)và$")
_RECENT_NUMBER = expression(r"[0-9][^.;:\n]{0,40}$")
_ONE_UNIT = expression(r"[^\W\d_]*(?:[ ][^\W\d_]+){0,2}")
_MEASURED = expression(
    r"(?:đồng|người|tấn|tạ|yến|lít|mét|nghìn|triệu|tỷ|khách|lượt|con|giường|bác sĩ|kg|xe|%)$"
)
_UNITS = (
    "đồng|đ|vnđ|triệu|nghìn|tỷ|tỉ|kg|mg|gam|g|mm|cm|dm|m|km|m2|m3|km2|ha|tấn|tạ|yến|lít|ml|kwh|%|‰"
)
_MEASURED_NUMBER = expression(
    rf"[0-9](?:[ ]?(?:triệu|nghìn|ngàn|tỷ|tỉ|trăm|k|tr))?[ ]?(?:{_UNITS}|k|tr)$", re.IGNORECASE
)
_WHOLE_NEXT = expression(
    r"[ ]?(?:KH|NQ|DT|CT|TS|[Kk]ế hoạch|[Dd]ự toán|[Nn]ghị quyết|[Cc]hỉ tiêu|[Tt]ổng)(?![^\W_])"
)
# Tổ 1/ấp 2, 3 hộ/ấp Tân Lập: a certain place, not one that something is counted by.
_PLACE_NEXT = expression(
    r"[ ]?(?:tổ|ấp|thôn|khu phố|khóm|xóm|bản|buôn|xã|phường)[ ](?:[0-9]|(?-i:[A-ZĐ][a-zà-ỹ]))",
    re.IGNORECASE,
)
_MONTHS_BEFORE = expression(r"[0-9] tháng(?: đầu| cuối)?$")
_YEAR_NEXT = expression(r"20[0-9]{2}(?![0-9]|[.,/-][0-9])")
_CURRENCIES = r"(?:USD|VND|VNĐ|EUR|JPY|CNY|GBP|AUD|SGD|THB|KRW|CHF|CAD|HKD)"
_CURRENCY_BEFORE = expression(rf"(?<![0-9] )(?<![^\W_]){_CURRENCIES}$")
_CURRENCY_NEXT = expression(rf"{_CURRENCIES}(?![^\W_])")
_DAY_AND_NIGHT = expression(r"/[ ]?ng(?:[.]?đ|đêm)(?![^\W_])")
_LETTER_BEFORE = expression(r"(?<![^\W_])[A-ZĐ]$")
_LETTER_NEXT = expression(r"[a-zđ](?![^\W_])")


def read_stroke(place: Place) -> Said:
    """A stroke: *một* before a unit that something is counted by, else a pause between words."""
    return of_so_many(place) or _before_word(place)


def _before_word(place: Place) -> Said:
    at, text = place.start, place.text
    left = text[at - 1 : at]
    special = _special(place, left)
    if special is not None:
        return special
    gap = 1 if text[at + 1 : at + 2] == " " and _MEASURED_NUMBER.search(place.before) else 0
    unit = read_unit(place, at + 1 + gap) if left.isalnum() or left in "²³%₫$€)" else None
    if unit is not None and not text[at + 1 + gap : at + 2 + gap].isspace():
        return Said(f"một {unit[0]}", unit[1], "per")
    whole = _of_the_whole(place)
    per = _PER_TIME.match(text, at)
    if per is None and _per_counts(place):
        per = _PER_WORD.match(text, at)
    measured = _names_what_counts(place) and _MEASURED_NUMBER.search(place.before)
    if not whole and (per or measured or (_per_counts(place) and _abbreviates_a_unit(place))):
        return Said("một", per.end() if per else at + 1, "per")
    if whole or _AND_BEFORE.search(place.before):
        return Said("", at + 1, "stroke")
    return Said(",", at + 1, "pause")


def _special(place: Place, left: str) -> Said | None:
    """M3/ngđ, USD/VND, Ô/b: letters that the stroke joins in a way of their own."""
    at, text = place.start, place.text
    day_and_night = _DAY_AND_NIGHT.match(text, at)
    if day_and_night and left in "3³":
        return Said("một ngày đêm", day_and_night.end(), "per")
    if _LETTER_BEFORE.search(text, max(0, at - 2), at) and _LETTER_NEXT.match(text, at + 1):
        return Said("", at + 1, "stroke", (Flag(Doubt.SYMBOL, "/", ""),))
    if _MONTHS_BEFORE.search(place.before) and _YEAR_NEXT.match(text, at + 1):
        return Said("năm", at + 1, "per")
    if _CURRENCY_BEFORE.search(text, max(0, at - 8), at) and _CURRENCY_NEXT.match(text, at + 1):
        return Said("trên", at + 1, "ratio")
    return None


def _of_the_whole(place: Place) -> bool:
    """102%/KH: a share of what was planned, said without a word between."""
    at = place.start
    return place.text[at - 1 : at] == "%" and bool(_WHOLE_NEXT.match(place.text, at + 1))


def _names_what_counts(place: Place) -> bool:
    """A word in small letters, or an abbreviation (99đ/SMS)."""
    run = _RUN.match(place.text, place.start + 1)
    return run is not None and (run[0][0].islower() or bool(place.lexicon.starting(run[0])))


def _per_counts(place: Place) -> bool:
    if _are_alternatives(place) or _PLACE_NEXT.match(place.text, place.start + 1):
        return False
    before = place.before
    last = next((piece for piece in place.recent if piece.rule not in (PLAIN, PAUSE)), None)
    if last and last.rule == "per" and _ONE_UNIT.fullmatch(place.text, last.end, place.start):
        return True
    return bool(_RECENT_NUMBER.search(before) or _MEASURED.search(before))


def _abbreviates_a_unit(place: Place) -> bool:
    run = _RUN.match(place.text, place.start + 1)
    if run is None or run[0] not in place.lexicon.starting(run[0]):
        return False
    return place.lexicon.words(run[0])[0].spoken in _COUNTED_UNITS


def _are_alternatives(place: Place) -> bool:
    """Thôn/ấp, cơ quan/đơn vị: two words for one kind of thing, not one for each other."""
    before, after = place.before, place.after(place.start + 1).lstrip()
    return any(before.endswith(level) and after.startswith(level) for level in _SAME_LEVEL)
