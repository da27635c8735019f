"""The grade *heard*: what people in a village said of a broadcast, folded. Pure.

Of each person the newest word counts. It is a grade of evidence of its own: it makes no play
confirmed and takes no confirmation away, and is told beside both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Heard(StrEnum):
    """What people of one village said of one broadcast; `disputed` where they do not agree."""

    CLEAR = "clear"
    NOT_HEARD = "not_heard"
    DISPUTED = "disputed"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One person's word, as far as the grade asks."""

    hearing_id: str
    account_id: str
    clear: bool
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardShare:
    """Residents of villages asked, by what people there said; what nobody spoke of is the rest."""

    asked: int = 0
    clear: int = 0
    not_heard: int = 0
    disputed: int = 0

    @property
    def share(self) -> float | None:
        """Those in villages where somebody heard it clearly, of all asked, from 0 to 1."""
        return self.clear / self.asked if self.asked else None

    @property
    def unsaid(self) -> int:
        """Residents of villages of which nobody has said anything."""
        return max(self.asked - self.clear - self.not_heard - self.disputed, 0)


def newest_of_each(words: Iterable[Said]) -> list[Said]:
    """Each person's last word, the newest first; of two in one instant the later id."""
    newest: dict[str, Said] = {}
    for each in sorted(words, key=lambda said: (said.said_at, said.hearing_id)):
        newest[each.account_id] = each
    return sorted(newest.values(), key=lambda said: (said.said_at, said.hearing_id), reverse=True)


def heard_of(words: Iterable[Said]) -> Heard:
    """What the people of one village said of one broadcast."""
    clear = {each.clear for each in newest_of_each(words)}
    if not clear:
        return Heard.UNSAID
    if len(clear) == 2:
        return Heard.DISPUTED
    return Heard.CLEAR if clear.pop() else Heard.NOT_HEARD


def share_of(asked: Mapping[str, int], heard: Mapping[str, Heard]) -> HeardShare:
    """One broadcast: residents by village asked, and what was said there."""
    sums = dict.fromkeys(Heard, 0)
    for village_id, residents in asked.items():
        sums[heard.get(village_id, Heard.UNSAID)] += residents
    return HeardShare(
        asked=sum(asked.values()),
        clear=sums[Heard.CLEAR],
        not_heard=sums[Heard.NOT_HEARD],
        disputed=sums[Heard.DISPUTED],
    )
