"""Why somebody's recording is not taken; their file stays as it is, and nothing was stored.

AudioError (playlists.audio.audio_errors)
└── RecordingRefused
    ├── RecordingUnreadable    of no kind that we read, damaged, or not there
    ├── RecordingWithoutSound  a film without a sound track
    ├── RecordingTooLarge      more bytes than one recording may have
    ├── RecordingTooLong       longer than one bulletin may be
    ├── RecordingTooShort      too short to say anything
    └── RecordingUneven        a knock or a beep: no loudness can be set by it
"""

from playlists.audio.audio_errors import AudioError


class RecordingRefused(AudioError):
    """The recording cannot be aired; nothing was stored."""

    code = "recording_refused"
    message_vi = "Không dùng được tệp ghi âm này. Chưa có gì được lưu; hãy chọn tệp khác."
    message_en = "This recording cannot be used. Nothing was stored; choose another file."


class RecordingUnreadable(RecordingRefused):
    """Of no kind that we read, damaged, or not there."""

    code = "recording_unreadable"
    message_vi = (
        "Không đọc được tệp này: tệp hỏng hoặc không phải tệp ghi âm (MP3, M4A, WAV, OGG, WebM, "
        "FLAC, 3GP, AMR). Chưa có gì được lưu; hãy mở nghe thử rồi gửi lại."
    )
    message_en = (
        "The file cannot be read: it is damaged or no recording (MP3, M4A, WAV, OGG, WebM, FLAC, "
        "3GP, AMR). Nothing was stored; play it yourself, then send it again."
    )


class RecordingWithoutSound(RecordingRefused):
    """A film without a sound track."""

    code = "recording_without_sound"
    message_vi = "Tệp này không có phần tiếng. Chưa có gì được lưu; hãy chọn tệp có tiếng."
    message_en = "The file has no sound in it. Nothing was stored; choose one that has."


class RecordingTooLarge(RecordingRefused):
    """More bytes than one recording may have."""

    code = "recording_too_large"

    def __init__(self, *, size_bytes: int, limit_bytes: int) -> None:
        megabytes = limit_bytes // 1_000_000
        self.message_vi = (
            f"Tệp ghi âm lớn quá {megabytes} MB. Chưa có gì được lưu; "
            "hãy lưu lại thành MP3 hoặc M4A rồi gửi."
        )
        self.message_en = (
            f"The recording is over {megabytes} MB. Nothing was stored; "
            "save it as MP3 or M4A and send that."
        )
        super().__init__(f"{size_bytes} bytes")


class RecordingTooLong(RecordingRefused):
    """Longer than one bulletin may be."""

    code = "recording_too_long"

    def __init__(self, *, limit_minutes: int) -> None:
        self.message_vi = (
            f"Bản ghi âm dài quá {limit_minutes} phút. Chưa có gì được lưu; "
            "hãy chia thành nhiều phần."
        )
        self.message_en = (
            f"The recording is longer than {limit_minutes} minutes. Nothing was stored; "
            "divide it into several."
        )
        super().__init__()


class RecordingTooShort(RecordingRefused):
    """Too short to say anything."""

    code = "recording_too_short"
    message_vi = "Bản ghi âm quá ngắn, dưới nửa giây. Chưa có gì được lưu; hãy ghi lại."
    message_en = "The recording is shorter than half a second. Nothing was stored; record it again."


class RecordingUneven(RecordingRefused):
    """A knock or a beep and hardly more: no loudness can be set by it."""

    code = "recording_uneven"
    message_vi = (
        "Không chỉnh được độ to của bản ghi này: quá ngắn, hoặc chỉ có tiếng gõ, tiếng bíp. "
        "Chưa có gì được lưu; hãy ghi lại cả câu, gần micro hơn."
    )
    message_en = (
        "The loudness of this recording cannot be set: it is too short, or only a knock or a beep. "
        "Nothing was stored; record a whole sentence, nearer to the microphone."
    )
