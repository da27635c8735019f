"""What can go wrong between the station and a network, by what is to be done about it.

OutletError
├── OutletUnreachable   nothing was sent: later again
├── OutletBusy          it says wait: later again, after as long as it says
├── OutletUnsure        it was sent and no clear answer came: ask whether it is there
├── OutletShut          it does not know the station any more: an admin enters a new token
└── OutletRefuses       it does not take this post, whoever sends it: a person reads why
"""

from broadcaster.errors import LoaError


class OutletError(LoaError):
    """The root; `detail` is what the network said, without anything secret."""

    code = "outlet"
    status = 502
    message_vi = "Mạng xã hội không nhận bài. Bản tin vẫn nguyên."
    message_en = "The network did not take the post. The bulletin is as it was."


class OutletUnreachable(OutletError):
    """Nothing was sent."""

    code = "outlet_unreachable"
    message_vi = "Chưa kết nối được mạng xã hội. Chưa gửi gì; đài tự thử lại."
    message_en = "The network cannot be reached. Nothing was sent; the station tries again."


class OutletBusy(OutletError):
    """It says wait; `after_s` is for how long, where it says so."""

    code = "outlet_busy"
    message_vi = "Mạng xã hội báo gửi quá nhiều. Đài tự gửi lại sau."
    message_en = "The network says that too much is sent. The station sends again later."

    def __init__(self, detail: str = "", *, after_s: int | None = None) -> None:
        super().__init__(detail)
        self.after_s = after_s


class OutletUnsure(OutletError):
    """It was sent, and whether it arrived nobody said."""

    code = "outlet_unsure"
    message_vi = "Đã gửi nhưng chưa rõ bài đã lên hay chưa. Đài hỏi lại trước khi gửi tiếp."
    message_en = "Whether it arrived is not known. The station asks before it sends it again."


class OutletShut(OutletError):
    """The token holds no more, or does not allow this."""

    code = "outlet_shut"
    message_vi = "Mã truy cập đã hết hạn, bị thu hồi hoặc thiếu quyền. Quản trị nhập lại mã mới."
    message_en = "The token has expired, was revoked or lacks a right. An admin enters a new one."


class OutletRefuses(OutletError):
    """This post is not taken."""

    code = "outlet_refuses"
    message_vi = "Mạng xã hội từ chối bài này. Hãy đọc lý do, sửa rồi quyết định lại."
    message_en = "The network refuses this post. Read why, mend it and decide again."
