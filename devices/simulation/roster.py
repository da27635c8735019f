"""Who is in a fleet: one folder a controller, all of them rehearsal, and what faults each has."""

from dataclasses import dataclass
from pathlib import Path

from devices.errors import FleetRefused
from devices.protocol.identity import IDENTITY_FILE, load_identity


@dataclass(frozen=True, slots=True)
class Role:
    """One controller's part in the rehearsal."""

    home: Path
    corrupt_audio: bool = False
    falls_silent: bool = False

    @property
    def device(self) -> str:
        """Its name: that of its folder."""
        return self.home.name


def read_roster(folder: Path, *, silent: int = 0, corrupt_audio: int = 0) -> tuple[Role, ...]:
    """The roles by folder name: the first `corrupt_audio` and the last `silent` have faults.

    Raises FleetRefused for a folder without controllers or with one that is registered for real,
    and IdentityMissing for an identity that cannot be read.
    """
    homes = sorted(path.parent for path in folder.glob(f"*/{IDENTITY_FILE}"))
    if not homes:
        raise FleetRefused(str(folder))
    for home in homes:
        if not load_identity(home).rehearsal:
            raise FleetRefused(str(home))
    return tuple(
        Role(
            home=home,
            corrupt_audio=number < corrupt_audio,
            falls_silent=number >= len(homes) - silent,
        )
        for number, home in enumerate(homes)
    )
