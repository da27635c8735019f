"""The station's words for a moment that stand beside its plan, or wait for a time to believe.

Bounded: whoever holds a key can say no more than so many of them at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from devices.controller.journal import Journal
from devices.controller.reconciling import Moment, over
from devices.errors import ContractViolation
from devices.protocol.messages import Now, Plan

STANDING_LIMIT = 64
PENDING_LIMIT = 16


class Moments:
    """What was taken of the fast path and is neither over nor taken up by a plan."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._standing: list[Moment] = []
        self._pending: dict[int, bytes] = {}

    def __iter__(self) -> Iterator[Moment]:
        """In the order of their sequences."""
        return iter(self._standing)

    @property
    def wait_for_time(self) -> bool:
        """Whether orders wait until the device believes its time."""
        return bool(self._pending)

    def stand(self, now: Now) -> bool:
        """Whether this very word was taken and still stands."""
        return any(each.now == now for each in self._standing)

    def add(self, moment: Moment) -> None:
        """Let a word stand; of too many the oldest is forgotten."""
        self._standing.append(moment)
        self._forget(self._standing[:-STANDING_LIMIT])

    def forget_what_is_over(self, *, plan: Plan | None, now_ms: int) -> None:
        """Forget what a plan has taken up, and what has long expired."""
        self._forget(over(self._standing, plan=plan, now_ms=now_ms))

    def read_again(self, open_again: Callable[[bytes], Moment]) -> None:
        """Take up what is on the disk; what does not hold any more is forgotten for good."""
        self._standing = []
        gone = []
        for sequence, message in self._journal.moments():
            try:
                self._standing.append(open_again(message))
            except ContractViolation:
                gone.append(sequence)
        self._journal.drop_moments(gone)

    def let_wait(self, sequence: int, message: bytes) -> None:
        """Keep an order until there is a time to judge it by; of too many, the newest ones."""
        self._pending[sequence] = message
        while len(self._pending) > PENDING_LIMIT:
            del self._pending[min(self._pending)]

    def take_up(self, take: Callable[[bytes], None]) -> None:
        """Hand over what waited, the oldest first; one that cannot be taken waits on."""
        for sequence in sorted(self._pending):
            with suppress(ContractViolation):
                take(self._pending[sequence])
            del self._pending[sequence]

    def _forget(self, gone: Sequence[Moment]) -> None:
        if gone:
            numbers = {each.now.sequence for each in gone}
            self._standing = [each for each in self._standing if each.now.sequence not in numbers]
            self._journal.drop_moments(sorted(numbers))
