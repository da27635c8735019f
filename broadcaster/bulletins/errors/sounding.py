"""What can stand between words and their sound: reading, how it is said, recordings, the studio."""

from broadcaster.errors import BadInput, Conflict, Unavailable


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


class WishesNotRecorded(BadInput):
    """A recording cannot say itself again, or tell later when it was issued."""

    code = "wishes_not_recorded"
    message_vi = (
        "Bản tin đang chọn “nhắc lại” hoặc “nói rõ giờ phát hành”, việc mà bản thu không tự làm "
        "được. Chưa lưu bản thu; hãy bỏ hai lựa chọn đó, rồi nói luôn trong bản thu."
    )
    message_en = (
        "The bulletin wishes to be repeated or to tell when it was issued, which a recording "
        "cannot do by itself. The recording was not kept; drop these wishes and say it yourself."
    )


class PlaylistNotComposed(BadInput):
    """What the composing refused, in its own words and under its own code."""

    code = "playlist_not_composed"

    def __init__(self, *, code: str, message_vi: str, message_en: str) -> None:
        self.code, self.message_vi, self.message_en = code, message_vi, message_en
        super().__init__(field="items")


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
