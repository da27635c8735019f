"""What can stand against rehearsing from a page.

LoaError
├── BadInput
│   ├── DevicesOutOfRange    so many simulated devices are too few or too many
│   ├── SeedUnusable         the story's number is none
│   ├── ProfileRefused       the profile of faults cannot be used; `detail` says what is wrong
│   ├── FaultUnknown         there is no fault of this kind
│   ├── ShareUnusable        no share of the devices
│   ├── LengthUnusable       no time that a fault may last
│   └── CommandRefused       the rehearsal says that it cannot do this
├── Conflict
│   ├── StationInService     the station has real poles, so nothing is rehearsed in it
│   ├── EmergencyLasts       an emergency is on, whose board a rehearsal would enter
│   ├── RehearsalRuns        one runs already
│   └── NoRehearsal          none runs
└── Unavailable
    └── RehearsalSilent      one runs and does not answer
"""

from broadcaster.errors import BadInput, Conflict, Unavailable

DEVICES_LIMIT = 2_000


class DevicesOutOfRange(BadInput):
    """So many simulated devices are too few or too many."""

    code = "devices_out_of_range"
    message_vi = f"Số loa mô phỏng là một số từ 1 đến {DEVICES_LIMIT}. Chưa bắt đầu diễn tập."
    message_en = f"Simulated devices are from 1 to {DEVICES_LIMIT}. No rehearsal was started."


class SeedUnusable(BadInput):
    """The story's number is none."""

    code = "seed_unusable"
    message_vi = (
        "Số kịch bản là một số từ 0 đến 999999, hoặc để trống để máy tự chọn. "
        "Chưa bắt đầu diễn tập."
    )
    message_en = (
        "The story's number is from 0 to 999999, or empty for any. No rehearsal was started."
    )


class ProfileRefused(BadInput):
    """The profile of faults cannot be used; `detail` says what is wrong in it."""

    code = "profile_refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, field="profile")
        self.message_vi = (
            f"Tệp kịch bản sự cố không dùng được. Hãy sửa rồi gửi lại: {detail}. "
            "Chưa bắt đầu diễn tập."
        )
        self.message_en = (
            f"The profile of faults cannot be used. Correct it and send it again: {detail}. "
            "No rehearsal was started."
        )


class FaultUnknown(BadInput):
    """There is no fault of this kind."""

    code = "fault_unknown"
    message_vi = "Hãy chọn một loại sự cố trong danh sách. Chưa có gì thay đổi."
    message_en = "Choose a fault from the list. Nothing was changed."


class ShareUnusable(BadInput):
    """No share of the devices."""

    code = "fault_share_unusable"
    message_vi = "Phần loa gặp sự cố là một số từ 1 đến 100 (%). Chưa có gì thay đổi."
    message_en = "The share of devices is from 1 to 100 (%). Nothing was changed."


class LengthUnusable(BadInput):
    """No time that a fault may last."""

    code = "fault_length_unusable"
    message_vi = "Sự cố kéo dài từ 1 giây đến 24 giờ. Chưa có gì thay đổi."
    message_en = "A fault lasts from 1 second to 24 hours. Nothing was changed."


class CommandRefused(BadInput):
    """The rehearsal says that it cannot do this; `detail` says why."""

    code = "rehearsal_command_refused"

    def __init__(self, detail: str, *, message_vi: str = "", message_en: str = "") -> None:
        super().__init__(detail)
        self.message_vi = message_vi or "Không làm được lệnh này trong buổi diễn tập."
        self.message_en = message_en or "The rehearsal cannot do this."


class StationInService(Conflict):
    """The station has real poles, so nothing is rehearsed in it."""

    code = "station_in_service"
    message_vi = (
        "Đài này có loa thật nên không diễn tập ở đây: sổ độ phủ chỉ ghi loa thật. "
        "Hãy chạy “loa run” với một thư mục khác để có một đài diễn tập."
    )
    message_en = (
        "This station has real poles, so nothing is rehearsed here: its ledger holds real plays "
        "only. Run “loa run” with another folder to have a rehearsal station."
    )


class EmergencyLasts(Conflict):
    """An emergency is on, whose board a rehearsal would enter."""

    code = "rehearsal_in_emergency"
    message_vi = (
        "Đang có lệnh khẩn cấp nên không bắt đầu diễn tập. Hãy kết thúc lệnh đó ở trang Khẩn cấp "
        "trước."
    )
    message_en = (
        "An emergency is on, so no rehearsal was started. End it on the emergency page first."
    )


class RehearsalRuns(Conflict):
    """One runs already."""

    code = "rehearsal_runs"
    message_vi = "Một buổi diễn tập đang chạy. Hãy dừng buổi đó trước khi bắt đầu buổi khác."
    message_en = "A rehearsal is running. End it before you start another."


class NoRehearsal(Conflict):
    """None runs."""

    code = "no_rehearsal"
    message_vi = "Không có buổi diễn tập nào đang chạy. Hãy bắt đầu một buổi trước."
    message_en = "No rehearsal is running. Start one first."


class RehearsalSilent(Unavailable):
    """One runs and does not answer."""

    code = "rehearsal_silent"
    message_vi = (
        "Buổi diễn tập đang chạy nhưng chưa trả lời. Đài vẫn an toàn. "
        "Hãy thử lại sau ít giây, hoặc dừng buổi diễn tập."
    )
    message_en = (
        "The rehearsal runs and does not answer. The station is safe. "
        "Try again in a few seconds, or end the rehearsal."
    )
