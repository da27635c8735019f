"""What the rules of the reading are called in everyday words, for whoever reads a bulletin."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.web.language import msgid

OTHER = msgid("Cách đọc khác")

RULE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "abbreviation": msgid("Chữ viết tắt"),
        "address": msgid("Địa chỉ mạng và thư điện tử"),
        "bullet": msgid("Gạch đầu dòng"),
        "capitals": msgid("Chữ in hoa"),
        "cardinal": msgid("Số đếm"),
        "code": msgid("Mã số, mã chữ"),
        "dash": msgid("Dấu gạch"),
        "date": msgid("Ngày tháng"),
        "decimal": msgid("Số thập phân"),
        "digits": msgid("Số đọc từng chữ số"),
        "document_number": msgid("Số hiệu văn bản"),
        "fraction": msgid("Phân số"),
        "initials": msgid("Tên viết tắt"),
        "label": msgid("Số mục, số thứ tự"),
        "leftover": msgid("Chữ máy chưa biết"),
        "letter": msgid("Chữ cái"),
        "line": msgid("Tên đường dây, tuyến"),
        "list": msgid("Dãy số"),
        "measure": msgid("Số đo"),
        "minus": msgid("Số âm"),
        "money": msgid("Tiền"),
        "month": msgid("Tháng"),
        "named_number": msgid("Số trong tên gọi"),
        "ordinal": msgid("Số thứ tự"),
        "per": msgid("Trên mỗi đơn vị"),
        "period": msgid("Tháng, quý, kỳ"),
        "phone": msgid("Số điện thoại"),
        "plate": msgid("Biển số xe"),
        "point": msgid("Điểm, khoản"),
        "post": msgid("Mốc đường"),
        "ratio": msgid("Tỷ lệ"),
        "repeated": msgid("Chỗ đã đọc rồi"),
        "road": msgid("Tên đường"),
        "roman": msgid("Số La Mã"),
        "scale": msgid("Thang điểm"),
        "score": msgid("Tỷ số"),
        "section": msgid("Số tiểu mục"),
        "sign": msgid("Ký hiệu"),
        "stroke": msgid("Dấu gạch chéo"),
        "time": msgid("Giờ"),
        "unit": msgid("Đơn vị đo"),
        "weekday": msgid("Thứ trong tuần"),
        "word": msgid("Từ có cách đọc riêng"),
        "year": msgid("Năm"),
    }
)


def name_of_rule(rule: str) -> str:
    """The sentence of a rule in the language of the sources."""
    return RULE_NAMES.get(rule, OTHER)
