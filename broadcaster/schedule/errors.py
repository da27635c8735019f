"""What can stand against a schedule.

BadInput
├── NoCluster           nothing was chosen to play it
├── UnknownCluster      a chosen cluster is not this station's
├── TimeUnreadable      the time is not one
├── TimePassed          the time lies in the past
├── RecurrenceUnreadable
├── OutsideValidity     the bulletin does not hold on any of these days
├── InQuietHours        it would sound inside quiet hours, and nobody gave a reason
├── OverrideNeedsLeader a reason was given where no leader will see it
├── SessionTooLong      longer than the station's rules allow
├── OnWeekend           the station is silent at weekends, and nobody gave a reason
├── TooManySessions     more sessions on that day than the station's rules allow
├── SessionOverfull     with what plays around it, the session is longer than allowed
├── RepeatsUnusable     the repeats do not fit, or run into each other
├── WayNotOpen          the chosen way out of a conflict is not open here
└── TooManyRecordings   more recordings for one cluster than an order holds
Conflict
├── SlotTaken           something else plays then
├── WaysChanged         what would make way is no longer what was shown
├── NoRoomNear          nothing is free within three hours
├── OccurrenceGone      there is no such occurrence any more
├── SeriesDayFixed      a whole series keeps its days; only its hour can change
├── NotRendered         there is no sound yet that could be approved
├── BroadcastBegun      it has begun and can no longer be cancelled
└── BroadcastNotOnAir   it is not on air, so there is nothing to stop
"""

from collections.abc import Sequence
from datetime import datetime

from broadcaster.errors import BadInput, Conflict
from broadcaster.schedule.placing import Choice, Taken


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


class OutsideValidity(BadInput):
    """The bulletin, or one in the programme, does not hold on any of these days."""

    code = "outside_validity"
    message_vi = (
        "Những ngày này nằm ngoài ngày hiệu lực của bản tin, nên chưa xếp lịch. Hãy chọn ngày còn "
        "hiệu lực, hoặc sửa ngày hiệu lực rồi gửi duyệt lại."
    )
    message_en = (
        "The bulletin does not hold on these days, so nothing was scheduled. Choose a day on which "
        "it does, or change its validity and have it approved again."
    )


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
        "Bản tin đã được duyệt trước đó, nên phát ngoài quy định cần lãnh đạo tự xếp lịch. "
        "Hãy nhờ lãnh đạo, hoặc chọn giờ khác."
    )
    message_en = (
        "This bulletin was approved before, so only a leader can queue it against the rules. "
        "Ask a leader, or choose another time."
    )


class SessionTooLong(BadInput):
    """Longer than the station's rules allow."""

    code = "session_too_long"
    message_vi = (
        "Bản tin dài hơn thời lượng cho phép của một buổi phát. Hãy chia thành nhiều bản tin."
    )
    message_en = "This is longer than one session may be. Divide it into several bulletins."


class OnWeekend(BadInput):
    """The station is silent at weekends, and nobody gave a reason."""

    code = "on_weekend"
    message_vi = (
        "Đài không phát Thứ Bảy, Chủ Nhật. Hãy chọn ngày khác, hoặc ghi lý do để lãnh đạo xem xét."
    )
    message_en = (
        "The station is silent at weekends. Choose another day, or give a reason for a leader."
    )


class TooManySessions(BadInput):
    """More sessions on that day than the station's rules allow."""

    code = "too_many_sessions"
    message_vi = (
        "Ngày này đã đủ số buổi phát theo quy định của đài. Hãy xếp sát một buổi đã có, chọn ngày "
        "khác, hoặc ghi lý do để lãnh đạo xem xét."
    )
    message_en = (
        "That day has as many sessions as the station's rules allow. Put it beside one of them, "
        "choose another day, or give a reason for a leader."
    )


