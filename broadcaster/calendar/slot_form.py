"""The form that fills an empty slot: which bulletin, where, from when. Pure."""

from datetime import date, datetime, time, timedelta

from pydantic import Field

from broadcaster.calendar.spans import FIRST_DAY, LAST_DAY
from broadcaster.errors import BadInput
from broadcaster.schedule.occurrences import read_local
from broadcaster.schedule.queue_form import WHEN_AT, QueueForm
from broadcaster.schedule.queueing import Queueing
from broadcaster.schedule.quiet_hours import QuietHours

USUAL_HOUR = time(17)


class BulletinNotChosen(BadInput):
    """A slot was picked, and nothing to fill it."""

    code = "bulletin_not_chosen"
    message_vi = "Chưa chọn bản tin nào. Hãy chọn một bản tin trong danh sách rồi lưu lại."
    message_en = "No bulletin is chosen. Choose one in the list and save again."


class SlotForm(QueueForm):
    """As a person left it; `view` and `cluster` say which calendar to go back to.

    `ends_local` is where an empty stretch was let go: it is shown, and limits nothing, because
    words last as long as they last.
    """

    bulletin_id: str = ""
    when: str = WHEN_AT
    ends_local: str = ""
    view: str = ""
    cluster: str = ""
    q: str = ""

    def chosen(self) -> Queueing:
        """What is asked for; raise BulletinNotChosen or what `QueueForm.wish` does."""
        if not self.bulletin_id:
            raise BulletinNotChosen(field="bulletin_id")
        return self.wish(self.bulletin_id)

    def stretch(self) -> timedelta | None:
        """How long the empty stretch is that was dragged, if one was."""
        try:
            length = read_local(self.ends_local) - read_local(self.starts_local)
        except BadInput:
            return None
        return length if length > timedelta() else None

    def day(self, *, today: date) -> date:
        """The day that it is about; today where none can be read or a calendar shows none such."""
        try:
            day = read_local(self.starts_local).date()
        except BadInput:
            return today
        return day if FIRST_DAY <= day <= LAST_DAY else today


class SlotAsked(SlotForm):
    """What the form's address may say: a picked start, or a day alone."""

    day_asked: date | None = Field(default=None, alias="day", ge=FIRST_DAY, le=LAST_DAY)


def first_guess(day: date, *, now_local: datetime, quiet: QuietHours) -> str:
    """A day's usual hour, or the next full one where that has gone by; a person may change it.

    Where that is a quiet hour, the minute at which quiet is over.
    """
    usual = datetime.combine(day, USUAL_HOUR)
    full = now_local.replace(minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(hours=1)
    guessed = max(usual, full).replace(tzinfo=quiet.zone)
    if quiet.covers(guessed):
        guessed = quiet.end_after(guessed)
    return guessed.replace(tzinfo=None).isoformat(timespec="minutes")
