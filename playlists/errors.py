"""Every error that playlists raise.

PlaylistsError
├── AudioError    making, mastering, encoding or keeping audio failed (playlists.audio_errors)
└── SpeechError   a voice could not speak (playlists.speech.errors)
"""


class PlaylistsError(Exception):
    """The root: a stable code, and what to do now, in Vietnamese and English."""

    code = "playlists"
    message_vi = "Không xử lý được bản tin. Xem nhật ký để biết chi tiết."
    message_en = "The bulletin could not be processed. See the log for details."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message_en)
        self.detail = detail
