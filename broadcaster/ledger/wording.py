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
        "too_late": msgid("đã quá giờ được phép bắt đầu"),
        "expired": msgid("lệnh phát đã hết hạn khi đến loa"),
        "too_long": msgid("dài hơn mức loa được phép phát"),
        "quiet_hours": msgid("rơi vào giờ yên lặng mà không có phép"),
        "emergency": msgid("bị tin khẩn cấp cắt ngang"),
        "never_due": msgid("lệnh phát có giờ không hợp lệ"),
        "plan_rolled_back": msgid("đài gửi lại một kế hoạch cũ hơn"),
        "plan_equivocated": msgid("đài gửi hai kế hoạch khác nhau cùng số hiệu"),
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
    return _CODES.get(code, code)


def words_of_kind(kind: str) -> str:
    """The Vietnamese words (a msgid) for what a confirmation states, or the kind itself."""
    return _KINDS.get(kind, kind)


def words_of_part(kind: str) -> str:
    """The Vietnamese words (a msgid) for a part of a programme, or the order's own word for it."""
    return _PARTS.get(kind, kind)


def words_of_sink(sink: str) -> str:
    """The Vietnamese words (a msgid) for where the samples went, or the sink's own name."""
    return _SINKS.get(sink, sink)
