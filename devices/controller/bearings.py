"""What a device goes by: its newest signed configuration, and whom it trusts.

Without a configuration it trusts nobody and plays nothing. Both only ever move forward: an older
version or keyring is refused, so that a revoked key stays revoked.
"""

from dataclasses import dataclass

from devices.controller.standing import Standing, standing
from devices.errors import RolledBack
from devices.protocol.envelope import open_config
from devices.protocol.identity import Identity
from devices.protocol.keyring import NOBODY, Trust
from devices.protocol.messages import Config


@dataclass(frozen=True, slots=True)
class Bearings:
    """A configuration, its exact bytes, and the trust that came inside it."""

    config: Config | None = None
    message: bytes = b""
    trust: Trust = NOBODY

    @property
    def version(self) -> int:
        """The configuration's version; 0 while there is none."""
        return self.config.version if self.config is not None else 0

    @property
    def cluster(self) -> str | None:
        """The cluster whose plan is ours; None while there is none."""
        return self.config.cluster if self.config is not None else None


NO_BEARINGS = Bearings()


def take_bearings(
    message: bytes, *, identity: Identity, held: Bearings, now_ms: int
) -> Bearings | None:
    """The bearings that a configuration gives; None when it is the one that is held.

    Raises a ContractViolation, RolledBack among them, when it is not to be followed.
    """
    config, trust = open_config(
        message,
        station=identity.station,
        device=identity.device,
        root=identity.trusted_root,
        held=held.trust,
        now_ms=now_ms,
    )
    held_version = (held.version, held.message) if held.config is not None else None
    found = standing(config.version, message, held=held_version)
    if found is Standing.SAME:
        return None
    if found is not Standing.NEWER:
        raise RolledBack(f"config {config.version} after {held.version}")
    return Bearings(config=config, message=message, trust=trust)
