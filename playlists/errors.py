"""Everything that can go wrong on the way from script to sound, each with a code and two sentences.

PlaylistsError
├── ScriptRefused           the script cannot be read aloud
│   ├── ScriptEmpty
│   ├── ScriptTooLong
│   └── ScriptUnreadable    not readable Vietnamese; carries the reason
├── LexiconInvalid          a lexicon entry that cannot be used
├── DocumentRefused         a file does not become a script (playlists.documents.errors)
├── AudioError              making, mastering, encoding or keeping audio failed
│                           (playlists.audio.audio_errors)
└── SpeechError             a voice could not speak (playlists.speech.errors)
"""

from __future__ import annotations

from enum import StrEnum


class PlaylistsError(Exception):
    """The root: a stable `code`, and what happened, what is safe and what to do now."""

    code = "playlists"
    message_vi = "Không xử lý được bản tin. Xem nhật ký để biết chi tiết."
    message_en = "The bulletin could not be processed. See the log for details."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message_en)
        self.detail = detail


class ScriptRefused(PlaylistsError):
    """The script as a whole cannot be read aloud; nothing was rendered."""

    code = "script_refused"
    message_vi = "Không thể đọc bản tin này. Chưa có gì được phát; hãy sửa rồi gửi lại."
    message_en = (
        "This script cannot be read aloud. Nothing was aired; correct it and send it again."
    )


class ScriptEmpty(ScriptRefused):
    """The script holds no word to say."""

    code = "script_empty"

    def __init__(self) -> None:
        self.message_vi = "Bản tin chưa có chữ nào để đọc. Hãy nhập nội dung rồi gửi lại."
        self.message_en = "The script holds no words to read. Enter the text and send it again."
        super().__init__()


class ScriptTooLong(ScriptRefused):
    """The script is longer than one bulletin may be."""

    code = "script_too_long"

    def __init__(self, *, length_characters: int, limit_characters: int) -> None:
        self.length_characters = length_characters
        self.limit_characters = limit_characters
        self.message_vi = (
            f"Bản tin dài {length_characters} ký tự, quá giới hạn {limit_characters}. "
            "Chưa có gì được lưu; hãy chia thành nhiều bản tin ngắn hơn."
        )
        self.message_en = (
            f"The script has {length_characters} characters, over the limit of "
            f"{limit_characters}. Nothing was stored; split it into shorter bulletins."
        )
        super().__init__()


class Unreadable(StrEnum):
    """Why a text is not readable Vietnamese."""

    GARBLED = "garbled"
    NO_DIACRITICS = "no_diacritics"
    WRONG_ENCODING = "wrong_encoding"
    NOT_VIETNAMESE = "not_vietnamese"


_REASONS: dict[Unreadable, tuple[str, str]] = {
    Unreadable.GARBLED: (
        "nhiều từ bị nhận dạng sai (văn bản quét từ ảnh?)",
        "too many words are garbled (a failed scan?)",
    ),
    Unreadable.NO_DIACRITICS: (
        "văn bản bị mất dấu tiếng Việt",
        "the Vietnamese diacritics are lost",
    ),
    Unreadable.WRONG_ENCODING: (
        "văn bản sai bảng mã (TCVN3, VNI hoặc lỗi phông)",
        "the text is in a wrong character encoding (TCVN3, VNI or broken UTF-8)",
    ),
    Unreadable.NOT_VIETNAMESE: (
        "văn bản không phải tiếng Việt",
        "the text is not Vietnamese",
    ),
}


class ScriptUnreadable(ScriptRefused):
    """The text is not readable Vietnamese (`why_vi`, `why_en`), so a voice would say nonsense."""

    code = "script_unreadable"

    def __init__(self, reason: Unreadable) -> None:
        self.reason = reason
        self.why_vi, self.why_en = _REASONS[reason]
        self.message_vi = (
            f"Không thể đọc bản tin: {self.why_vi}. Chưa có gì được phát; "
            "hãy lấy văn bản gốc hoặc gõ lại rồi gửi."
        )
        self.message_en = (
            f"The script cannot be read aloud: {self.why_en}. Nothing was aired; "
            "take the original text or type it again."
        )
        super().__init__()


class LexiconInvalid(PlaylistsError):
    """An entry of a lexicon cannot be used: no written form, no reading, or not sayable."""

    code = "lexicon_invalid"

    def __init__(self, *, written: str, why_vi: str, why_en: str) -> None:
        self.written = written
        self.message_vi = f"Mục từ điển “{written}” không dùng được: {why_vi}. Từ điển giữ nguyên."
        self.message_en = (
            f"The lexicon entry “{written}” cannot be used: {why_en}. The lexicon is unchanged."
        )
        super().__init__()