class SessionOverfull(BadInput):
    """With what plays around it, the session is longer than the station's rules allow."""

    code = "session_overfull"
    message_vi = (
        "Cộng với các bản tin liền kề, buổi phát dài hơn quy định của đài. Hãy chọn giờ khác, "
        "hoặc ghi lý do để lãnh đạo xem xét."
    )
    message_en = (
        "With what plays around it, the session is longer than the station's rules allow. Choose "
        "another time, or give a reason for a leader."
    )


class RepeatsUnusable(BadInput):
    """The repeats do not fit, or run into each other."""

    code = "repeats_unusable"

    def __init__(self, *, shortest_min: int) -> None:
        """`shortest_min` is the least number of minutes from one start to the next."""
        self.message_vi = (
            "Số lần phát từ 1 đến 24, trong vòng một ngày; mỗi lần cách lần trước ít nhất "
            f"{shortest_min} phút. Hãy sửa lại."
        )
        self.message_en = (
            "It may play 1 to 24 times within a day, at least "
            f"{shortest_min} minutes from start to start. Correct it."
        )
        super().__init__(field="times")


class WayNotOpen(BadInput):
    """The chosen way out of a conflict is not open here."""

    code = "way_not_open"
    message_vi = (
        "Không chọn cách này được: tin ưu tiên không bị bỏ vì tin khác. Hãy chọn một cách khác."
    )
    message_en = (
        "This is not possible here: a priority item is not taken off the air. Choose another way."
    )


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

    def __init__(
        self,
        *,
        title: str,
        free_at: datetime,
        clashing: Sequence[Taken] = (),
        choices: Sequence[Choice] = (),
        once_approved: bool = False,
    ) -> None:
        """`free_at` is given in the station's zone, for the sentence.

        With `once_approved` what is there makes way only when the newcomer is approved.
        """
        super().__init__(title, field="starts_local")
        self.free_at = free_at
        self.clashing = clashing
        self.choices = choices
        self.once_approved = once_approved
        self.message_vi = (
            f"Giờ này đã có “{title}”. Giờ trống gần nhất là {free_at:%H:%M ngày %d/%m/%Y}."
        )
        self.message_en = f"“{title}” plays then. The next free time is {free_at:%Y-%m-%d %H:%M}."


class WaysChanged(Conflict):
    """What would make way is no longer what whoever decides was shown."""

    code = "ways_changed"
    message_vi = (
        "Những lần phát phải nhường chỗ đã thay đổi hoặc đã bắt đầu sau khi bạn mở trang, nên "
        "quyết định chưa được ghi và chưa lần phát nào bị đổi. Hãy xem lại ở phần quyết định rồi "
        "duyệt."
    )
    message_en = (
        "What was to make way changed or began after you opened the page, so nothing was decided "
        "and nothing was moved. Look again beside the decision, then decide."
    )


class NoRoomNear(Conflict):
    """Nothing is free within three hours."""

    code = "no_room_near"
    message_vi = (
        "Trong ba giờ tới không còn chỗ trống cho cách này. Chưa có gì thay đổi; hãy chọn giờ khác."
    )
    message_en = (
        "There is no room for this within three hours. Nothing was changed; choose another time."
    )


class OccurrenceGone(Conflict):
    """There is no such occurrence any more."""

    code = "occurrence_gone"
    message_vi = "Lần phát này vừa được đổi hoặc đã hủy. Hãy mở lại lịch và chọn lại."
    message_en = "This occurrence was changed or withdrawn. Open the calendar and choose again."


class SeriesDayFixed(Conflict):
    """A whole series keeps its days; only its hour can change."""

    code = "series_day_fixed"
    message_vi = (
        "Lịch này lặp theo ngày đã chọn nên cả chuỗi chỉ đổi được giờ. "
        "Muốn đổi ngày, hãy chọn “Chỉ lần này”."
    )
    message_en = (
        "This repeats on chosen days, so the whole series can only change its hour. To change the "
        "day, choose “Only this time”."
    )


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
