"""Why a station's voice is not changed, heard or installed.

LoaError
├── VoiceFailed           503  a voice's own error, with its code and sentences
├── CatalogueUnreadable        the catalogue of voices that a setting names
├── NotAllowed
│   └── OnlineSwitchDenied 403 only an admin lets words leave the house
└── BadInput              422
    ├── VoiceNotOffered        no such engine, or no such installed voice
    ├── OnlineVoiceClosed      the online voice was chosen, and words may not leave the house
    ├── DeliveryUnusable       accent, rate, pitch, gaps or loudspeaker out of bounds
    ├── VoiceSourceNotSet      a voice was asked for, and nothing says from where
    ├── WordsUnusable          ident or closing words that cannot be read aloud
    ├── SentenceUnusable       the test sentence is missing, too long or not readable
    └── SoundNotKept           the file that a command names cannot be written
"""

from broadcaster.errors import BadInput, LoaError, NotAllowed, Unavailable
from playlists.errors import PlaylistsError

WORDS_LIMIT_CHARACTERS = 300
SENTENCE_LIMIT_CHARACTERS = 300


class VoiceFailed(Unavailable):
    """A voice's own error, with its code and sentences."""

    def __init__(self, error: PlaylistsError) -> None:
        super().__init__(error.detail)
        self.code = error.code
        self.message_vi = error.message_vi
        self.message_en = error.message_en


class CatalogueUnreadable(LoaError):
    """The catalogue of voices that a setting names cannot be used."""

    code = "voice_catalogue_unreadable"
    message_vi = "Không đọc được danh mục giọng ở LOA_VOICE_CATALOGUE. Hãy sửa tệp, hoặc bỏ mục đó."
    message_en = "LOA_VOICE_CATALOGUE names no usable catalogue. Correct the file, or unset it."


class VoiceSourceNotSet(BadInput):
    """A voice was asked for, and nothing says from where."""

    code = "voice_source_not_set"
    message_vi = "Chưa biết tải giọng từ đâu. Hãy thêm --from THƯ_MỤC hoặc --from ĐỊA_CHỈ."
    message_en = "Nothing says where the voice comes from. Add --from FOLDER or --from URL."


class OnlineSwitchDenied(NotAllowed):
    """Only an admin lets bulletins' words leave the house."""

    code = "online_switch_denied"
    message_vi = "Chỉ quản trị viên được cho gửi nội dung bản tin ra ngoài. Chưa có gì thay đổi."
    message_en = "Only an admin may let bulletins' words leave the house. Nothing was changed."


class VoiceNotOffered(BadInput):
    """There is no such engine, or no such installed voice."""

    code = "voice_not_offered"
    message_vi = "Máy này không có giọng đó. Chưa có gì thay đổi; hãy chọn giọng trong danh sách."
    message_en = "This machine has no such voice. Nothing was changed; choose one from the list."


class OnlineVoiceClosed(BadInput):
    """The online voice was chosen, and words may not leave the house."""

    code = "online_voice_closed"
    message_vi = (
        "Đài chưa cho gửi nội dung bản tin ra ngoài nên không dùng được giọng trên mạng. "
        "Chưa có gì thay đổi; hãy chọn giọng tại máy."
    )
    message_en = (
        "The station keeps bulletins' words in the house, so the online voice cannot be used. "
        "Nothing was changed; choose a voice of this machine."
    )


class DeliveryUnusable(BadInput):
    """Accent, rate, pitch, gaps or loudspeaker out of bounds."""

    code = "voice_delivery_unusable"
    message_vi = (
        "Cách đọc không hợp lệ: tốc độ từ 0,6 đến 1,6; độ cao từ 0 đến 99; "
        "các mục khác chọn trong danh sách. Chưa có gì thay đổi."
    )
    message_en = (
        "The delivery is not valid: rate is 0.6 to 1.6, pitch 0 to 99, the rest as listed. "
        "Nothing was changed."
    )


class WordsUnusable(BadInput):
    """Ident or closing words that cannot be read aloud."""

    code = "station_words_unusable"
    message_vi = "Lời này dài quá 300 ký tự hoặc không đọc thành tiếng được. Chưa có gì thay đổi."
    message_en = "These words are over 300 characters or not readable. Nothing was changed."


class SentenceUnusable(BadInput):
    """The test sentence is missing, too long or not readable."""

    code = "voice_sentence_unusable"
    message_vi = "Câu nghe thử cần từ 1 đến 300 ký tự, viết bằng tiếng Việt đọc được."
    message_en = "The test sentence has 1 to 300 characters of readable Vietnamese."


class SoundNotKept(BadInput):
    """The file that a command names cannot be written."""

    code = "voice_sound_not_kept"

    def __init__(self, name: str) -> None:
        self.message_vi = f"Không ghi được tệp {name}. Hãy chọn tên hoặc thư mục khác."
        self.message_en = f"The file {name} cannot be written. Choose another name or folder."
        super().__init__()
