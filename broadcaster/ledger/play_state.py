"""The states of a play, and what each means for those who should have heard it."""

from enum import StrEnum


class PlayState(StrEnum):
    """How a play stands, folded from what the device confirmed. Simulation is a flag beside it."""

    PLANNED = "planned"
    RECEIVED = "received"
    CACHED = "cached"
    STARTED = "started"
    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    CUT = "cut"
    SKIPPED = "skipped"
    FAILED = "failed"
    REJECTED = "rejected"
    NOT_CONFIRMED = "not_confirmed"


class Reached(StrEnum):
    """The furthest that a device said it came, whatever became of the play; in this order."""

    PLANNED = "planned"
    RECEIVED = "received"
    CACHED = "cached"
    STARTED = "started"
    FINISHED = "finished"


class Outcome(StrEnum):
    """What a play means in coverage: these parts always stand apart, and are never added up."""

    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_CONFIRMED = "not_confirmed"
    UNVERIFIABLE = "unverifiable"
    PENDING = "pending"


OPEN = frozenset({PlayState.PLANNED, PlayState.RECEIVED, PlayState.CACHED, PlayState.STARTED})
REACHED_IN_ORDER = tuple(Reached)

_OUTCOMES = {
    **dict.fromkeys(OPEN, Outcome.PENDING),
    PlayState.CONFIRMED: Outcome.CONFIRMED,
    PlayState.PARTIAL: Outcome.PARTIAL,
    PlayState.CUT: Outcome.PARTIAL,
    PlayState.SKIPPED: Outcome.FAILED,
    PlayState.FAILED: Outcome.FAILED,
    PlayState.REJECTED: Outcome.FAILED,
    PlayState.NOT_CONFIRMED: Outcome.NOT_CONFIRMED,
}


def outcome_of(state: str, *, played_ms: int) -> Outcome:
    """The part of coverage that a play stands in; a cut before any sound is a failure."""
    if state == PlayState.CUT and played_ms <= 0:
        return Outcome.FAILED
    return _OUTCOMES[PlayState(state)]


def has_reached(reached: str, milestone: Reached) -> bool:
    """Whether a device came at least as far as the milestone."""
    return REACHED_IN_ORDER.index(Reached(reached)) >= REACHED_IN_ORDER.index(milestone)
