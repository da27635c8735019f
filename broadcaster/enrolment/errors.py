"""What can stand against letting a device in.

LoaError
├── BadInput
│   ├── DeviceUnnamed       a device needs a name that people know it by
│   ├── NoSuchPlace         a device stands in a village of this station
│   └── ShareUnusable       no share of a village's people
├── NotFound
│   ├── NoSuchCode          no code of this name, or its day is over
│   └── NotExpected         no device of this id stands on the list of those to come
├── Conflict
│   ├── CodeOpenForDevice   a code for a device of this id is still good
│   └── NothingToConfirm    no device has asked with this code, or it was decided already
└── LoaError
    └── TooManyEnrolments   429, more questions than a commune's devices ever ask
"""

from broadcaster.errors import BadInput, Conflict, LoaError, NotFound


class DeviceUnnamed(BadInput):
    """A device needs a name that people know it by."""

    code = "device_unnamed"
    message_vi = "Hãy đặt tên cho loa, ví dụ: Thôn Đông – loa 1. Chưa tạo mã nào."
    message_en = "Give the device a name, such as its village and a number. No code was made."


class NoSuchPlace(BadInput):
    """A device stands in a village of this station."""

    code = "no_such_place"
    message_vi = "Hãy chọn thôn nơi đặt loa. Chưa tạo mã nào."
    message_en = "Choose the village in which the device stands. No code was made."


class ShareUnusable(BadInput):
    """No share of a village's people."""

    code = "share_unusable"
    message_vi = "Phần dân nghe được là một số từ 1 đến 100 (%). Chưa tạo mã nào."
    message_en = "The share of people reached is a number from 1 to 100 (%). No code was made."


class NoSuchCode(NotFound):
    """There is no code of this name, or its day is over."""

    code = "no_such_code"
    message_vi = "Không có mã đăng ký này, hoặc mã đã quá 24 giờ. Hãy tạo mã mới."
    message_en = "There is no such enrolment code, or its 24 hours are over. Make a new one."


class NotExpected(NotFound):
    """No device of this id stands on the list of those to come."""

    code = "device_not_expected"
    message_vi = "Không có loa này trong danh sách sắp lắp. Hãy tải lại trang."
    message_en = "No such device is on the list of those to come. Reload the page."


class CodeOpenForDevice(Conflict):
    """A code for a device of this id is still good."""

    code = "code_open_for_device"
    message_vi = "Mã thiết bị này đang có một mã đăng ký còn hạn. Hãy dùng mã đó hoặc hủy nó trước."
    message_en = (
        "An enrolment code for this device id is still good. Use it, or take it back first."
    )


class NothingToConfirm(Conflict):
    """No device has asked with this code, or it was decided already."""

    code = "nothing_to_confirm"
    message_vi = "Chưa có thiết bị nào hỏi bằng mã này, hoặc việc này đã được quyết định."
    message_en = "No device has asked with this code yet, or it was decided already."


class TooManyEnrolments(LoaError):
    """More questions than a commune's devices ever ask."""

    code = "too_many_enrolments"
    status = 429
    message_vi = "Có quá nhiều yêu cầu đăng ký. Hãy thử lại sau ít phút."
    message_en = "Too many enrolment requests. Try again in a few minutes."
