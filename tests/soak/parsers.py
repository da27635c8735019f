"""Every door tried with wounded things: read, or refused by name, and nothing else, without end."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from time import process_time

from broadcaster.logs import configure_logs
from tests.soak.case import Outcome, Turn
from tests.soak.doors import DOORS, Door
from tests.soak.wounds import wounded

OF_A_ROUND = 3_000
"""Inputs at a door in a round, where its share is whole."""

TOO_LONG_S = 20.0
"""Processor time after which one input is one that holds up everybody: none is near it."""

Told = tuple[str, int, str]


@dataclass
class Tried:
    """What came of the inputs at a door."""

    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[Told] = field(default_factory=list)
    slowest_s: float = 0.0


def inputs(door: Door, *, count: int, seed: str) -> Iterator[bytes]:
    """The same for the same seed."""
    rng = Random(seed)
    sound = list(door.sound())
    for _ in range(count):
        yield wounded(rng.choice(sound), sound, rng)


def try_door(
    name: str, *, count: int, seed: int, clock: Callable[[], float] = process_time
) -> Tried:
    """Try so many wounded inputs at a door."""
    door, tried = DOORS[name], Tried()
    for number, octets in enumerate(inputs(door, count=count, seed=f"{seed} {name}")):
        begun = clock()
        try:
            door.read(octets)
            tried.read += 1
        except door.refusals as refusal:
            tried.refused[type(refusal).__name__] += 1
        except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
            tried.wrong.append((name, number, repr(error)[:200]))
        took = clock() - begun
        tried.slowest_s = max(tried.slowest_s, took)
        if took > TOO_LONG_S:
            tried.wrong.append((name, number, f"{took:.0f} s"))
    return tried


def parsers(turn: Turn) -> Outcome:
    """One round: all doors, each by its share."""
    configure_logs("CRITICAL")
    tried = {
        name: try_door(name, count=max(1, OF_A_ROUND * door.share // 1000), seed=turn.seed)
        for name, door in DOORS.items()
    }
    wrong = [each for one in tried.values() for each in one.wrong]
    slowest = max(tried, key=lambda name: tried[name].slowest_s)
    return Outcome(
        held=not wrong,
        facts={
            "inputs": sum(
                each.read + each.refused.total() + len(each.wrong) for each in tried.values()
            ),
            "read": sum(each.read for each in tried.values()),
            "ways_to_refuse": len({name for each in tried.values() for name in each.refused}),
            "slowest_s": round(tried[slowest].slowest_s, 2),
            "slowest_at": slowest,
            "wrong": len(wrong),
            "why": "; ".join(f"{name} #{number}: {said}" for name, number, said in wrong)[:400],
        },
    )
