"""What a case of `make soak` is: what it shows, how many rounds, and how one round is run."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.soak.record import Facts


@dataclass(frozen=True, slots=True)
class Turn:
    """Which round is to be run, counted from 1, and the seed of its own."""

    number: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether what was promised held in a round, and the round's figures."""

    held: bool
    facts: Facts


@dataclass(frozen=True, slots=True)
class Case:
    """What a case shows; `run` runs one of its rounds."""

    what: str
    rounds: int
    run: Callable[[Turn], Outcome]
