"""Why a word does not come into the commune's own lexicon, or a script is not read by a command.

NotFound
└── UnknownEntry          404
BadInput                  422
├── WrittenUnusable            the written form is missing or too long
├── SpokenUnusable             the reading is missing, too long, or holds what nobody can say
├── NoteTooLong
├── WordNotHeard               the reading would never meet this written form
├── SampleUnusable             the sentence to try it with cannot be read
└── FileNotReadable            the file that a command was given cannot be opened
"""

from broadcaster.errors import BadInput, NotFound

WRITTEN_LIMIT_CHARACTERS = 60
SPOKEN_LIMIT_CHARACTERS = 200
NOTE_LIMIT_CHARACTERS = 200
SAMPLE_LIMIT_CHARACTERS = 300


class UnknownEntry(NotFound):
    """There is no such word in use."""

    code = "unknown_lexicon_entry"
    message_vi = "Không có từ này trong danh sách cách đọc riêng. Hãy mở lại danh sách."
    message_en = "There is no such word in the commune's own lexicon. Open the list again."


class WrittenUnusable(BadInput):
    """The written form is missing or too long."""

    code = "lexicon_written_unusable"
    message_vi = "Chữ viết cần từ 1 đến 60 ký tự, gõ đúng như trong bản tin. Chưa có gì thay đổi."
    message_en = "The written form has 1 to 60 characters, as in the bulletin. Nothing was changed."


class SpokenUnusable(BadInput):
    """The reading is missing, too long, or holds what nobody can say."""

    code = "lexicon_spoken_unusable"
    message_vi = (
        "Cách đọc cần từ 1 đến 200 ký tự, viết hết thành lời, không còn chữ số hay ký hiệu. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "The reading has 1 to 200 characters, all in words, without digits or signs. "
        "Nothing was changed."
    )


class NoteTooLong(BadInput):
    """A note is a few words."""

    code = "lexicon_note_too_long"
    message_vi = "Ghi chú dài quá 200 ký tự. Chưa có gì thay đổi; hãy viết gọn hơn."
    message_en = "The note is over 200 characters. Nothing was changed; shorten it."


class WordNotHeard(BadInput):
    """The reading would never meet this written form."""

    code = "lexicon_word_not_heard"

    def __init__(self, written: str, *, heard: str) -> None:
        self.message_vi = (
            f"Thêm mục này cũng không đổi được cách đọc: gặp “{written}”, máy vẫn đọc “{heard}”. "
            "Chưa có gì thay đổi; hãy ghi đúng một từ hoặc một chữ viết tắt, "
            "số thì viết thành lời trong bản tin."
        )
        self.message_en = (
            f"This entry would change nothing: “{written}” would still be read “{heard}”. "
            "Nothing was changed; enter one word or abbreviation, and write numbers out in words."
        )
        super().__init__(field="written")


class SampleUnusable(BadInput):
    """The sentence to try a word with cannot be read, for the reason that it says."""

    code = "lexicon_sample_unusable"

    def __init__(
        self,
        message_vi: str = "Câu đọc thử dài quá 300 ký tự. Chưa có gì thay đổi; hãy lấy câu ngắn.",
        message_en: str = "The sample is over 300 characters. Nothing changed; take a short one.",
    ) -> None:
        self.message_vi, self.message_en = message_vi, message_en
        super().__init__(field="sample")


class FileNotReadable(BadInput):
    """The file that a command was given cannot be opened."""

    code = "file_not_readable"

    def __init__(self, name: str, *, why: str) -> None:
        self.message_vi = f"Không mở được tệp {name}. Hãy kiểm tra tên tệp và quyền đọc."
        self.message_en = f"The file {name} cannot be opened. Check its name and permissions."
        super().__init__(why)
