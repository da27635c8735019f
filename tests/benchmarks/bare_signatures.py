"""Verifying signatures and nothing else, on all cores: the least that checking a ledger can cost.

Messages lie taken apart in the memory of processes that wait for the word to begin, so neither
their start nor any reading is counted.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from nacl.signing import VerifyKey

Signed = tuple[bytes, bytes, bytes]
"""A public key, what was signed, and the signature."""


@dataclass(frozen=True, slots=True)
class Verifiers:
    """Processes that hold their shares of all signatures."""

    pipes: Sequence[Connection]

    def seconds(self) -> float:
        """How long all of them take to verify everything once."""
        begun = time.perf_counter()
        for pipe in self.pipes:
            pipe.send("begin")
        for pipe in self.pipes:
            pipe.recv()
        return time.perf_counter() - begun


@contextmanager
def verifiers(signed: Sequence[Signed], *, cores: int) -> Iterator[Verifiers]:
    """One process a core, with as many signatures each."""
    context = get_context("spawn")
    started = []
    for number in range(cores):
        here, there = context.Pipe()
        process = context.Process(target=_verify_when_told, args=(there, signed[number::cores]))
        process.start()
        there.close()
        started.append((process, here))
    try:
        for _, pipe in started:
            pipe.recv()
        yield Verifiers([pipe for _, pipe in started])
    finally:
        for process, pipe in started:
            pipe.send("end")
            process.join()
            pipe.close()


def _verify_when_told(pipe: Connection, signed: Sequence[Signed]) -> None:
    pipe.send("ready")
    while pipe.recv() == "begin":
        verify_all(signed)
        pipe.send("done")


def verify_all(signed: Sequence[Signed]) -> None:
    """Every signature once, in this process."""
    keys = {public: VerifyKey(public) for public, _, _ in signed}
    for public, message, signature in signed:
        keys[public].verify(message, signature)
