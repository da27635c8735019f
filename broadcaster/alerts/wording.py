"""How alerts are said to people: CAP's own words, and what has become of an alert."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.alerts.message import Certainty, MsgType, Severity, Status, Urgency
from broadcaster.alerts.rules import CANCEL
from broadcaster.alerts.signatures import Signed
from broadcaster.alerts.standing import Shown
from broadcaster.web.language import msgid

STATES: Mapping[str, str] = MappingProxyType(
    {
        Shown.WAITING: msgid("chờ quyết định"),
        Shown.EXPIRED: msgid("đã hết hạn, không ai quyết định"),
        Shown.RUNNING: msgid("đã ra lệnh, loa đang nhắc lại"),
        Shown.ENDED: msgid("đã ra lệnh, đã kết thúc"),
        Shown.KEPT: msgid("chỉ để xem, không đề nghị phát"),
        Shown.REPLACED: msgid("đã có bản mới thay"),
        Shown.WITHDRAWN: msgid("nơi phát đã hủy"),
        Shown.DISMISSED: msgid("đài đã bỏ qua"),
    }
)
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        Status.ACTUAL: msgid("thật"),
        Status.EXERCISE: msgid("diễn tập"),
        Status.SYSTEM: msgid("tin hệ thống"),
        Status.TEST: msgid("thử kỹ thuật"),
        Status.DRAFT: msgid("bản nháp"),
    }
)
MESSAGE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        MsgType.ALERT: msgid("Cảnh báo mới"),
        MsgType.UPDATE: msgid("Cập nhật, thay bản trước"),
        MsgType.CANCEL: msgid("Hủy cảnh báo trước"),
        MsgType.ACK: msgid("Báo đã nhận"),
        MsgType.ERROR: msgid("Báo lỗi"),
    }
)
SEVERITIES: Mapping[str, str] = MappingProxyType(
    {
        Severity.EXTREME: msgid("đặc biệt nghiêm trọng"),
        Severity.SEVERE: msgid("nghiêm trọng"),
        Severity.MODERATE: msgid("vừa"),
        Severity.MINOR: msgid("nhẹ"),
        Severity.UNKNOWN: msgid("không rõ mức độ"),
        CANCEL: msgid("Tin hủy: cho loa im"),
    }
)
URGENCIES: Mapping[str, str] = MappingProxyType(
    {
        Urgency.IMMEDIATE: msgid("hành động ngay"),
        Urgency.EXPECTED: msgid("hành động trong giờ tới"),
        Urgency.FUTURE: msgid("sắp tới"),
        Urgency.PAST: msgid("đã qua"),
        Urgency.UNKNOWN: msgid("không rõ lúc nào"),
    }
)
CERTAINTIES: Mapping[str, str] = MappingProxyType(
    {
        Certainty.OBSERVED: msgid("đã xảy ra"),
        Certainty.LIKELY: msgid("rất có thể"),
        Certainty.POSSIBLE: msgid("có thể"),
        Certainty.UNLIKELY: msgid("khó xảy ra"),
        Certainty.UNKNOWN: msgid("không rõ"),
    }
)
SIGNATURES: Mapping[str, str] = MappingProxyType(
    {
        Signed.VERIFIED: msgid("chữ ký đúng"),
        Signed.NOT_SIGNED: msgid("không ký số"),
    }
)
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "feed_unreachable": msgid("không trả lời đúng cách"),
        "alert_too_large": msgid("gửi tệp quá lớn"),
        "alert_unreadable": msgid("gửi tệp không đọc được"),
        "alert_invalid": msgid("gửi cảnh báo sai chuẩn CAP"),
        "alert_signature_bad": msgid("chữ ký số sai"),
        "alert_signature_missing": msgid("thiếu chữ ký số"),
    }
)
"""By the codes of `errors`."""
