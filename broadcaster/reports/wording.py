"""What a report calls urgencies, poles' standings and what became of plays (msgids)."""

from types import MappingProxyType

from broadcaster.ledger.play_state import Outcome
from broadcaster.reports.broadcasts import Urgency
from broadcaster.reports.poles import Standing
from broadcaster.web.language import msgid

URGENCIES = MappingProxyType(
    {
        Urgency.EMERGENCY: msgid("Khẩn cấp"),
        Urgency.PRIORITY: msgid("Ưu tiên"),
        Urgency.NORMAL: msgid("Thông thường"),
        Urgency.LIVE: msgid("Buổi nói trực tiếp"),
        Urgency.DRILL: msgid("Diễn tập"),
    }
)
STANDINGS = MappingProxyType(
    {
        Standing.SILENT: msgid("Im lặng"),
        Standing.FAULTY: msgid("Hỏng lặp lại"),
        Standing.WEAK: msgid("Hay không xác nhận"),
        Standing.GOOD: msgid("Bình thường"),
    }
)
OUTCOMES = MappingProxyType(
    {
        Outcome.CONFIRMED: msgid("Đã xác nhận"),
        Outcome.RELAYED: msgid("Đã tiếp sóng"),
        Outcome.PARTIAL: msgid("Một phần"),
        Outcome.FAILED: msgid("Phát hỏng"),
        Outcome.NOT_CONFIRMED: msgid("Chưa xác nhận"),
        Outcome.UNVERIFIABLE: msgid("Không kiểm chứng được"),
        Outcome.PENDING: msgid("Đang chờ"),
    }
)
"""What became of plays; in the ledger's order. These parts are never added to one another."""
