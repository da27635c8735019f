"""What can stand against a schedule.

BadInput
├── NoCluster           nothing was chosen to play it
├── UnknownCluster      a chosen cluster is not this station's
├── TimeUnreadable      the time is not one
├── TimePassed          the time lies in the past
├── RecurrenceUnreadable
├── InQuietHours        it would sound inside quiet hours, and nobody gave a reason
├── OverrideNeedsLeader a reason was given where no leader will see it
├── SessionTooLong      longer than the station's rules allow
└── TooManyRecordings   more recordings for one cluster than an order holds
Conflict
├── SlotTaken           something else plays then
├── NotRendered         there is no sound yet that could be approved
├── BroadcastBegun      it has begun and can no longer be cancelled
└── BroadcastNotOnAir   it is not on air, so there is nothing to stop
"""

from datetime import datetime

from broadcaster.errors import BadInput, Conflict


class NoCluster(BadInput):
    """Nothing was chosen to play it."""

    code = "no_cluster"
    message_vi = "Chưa chọn cụm loa. Hãy chọn ít nhất một cụm."
    message_en = "No cluster is chosen. Choose at least one."


class UnknownCluster(BadInput):
    """A chosen cluster is not this station's."""

    code = "unknown_cluster"
    message_vi = "Có cụm loa không thuộc đài này. Hãy tải lại trang và chọn lại."
    message_en = "A chosen cluster does not belong to this station. Reload and choose again."


class TimeUnreadable(BadInput):
    """The time is not one."""

    code = "time_unreadable"
    message_vi = "Giờ phát chưa đúng. Hãy nhập ngày và giờ, ví dụ 2026-11-22T17:00."
    message_en = "The start time cannot be read. Enter day and time, such as 2026-11-22T17:00."


class TimePassed(BadInput):
    """The time lies in the past."""

    code = "time_passed"
    message_vi = "Giờ phát đã qua. Hãy chọn một giờ sắp tới."
    message_en = "The start time has passed. Choose one still to come."


class RecurrenceUnreadable(BadInput):
    """The recurrence is not an RFC 5545 rule."""

    code = "recurrence_unreadable"
    message_vi = "Cách lặp lại chưa đúng. Hãy chọn lại."
    message_en = "The recurrence is not an RFC 5545 rule."


class InQuietHours(BadInput):
    """It would sound inside quiet hours, and nobody gave a reason."""

    code = "in_quiet_hours"
    message_vi = (
        "Giờ này thuộc giờ yên lặng. Hãy chọn giờ khác, hoặc ghi lý do để lãnh đạo xem xét."
    )
    message_en = (
        "This falls inside quiet hours. Choose another time, or give a reason for a leader."
    )


class OverrideNeedsLeader(BadInput):
    """A reason was given where no leader will see it."""

    code = "override_needs_leader"
    message_vi = (
        "Bản tin đã được duyệt trước đó, nên phát trong giờ yên lặng cần lãnh đạo tự xếp lịch. "
        "Hãy nhờ lãnh đạo, hoặc chọn giờ khác."
    )
    message_en = (
        "This bulletin was approved before, so only a leader can queue it inside quiet hours. "
        "Ask a leader, or choose another time."
    )


class SessionTooLong(BadInput):
    """Longer than the station's rules allow."""

    code = "session_too_long"
    message_vi = (
        "Bản tin dài hơn thời lượng cho phép của một buổi phát. Hãy chia thành nhiều bản tin."
    )
    message_en = "This is longer than one session may be. Divide it into several bulletins."


class TooManyRecordings(BadInput):
    """More recordings for one cluster than an order holds."""

    code = "too_many_recordings"
    message_vi = (
        "Một cụm loa có quá nhiều bản thu cho lần phát này (tối đa 49). "
        "Hãy dùng chung bản thu cho các thôn cùng tiếng, hoặc chia thành nhiều bản tin."
    )
    message_en = (
        "A cluster has too many recordings for this broadcast (at most 49). Share one among "
        "villages of the same language, or divide it into several bulletins."
    )


class SlotTaken(Conflict):
    """Something else plays then; says what, and when there is room."""

    code = "slot_taken"

    def __init__(self, *, title: str, free_at: datetime) -> None:
        """`free_at` is given in the station's zone, for the sentence."""
        super().__init__(title, field="starts_local")
        self.free_at = free_at
        self.message_vi = (
            f"Giờ này đã có “{title}”. Giờ trống gần nhất là {free_at:%H:%M ngày %d/%m/%Y}."
        )
        self.message_en = f"“{title}” plays then. The next free time is {free_at:%Y-%m-%d %H:%M}."


class NotRendered(Conflict):
    """There is no sound yet that could be approved."""

    code = "not_rendered"
    message_vi = "Bản tin chưa có bản thu giọng đọc. Hãy lưu để tạo âm thanh rồi xếp lịch."
    message_en = "This bulletin has no sound yet. Save it so that it is rendered, then queue it."


class BroadcastBegun(Conflict):
    """It has begun and can no longer be cancelled."""

    code = "broadcast_begun"
    message_vi = "Lần phát này đã bắt đầu nên không hủy được nữa."
    message_en = "This broadcast has begun and can no longer be cancelled."


class BroadcastNotOnAir(Conflict):
    """It is not on air, so there is nothing to stop."""

    code = "broadcast_not_on_air"
    message_vi = "Lần phát này không đang phát nên không có gì để dừng."
    message_en = "This broadcast is not on air, so there is nothing to stop."
