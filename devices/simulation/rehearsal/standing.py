"""How a rehearsal stands: what the processes tell of each device, summed up by cluster."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from devices.simulation.crowd.standing import SeatState

NO_CLUSTER = "–"


class Row(Struct, frozen=True, kw_only=True):
    """The sums of a cluster, or of everybody.

    `planned` counts devices that follow the newest plan of their cluster, `silent` those that the
    broker does not hear, `refused` messages that the contract does not allow.
    """

    cluster: str
    devices: int = 0
    connected: int = 0
    silent: int = 0
    planned: int = 0
    plan_version: int = 0
    cached: int = 0
    playing: int = 0
    finished: int = 0
    failed: int = 0
    rejected: int = 0
    muted: int = 0
    refused: int = 0
    faults: dict[str, int] = {}


@dataclass(slots=True)
class Standing:
    """The newest word of each device and each process."""

    seats: dict[str, SeatState] = field(default_factory=dict)
    resident_bytes: dict[int, int] = field(default_factory=dict)
    cpu_s: dict[int, float] = field(default_factory=dict)

    def take(self, seats: Iterable[SeatState]) -> None:
        """Take what a process told."""
        self.seats.update((seat.device, seat) for seat in seats)

    def rows(self) -> Sequence[Row]:
        """A row for each cluster, those without one last."""
        clusters = sorted({seat.cluster for seat in self.seats.values()}, key=lambda c: (not c, c))
        return [
            row_of(cluster or NO_CLUSTER, self._of(cluster), newest=self._newest(cluster))
            for cluster in clusters
        ]

    def total(self) -> Row:
        """A row for everybody."""
        parts = self.rows()
        seats = list(self.seats.values())
        row = row_of("", seats, newest=max((part.plan_version for part in parts), default=0))
        return msgspec.structs.replace(row, planned=sum(part.planned for part in parts))

    def _of(self, cluster: str) -> Sequence[SeatState]:
        return [seat for seat in self.seats.values() if seat.cluster == cluster]

    def _newest(self, cluster: str) -> int:
        return max((seat.plan_version for seat in self._of(cluster)), default=0)


def row_of(cluster: str, seats: Sequence[SeatState], *, newest: int) -> Row:
    """Sum up devices."""
    faults = Counter(str(fault) for seat in seats for fault in seat.faults)
    connected = sum(seat.connected for seat in seats)
    return Row(
        cluster=cluster,
        devices=len(seats),
        connected=connected,
        silent=len(seats) - connected,
        planned=sum(seat.plan_version == newest > 0 for seat in seats),
        plan_version=newest,
        cached=sum(seat.cached > 0 for seat in seats),
        playing=sum(bool(seat.playing) for seat in seats),
        finished=sum(seat.finished for seat in seats),
        failed=sum(seat.failed for seat in seats),
        rejected=sum(seat.rejected for seat in seats),
        muted=sum(seat.muted for seat in seats),
        refused=sum(seat.refused for seat in seats),
        faults=dict(sorted(faults.items())),
    )
