"""What can stand between a script and its broadcast.

NotFound
├── UnknownBulletin       404
├── RecordingMissing      404  no such recording, or no longer used
└── UnknownAudio          404
NotAllowed
└── OwnBulletin           403  nobody approves what they wrote
BadInput                  422
├── TitleUnusable
├── TopicTooLong
├── PriorityUnusable
│   └── EmergencyNotHere       an emergency has a page of its own
├── RepeatUnusable             what is said twice is none, opening, closing or whole
├── RateUnusable               0.6 to 1.6 of a voice's normal speed
├── IssueTimeUnusable          no time of day on a day
├── LanguageNotSpoken          the village has no such language
├── RecordingFileMissing       no file came with the form
├── NoVillageChosen            a recording is for at least one village
├── RecordingNotUsed           what the sound's reader refused, in its own words
├── PlaylistNotComposed        what the composing of a playlist refused, in its own words
├── ScriptMissing
├── ScriptOverLimit
├── TextUnusable               characters that no text has
├── DocumentMissing            no file came with the form
├── DocumentNotUsed            what the documents' reader refused, in its own words
├── ScriptNotReadable          what the reading layer refused, in its own words
├── SpokenOverLimit            short to write, hours to say
├── CommentMissing             a returned bulletin needs a word why
├── CommentTooLong
├── WarningsUnresolved         approving over warnings must be said
├── RecordingsUnaccepted       approving without a village's recording must be said
└── NothingAccepted            both must be said
Conflict                  409
├── ActOutOfPlace              not possible where the bulletin stands
├── SoundOverLimit             longer than one session of this station may be
├── RenditionChanged           the words or the sound are no longer those that were shown
├── PlaylistOutdated           a bulletin in it is no longer approved as it is in there
├── ScriptChanged              edited while its sound was being made
└── WordsRecordedChanged       edited after the page of its recordings was opened
Unavailable               503
├── SoundNotMade               what the voice, mastering or the store could not do
└── StudioBusy
"""

from typing import TYPE_CHECKING

from broadcaster.errors import BadInput, Conflict, NotAllowed, NotFound, Unavailable

if TYPE_CHECKING:
    from broadcaster.bulletins.states import Act, BulletinState

TITLE_LIMIT_CHARACTERS = 200
TOPIC_LIMIT_CHARACTERS = 100
SCRIPT_LIMIT_CHARACTERS = 30_000
COMMENT_LIMIT_CHARACTERS = 2_000


class UnknownBulletin(NotFound):
    """There is no such bulletin."""

    code = "unknown_bulletin"
    message_vi = "Không có bản tin này. Hãy mở lại danh sách bản tin."
    message_en = "There is no such bulletin. Open the list of bulletins again."


class UnknownAudio(NotFound):
    """No audio of this name is kept."""

    code = "unknown_audio"
    message_vi = "Không có âm thanh này trong kho. Hãy mở lại bản tin và tạo lại."
    message_en = "No such audio is kept. Open the bulletin and render it again."


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


class TitleUnusable(BadInput):
    """A bulletin has a title of at most 200 characters."""

    code = "title_unusable"
    message_vi = "Tiêu đề cần từ 1 đến 200 ký tự. Nội dung đã gõ vẫn còn; hãy sửa tiêu đề."
    message_en = "A title has 1 to 200 characters. What you typed is kept; correct the title."


class TopicTooLong(BadInput):
    """A topic is a few words."""

    code = "topic_too_long"
    message_vi = "Chủ đề dài quá 100 ký tự. Nội dung đã gõ vẫn còn; hãy viết chủ đề ngắn hơn."
    message_en = "A topic has at most 100 characters. What you typed is kept; shorten the topic."


class PriorityUnusable(BadInput):
    """A bulletin is a priority or an ordinary one."""

    code = "priority_unusable"
    message_vi = "Mức ưu tiên chỉ có: 2 (ưu tiên) hoặc 3 (thông thường). Hãy chọn lại."
    message_en = "A bulletin's priority is 2 (priority) or 3 (normal). Choose again."


