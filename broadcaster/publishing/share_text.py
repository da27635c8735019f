"""What is written beside a shared bulletin: title, a few sentences, when and where, the address.

Written from what was approved and aired, in Vietnamese: it is read by the commune's own people. The
address is never cut, since it is what leads back to the whole bulletin.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from broadcaster.publishing.channel import Channel
from broadcaster.publishing.items import Item

MOST_SENTENCES = 3
MOST_CHARACTERS = 400
_FEWEST_WORDS = 3
"""What is shorter ends in an abbreviation (“TP.”), or greets; either goes on into what follows."""

_END = re.compile(r"(?<=[.!?…])\s+")
_GREETING = re.compile(r"(kính|thân mến|xin) (thưa|chào|gửi)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many characters a channel takes of a title, and of the text beside it."""

    title: int
    text: int


PASTED = Limits(title=150, text=1_000)
"""What is copied by hand: below what Facebook (63,206) and Zalo take, and read on a telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareText:
    """The parts of the text; `address` is the public page's."""

    title: str
    sentences: str
    when_and_where: str
    address: str

    def fitted(self, limits: Limits = PASTED) -> str:
        """All of it within the limits: the sentences give way first, then the title."""
        end = f"{self.when_and_where}\nNghe lại: {self.address}"
        title = cut(self.title, limits.title)
        room = limits.text - len(title) - len(end) - 4
        parts = [title, cut(self.sentences, room) if room > 0 else "", end]
        whole = "\n\n".join(part for part in parts if part)
        if len(whole) <= limits.text:
            return whole
        return f"{cut(title, max(0, limits.text - len(self.address) - 1))}\n{self.address}".strip()


def share_text(channel: Channel, item: Item, *, clusters: Sequence[str], zone: tzinfo) -> ShareText:
    """The text of a bulletin; `clusters` are those where a loudspeaker confirmed that it began."""
    at = item.last_at.astimezone(zone)
    where = f", ở {', '.join(clusters)}" if clusters else ""
    return ShareText(
        title=channel.marked(" ".join(item.title.split())),
        sentences=first_sentences(item.words),
        when_and_where=f"{channel.station} đã phát trên loa lúc {at:%H:%M} ngày "
        f"{at.day}/{at.month}/{at.year}{where}.",
        address=channel.item(item.bulletin_id),
    )


def first_sentences(words: str) -> str:
    """Two or three sentences from the beginning, without the greeting; cut between two words."""
    sentences: list[str] = []
    begun = ""
    for piece in _END.split(" ".join(words.split())):
        begun = f"{begun} {piece}".strip()
        if len(begun.split()) < _FEWEST_WORDS:
            continue
        sentences.append(begun)
        begun = ""
    if begun:
        sentences.append(begun)
    if len(sentences) > 1 and _GREETING.match(sentences[0]):
        del sentences[0]
    told = ""
    for sentence in sentences[:MOST_SENTENCES]:
        longer = f"{told} {sentence}".strip()
        if told and len(longer) > MOST_CHARACTERS:
            break
        told = longer
    return cut(told, MOST_CHARACTERS)


def cut(words: str, limit: int) -> str:
    """These words within so many characters, cut between two of them where that can be."""
    if len(words) <= limit:
        return words
    if limit < 2:
        return words[: max(0, limit)]
    begun = words[: limit - 1]
    whole = begun.rsplit(" ", 1)[0].rstrip() if " " in begun.strip() else begun
    return f"{whole}…"
