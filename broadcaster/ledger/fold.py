"""Folding confirmations to one play: what a device did, from its own signed words and nothing else.

Pure, and blind to the order in which words arrive or how often: the same set gives the same fold.
An end that was not reported is not invented: after its deadline a play is *not confirmed*, and a
late word corrects that. Instants that cannot be true are kept and marked, never counted.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.ledger.counting import all_played_ms, played_ms_of
from broadcaster.ledger.play_state import REACHED_IN_ORDER, STOPPED_BY_ORDER, PlayState, Reached
from devices.protocol.messages import Confirmation, Kind

PLAYED_PERCENT = 95
"""A play of which at least this much was counted at the sink is confirmed; less is partial."""

PASSED_ON = "relay"
"""What a device says of an end whose content nobody signed."""

EARLIEST_BEFORE_START = timedelta(seconds=5)
LATEST_AFTER_RECEIPT = timedelta(seconds=5)
_EARLIEST_BEFORE_START_US = EARLIEST_BEFORE_START // timedelta(microseconds=1)
_LATEST_AFTER_RECEIPT_US = LATEST_AFTER_RECEIPT // timedelta(microseconds=1)
# Words that came together, and plays of one order, have the same instants.
_ms_of = lru_cache(maxsize=10_000)(to_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What was asked of a device, and by when its word is due."""

    simulated: bool = False
    relay: bool = False
    asked_ms: int
    starts_at: datetime
    start_due_at: datetime
    end_due_at: datetime


class Word(NamedTuple):
    """One confirmation of this play, and when the ledger first had it."""

    epoch: str
    said: Confirmation
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """How a play stands. `start_offset_us` is first sample minus planned start."""

    state: PlayState
    reached: Reached = Reached.PLANNED
    code: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    start_offset_us: int | None = None
    played_ms: int = 0
    clock_doubtful: bool = False
    simulated: bool = False
    evidence_epoch: str | None = None
    evidence_seq: int | None = None


_STATES = {
    Kind.CUT: PlayState.CUT,
    Kind.STOPPED: PlayState.CUT,
    Kind.FAILED: PlayState.FAILED,
    Kind.SKIPPED: PlayState.SKIPPED,
    Kind.REJECTED: PlayState.REJECTED,
    Kind.RECEIVED: PlayState.RECEIVED,
    Kind.CACHED: PlayState.CACHED,
    Kind.TONE_STARTED: PlayState.STARTED,
    Kind.STARTED: PlayState.STARTED,
    Kind.ITEM_STARTED: PlayState.STARTED,
    Kind.RESUMED: PlayState.STARTED,
}
_REACHED = {
    Kind.RECEIVED: Reached.RECEIVED,
    Kind.CACHED: Reached.CACHED,
    Kind.TONE_STARTED: Reached.STARTED,
    Kind.STARTED: Reached.STARTED,
    Kind.ITEM_STARTED: Reached.STARTED,
    Kind.CUT: Reached.STARTED,
    Kind.RESUMED: Reached.STARTED,
    Kind.STOPPED: Reached.STARTED,
    Kind.FINISHED: Reached.FINISHED,
}
_FURTHEST_FIRST = tuple(reversed(REACHED_IN_ORDER))
# Which word decides, strongest first: a counted end outweighs a refusal, an end outweighs a start.
_WEIGHT = {
    kind: weight
    for weight, kind in enumerate(
        (
            Kind.FINISHED,
            Kind.STOPPED,
            Kind.CUT,
            Kind.FAILED,
            Kind.SKIPPED,
            Kind.REJECTED,
            Kind.RESUMED,
            Kind.ITEM_STARTED,
            Kind.STARTED,
            Kind.TONE_STARTED,
            Kind.CACHED,
            Kind.RECEIVED,
        )
    )
}
# A cut that was resumed from ended nothing; an order refused in one plan may be taken in the next.
_UNDONE_BY = {
    Kind.CUT: frozenset({Kind.RESUMED}),
    Kind.REJECTED: frozenset({Kind.RECEIVED, Kind.CACHED, Kind.STARTED}),
}
_ENDS = frozenset({Kind.FINISHED, Kind.STOPPED, Kind.CUT, Kind.FAILED, Kind.SKIPPED, Kind.REJECTED})