class EmergencyNotHere(PriorityUnusable):
    """An emergency plays at once and so goes its own way."""

    code = "emergency_not_here"
    message_vi = (
        "Tin khẩn cấp phát ngay và cắt mọi chương trình, nên có trang Khẩn cấp riêng. "
        "Ở đây hãy chọn ưu tiên hoặc thông thường."
    )
    message_en = (
        "An emergency plays at once and cuts everything, so it has a page of its own. "
        "Choose priority or normal here."
    )


class ScriptMissing(BadInput):
    """A bulletin without words."""

    code = "script_empty"
    message_vi = "Bản tin chưa có chữ nào để đọc. Hãy nhập nội dung rồi lưu lại."
    message_en = "The script holds no words to read. Enter the text and save again."


class ScriptOverLimit(BadInput):
    """A script longer than one bulletin may be."""

    code = "script_too_long"

    def __init__(self, *, length_characters: int) -> None:
        written, limit = (f"{n:,}" for n in (length_characters, SCRIPT_LIMIT_CHARACTERS))
        self.message_vi = (
            f"Bản tin dài {written.replace(',', '.')} ký tự, quá giới hạn "
            f"{limit.replace(',', '.')}. Chưa lưu gì mới; hãy chia thành nhiều bản tin ngắn hơn."
        )
        self.message_en = (
            f"The script has {written} characters, over the limit of {limit}. "
            "Nothing new was stored; split it into shorter bulletins."
        )
        super().__init__(field="script")


class RecordingMissing(NotFound):
    """There is no such recording, or it is no longer used."""

    code = "recording_missing"
    message_vi = "Bản thu này không còn dùng. Hãy mở lại bản tin."
    message_en = "This recording is no longer used. Open the bulletin again."


class RepeatUnusable(BadInput):
    """What is said twice is one of a few stretches."""

    code = "repeat_unusable"
    message_vi = "Phần nhắc lại chỉ có: không, đoạn đầu, đoạn cuối, cả bản tin. Hãy chọn lại."
    message_en = "What is repeated is nothing, the opening, the closing or the whole. Choose again."


class RateUnusable(BadInput):
    """A voice speaks at 0.6 to 1.6 of its normal speed."""

    code = "rate_unusable"
    message_vi = "Tốc độ đọc từ 0,6 đến 1,6. Nội dung đã gõ vẫn còn; hãy chọn lại tốc độ."
    message_en = "The speed is 0.6 to 1.6. What you typed is kept; choose the speed again."


class IssueTimeUnusable(BadInput):
    """The time of issue is a time of day on a day."""

    code = "issue_time_unusable"
    message_vi = "Giờ phát hành cần đủ ngày và giờ. Nội dung đã gõ vẫn còn; hãy chọn lại."
    message_en = "The time of issue needs a day and a time. What you typed is kept; choose again."


class LanguageNotSpoken(BadInput):
    """A recording is for a language that is entered for its village."""

    code = "language_not_spoken"
    message_vi = "Thôn này chưa ghi ngôn ngữ đó. Hãy thêm ngôn ngữ cho thôn, rồi gửi lại bản thu."
    message_en = "This village has no such language entered. Enter it, then send the recording."


class RecordingFileMissing(BadInput):
    """No file came with the form, or an empty one."""

    code = "recording_file_missing"
    message_vi = "Chưa có tệp ghi âm nào được chọn, hoặc tệp rỗng. Hãy chọn tệp rồi gửi lại."
    message_en = "No recording was chosen, or it is empty. Choose a file and send it again."


class NoVillageChosen(BadInput):
    """A recording is for at least one village."""

    code = "no_village_chosen"
    message_vi = "Chưa chọn thôn nào cho bản thu. Chưa lưu gì; hãy đánh dấu thôn rồi gửi lại."
    message_en = "No village was chosen for the recording. Nothing was kept; tick one and resend."


class RecordingNotUsed(BadInput):
    """What the sound's reader refused, in its own words and under its own code."""

    code = "recording_not_used"

    def __init__(self, *, code: str, message_vi: str, message_en: str) -> None:
        self.code, self.message_vi, self.message_en = code, message_vi, message_en
        super().__init__(field="recording")


