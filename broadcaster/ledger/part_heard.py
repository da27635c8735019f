"""Which part of live speech a pole let out, from when to when: what was said then is all it heard.

A recording that was played in part can be played again; of what was spoken live a village knows
only the minutes that its poles were there for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.reports import PlayRow
from broadcaster.ledger.wording import words_of_kind
from broadcaster.web.language import msgid

IN_PART = frozenset({PlayState.PARTIAL, PlayState.CUT})

_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "partial": msgid("chỉ phát một phần buổi nói"),
        "cut": msgid("buổi nói bị cắt ngang ở loa này"),
    }
)
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "started": msgid("sắp phát tiếng nói"),
        "item_started": msgid("bắt đầu có tiếng nói"),
        "cut": msgid("mất tiếng nói: bị cắt ngang"),
        "resumed": msgid("lại có tiếng nói"),
        "finished": msgid("hết tiếng nói"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeard:
    """From when to when, None where the pole's clock is not believed; and how much of how much."""

    begins: datetime | None
    ends: datetime | None
    played_ms: int
    said_ms: int


def part_heard(play: PlayRow) -> PartHeard | None:
    """The part of live speech that a play let out; None for the whole, for none, or not yet."""
    if play.state not in IN_PART or play.played_ms <= 0:
        return None
    believed = not play.clock_doubtful
    return PartHeard(
        begins=play.started_at if believed else None,
        ends=play.ended_at if believed else None,
        played_ms=play.played_ms,
        said_ms=play.asked_ms,
    )


def words_of_live_mark(mark: str) -> str | None:
    """What a mark is called for live speech (a msgid), where a recording's word would mislead."""
    return _MARKS.get(mark)


def words_of_live_kind(kind: str) -> str:
    """The words (a msgid) for what a confirmation states of live speech."""
    return _KINDS.get(kind) or words_of_kind(kind)
