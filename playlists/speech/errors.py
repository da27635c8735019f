"""Every error that a voice raises.

SpeechError
├── VoiceSettingsInvalid   accent, rate or pitch out of bounds
├── VoiceUnavailable       the engine or its Vietnamese voice is not installed
├── VoiceRefused           the engine runs, but would not say this sentence
├── VoiceCrashed           the voice's process died, and died again after a restart
├── VoiceTimedOut          the voice's process hung, and hung again after a restart
├── VoiceOffline           the online voice cannot be reached or answers nonsense
├── TextMayNotLeave        the station does not let bulletins' words go to an online voice
└── VoiceStoreError        a voice could not be installed or found (playlists.speech.store_errors)
"""

from playlists.errors import PlaylistsError


class SpeechError(PlaylistsError):
    """A voice could not speak."""

    code = "speech"
    message_vi = "Giọng đọc gặp lỗi. Bản tin vẫn còn nguyên; hãy thử lại."
    message_en = "The voice failed. The bulletin is safe; try again."


class VoiceSettingsInvalid(SpeechError):
    """Accent, rate or pitch out of bounds."""

    code = "voice_settings_invalid"
    message_vi = "Thiết lập giọng đọc không hợp lệ. Tốc độ từ 0,6 đến 1,6; độ cao từ 0 đến 99."
    message_en = "The voice's settings are not valid. Rate is 0.6 to 1.6; pitch is 0 to 99."


class VoiceUnavailable(SpeechError):
    """The engine or its Vietnamese voice is not installed."""

    code = "voice_unavailable"
    message_vi = "Máy này chưa có giọng đọc tiếng Việt. Hãy chạy make -B install."
    message_en = "This machine has no Vietnamese voice. Run make -B install."


class VoiceRefused(SpeechError):
    """The engine runs, but would not say this sentence."""

    code = "voice_refused"
    message_vi = "Giọng đọc không đọc được một câu. Hãy viết lại câu đó rồi thử lại."
    message_en = "The voice could not say one sentence. Rewrite that sentence and try again."


class VoiceCrashed(SpeechError):
    """The voice's process died, and died again after a restart."""

    code = "voice_crashed"
    message_vi = "Giọng đọc bị ngắt giữa chừng hai lần. Bản tin vẫn còn nguyên; hãy thử lại sau."
    message_en = "The voice stopped midway twice. The bulletin is safe; try again later."


class VoiceTimedOut(SpeechError):
    """The voice's process hung, and hung again after a restart."""

    code = "voice_timed_out"
    message_vi = "Giọng đọc không trả lời. Bản tin vẫn còn nguyên; hãy thử lại sau."
    message_en = "The voice does not answer. The bulletin is safe; try again later."


class VoiceOffline(SpeechError):
    """The online voice cannot be reached or answers nonsense."""

    code = "voice_offline"
    message_vi = (
        "Không dùng được giọng đọc qua mạng. Bản tin vẫn còn nguyên; hãy dùng giọng tại máy."
    )
    message_en = (
        "The online voice cannot be used. The bulletin is safe; use a voice of this machine."
    )


class TextMayNotLeave(SpeechError):
    """The station does not let bulletins' words go to an online voice."""

    code = "text_may_not_leave"
    message_vi = "Đài không cho gửi nội dung bản tin ra ngoài. Hãy dùng giọng đọc tại máy."
    message_en = "The station keeps bulletins' words in the house. Use a voice of this machine."