class PlaylistNotComposed(BadInput):
    """What the composing refused, in its own words and under its own code."""

    code = "playlist_not_composed"

    def __init__(self, *, code: str, message_vi: str, message_en: str) -> None:
        self.code, self.message_vi, self.message_en = code, message_vi, message_en
        super().__init__(field="items")


class TextUnusable(BadInput):
    """Characters that no text has, such as a zero byte or half a sign."""

    code = "text_unusable"
    message_vi = (
        "Có ký tự hỏng không lưu được. Chưa có gì thay đổi; hãy gõ lại hoặc dán lại chỗ đó."
    )
    message_en = "It holds broken characters that cannot be kept. Nothing changed; type it again."


class DocumentMissing(BadInput):
    """No file came with the form, or an empty one."""

    code = "document_missing"
    message_vi = (
        "Chưa có tệp nào được chọn, hoặc tệp rỗng. Những gì đã gõ vẫn còn; hãy chọn tệp rồi gửi."
    )
    message_en = (
        "No file was chosen, or it is empty. What you typed is kept; choose a file and send it."
    )

    def __init__(self) -> None:
        super().__init__(field="document")


class DocumentNotUsed(BadInput):
    """What the documents' reader refused, in its own words and under its own code."""

    code = "document_refused"

    def __init__(self, *, code: str, message_vi: str, message_en: str) -> None:
        self.code, self.message_vi, self.message_en = code, message_vi, message_en
        super().__init__(field="document")


class ScriptNotReadable(BadInput):
    """What the reading layer refused, in its own words and under its own code."""

    code = "script_refused"

    def __init__(self, *, code: str, message_vi: str, message_en: str) -> None:
        self.code, self.message_vi, self.message_en = code, message_vi, message_en
        super().__init__(field="script")


class SpokenOverLimit(BadInput):
    """Short to write and half a day to say: a page of long numbers, said twice."""

    code = "spoken_over_limit"
    message_vi = (
        "Đọc hết bản tin này mất hơn hai giờ. Bài viết vẫn còn; hãy rút gọn, bớt số dài, "
        "hoặc không nhắc lại."
    )
    message_en = (
        "Read aloud, this takes more than two hours. The script is kept; shorten it, leave out "
        "long numbers, or do not repeat it."
    )

    def __init__(self) -> None:
        super().__init__(field="script")


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


class ScriptChanged(Conflict):
    """Edited by somebody while its sound was being made."""

    code = "script_changed"
    message_vi = (
        "Bản tin vừa được sửa trong lúc tạo âm thanh, nên âm thanh cũ bị bỏ. "
        "Lời mới nhất vẫn còn; hãy tải lại trang rồi tạo lại."
    )
    message_en = (
        "The bulletin was edited while its sound was being made, so that sound was dropped. "
        "The newest words are kept; reload and render again."
    )


class WordsRecordedChanged(Conflict):
    """A recording is for the words that somebody read aloud, not for later ones."""

    code = "words_recorded_changed"
    message_vi = (
        "Lời bản tin đã đổi sau khi bạn mở trang, nên bản thu chưa được ghi nhận. "
        "Hãy xem lời mới, rồi gửi lại hoặc xác nhận lại."
    )
    message_en = (
        "The words changed after you opened the page, so the recording was not taken. "
        "Read the new words, then send it or confirm it again."
    )


class SoundNotMade(Unavailable):
    """What the voice, the mastering or the store could not do, in its own words."""

    code = "sound_not_made"

    def __init__(self, *, code: str, message_vi: str, message_en: str) -> None:
        self.code, self.message_vi, self.message_en = code, message_vi, message_en
        super().__init__()


class StudioBusy(Unavailable):
    """As many bulletins are being rendered as the machine can bear."""

    code = "studio_busy"
    message_vi = (
        "Máy đang tạo âm thanh cho các bản tin khác. Lời của bạn đã lưu. "
        "Hãy chờ một phút rồi bấm tạo lại."
    )
    message_en = (
        "Other bulletins are being rendered. Your words are saved. Wait a minute and render again."
    )
