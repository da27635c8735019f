"""What can stand between a resident's word and the station's answer.

LoaError
├── BadInput
│   ├── WordsMissing       nothing was written
│   ├── WordsTooLong       over 600 characters
│   └── UnknownPlace       no such village or pole
├── NotFound
│   ├── PosterGone         no such poster, or it was taken down
│   └── NoSuchFeedback
├── Conflict
│   └── NoAnswerYet        409  a bulletin is drafted from an answer
└── TooOften               429  too much from one place; wait
"""

import math

from broadcaster.errors import BadInput, Conflict, LoaError, NotFound

WORDS_LIMIT_CHARACTERS = 600


class WordsMissing(BadInput):
    """Nothing was written."""

    code = "feedback_words_missing"
    message_vi = "Chưa viết gì. Hãy viết vài lời rồi gửi."
    message_en = "Nothing was written. Write some words, then send them."


class WordsTooLong(BadInput):
    """Over 600 characters."""

    code = "feedback_words_too_long"
    message_vi = "Lời viết dài quá 600 chữ cái. Chưa gửi gì; hãy viết ngắn lại rồi gửi."
    message_en = "That is longer than 600 characters. Nothing was sent; shorten it and send again."


class UnknownPlace(BadInput):
    """No such village or pole."""

    code = "unknown_place"
    message_vi = (
        "Đài không có thôn hoặc loa này. Chưa có gì thay đổi; hãy tải lại trang và chọn lại."
    )
    message_en = "The station has no such village or loudspeaker. Reload the page and choose again."


class PosterGone(NotFound):
    """No such poster, or it was taken down."""

    code = "poster_gone"
    message_vi = "Tờ này không còn dùng. Hãy nói với trưởng thôn, hoặc quét tờ khác ở cột loa."
    message_en = "This poster is no longer in use. Tell your village head, or scan another poster."


class NoSuchFeedback(NotFound):
    """There is no feedback by this id."""

    code = "no_such_feedback"
    message_vi = "Không có ý kiến này. Hãy mở lại danh sách ý kiến."
    message_en = "There is no such feedback. Open the list of feedback again."


class NoAnswerYet(Conflict):
    """A bulletin is drafted from an answer."""

    code = "no_answer_yet"
    message_vi = "Ý kiến này chưa được trả lời. Hãy viết câu trả lời trước rồi soạn bản tin từ đó."
    message_en = "This feedback has no answer yet. Answer it first, then draft a bulletin from it."


class TooOften(LoaError):
    """Too much from one place; `wait_s` is how long until more is taken."""

    code = "feedback_too_often"
    status = 429

    def __init__(self, *, wait_s: float) -> None:
        super().__init__()
        minutes = math.ceil(wait_s / 60)
        self.message_vi = (
            "Vừa có nhiều ý kiến gửi từ đây nên tạm dừng nhận. Lời này chưa được gửi. "
            f"Hãy thử lại sau {minutes} phút, hoặc nói với trưởng thôn."
        )
        self.message_en = (
            "Much was sent from here just now, so nothing more is taken for a while. This was not "
            f"sent. Try again in {minutes} min, or tell your village head."
        )
