"""The form that asks where and when a bulletin plays: what was filled in, and what it means.

Pure. What a person typed is kept as typed, so that a refused form comes back complete.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from broadcaster.bulletins.texts import one_line
from broadcaster.errors import BadInput

WHEN_APPROVED = "approved"
WHEN_AT = "at"
REASON_LIMIT_CHARACTERS = 300

RECURRENCES: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "daily": "FREQ=DAILY",
        "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA",
    }
)


class StartMissing(BadInput):
    """A time was chosen, but none was entered."""

    code = "start_missing"
    message_vi = "Chưa nhập giờ phát. Hãy nhập ngày và giờ, hoặc chọn phát ngay sau khi duyệt."
    message_en = "No start time was entered. Enter one, or choose to play as soon as approved."


class RepeatNeedsTime(BadInput):
    """Something that repeats needs an hour at which it does."""

    code = "repeat_needs_time"
    message_vi = "Muốn lặp lại thì cần giờ phát. Hãy chọn “Vào giờ” rồi nhập ngày giờ đầu tiên."
    message_en = "To repeat it, choose “At a time” and enter the first day and time."


class ChoiceUnknown(BadInput):
    """Something was chosen that is not offered."""

    code = "choice_unknown"
    message_vi = "Lựa chọn này không có. Hãy tải lại trang và chọn lại."
    message_en = "There is no such choice. Reload the page and choose again."


class ReasonTooLong(BadInput):
    """The reason travels in the signed order, which has room for a sentence or two."""

    code = "reason_too_long"
    message_vi = "Lý do dài quá 300 ký tự. Hãy viết gọn trong một hai câu."
    message_en = "The reason is longer than 300 characters. Say it in a sentence or two."


class QueueForm(BaseModel):
    """What a person filled in, as they left it; nothing is refused before it can be shown again."""

    model_config = ConfigDict(frozen=True)

    clusters: tuple[str, ...] = ()
    when: str = WHEN_APPROVED
    starts_local: str = ""
    repeat: str = ""
    override_reason: str = ""

    def starts(self) -> str:
        """Wall time for `queue_bulletin`, empty for *as soon as approved*.

        Raises StartMissing, RepeatNeedsTime or ChoiceUnknown, each with its field.
        """
        if self.when == WHEN_APPROVED:
            if self.repeat:
                raise RepeatNeedsTime(field="starts_local")
            return ""
        if self.when != WHEN_AT:
            raise ChoiceUnknown(field="when")
        if not self.starts_local.strip():
            raise StartMissing(field="starts_local")
        return self.starts_local.strip()

    def reason(self) -> str:
        """Why quiet hours should be broken, empty for not at all; raise what `kept_reason` does."""
        return kept_reason(self.override_reason)

    def recurrence(self) -> str:
        """The RFC 5545 rule of what was chosen, empty for once; raise ChoiceUnknown."""
        rule = RECURRENCES.get(self.repeat)
        if rule is None:
            raise ChoiceUnknown(field="repeat")
        return rule


def kept_reason(reason: str) -> str:
    """A reason as it will be kept, in one line; raise ReasonTooLong or TextUnusable."""
    kept = one_line(reason, field="override_reason")
    if len(kept) > REASON_LIMIT_CHARACTERS:
        raise ReasonTooLong(field="override_reason")
    return kept


def repeat_of(recurrence: str) -> str | None:
    """The choice that stands for a rule; None for a rule that the form does not offer."""
    return next((name for name, rule in RECURRENCES.items() if rule == recurrence), None)
