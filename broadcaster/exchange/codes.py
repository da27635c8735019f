"""The province's codes, what they are called, and what of them a station can put on air. Pure."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from broadcaster.exchange.kinds import Kind
from broadcaster.exchange.mapping import ForeignBulletin
from broadcaster.exchange.relay_orders import (
    SHORTEST_MS,
    addresses_of,
    is_relay_order,
    relay_order,
)
from broadcaster.web.language import msgid


class Priority(IntEnum):
    """MucDoUuTien, which is Circular 39's."""

    EMERGENCY = 1
    PRIORITY = 2
    NORMAL = 3


class Activity(IntEnum):
    """TrangThaiHoatDong."""

    PLAYING = 0
    PAUSED = 1
    STOPPED = 2


GENERAL = 1
TOPICS: Mapping[int, str] = MappingProxyType(
    {
        GENERAL: msgid("Tin tổng hợp"),
        2: msgid("Tin đột xuất"),
        3: msgid("Chủ trương, chính sách"),
        4: msgid("Chỉ đạo, điều hành ở địa phương"),
        5: msgid("Phổ biến kiến thức"),
        6: msgid("Gương người tốt, việc tốt"),
    }
)
"""LoaiLinhVuc, in the words that a bulletin's topic gets here."""


class Refusal(StrEnum):
    """Why a bulletin of the province cannot be taken here; each has its words."""

    KIND_UNKNOWN = "kind_unknown"
    IMAGE = "image"
    VIDEO = "video"
    LIVE = "live"
    RELAY = "relay"
    """Both are of older versions, which could not carry out such orders."""
    NO_STREAM = "no_stream"
    STREAM_PROTOCOL = "stream_protocol"
    NO_LENGTH = "no_length"
    EMERGENCY_STREAM = "emergency_stream"
    PRIORITY_UNKNOWN = "priority_unknown"
    NO_WORDS = "no_words"
    NO_SOUND = "no_sound"
    NO_TITLE = "no_title"
    FIELD = "field"
    CHANGED = "changed"


REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        Refusal.KIND_UNKNOWN: msgid("loại bản tin mà đài không biết"),
        Refusal.IMAGE: msgid("bản tin hình ảnh, loa không phát được"),
        Refusal.VIDEO: msgid("bản tin video, loa không phát được"),
        Refusal.LIVE: msgid("phát trực tiếp từ tỉnh: đài chưa nhận theo cách này"),
        Refusal.RELAY: msgid("lệnh tiếp âm: hãy đặt ở trang Tiếp âm của đài"),
        Refusal.NO_STREAM: msgid(
            "lệnh tiếp âm không có luồng: cần địa chỉ https trong NguonTiepAm hoặc NoiDung, hoặc "
            "tên một nguồn trong danh sách của đài"
        ),
        Refusal.STREAM_PROTOCOL: msgid(
            "luồng không phải https: loa chỉ mở địa chỉ https, không mở rtmp, rtsp, srt hay http"
        ),
        Refusal.NO_LENGTH: msgid("lệnh tiếp âm không có ThoiLuong: đài cần biết dài nhất bao lâu"),
        Refusal.EMERGENCY_STREAM: msgid(
            "khẩn cấp chỉ có luồng mà không có lời: loa phát khẩn cấp theo lời mà người của đài "
            "xác nhận"
        ),
        Refusal.PRIORITY_UNKNOWN: msgid("mức ưu tiên ngoài 1, 2, 3"),
        Refusal.NO_WORDS: msgid("không có lời để đọc và để người duyệt xem"),
        Refusal.NO_SOUND: msgid("bản tin âm thanh mà không có địa chỉ tệp"),
        Refusal.NO_TITLE: msgid("không có tiêu đề"),
        Refusal.FIELD: msgid("có trường thiếu hoặc không hiểu được"),
        Refusal.CHANGED: msgid("nội dung đổi mà phiên bản không đổi, nên đài giữ bản đến trước"),
    }
)
_NOT_PLAYED: Mapping[int, Refusal] = MappingProxyType(
    {Kind.IMAGE: Refusal.IMAGE, Kind.VIDEO: Refusal.VIDEO}
)


def why_not_taken(bulletin: ForeignBulletin) -> Refusal | None:
    """Why a station can make nothing of it; None where it can."""
    if bulletin.withdrawn:
        return None
    if bulletin.priority not in set(Priority):
        return Refusal.PRIORITY_UNKNOWN
    if is_relay_order(bulletin):
        if bulletin.priority != Priority.EMERGENCY:
            return _why_not_relayed(bulletin)
        if not bulletin.words.strip():
            return Refusal.EMERGENCY_STREAM
    return _why_not_read_out(bulletin)


def _why_not_relayed(bulletin: ForeignBulletin) -> Refusal | None:
    if relay_order(bulletin) is not None:
        return None
    if (bulletin.duration_ms or 0) < SHORTEST_MS:
        return Refusal.NO_LENGTH
    return Refusal.STREAM_PROTOCOL if addresses_of(bulletin) else Refusal.NO_STREAM


def _why_not_read_out(bulletin: ForeignBulletin) -> Refusal | None:
    """An emergency that brings a stream as well is read out by its words."""
    is_sound = bulletin.kind == Kind.AUDIO and not bulletin.relay
    is_known = bulletin.kind in {Kind.TEXT, Kind.AUDIO} or is_relay_order(bulletin)
    against = (
        (bulletin.kind in _NOT_PLAYED, _NOT_PLAYED.get(bulletin.kind, Refusal.KIND_UNKNOWN)),
        (not is_known, Refusal.KIND_UNKNOWN),
        (not bulletin.title.strip(), Refusal.NO_TITLE),
        (not bulletin.words.strip(), Refusal.NO_WORDS),
        (is_sound and not bulletin.content_url.strip(), Refusal.NO_SOUND),
    )
    return next((reason for is_so, reason in against if is_so), None)


def topic_code(topic: str) -> int:
    """The province's code of one of our topics: its own words, else general."""
    return next((code for code, words in TOPICS.items() if words == topic), GENERAL)
