"""The form that moves an occurrence: what was filled in or dragged, and what it means. Pure."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from broadcaster.schedule.occurrences import read_local
from broadcaster.schedule.queue_form import kept_reason, read_choice, read_number
from broadcaster.schedule.repeating import ChoiceUnknown
from broadcaster.schedule.repeats import shortest_every_min, times_within
from broadcaster.schedule.series import Move, Scope


class MoveForm(BaseModel):
    """As a person left it."""

    model_config = ConfigDict(frozen=True)

    at: str = ""
    starts_local: str = ""
    scope: str = Scope.ONE
    times: str = "1"
    every_min: str = ""
    choice: str = ""
    override_reason: str = ""
    view: str = ""
    cluster: str = ""

    def stretched(self, ends_local: str, *, length: timedelta) -> "MoveForm":
        """The same filled in with as many plays as end before a dragged edge, for a person to see.

        Raises TimeUnreadable.
        """
        span = read_local(ends_local) - read_local(self.starts_local)
        every = read_number(self.every_min, empty=0) or shortest_every_min(length)
        times = times_within(span, length=length, every_min=every)
        return self.model_copy(update={"times": str(times), "every_min": str(every)})

    def move(self, schedule_id: str) -> Move:
        """What is asked for; raise ChoiceUnknown, RepeatsUnreadable or what `kept_reason` does."""
        if self.scope not in set(Scope):
            raise ChoiceUnknown(field="scope")
        times = read_number(self.times, empty=1)
        return Move(
            schedule_id=schedule_id,
            occurrence=self.at,
            to_local=_minute(self.starts_local.strip()),
            scope=Scope(self.scope),
            times=times,
            every_min=read_number(self.every_min, empty=0) if times > 1 else 0,
            choice=read_choice(self.choice),
            reason=kept_reason(self.override_reason),
        )


def _minute(local: str) -> str:
    """Wall time as schedules keep it, so that one moment has one name; raise TimeUnreadable."""
    read: datetime = read_local(local)
    return read.isoformat(timespec="seconds" if read.second else "minutes")
