"""The states of a play, and what each means for those who should have heard it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class PlayState(StrEnum):
    """How a play stands, folded from what the device confirmed. Simulation is a flag beside it.

    `relayed` is a public programme that was passed on to its end: nobody verified what was said.
    """

    # An enumeration's own hash is worked out in Python each time: these are looked up very often.
    __hash__ = str.__hash__

    PLANNED = "planned"
    RECEIVED = "received"
    CACHED = "cached"
    STARTED = "started"
    CONFIRMED = "confirmed"
    RELAYED = "relayed"
    PARTIAL = "partial"
    CUT = "cut"
    SKIPPED = "skipped"
    FAILED = "failed"
    REJECTED = "rejected"
    NOT_CONFIRMED = "not_confirmed"


class Reached(StrEnum):
    """The furthest that a device said it came, whatever became of the play; in this order."""

    # An enumeration's own hash is worked out in Python each time: these are looked up very often.
    __hash__ = str.__hash__

    PLANNED = "planned"
    RECEIVED = "received"
    CACHED = "cached"
    STARTED = "started"
    FINISHED = "finished"


class Outcome(StrEnum):
    """What a play means in coverage: these parts always stand apart, and are never added up."""

    CONFIRMED = "confirmed"
    RELAYED = "relayed"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_CONFIRMED = "not_confirmed"
    UNVERIFIABLE = "unverifiable"
    PENDING = "pending"


STOPPED_BY_ORDER = "stopped"
"""The code of a play that was cut because the station said so: obedience, and no fault."""

OPEN = frozenset({PlayState.PLANNED, PlayState.RECEIVED, PlayState.CACHED, PlayState.STARTED})
REACHED_IN_ORDER = tuple(Reached)
_STEPS = {reached: step for step, reached in enumerate(REACHED_IN_ORDER)}

_OUTCOMES: Mapping[str, Outcome] = {
    **dict.fromkeys(OPEN, Outcome.PENDING),
    PlayState.CONFIRMED: Outcome.CONFIRMED,
    PlayState.RELAYED: Outcome.RELAYED,
    PlayState.PARTIAL: Outcome.PARTIAL,
    PlayState.CUT: Outcome.PARTIAL,
    PlayState.SKIPPED: Outcome.FAILED,
    PlayState.FAILED: Outcome.FAILED,
    PlayState.REJECTED: Outcome.FAILED,
    PlayState.NOT_CONFIRMED: Outcome.NOT_CONFIRMED,
}

FAULTS = frozenset(
    state for state, outcome in _OUTCOMES.items() if outcome in {Outcome.PARTIAL, Outcome.FAILED}
)
"""What a device itself said went wrong."""


def outcome_of(state: str, *, played_ms: int) -> Outcome:
    """The part of coverage that a play stands in; a cut before any sound is a failure."""
    if state == PlayState.CUT and played_ms <= 0:
        return Outcome.FAILED
    found = _OUTCOMES.get(state)
    return found or _OUTCOMES[PlayState(state)]


# With repeats a pole has several plays of one order: the best of them counts, once.
BEST_FIRST = (
    Outcome.CONFIRMED,
    Outcome.RELAYED,
    Outcome.PARTIAL,
    Outcome.PENDING,
    Outcome.NOT_CONFIRMED,
    Outcome.FAILED,
)


def best_of(outcomes: Iterable[Outcome]) -> Outcome:
    """What counts of several plays of one order; not confirmed where there is none."""
    return min(outcomes, key=BEST_FIRST.index, default=Outcome.NOT_CONFIRMED)


def has_reached(reached: str, milestone: Reached) -> bool:
    """Whether a device came at least as far as the milestone."""
    return _STEPS[Reached(reached)] >= _STEPS[milestone]
