"""How far a post is, and which way it may go from there: one table; nothing else decides it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class PostState(StrEnum):
    """Of one bulletin at one network."""

    WAITING = "waiting"
    SENDING = "sending"
    """Written down before it is sent: found so later, nobody knows whether it arrived."""
    UNSURE = "unsure"
    ACCEPTED = "accepted"
    """The network has it and has not made it public yet."""
    POSTED = "posted"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"


_S = PostState
WAYS: Mapping[PostState, frozenset[PostState]] = MappingProxyType(
    {
        _S.WAITING: frozenset({_S.SENDING, _S.GIVEN_UP, _S.WITHDRAWN}),
        _S.SENDING: frozenset(
            {_S.POSTED, _S.ACCEPTED, _S.UNSURE, _S.WAITING, _S.REFUSED, _S.GIVEN_UP}
        ),
        _S.UNSURE: frozenset({_S.POSTED, _S.WAITING, _S.GIVEN_UP, _S.WITHDRAWN}),
        _S.ACCEPTED: frozenset({_S.POSTED, _S.GIVEN_UP}),
        _S.POSTED: frozenset({_S.WITHDRAWN}),
        _S.REFUSED: frozenset({_S.WAITING, _S.WITHDRAWN}),
        # What may have arrived after all is asked for before it is sent again.
        _S.GIVEN_UP: frozenset({_S.WAITING, _S.UNSURE, _S.WITHDRAWN}),
        _S.WITHDRAWN: frozenset({_S.WAITING}),
    }
)
UNDER_WAY = frozenset({_S.WAITING, _S.SENDING, _S.UNSURE, _S.ACCEPTED})
"""What the station still works at."""

ENDED = frozenset({_S.REFUSED, _S.GIVEN_UP, _S.WITHDRAWN})
"""What a leader may decide anew."""

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""After each try that brought nothing; after the last one it is given up: about a day."""


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries (at least one); None once enough was tried."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def may_go(state: PostState, to: PostState) -> bool:
    """Whether a post may go this way."""
    return to in WAYS[state]
