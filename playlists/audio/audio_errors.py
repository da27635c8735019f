"""Every error that making, mastering, encoding and keeping audio raises.

AudioError
├── NothingToRender      no sentence was given
├── NothingToHear        the sound is silence, so no loudness can be set
├── AudioUnreadable      a file is not the audio that it should be
├── MasteringMissed      loudness or peak cannot be brought to the target
├── FfmpegError
│   ├── FfmpegMissing    neither the wheel nor the system has ffmpeg
│   ├── FfmpegFailed     ffmpeg refused its input
│   └── FfmpegTimedOut   ffmpeg did not end in time and was stopped
├── AudioStoreError
│   ├── AudioStoreFull   no room on the disk; nothing half-written is left
│   ├── AudioStoreFailed the folder cannot be read or written
│   ├── AudioNameInvalid not a SHA-256 in hex
│   ├── AudioMissing     no audio of this name is kept
│   ├── AudioSpoilt      what is kept by this name is something else
│   ├── S3NotInstalled   the extra `s3` is missing
│   └── AudioStoreAway   the S3 store does not answer
│       └── AudioStoreRefused  it answers, and lets the station do nothing
├── RecordingRefused     somebody's recording is not taken (playlists.audio.recording_errors)
└── PlaylistRefused      a playlist cannot become one file; nothing was stored
    ├── PlaylistEmpty    nothing in it would be heard
    ├── PlaylistTooLong  longer than its caller allows
    └── PartProblem      one part of it cannot be used
        ├── PartMissing  the store no longer has its sound
        ├── PartDamaged  its file is not the one that was approved
        └── PartTooShort its sound ends before its stretch does
"""

from playlists.errors import PlaylistsError


class AudioError(PlaylistsError):
    """Making, mastering, encoding or keeping audio failed."""

    code = "audio"
    message_vi = "Không tạo được âm thanh. Bản tin vẫn còn nguyên; hãy thử lại."
    message_en = "The audio could not be made. The bulletin is safe; try again."


class NothingToRender(AudioError):
    """No sentence was given."""

    code = "nothing_to_render"
    message_vi = "Bản tin chưa có câu nào để đọc. Hãy viết nội dung rồi thử lại."
    message_en = "The bulletin has no sentence to read. Write its words and try again."


class NothingToHear(AudioError):
    """The sound is silence, so no loudness can be set."""

    code = "nothing_to_hear"
    message_vi = (
        "Âm thanh chỉ có khoảng lặng nên không lưu. Hãy kiểm tra nội dung bản tin hoặc bản ghi âm."
    )
    message_en = (
        "The audio is only silence, so it is not kept. Check the bulletin's words or recording."
    )


class AudioUnreadable(AudioError):
    """A file is not the audio that it should be."""

    code = "audio_unreadable"
    message_vi = "Tệp âm thanh hỏng hoặc không đúng định dạng nên không dùng. Hãy tạo lại."
    message_en = "The audio file is damaged or of another kind, so it is not used. Make it again."


class MasteringMissed(AudioError):
    """Loudness or peak cannot be brought to the target."""

    code = "mastering_missed"
    message_vi = "Không chỉnh được độ to theo chuẩn nên không lưu âm thanh này. Hãy báo kỹ thuật."
    message_en = "The loudness could not be set, so this audio is not kept. Tell the technician."


class FfmpegError(AudioError):
    """ffmpeg could not do its work."""

    code = "ffmpeg"


class FfmpegMissing(FfmpegError):
    """Neither the wheel nor the system has ffmpeg."""

    code = "ffmpeg_missing"
    message_vi = "Máy này chưa có ffmpeg. Hãy chạy lại make install hoặc cài gói ffmpeg."
    message_en = "This machine has no ffmpeg. Run make install again or install the ffmpeg package."


class FfmpegFailed(FfmpegError):
    """ffmpeg refused its input."""

    code = "ffmpeg_failed"


class FfmpegTimedOut(FfmpegError):
    """ffmpeg did not end in time and was stopped."""

    code = "ffmpeg_timed_out"
    message_vi = "Xử lý âm thanh quá lâu nên đã dừng. Bản tin vẫn còn nguyên; hãy thử lại."
    message_en = "The audio took too long and was stopped. The bulletin is safe; try again."


class AudioStoreError(AudioError):
    """The audio store could not keep or find a file."""

    code = "audio_store"


class AudioStoreFull(AudioStoreError):
    """No room on the disk; nothing half-written is left."""

    code = "audio_store_full"
    message_vi = "Đĩa đã đầy nên chưa lưu âm thanh; các tệp cũ còn nguyên. Hãy dọn đĩa rồi thử lại."
    message_en = (
        "The disk is full: this audio is not kept, older files are safe. Make room and retry."
    )


class AudioStoreFailed(AudioStoreError):
    """The folder cannot be read or written."""

    code = "audio_store_failed"
    message_vi = "Không đọc hoặc ghi được thư mục âm thanh. Hãy kiểm tra quyền của thư mục."
    message_en = "The audio folder cannot be read or written. Check the folder's permissions."


class AudioNameInvalid(AudioStoreError):
    """Not a SHA-256 in hex."""

    code = "audio_name_invalid"
    message_vi = "Tên âm thanh không hợp lệ. Hãy mở lại từ trang bản tin."
    message_en = "The audio's name is not valid. Open it again from the bulletin's page."


