"""What can stand against the words: what is typed or brought, and who saved meanwhile."""

from broadcaster.errors import BadInput, Conflict

TITLE_LIMIT_CHARACTERS = 200
TOPIC_LIMIT_CHARACTERS = 100
CONTRIBUTOR_LIMIT_CHARACTERS = 200
SCRIPT_LIMIT_CHARACTERS = 30_000


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


class ContributorTooLong(BadInput):
    """A contributor is a name."""

    code = "contributor_too_long"
    message_vi = "Tên đơn vị gửi tin dài quá 200 ký tự. Nội dung đã gõ vẫn còn; hãy viết ngắn hơn."
    message_en = "A contributor has at most 200 characters. What you typed is kept; shorten it."


class SourceTooLong(BadInput):
    """A source is a document's name and number."""

    code = "source_too_long"
    message_vi = "Nguồn tin dài quá 200 ký tự. Nội dung đã gõ vẫn còn; hãy viết ngắn hơn."
    message_en = "A source has at most 200 characters. What you typed is kept; shorten it."


class ValidityUnusable(BadInput):
    """The first and the last day on which a bulletin holds."""

    code = "validity_unusable"
    message_vi = (
        "Ngày hiệu lực chưa đúng: cần là một ngày, và ngày cuối không trước ngày đầu. "
        "Nội dung đã gõ vẫn còn; hãy chọn lại."
    )
    message_en = (
        "The days on which it holds are not right: a day each, the last not before the first. "
        "What you typed is kept; choose again."
    )


class BlankLeft(BadInput):
    """What a template left open is never read aloud."""

    code = "blank_left"

    def __init__(self, *, blank: str, field: str) -> None:
        self.message_vi = (
            f"Còn chỗ trống chưa điền: “{blank}”. Nội dung đã gõ vẫn còn; "
            "hãy điền hoặc xóa chỗ trong [[ ]] rồi lưu lại."
        )
        self.message_en = (
            f"A blank is not filled in yet: “{blank}”. What you typed is kept; "
            "fill it in or delete what stands in [[ ]], and save again."
        )
        super().__init__(field=field)


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


class EditedMeanwhile(Conflict):
    """Somebody else saved since this form was opened; nothing of theirs is written over unseen."""

    code = "edited_meanwhile"
    message_vi = (
        "Có người vừa lưu bản tin này sau khi bạn mở, nên lời của bạn chưa ghi đè lên. Cả hai bản "
        "còn nguyên: hãy xem chỗ khác nhau ở dưới, sửa nếu cần, rồi lưu lần nữa."
    )
    message_en = (
        "Somebody saved this bulletin after you opened it, so nothing of theirs was written over. "
        "Both are kept: look at the differences below, change what you need, and save once more."
    )


class DraftElsewhere(Conflict):
    """The same draft goes on in another window, which has kept something newer."""

    code = "draft_elsewhere"
    message_vi = (
        "Bản viết dở này đang mở ở một cửa sổ khác và đã lưu ở đó, nên ở đây thôi tự lưu. "
        "Chữ trên trang này vẫn còn; hãy chỉ giữ một cửa sổ."
    )
    message_en = (
        "This draft is open in another window and was kept there, so this window keeps it no "
        "longer. What stands here stays; go on in one window only."
    )
