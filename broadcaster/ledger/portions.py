"""How much of what has come one transaction takes: so much that nobody else waits long to write.

A page that is saved waits until the transaction before it has ended. How long that takes depends on
the machine and on what is told, so it is measured: a box at a commune's office takes fewer messages
at once than a province's server, and both leave others the same moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broadcaster.wire import Delivery

HOLDS_S = 0.05
"""How long a transaction may hold the place to write, as far as that can be foreseen."""

FIRST_OCTETS = 150_000
LEAST_OCTETS, MOST_OCTETS = 20_000, 600_000
"""Some 30 messages of one confirmation, and 800: each play is folded once in a transaction, so
that few large ones cost less than many small ones."""

_AT_MOST_TIMES = 1.5
"""No single transaction that was quick, or was held up, changes the next by more."""


@dataclass(slots=True)
class Portions:
    """What the next transaction takes, by what the last ones took."""

    octets: int = FIRST_OCTETS

    def of(self, deliveries: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
        """The deliveries by portions, in their order; each is measured before the next is cut."""
        begins = 0
        while begins < len(deliveries):
            ends, octets = begins + 1, len(deliveries[begins].payload)
            while ends < len(deliveries):
                octets += len(deliveries[ends].payload)
                if octets > self.octets:
                    break
                ends += 1
            yield deliveries[begins:ends]
            begins = ends

    def took(self, deliveries: Sequence[Delivery], *, held_s: float) -> None:
        """Let the next portion be such that it holds the place for as long as it may."""
        octets = sum(len(each.payload) for each in deliveries)
        # A few messages tell of what a transaction costs by itself.
        if octets * 2 < self.octets and held_s <= HOLDS_S:
            return
        times = HOLDS_S / max(held_s, HOLDS_S / 100)
        times = min(max(times, 1 / _AT_MOST_TIMES), _AT_MOST_TIMES)
        self.octets = round(min(max(octets * times, LEAST_OCTETS), MOST_OCTETS))