def fold(expected: Expected, words: Iterable[Word], *, now: datetime) -> Fold:
    """How a play stands at `now`, from every word of its device on it."""
    known = _once_in_order(list(words))
    if not known:
        state, overdue = _overdue(PlayState.PLANNED, expected, now=now)
        return Fold(state=state, code=overdue, simulated=expected.simulated)
    kinds = {word.said.kind for word in known}
    deciding = _deciding(_standing(known, kinds), asked_ms=expected.asked_ms)
    played_ms = all_played_ms(
        [(word.epoch, word.said) for word in known if word.said.samples is not None],
        asked_ms=expected.asked_ms,
    )
    state, code = _state(deciding.said, played_ms=played_ms, expected=expected)
    state, overdue = _overdue(state, expected, now=now)
    first_at_us, doubtful = _first_sample(known, expected)
    return Fold(
        state=state,
        reached=_furthest(kinds),
        code=overdue or code,
        started_at=_started_at(known, first_at_us=first_at_us),
        ended_at=_ended_at(deciding.said) if deciding.said.kind in _ENDS else None,
        start_offset_us=None
        if first_at_us is None
        else first_at_us - _ms_of(expected.starts_at) * 1_000,
        played_ms=played_ms,
        clock_doubtful=doubtful or _sounded_too_soon(known, expected),
        simulated=expected.simulated or any(word.said.simulated for word in known),
        evidence_epoch=deciding.epoch,
        evidence_seq=deciding.said.seq,
    )


def is_believable(at_us: int, *, starts_at: datetime, received_at: datetime) -> bool:
    """Whether a sample can have left at `at_us` (Unix, µs): not before its order, nor its word."""
    earliest_us = _ms_of(starts_at) * 1_000 - _EARLIEST_BEFORE_START_US
    return earliest_us <= at_us <= _ms_of(received_at) * 1_000 + _LATEST_AFTER_RECEIPT_US


def _furthest(kinds: Collection[Kind]) -> Reached:
    said = {_REACHED.get(kind, Reached.PLANNED) for kind in kinds}
    return next(each for each in _FURTHEST_FIRST if each in said)


def _once_in_order(words: Sequence[Word]) -> Sequence[Word]:
    epoch, seq = "", 0
    for word in words:
        if not (word.said.seq > seq if word.epoch == epoch else word.epoch > epoch):
            break
        epoch, seq = word.epoch, word.said.seq
    else:
        return words  # As they mostly come: each once, and in order.
    found: dict[tuple[str, int], Word] = {}
    for word in words:
        key = (word.epoch, word.said.seq)
        if key not in found or word.received_at < found[key].received_at:
            found[key] = word
    return [found[key] for key in sorted(found)]


def _standing(words: Sequence[Word], kinds: Collection[Kind]) -> Sequence[Word]:
    """The words without those that the device itself went back on later in the same epoch."""
    if _UNDONE_BY.keys().isdisjoint(kinds):
        return words
    return [word for word in words if not _is_undone(word, words)]


def _deciding(standing: Sequence[Word], *, asked_ms: int) -> Word:
    """The strongest word; of several that are as strong, the one that counted most."""
    if len(standing) == 1:
        return standing[0]
    weights = [_WEIGHT[word.said.kind] for word in standing]
    strongest = min(weights)
    if weights.count(strongest) == 1:
        return standing[weights.index(strongest)]
    return min(standing, key=lambda word: _rank(word, asked_ms=asked_ms))


