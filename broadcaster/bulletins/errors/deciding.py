"""What can stand against asking for a decision, making it, or saying something beside it."""

from typing import TYPE_CHECKING

from broadcaster.errors import BadInput, Conflict, NotAllowed

if TYPE_CHECKING:
    from broadcaster.bulletins.states import Act, BulletinState

COMMENT_LIMIT_CHARACTERS = 2_000


class OwnBulletin(NotAllowed):
    """Nobody decides on what they wrote themselves."""

    code = "own_bulletin"
    message_vi = (
        "Người viết hoặc sửa bản tin không tự duyệt được. Bản tin vẫn đang chờ. "
        "Hãy nhờ một lãnh đạo khác duyệt."
    )
    message_en = (
        "Whoever wrote or edited a bulletin cannot decide on it. It still waits. "
        "Ask another leader."
    )


class OwnReading(NotAllowed):
    """Nobody approves by themselves how they had their colleagues' words said."""

    code = "own_reading"
    message_vi = (
        "Bản tin này đọc theo cách mà bạn đã đặt, và chính bạn gửi duyệt. Bản tin vẫn đang chờ. "
        "Hãy nhờ một lãnh đạo khác duyệt."
    )
    message_en = (
        "This sound says words as you taught them, and you submitted it yourself. It still waits. "
        "Ask another leader."
    )


class CommentMissing(BadInput):
    """Whoever gets a bulletin back must know why."""

    code = "comment_missing"
    message_vi = "Hãy ghi lý do trả lại để người viết biết cần sửa gì."
    message_en = "Say why it is returned, so that the author knows what to change."


class CommentTooLong(BadInput):
    """A comment is a remark, not a script."""

    code = "comment_too_long"
    message_vi = "Ý kiến dài quá 2.000 ký tự. Hãy viết gọn hơn."
    message_en = "The comment is over 2,000 characters. Shorten it."


class NothingSaid(BadInput):
    """A comment is a few words at least."""

    code = "nothing_said"
    message_vi = "Chưa ghi ý kiến nào. Hãy viết ý kiến rồi gửi; bản tin vẫn đang chờ duyệt."
    message_en = "Nothing was written. Write your comment and send it; the bulletin still waits."


class WarningsUnresolved(BadInput):
    """Approving over unsure readings must be said in so many words."""

    code = "warnings_unresolved"
    message_vi = (
        "Bản tin còn chỗ máy chưa chắc cách đọc. Hãy nghe các chỗ đó rồi đánh dấu ô đồng ý ở phần "
        "quyết định, hoặc trả lại để sửa."
    )
    message_en = (
        "The bulletin has places where the reading is unsure. Listen to them, then tick that you "
        "accept them beside the decision, or return it."
    )


class RecordingsUnaccepted(BadInput):
    """Approving without a village's recording must be said in so many words."""

    code = "recordings_unaccepted"
    message_vi = (
        "Bản tin còn thiếu bản thu bằng tiếng của thôn. Hãy xem còn thiếu thôn nào rồi đánh dấu ô "
        "đồng ý ở phần quyết định, hoặc trả lại để thu thêm."
    )
    message_en = (
        "The bulletin lacks a recording in a village's language. See which, then tick that you "
        "accept it beside the decision, or return it."
    )


class NothingAccepted(BadInput):
    """Both unsure readings and missing recordings must be accepted, each in so many words."""

    code = "warnings_and_recordings_unaccepted"
    message_vi = (
        "Bản tin còn chỗ máy chưa chắc cách đọc và còn thiếu bản thu bằng tiếng của thôn. Hãy "
        "nghe, xem lại rồi đánh dấu cả hai ô đồng ý ở phần quyết định, hoặc trả lại để sửa."
    )
    message_en = (
        "The bulletin has places where the reading is unsure, and lacks a recording in a village's "
        "language. Listen and look, then tick both beside the decision, or return it."
    )


_NOT_POSSIBLE: dict[str, tuple[str, str]] = {
    "submit": (
        "Bản tin chưa có bản đọc nên chưa gửi duyệt được. Hãy lưu và tạo âm thanh trước.",
        "The bulletin has no sound yet, so it cannot be submitted. Save and render it first.",
    ),
    "approve": (
        "Bản tin này không ở bước chờ duyệt: có thể đã được duyệt, trả lại hoặc đang sửa. "
        "Hãy tải lại trang để xem.",
        "This bulletin does not wait for approval: it may be approved, returned or being edited. "
        "Reload the page.",
    ),
    "return": (
        "Bản tin này không ở bước chờ duyệt nên không trả lại được. Hãy tải lại trang để xem.",
        "This bulletin does not wait for a decision, so it cannot be returned. Reload the page.",
    ),
    "comment": (
        "Bản tin này không còn chờ duyệt nên ý kiến chưa được ghi. Hãy tải lại trang để xem.",
        "This bulletin waits for no decision any more, so nothing was noted. Reload the page.",
    ),
}


class ActOutOfPlace(Conflict):
    """Not possible where the bulletin stands."""

    code = "act_out_of_place"

    def __init__(self, *, state: "BulletinState", act: "Act") -> None:
        self.state, self.act = state, act
        self.message_vi, self.message_en = _NOT_POSSIBLE.get(
            act, (Conflict.message_vi, Conflict.message_en)
        )
        super().__init__()


class RenditionChanged(Conflict):
    """The words or the sound are no longer those that were shown."""

    code = "rendition_changed"
    message_vi = (
        "Bản tin đã thay đổi sau khi bạn mở trang, nên quyết định chưa được ghi. "
        "Hãy tải lại trang, đọc và nghe bản mới."
    )
    message_en = (
        "The bulletin changed after you opened the page, so nothing was decided. "
        "Reload, read and listen to the new one."
    )


class SoundOverLimit(Conflict):
    """Longer than one session of this station may be; every device would refuse it."""

    code = "sound_over_limit"
    message_vi = (
        "Âm thanh dài hơn thời lượng cho phép của một buổi phát, nên chưa gửi duyệt được. "
        "Lời đã lưu vẫn còn; hãy chia thành nhiều bản tin."
    )
    message_en = (
        "The sound is longer than one session may be, so nobody was asked to approve it. "
        "What was written is kept; divide it into several bulletins."
    )


class PlaylistOutdated(Conflict):
    """A bulletin in the playlist is no longer approved as it is in there."""

    code = "playlist_outdated"
    message_vi = (
        "Một bản tin trong chương trình đã thay đổi hoặc chưa được duyệt lại, nên chương trình "
        "chưa duyệt được. Hãy dựng lại chương trình rồi nghe bản mới."
    )
    message_en = (
        "A bulletin in the playlist changed or is no longer approved, so the playlist cannot be "
        "approved. Make the playlist again, then listen to the new one."
    )


class RelayOutdated(Conflict):
    """The source of a relay, or what fills in for it, is no longer what it says."""

    code = "relay_outdated"
    message_vi = (
        "Nguồn tiếp sóng hoặc bản tin phát thay đã thay đổi, không còn được phép hoặc chưa được "
        "duyệt lại, nên chưa duyệt được. Hãy lập lại lịch tiếp sóng rồi xem bản mới."
    )
    message_en = (
        "The source of this relay or what fills in for it changed, or is no longer allowed or "
        "approved, so it cannot be approved. Make the relay again, then look at the new one."
    )
