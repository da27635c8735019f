"""Which parts of a programme a device said to have begun, and when: from its own words only.

Pure. A part is an item of the order, or a cue inside it; each counts once, whatever was repeated.
It changes nothing of how the play stands: what was played is counted in samples (`fold`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcaster.database.columns import from_ms
from broadcaster.ledger.fold import Word, is_believable
from devices.protocol.messages import Item, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBegun:
    """A part whose first sample left the sink, and the statement that says so.

    `item` and `cue` count from 0; without `cue` it is the beginning of an item. An instant that
    cannot be true is kept and marked.
    """

    item: int
    cue: int | None
    began_at: datetime
    is_doubtful: bool
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Part:
    """What a part is, as the order named it; `kind` is empty for an item as a whole."""

    title: str
    kind: str = ""


def items_begun(words: Iterable[Word], *, starts_at: datetime) -> tuple[ItemBegun, ...]:
    """The parts that have begun, in the order of the programme; `starts_at` was planned.

    Of two statements of one part the earlier instant stands, as in the fold.
    """
    earliest: dict[tuple[int, int], tuple[tuple[int, str, int], ItemBegun]] = {}
    for word in words:
        if word.said.kind is not Kind.ITEM_STARTED:
            continue
        at_us, begun = _instant_us(word), _begun(word, starts_at=starts_at)
        place = (begun.item, -1 if begun.cue is None else begun.cue)
        candidate = ((at_us, word.epoch, word.said.seq), begun)
        earliest[place] = min(earliest.get(place, candidate), candidate, key=lambda each: each[0])
    return tuple(earliest[place][1] for place in sorted(earliest))


def part_of(items: Sequence[Item], *, item: int, cue: int | None) -> Part | None:
    """What an order's items call a part; None where they have no such part."""
    if item >= len(items):
        return None
    if cue is None:
        return Part(items[item].title)
    cues = items[item].cues
    return Part(cues[cue].title, cues[cue].kind) if cue < len(cues) else None


def _begun(word: Word, *, starts_at: datetime) -> ItemBegun:
    at_us = _instant_us(word)
    return ItemBegun(
        item=word.said.item or 0,
        cue=word.said.cue,
        began_at=from_ms(at_us // 1_000),
        is_doubtful=not is_believable(at_us, starts_at=starts_at, received_at=word.received_at),
        epoch=word.epoch,
        seq=word.said.seq,
    )


def _instant_us(word: Word) -> int:
    """The first sample's instant; a device that could not tell it said at least when it spoke."""
    said = word.said
    return said.at_ms * 1_000 if said.first_sample_at_us is None else said.first_sample_at_us
