"""What a rehearsal was asked to be."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

from devices.simulation.profile import Profile

DEVICES_OF_A_CLUSTER = 50


def _any_seed() -> int:
    return SystemRandom().randrange(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`fleet` joins a station that was founded elsewhere; without it one is founded here.

    `first` takes only so many of a fleet. `lasts_s` ends the rehearsal by itself, `ends_with_input`
    when its standard input ends: whoever started it has gone. Journals in memory are not durable.
    """

    devices: int = 24
    clusters: int | None = None
    fleet: Path | None = None
    first: int | None = None
    broker: str | None = None
    profile: Profile = field(default_factory=Profile)
    seed: int = field(default_factory=_any_seed)
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    journals_in_memory: bool = False
    folder: Path | None = None
    control: Path | None = None
    lasts_s: float | None = None
    ends_with_input: bool = False
    starts_off: bool = False
    has_storm: bool = True
    as_json: bool = False
    log_level: str = "error"

    @property
    def cluster_count(self) -> int:
        """How many clusters to found."""
        usual = max(1, self.devices // DEVICES_OF_A_CLUSTER)
        return min(self.clusters or usual, self.devices)
