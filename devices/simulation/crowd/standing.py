"""What a device of a crowd is seen at: told by its own words, its ports and its conditions."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from devices.protocol.messages import Confirmation, Kind
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.faults.sink import Amplifier

_ENDS = frozenset({Kind.FINISHED, Kind.CUT, Kind.STOPPED, Kind.SKIPPED, Kind.FAILED})
_SOUNDING = frozenset({Kind.TONE_STARTED, Kind.STARTED, Kind.RESUMED})


class SeatState(Struct, frozen=True, array_like=True):
    """One device as it stands: a short row, for two thousand of them are told every second.

    `cached` counts orders that are ready and have not ended, `muted` plays that left the sink and
    were not heard, `refused` messages that the contract does not allow. `tone_us` is when the
    newest emergency tone began (Unix µs, true time, whatever the device's own clock said).
    """

    device: str
    cluster: str = ""
    powered: bool = False
    connected: bool = False
    plan_version: int = 0
    cached: int = 0
    playing: str = ""
    finished: int = 0
    failed: int = 0
    rejected: int = 0
    muted: int = 0
    refused: int = 0
    tone_us: int = 0
    faults: tuple[FaultKind, ...] = ()


class SeatWatch:
    """Counts what a controller says."""

    def __init__(self, amplifier: Amplifier) -> None:
        self._amplifier = amplifier
        self._counts: Counter[Kind] = Counter()
        self._ready: set[tuple[str, int]] = set()
        self._playing: str = ""
        self._muted = 0
        self._tone_us = 0

    def connected(self) -> None:
        """Seen at the link itself."""

    def said(self, confirmations: Sequence[Confirmation]) -> None:
        """Count."""
        for each in confirmations:
            self._counts[each.kind] += 1
            key = each.order or "", each.repeat
            if each.kind is Kind.CACHED:
                self._ready.add(key)
            elif each.kind in _SOUNDING:
                self._playing = each.order or ""
            elif each.kind in _ENDS:
                self._ready.discard(key)
                self._playing = ""
            if each.kind is Kind.FINISHED and not self._amplifier.sounded:
                self._muted += 1
            if each.kind is Kind.TONE_STARTED:
                self._tone_us = self._amplifier.began_at_us

    def ended(self) -> None:
        """Its controller is gone: nothing plays, and what is cached it will say again."""
        self._playing = ""

    def state(
        self,
        *,
        device: str,
        cluster: str,
        powered: bool,
        connected: bool,
        plan_version: int,
        refused: int,
        faults: Sequence[FaultKind],
    ) -> SeatState:
        """The row."""
        return SeatState(
            device=device,
            cluster=cluster,
            powered=powered,
            connected=connected,
            plan_version=plan_version,
            cached=len(self._ready),
            playing=self._playing,
            finished=self._counts[Kind.FINISHED],
            failed=self._counts[Kind.FAILED] + self._counts[Kind.SKIPPED],
            rejected=self._counts[Kind.REJECTED],
            muted=self._muted,
            refused=refused,
            tone_us=self._tone_us,
            faults=tuple(faults),
        )
