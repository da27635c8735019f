"""The form of a relay: what a browser sends, minutes and seconds as somebody typed them."""

from pydantic import BaseModel, ConfigDict

from broadcaster.bulletins.texts import NORMAL, PRIORITY
from broadcaster.relays.desk import STALL_MS, GivenRelay

_NO_NUMBER = -1


class RelayForm(BaseModel):
    """A relay as somebody typed it; what cannot be read is refused where it is checked."""

    model_config = ConfigDict(frozen=True)

    source_id: str = ""
    duration: str = "30"
    stall: str = str(STALL_MS // 1_000)
    fallback_id: str = ""
    title: str = ""
    topic: str = ""
    priority: str = str(NORMAL)

    def given(self) -> GivenRelay:
        """What was asked for; the desk checks it, and raises a BadInput that names its field."""
        return GivenRelay(
            source_id=self.source_id,
            duration_ms=_number(self.duration) * 60_000,
            stall_timeout_ms=_number(self.stall) * 1_000,
            fallback_id=self.fallback_id or None,
            title=self.title,
            topic=self.topic,
            priority=PRIORITY if self.priority == str(PRIORITY) else NORMAL,
        )


def form_of(given: GivenRelay) -> RelayForm:
    """The form as it stands for what was asked for before, in whole minutes."""
    return RelayForm(
        source_id=given.source_id,
        duration=str(max(1, round(given.duration_ms / 60_000))),
        stall=str(round(given.stall_timeout_ms / 1_000)),
        fallback_id=given.fallback_id or "",
        title=given.title,
        topic=given.topic,
        priority=str(given.priority),
    )


def _number(typed: str) -> int:
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else _NO_NUMBER