def _is_undone(word: Word, words: Sequence[Word]) -> bool:
    undoing = _UNDONE_BY.get(word.said.kind)
    return undoing is not None and any(
        later.epoch == word.epoch and later.said.seq > word.said.seq and later.said.kind in undoing
        for later in words
    )


def _rank(word: Word, *, asked_ms: int) -> tuple[int, int, str, int]:
    said = word.said
    played_ms = played_ms_of(said, asked_ms=asked_ms)
    return _WEIGHT[said.kind], -played_ms, word.epoch, said.seq


def _state(
    said: Confirmation, *, played_ms: int, expected: Expected
) -> tuple[PlayState, str | None]:
    if said.kind is not Kind.FINISHED:
        return _STATES[said.kind], _code(said) or (
            STOPPED_BY_ORDER if said.kind is Kind.STOPPED else None
        )
    if said.samples is None or said.sample_rate_hz is None:
        return PlayState.NOT_CONFIRMED, "samples_not_counted"
    if played_ms <= 0:
        return PlayState.FAILED, "no_samples"
    if played_ms * 100 >= expected.asked_ms * PLAYED_PERCENT:
        # A device that was ordered to pass something on cannot say that it was anything else.
        passed_on = expected.relay or said.code == PASSED_ON
        return PlayState.RELAYED if passed_on else PlayState.CONFIRMED, _code(said)
    return PlayState.PARTIAL, _code(said)


def _code(said: Confirmation) -> str | None:
    """A device's code without the one character that PostgreSQL's text cannot hold."""
    return said.code and said.code.replace("\0", "�")


def _overdue(
    state: PlayState, expected: Expected, *, now: datetime
) -> tuple[PlayState, str | None]:
    """Nothing stays in progress for ever; the deadline itself is already past it."""
    if state is PlayState.STARTED:
        overdue = "no_end" if now >= expected.end_due_at else None
    elif state in {PlayState.PLANNED, PlayState.RECEIVED, PlayState.CACHED}:
        overdue = "no_start" if now >= expected.start_due_at else None
    else:
        overdue = None
    return (PlayState.NOT_CONFIRMED, overdue) if overdue else (state, None)


def _reached(said: Confirmation) -> Reached:
    return _REACHED.get(said.kind, Reached.PLANNED)


def _first_sample(words: Sequence[Word], expected: Expected) -> tuple[int | None, bool]:
    """When the first sample left the sink, and whether that instant can be believed."""
    stated = [
        word for word in words if word.said.first_sample_at_us is not None and _is_first(word)
    ]
    if not stated:
        return None, False
    word = min(stated, key=lambda each: (each.said.first_sample_at_us or 0, each.epoch))
    at_us = word.said.first_sample_at_us or 0
    return at_us, not is_believable(
        at_us, starts_at=expected.starts_at, received_at=word.received_at
    )


def _sounded_too_soon(words: Sequence[Word], expected: Expected) -> bool:
    """Whether sound was told of, by the ledger's own clock, before it was to begin."""
    earliest = expected.starts_at - EARLIEST_BEFORE_START
    return any(
        word.received_at < earliest and played_ms_of(word.said, asked_ms=expected.asked_ms)
        for word in words
    )


def _is_first(word: Word) -> bool:
    """Whether its first sample is the play's: that of the first part, or that of the whole."""
    said = word.said
    return said.kind is not Kind.ITEM_STARTED or not (said.item or said.cue)


def _started_at(words: Sequence[Word], *, first_at_us: int | None) -> datetime | None:
    if first_at_us is not None:
        return from_ms(first_at_us // 1_000)
    begun = [word.said.at_ms for word in words if _reached(word.said) is Reached.STARTED]
    return from_ms(min(begun)) if begun else None


def _ended_at(said: Confirmation) -> datetime:
    if said.last_sample_at_us is not None:
        return from_ms(said.last_sample_at_us // 1_000)
    return from_ms(said.at_ms)
