"""What the kinds of days and what is missing are called; msgids."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.campaigns.plan import DayKind
from broadcaster.web.language import msgid

KIND_WORDS: Mapping[DayKind, str] = MappingProxyType(
    {
        DayKind.KEY_DAY: msgid("ngày trọng điểm"),
        DayKind.BEFORE: msgid("hạn: trước ngày này"),
        DayKind.BY: msgid("hạn: hết ngày này"),
    }
)
