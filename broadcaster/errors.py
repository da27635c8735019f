"""The root of every error that the station raises; each capability's own stand in its `errors.py`.

LoaError
├── BadInput         422  what was given cannot be used; nothing was changed
├── NotFound         404  there is no such thing, or it is not this person's to see
├── NotAllowed       403  this person may not do this
├── Conflict         409  what exists stands against it
└── Unavailable      503  a part that is needed does not answer; nothing was lost

An error says what happened, what is safe, and what to do now, in Vietnamese and in English.
"""


class LoaError(Exception):
    """A stable code, an HTTP status, and a message for its reader in both languages."""

    code = "loa"
    status = 500
    message_vi = "Có lỗi trong hệ thống. Dữ liệu đã lưu vẫn an toàn. Hãy thử lại."
    message_en = "Something failed inside Loa. What was saved is safe. Try again."

    def __init__(self, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or self.message_en)
        self.detail = detail
        self.field = field


class BadInput(LoaError):
    """What was given cannot be used; nothing was changed."""

    code = "bad_input"
    status = 422
    message_vi = "Thông tin nhập chưa đúng. Chưa có gì thay đổi."
    message_en = "What was entered cannot be used. Nothing was changed."


class NotFound(LoaError):
    """There is no such thing, or it is not this person's to see."""

    code = "not_found"
    status = 404
    message_vi = "Không tìm thấy nội dung này."
    message_en = "There is nothing here by that name."


class NotAllowed(LoaError):
    """This person may not do this."""

    code = "not_allowed"
    status = 403
    message_vi = "Tài khoản của bạn không có quyền làm việc này."
    message_en = "Your account may not do this."


class Conflict(LoaError):
    """What exists stands against it."""

    code = "conflict"
    status = 409
    message_vi = "Không thực hiện được vì trái với dữ liệu hiện có. Hãy tải lại trang."
    message_en = "This contradicts what is already there. Reload the page."


class Unavailable(LoaError):
    """A part that is needed does not answer; nothing was lost."""

    code = "unavailable"
    status = 503
    message_vi = (
        "Một bộ phận chưa sẵn sàng. Nội dung đã nhận vẫn được giữ. Hãy thử lại sau ít phút."
    )
    message_en = "A part is not ready. What was accepted is kept. Try again in a few minutes."
