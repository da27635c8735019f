"""The province's codes, what they are called, and what of them a station can put on air. Pure."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from broadcaster.exchange.mapping import ForeignBulletin
from broadcaster.web.language import msgid


class Kind(IntEnum):
    """LoaiBanTin."""

    TEXT = 1
    IMAGE = 2
    AUDIO = 3
    VIDEO = 4
    LIVE = 5
    FM = 6


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
        Refusal.PRIORITY_UNKNOWN: msgid("mức ưu tiên ngoài 1, 2, 3"),
        Refusal.NO_WORDS: msgid("không có lời để đọc và để người duyệt xem"),
        Refusal.NO_SOUND: msgid("bản tin âm thanh mà không có địa chỉ tệp"),
        Refusal.NO_TITLE: msgid("không có tiêu đề"),
        Refusal.FIELD: msgid("có trường thiếu hoặc không hiểu được"),
        Refusal.CHANGED: msgid("nội dung đổi mà phiên bản không đổi, nên đài giữ bản đến trước"),
    }
)
_NOT_PLAYED: Mapping[int, Refusal] = MappingProxyType(
    {
        Kind.IMAGE: Refusal.IMAGE,
        Kind.VIDEO: Refusal.VIDEO,
        Kind.LIVE: Refusal.LIVE,
        Kind.FM: Refusal.RELAY,
    }
)


def why_not_taken(bulletin: ForeignBulletin) -> Refusal | None:
    """Why a station can make nothing of it; None where it can."""
    if bulletin.withdrawn:
        return None
    is_sound = bulletin.kind == Kind.AUDIO
    against = (
        (bulletin.relay, Refusal.RELAY),
        (bulletin.kind in _NOT_PLAYED, _NOT_PLAYED.get(bulletin.kind, Refusal.KIND_UNKNOWN)),
        (bulletin.kind not in {Kind.TEXT, Kind.AUDIO}, Refusal.KIND_UNKNOWN),
        (bulletin.priority not in set(Priority), Refusal.PRIORITY_UNKNOWN),
        (not bulletin.title.strip(), Refusal.NO_TITLE),
        (not bulletin.words.strip(), Refusal.NO_WORDS),
        (is_sound and not bulletin.content_url.strip(), Refusal.NO_SOUND),
    )
    return next((reason for is_so, reason in against if is_so), None)


def topic_code(topic: str) -> int:
    """The province's code of one of our topics: its own words, else general."""
    return next((code for code, words in TOPICS.items() if words == topic), GENERAL)
