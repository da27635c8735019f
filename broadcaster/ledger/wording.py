"""How the ledger's states and codes are said to people: a mark for each state, words for each code.

Several states share a mark where a person needs no difference; the code's words then tell it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.web.language import msgid

_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "planned": "planned",
        "received": "planned",
        "cached": "cached",
        "started": "playing",
        "playing": "playing",
        "confirmed": "confirmed",
        "relayed": "relayed",
        "partial": "partial",
        "cut": "cut",
        "skipped": "failed",
        "failed": "failed",
        "rejected": "failed",
        "not_confirmed": "not_confirmed",
    }
)

_CODES: Mapping[str, str] = MappingProxyType(
    {
        "audio_missing": msgid("loa chưa tải được tệp âm thanh"),
        "audio_hash_mismatch": msgid("tệp âm thanh tải về không đúng bản đã duyệt"),
        "audio_undecodable": msgid("tệp âm thanh hỏng, không giải mã được"),
        "interrupted": msgid("loa khởi động lại giữa chừng"),
        "stopped": msgid("dừng theo lệnh của đài"),
        "no_samples": msgid("loa báo xong nhưng không phát ra tiếng nào"),
        "samples_not_counted": msgid("loa không đếm được tiếng đã phát"),
        "no_start": msgid("loa không báo đã bắt đầu"),
        "no_end": msgid("loa không báo đã phát xong"),
        "too_late": msgid("đã quá giờ được phép bắt đầu"),
        "expired": msgid("lệnh phát đã hết hạn khi đến loa"),
        "too_long": msgid("dài hơn mức loa được phép phát"),
        "quiet_hours": msgid("rơi vào giờ yên lặng mà không có phép"),
        "emergency": msgid("bị tin khẩn cấp cắt ngang"),
        "never_due": msgid("lệnh phát có giờ không hợp lệ"),
        "issuer_scope": msgid("người ký không có quyền ra lệnh này"),
        "key_expired": msgid("khóa ký đã hết hạn"),
        "replayed": msgid("lệnh cũ được gửi lại"),
        "relay": msgid("tiếp sóng: không ai kiểm chứng nội dung"),
        "relay_stalled": msgid("không nhận được gì từ nguồn tiếp sóng"),
        "relay_undecodable": msgid("loa không giải mã được nguồn tiếp sóng"),
        "relay_host": msgid("nguồn tiếp âm không nằm trong danh sách đài cho phép"),
        "priority": msgid("nhường cho bản tin ưu tiên hơn"),
        "rebooted": msgid("phát tiếp sau khi loa khởi động lại"),
        "journal_lost": msgid("sổ của loa đã mất nên không rõ đã phát hay chưa"),
        "audio_device": msgid("loa không thấy cổng âm thanh"),
        "plan_rolled_back": msgid("đài gửi lại một kế hoạch cũ hơn"),
        "plan_equivocated": msgid("đài gửi hai kế hoạch khác nhau cùng số hiệu"),
        "live": msgid("tiếng nói trực tiếp"),
        "unsupported": msgid("loa này không phát được loại nội dung này"),
        "live_key": msgid("buổi nói không dành cho loa này"),
        "live_stalled": msgid("không nhận được tiếng nói nào"),
        "live_undecodable": msgid("tiếng nói đến nhưng không giải mã được"),
    }
)

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "received": msgid("đã nhận lệnh phát"),
        "cached": msgid("đã tải đủ âm thanh"),
        "tone_started": msgid("đã bắt đầu tiếng báo"),
        "started": msgid("sắp phát"),
        "item_started": msgid("đã phát ra tiếng đầu tiên"),
        "cut": msgid("bị cắt ngang"),
        "resumed": msgid("phát tiếp"),
        "finished": msgid("đã phát xong"),
        "stopped": msgid("đã dừng theo lệnh"),
        "skipped": msgid("đã bỏ qua"),
        "failed": msgid("phát hỏng"),
        "rejected": msgid("đã từ chối lệnh"),
    }
)

_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "chime": msgid("nhạc báo mở đầu"),
        "ident": msgid("nhạc hiệu của đài"),
        "bulletin": msgid("bản tin"),
        "music": msgid("nhạc"),
        "pause": msgid("khoảng lặng"),
        "relay": msgid("tiếp âm"),
        "closing": msgid("lời kết"),
    }
)

_SINKS: Mapping[str, str] = MappingProxyType(
    {
        "null": msgid("không ra tiếng (mô phỏng)"),
        "wav": msgid("ghi ra tệp (mô phỏng)"),
        "sound_card": msgid("cổng âm thanh của loa"),
    }
)


_INCIDENTS: Mapping[str, str] = MappingProxyType(
    {
        "two_live_epochs": msgid(
            "Hai sổ của cùng một loa cùng được ghi: có thể khóa của loa đã bị sao chép. "
            "Xác nhận từ lúc đó không được tính."
        ),
        "root_contradicted": msgid(
            "Loa giữ mã gốc của một ngày khác với sổ: sổ của ngày đó đã bị sửa, "
            "hoặc cơ sở dữ liệu được khôi phục từ bản cũ. Hãy chạy “loa ledger verify”."
        ),
        "equivocation": msgid("Loa ký hai điều khác nhau cho cùng một xác nhận."),
        "broken_chain": msgid("Xác nhận không nối tiếp xác nhận trước nó."),
        "new_epoch": msgid("Loa bắt đầu một sổ mới: sổ trước đã mất hoặc bị xóa."),
        "unknown_device": msgid("Có nơi xưng là loa mà đài không có, hoặc đã thôi dùng."),
        "simulated_in_service": msgid("Loa ở đài thật gửi số liệu mô phỏng."),
        "bad_signature": msgid("Chữ ký không khớp với nội dung."),
        "wrong_key": msgid("Nội dung do khóa khác ký, không phải khóa đã đăng ký của loa."),
        "wrong_kind": msgid("Nội dung không đúng loại của nơi nó đến."),
        "wrong_address": msgid("Nội dung ghi cho đài hoặc loa khác."),
        "malformed": msgid("Nội dung không đúng dạng giao ước."),
        "message_too_large": msgid("Nội dung dài hơn mức cho phép."),
        "unstorable": msgid("Cơ sở dữ liệu không nhận được nội dung này."),
        "storage_away": msgid(
            "Có lúc không ghi được sổ vì đĩa đầy hoặc cơ sở dữ liệu không trả lời. "
            "Loa giữ xác nhận và gửi lại, không mất gì."
        ),
    }
)

_STORAGE_AWAY: Mapping[str, str] = MappingProxyType(
    {
        "disk_full": msgid(
            "Đĩa của đài đã đầy. Hãy dọn bớt hoặc thêm đĩa; không mất gì: loa giữ xác nhận "
            "và gửi lại khi có chỗ."
        ),
        "spoilt": msgid(
            "Tệp cơ sở dữ liệu bị hỏng. Hãy dừng đài, giữ nguyên tệp hỏng, rồi “loa restore” bản "
            "sao lưu mới nhất; loa giữ xác nhận và gửi lại."
        ),
        "no_answer": msgid(
            "Cơ sở dữ liệu không nhận dữ liệu. Hãy báo người quản trị máy; không mất gì: "
            "loa giữ xác nhận và gửi lại."
        ),
    }
)


def mark_of(state: str) -> str:
    """The play-state mark (`web.play_marks`) that shows a state of the ledger.

    Raises KeyError for a state that the ledger does not know: nothing unknown may look harmless.
    """
    return _MARKS[state]


def bar_part_of(state: str) -> str:
    """The part of the coverage bar that a state counts in; what was cut was played in part."""
    mark = mark_of(state)
    return "partial" if mark == "cut" else mark


def words_of_code(code: str) -> str:
    """The Vietnamese words (a msgid) for what a device gave as its reason, or the code itself."""
    return _CODES.get(code) or _literally(code)


def words_of_incident(code: str) -> str:
    """The Vietnamese words (a msgid) for what was refused or contradicts, or the code itself."""
    return _INCIDENTS.get(code) or _literally(code)


def words_of_storage(reason: str) -> str:
    """The Vietnamese words (a msgid) for why nothing can be stored, and what to do."""
    return _STORAGE_AWAY[reason]


def words_of_kind(kind: str) -> str:
    """The Vietnamese words (a msgid) for what a confirmation states, or the kind itself."""
    return _KINDS.get(kind) or _literally(kind)


def words_of_part(kind: str) -> str:
    """The Vietnamese words (a msgid) for a part of a programme, or the order's own word for it."""
    return _PARTS.get(kind) or _literally(kind)


def words_of_sink(sink: str) -> str:
    """The Vietnamese words (a msgid) for where the samples went, or the sink's own name."""
    return _SINKS.get(sink) or _literally(sink)


def _literally(said: str) -> str:
    """A device's own word as a msgid: pages read these as patterns, and `%` is none of its."""
    return said.replace("%", "%%")
