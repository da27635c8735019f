"""The form that asks where and when a bulletin plays: what was filled in, and what it means.

Pure. What a person typed is kept as typed, so that a refused form comes back complete.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict

from broadcaster.bulletins.texts import one_line
from broadcaster.errors import BadInput
from broadcaster.schedule.occurrences import read_local
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.queueing import Queueing
from broadcaster.schedule.repeating import ChoiceUnknown, recurrence_of

WHEN_APPROVED = "approved"
WHEN_AT = "at"
REASON_LIMIT_CHARACTERS = 300
_DIGITS = 4


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


class RepeatsUnreadable(BadInput):
    """How often it plays, or how far apart, is no number."""

    code = "repeats_unreadable"
    message_vi = "Số lần phát và số phút cách nhau phải là số, ví dụ 3 lần, cách nhau 20 phút."
    message_en = "How often and how many minutes apart must be numbers, such as 3 and 20."


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
    last_day: str = ""
    times: str = "1"
    every_min: str = ""
    choice: str = ""
    override_reason: str = ""
    after_quiet: str = ""

    def with_way_chosen(self) -> Self:
        """With the time of the button that was pressed instead of *as soon as approved*, if any."""
        if not self.after_quiet:
            return self
        chosen = {"when": WHEN_AT, "starts_local": self.after_quiet, "after_quiet": ""}
        return self.model_copy(update=chosen)

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
        """The rule of what was chosen, empty for once; raise ChoiceUnknown or EndUnreadable."""
        starts = self.starts()
        if not starts:
            return ""
        return recurrence_of(self.repeat, starts=read_local(starts), last_day=self.last_day)

    def wish(self, bulletin_id: str) -> Queueing:
        """What is asked for; raise what the readings above raise, and RepeatsUnreadable."""
        return Queueing(
            bulletin_id=bulletin_id,
            cluster_ids=self.clusters,
            starts_local=self.starts(),
            recurrence=self.recurrence(),
            times=read_number(self.times, empty=1),
            every_min=read_number(self.every_min, empty=0),
            choice=read_choice(self.choice),
            override_reason=self.reason(),
        )


def read_number(typed: str, *, empty: int) -> int:
    """A small number as typed; raise RepeatsUnreadable."""
    said = typed.strip()
    if not said:
        return empty
    if not (said.isascii() and said.isdecimal() and len(said) <= _DIGITS):
        raise RepeatsUnreadable(field="times")
    return int(said)


def read_choice(typed: str) -> Choice | None:
    """The way out of a conflict that was chosen, or none; raise ChoiceUnknown."""
    if not typed:
        return None
    if typed not in set(Choice):
        raise ChoiceUnknown(field="choice")
    return Choice(typed)


def kept_reason(reason: str) -> str:
    """A reason as it will be kept, in one line; raise ReasonTooLong or TextUnusable."""
    kept = one_line(reason, field="override_reason")
    if len(kept) > REASON_LIMIT_CHARACTERS:
        raise ReasonTooLong(field="override_reason")
    return kept
