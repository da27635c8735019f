"""Whether each play is what its confirmations say: folded once more, and compared. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter

from broadcaster.database.columns import from_ms
from broadcaster.inspection.device_book import DeviceBook
from broadcaster.inspection.device_rows import Row
from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.ledger.fold import Expected, Fold, Word, fold

CLOSED_WITHIN = timedelta(minutes=5)
"""How long a deadline may have passed before the watch must have closed its play."""

_FOLDED = tuple(Fold.__dataclass_fields__)
_INSTANTS = ("started_at", "ended_at")
_AS_KEPT = tuple(each for each in _FOLDED if each not in _INSTANTS)
_HELD, _SAID = itemgetter(*_AS_KEPT), attrgetter(*_AS_KEPT)
_ASKED = itemgetter("simulated", "relay", "asked_ms", "starts_at", "start_due_at", "end_due_at")


def check_plays(book: DeviceBook, *, now: datetime) -> Iterator[Finding]:
    """The plays of one device that are not what is held of it says, each with its columns."""
    words = _words(book)
    for play in book.rows.plays:
        said = words.get((play["order_id"], play["repeat"]), [])
        expected = _expected(_ASKED(play))
        differing = _differing(play, fold(expected, said, now=now))
        if differing:
            # A deadline that passed this minute may not have been looked at yet.
            before = fold(expected, said, now=now - CLOSED_WITHIN)
            differing = _differing(play, before) and differing
        if differing:
            key = f"{play['order_id']}|{play['repeat']}|{book.device}"
            yield Finding("play", key, Flaw.FOLD_DIFFERS, ", ".join(differing))


def _words(book: DeviceBook) -> Mapping[tuple[str, int], list[Word]]:
    words: dict[tuple[str, int], list[Word]] = defaultdict(list)
    for row, _, said in book.rows.confirmations:
        if said is not None and said.order is not None and not row.quarantined:
            words[said.order, said.repeat].append(Word(row.epoch, said, from_ms(row.received_at)))
    return words


@lru_cache(maxsize=10_000)
def _expected(asked: tuple[int, ...]) -> Expected:
    """What was asked, in the order of `_ASKED`: the same of all poles of an order."""
    simulated, relay, asked_ms, starts_at, start_due_at, end_due_at = asked
    return Expected(
        simulated=bool(simulated),
        relay=bool(relay),
        asked_ms=asked_ms,
        starts_at=from_ms(starts_at),
        start_due_at=from_ms(start_due_at),
        end_due_at=from_ms(end_due_at),
    )


def _differing(play: Row, folded: Fold) -> Sequence[str]:
    if _HELD(play) == _SAID(folded) and all(_is_held(play, folded, each) for each in _INSTANTS):
        return ()
    return [each for each in _FOLDED if not _is_held(play, folded, each)]


def _is_held(play: Row, folded: Fold, name: str) -> bool:
    value = play[name]
    if name in _INSTANTS and value is not None:
        value = from_ms(value)
    return bool(value == getattr(folded, name))