class AudioMissing(AudioStoreError):
    """No audio of this name is kept."""

    code = "audio_missing"
    message_vi = "Không có âm thanh này trong kho. Hãy tạo lại từ bản tin."
    message_en = "The store has no such audio. Make it again from the bulletin."


class AudioSpoilt(AudioStoreError):
    """What is kept by this name is something else."""

    code = "audio_spoilt"
    message_vi = "Âm thanh trong kho không còn đúng bản gốc nên không dùng. Hãy tạo lại bản tin."
    message_en = "What the store has is not this audio, so it is not used. Make it again."


class S3NotInstalled(AudioStoreError):
    """The S3 store takes a library that does not come with the station."""

    code = "s3_not_installed"
    message_vi = (
        "Máy này chưa cài phần nối với kho S3. Hãy cài thêm: pip install 'loa[s3]', "
        "hoặc bỏ LOA_S3_ENDPOINT để lưu âm thanh trong thư mục."
    )
    message_en = (
        "What speaks with an S3 store is not installed here. Install it with pip install "
        "'loa[s3]', or keep audio in a folder by setting no LOA_S3_ENDPOINT."
    )


class AudioStoreAway(AudioStoreError):
    """The S3 store does not answer; what it has not taken is kept here."""

    code = "audio_store_away"
    message_vi = (
        "Kho âm thanh S3 không trả lời. Không mất gì: âm thanh mới được giữ ở đài, gửi vào kho "
        "sau; loa vẫn phát những gì đã tải. Hãy thử lại sau ít phút."
    )
    message_en = (
        "The S3 store does not answer. Nothing is lost: new audio is kept here and sent later, "
        "loudspeakers play what they hold. Try again in a few minutes."
    )


class AudioStoreRefused(AudioStoreAway):
    """The S3 store answers, and lets the station do nothing."""

    code = "audio_store_refused"
    message_vi = (
        "Kho âm thanh S3 từ chối đài. Không mất gì: âm thanh mới được giữ ở đài. Hãy kiểm tra "
        "LOA_S3_BUCKET, mã khóa, khóa bí mật (“loa audio secret”) và đồng hồ máy, rồi chạy "
        "“loa doctor”."
    )
    message_en = (
        "The S3 store refuses the station. Nothing is lost: new audio is kept here. Check "
        "LOA_S3_BUCKET, the key's id, its secret (“loa audio secret”) and the clock, then run "
        "“loa doctor”."
    )


class PlaylistRefused(AudioError):
    """A playlist cannot become one file; nothing was stored."""

    code = "playlist_refused"
    message_vi = "Chưa ghép được chương trình. Các bản tin vẫn còn nguyên; hãy thử lại."
    message_en = "The playlist could not be made. Its bulletins are safe; try again."


class PlaylistEmpty(PlaylistRefused):
    """Nothing in the playlist would be heard."""

    code = "playlist_empty"
    message_vi = "Chương trình chưa có gì để nghe. Hãy thêm bản tin hoặc nhạc rồi thử lại."
    message_en = "The playlist has nothing to hear. Add a bulletin or music and try again."


class PlaylistTooLong(PlaylistRefused):
    """The playlist is longer than its caller allows."""

    code = "playlist_too_long"

    def __init__(self, *, length_ms: int, limit_ms: int) -> None:
        self.length_ms = length_ms
        self.limit_ms = limit_ms
        length, limit = _minutes(length_ms), _minutes(limit_ms)
        self.message_vi = (
            f"Chương trình dài {length} (phút:giây), quá giới hạn {limit}. "
            "Chưa có gì được lưu; hãy bớt một phần rồi thử lại."
        )
        self.message_en = (
            f"The playlist lasts {length} (min:s), over the limit of {limit}. "
            "Nothing was stored; take a part out and try again."
        )
        super().__init__()


class PartProblem(PlaylistRefused):
    """One part of a playlist cannot be used."""

    code = "part_problem"

    def __init__(self, *, title: str, sha256: str) -> None:
        self.title = title
        self.sha256 = sha256
        self.message_vi = f"“{title}”: {self.message_vi}"
        self.message_en = f"“{title}”: {self.message_en}"
        super().__init__(f"{title!r}, {sha256}")


class PartMissing(PartProblem):
    """The store no longer has the sound of a part."""

    code = "part_missing"
    message_vi = "không còn âm thanh trong kho. Chưa có gì được lưu; hãy tạo lại bản tin này."
    message_en = "its audio is no longer kept. Nothing was stored; make this bulletin again."


class PartDamaged(PartProblem):
    """The sound of a part is not the one that was approved."""

    code = "part_damaged"
    message_vi = "tệp âm thanh không còn đúng bản đã duyệt nên không dùng. Hãy tạo lại bản tin này."
    message_en = "its file is not the approved one, so it is not used. Make this bulletin again."


class PartTooShort(PartProblem):
    """The sound of a part ends before its stretch does."""

    code = "part_too_short"
    message_vi = "âm thanh ngắn hơn đoạn cần phát. Chưa có gì được lưu; hãy tạo lại bản tin này."
    message_en = "its audio ends before it should. Nothing was stored; make this bulletin again."


def _minutes(duration_ms: int) -> str:
    seconds = round(duration_ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"
