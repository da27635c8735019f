"""How the exchange is said to people: what goes up, what troubles it, what came down."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.exchange.codes import Priority
from broadcaster.exchange.errors import (
    OfficeAnswersOddly,
    OfficeDenies,
    OfficeUnreachable,
    SecretUnusable,
)
from broadcaster.exchange.kinds import Kind
from broadcaster.exchange.outbox import Outgoing
from broadcaster.web.language import msgid

OUTGOING: Mapping[str, str] = MappingProxyType(
    {
        Outgoing.PLAY: msgid("Nhật ký phát"),
        Outgoing.RECEIPT: msgid("Biên nhận bản tin"),
        Outgoing.SCHEDULE: msgid("Lịch phát sắp tới"),
        Outgoing.STATUS: msgid("Tình trạng loa"),
    }
)
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        OfficeUnreachable.code: msgid("không trả lời"),
        OfficeDenies.code: msgid("từ chối khóa truy cập của đài"),
        OfficeAnswersOddly.code: msgid("trả lời không theo cách trao đổi đã biết"),
        SecretUnusable.code: msgid("đài không còn khóa truy cập"),
    }
)
PRIORITIES: Mapping[int, str] = MappingProxyType(
    {
        Priority.EMERGENCY: msgid("Khẩn cấp"),
        Priority.PRIORITY: msgid("Ưu tiên"),
        Priority.NORMAL: msgid("Thông thường"),
    }
)
KINDS: Mapping[int, str] = MappingProxyType(
    {
        Kind.TEXT: msgid("văn bản"),
        Kind.IMAGE: msgid("hình ảnh"),
        Kind.AUDIO: msgid("âm thanh"),
        Kind.VIDEO: msgid("video"),
        Kind.LIVE: msgid("trực tiếp"),
        Kind.FM: msgid("FM"),
    }
)
