"""What Loa's Word template says, in the order of a commune's report: sentences and tables.

Vietnamese as offices write it; numbers come filled in. A commune changes all of it in Word.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One paragraph; `logic` is a paragraph that only tells when others are left out."""

    words: str
    bold: bool = False
    italic: bool = False
    logic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnWords:
    """One column: the key of the report's table, its name, its width in millimetres."""

    key: str
    name: str
    width_mm: float
    is_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWords:
    """One table of the report, by its key."""

    key: str
    columns: tuple[ColumnWords, ...]
    caption: str = ""
    has_sums: bool = True


def _if(condition: str) -> Text:
    return Text(words=f"{{%p if {condition} %}}", logic=True)


_ELSE, _END = (Text(words=f"{{%p {word} %}}", logic=True) for word in ("else", "endif"))


def _text(key: str, name: str, width_mm: float) -> ColumnWords:
    return ColumnWords(key=key, name=name, width_mm=width_mm, is_text=True)


def _number(key: str, name: str, width_mm: float) -> ColumnWords:
    return ColumnWords(key=key, name=name, width_mm=width_mm)


NOTHING_ASKED = "Trong thời gian này chưa có lần phát nào."

TABLES: tuple[Text | TableWords, ...] = (
    Text(
        words="{{ station }} báo cáo kết quả hoạt động {{ period_inside }} "
        "(từ ngày {{ first }} đến ngày {{ last }}) như sau:"
    ),
    _if("not is_over"),
    Text(words="Số liệu tính đến {{ made_at }}.", italic=True),
    _END,
    _if("rehearsal"),
    Text(words="Đài trình diễn: mọi xác nhận do loa mô phỏng ký.", italic=True),
    _END,
    Text(words="I. KẾT QUẢ PHÁT THANH", bold=True),
    _if("topics"),
    Text(
        words="Đài đã phát {{ total.broadcasts }} tin, bài, {{ total.times }} lần phát, tổng "
        "thời lượng {{ total.minutes }} phút. Các cụm loa phải phát {{ plays.asked }} lượt "
        "({{ plays.asked_minutes }} phút), đã phát {{ plays.played_minutes }} phút."
    ),
    TableWords(
        key="topics",
        caption="Tin, bài theo chủ đề",
        columns=(
            _text("topic", "Chủ đề", 65),
            _number("broadcasts", "Số tin, bài", 25),
            _number("times", "Số lần phát", 25),
            _number("minutes", "Số phút", 25),
            _number("share", "Độ phủ", 25),
        ),
    ),
    TableWords(
        key="urgencies",
        caption="Tin, bài theo mức ưu tiên",
        columns=(
            _text("urgency", "Mức ưu tiên", 65),
            _number("broadcasts", "Số tin, bài", 33),
            _number("times", "Số lần phát", 33),
            _number("minutes", "Số phút", 34),
        ),
    ),
    TableWords(
        key="outcomes",
        caption="Lượt phát của các cụm loa",
        has_sums=False,
        columns=(
            _text("name", "Kết quả", 75),
            _number("count", "Số lượt", 45),
            _number("share", "Tỷ lệ", 45),
        ),
    ),
    _ELSE,
    Text(words=NOTHING_ASKED),
    _END,
    _if("villages"),
    Text(words="II. ĐỘ PHỦ", bold=True),
    Text(
        words="Trung bình mỗi lần phát, loa đã xác nhận phát tới {{ coverage.share }} của "
        "{{ coverage.asked }} lượt dân. Có {{ coverage.reached }} trong {{ coverage.residents }} "
        "người dân ở nơi loa ký xác nhận đã phát ít nhất một lần ({{ coverage.reach }}). Đây là "
        "nơi loa phát tới, không phải số người nghe."
    ),
    Text(
        words="Căn cứ: loa ký là đã phát {{ coverage.reached }} người dân; đo được là có tiếng: "
        "chưa loa nào đo được; có người nói đã nghe: {{ coverage.heard }}."
    ),
    TableWords(
        key="villages",
        caption="Độ phủ theo thôn (chi tiết ở Phụ lục)",
        columns=(
            _text("village", "Thôn", 60),
            _number("residents", "Dân số", 27),
            _number("reached", "Đã phát tới", 27),
            _number("reach", "Tỷ lệ", 24),
            _number("share", "Độ phủ mỗi lần phát", 27),
        ),
    ),
    _END,
    _if("is_whole"),
    Text(words="III. THÔNG BÁO KHẨN CẤP", bold=True),
    _if("emergencies"),
    TableWords(
        key="emergencies",
        has_sums=False,
        columns=(
            _text("raised_at", "Ra lệnh lúc", 30),
            _text("hazard", "Nội dung", 35),
            _text("what", "Loại", 22),
            _text("giver", "Người ra lệnh", 31),
            _text("ended_at", "Kết thúc lúc", 27),
            _number("share", "Độ phủ", 20),
        ),
    ),
    _ELSE,
    Text(words="Trong thời gian này không có thông báo khẩn cấp."),
    _END,
    _END,
    _if("poles"),
    Text(words="{{ 'IV' if is_whole else 'III' }}. THIẾT BỊ", bold=True),
    Text(
        words="Im lặng là cụm loa không gửi một lời nào về các lần phát: không rõ có kêu hay không."
    ),
    TableWords(
        key="poles",
        columns=(
            _text("pole", "Cụm loa", 32),
            _text("standing", "Tình trạng", 23),
            _number("plays", "Phải phát", 14),
            _number("confirmed", "Đã xác nhận", 16),
            _number("relayed", "Đã tiếp sóng", 14),
            _number("partial", "Một phần", 14),
            _number("failed", "Phát hỏng", 14),
            _number("not_confirmed", "Chưa xác nhận", 16),
            _text("faults", "Lỗi loa tự báo", 22),
        ),
    ),
    _END,
    _if("repairs"),
    TableWords(
        key="repairs",
        has_sums=False,
        columns=(_text("what", "Hỏng hóc và sửa chữa", 110), _number("count", "Số lượng", 55)),
    ),
    _END,
    _if("is_whole"),
    Text(words="V. Ý KIẾN CỦA BÀ CON", bold=True),
    _if("opinions"),
    TableWords(
        key="opinions",
        columns=(
            _text("village", "Thôn", 45),
            _number("received", "Nhận được", 24),
            _number("answered", "Đã trả lời", 24),
            _number("waiting", "Chưa trả lời", 24),
            _number("erased", "Đã xóa lời", 24),
            _number("aired", "Trả lời trên loa", 24),
        ),
    ),
    _if("answers"),
    TableWords(
        key="answers",
        has_sums=False,
        columns=(
            _text("village", "Thôn", 32),
            _text("received_at", "Ý kiến nhận lúc", 33),
            _text("words", "Nội dung trả lời", 100),
        ),
    ),
    _END,
    _ELSE,
    Text(words="Trong thời gian này chưa nhận được ý kiến nào."),
    _END,
    _END,
    Text(words="Trên đây là báo cáo của {{ station }}./."),
)

ANNEX = TableWords(
    key="villages",
    columns=(
        _text("village", "Thôn", 42),
        _number("times", "Số lần", 17),
        _number("asked", "Lượt dân", 22),
        _number("confirmed", "Đã xác nhận", 22),
        _number("relayed", "Đã tiếp sóng", 20),
        _number("partial", "Một phần", 20),
        _number("failed", "Phát hỏng", 20),
        _number("not_confirmed", "Chưa xác nhận", 22),
        _number("unverifiable", "Không kiểm chứng được", 24),
        _number("pending", "Đang chờ", 17),
        _number("unserved", "Chưa có loa", 18),
    ),
)
ANNEX_NOTE = (
    "Lượt dân là số người dân ở thôn được phát tới, tính mỗi lần phát một lượt. Các phần luôn đứng "
    "riêng, không cộng vào nhau; độ phủ chỉ tính phần đã xác nhận."
)
