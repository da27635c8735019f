"""What a device goes by: its newest signed configuration, and whom it trusts.

Without a configuration it trusts nobody and plays nothing. Both only ever move forward: an older
version or keyring is refused, so that a revoked key stays revoked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from devices.controller.standing import Standing, standing
from devices.errors import MalformedMessage, RolledBack
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
    message: bytes,
    *,
    identity: Identity,
    held: Bearings,
    now_ms: int,
    is_vouched: bool = False,
    height: Callable[[Trust], int] = lambda _: 0,
) -> Bearings | None:
    """The bearings that a configuration gives; None when it is the one that is held.

    `height` is the highest version that the keys of a trust ever signed. Raises a
    ContractViolation, RolledBack among them, when it is not to be followed.
    """
    config, trust = open_config(
        message,
        station=identity.station,
        device=identity.device,
        root=identity.trusted_root,
        held=held.trust,
        now_ms=now_ms,
        is_vouched=is_vouched,
    )
    if message == held.message:
        return None
    reached = height(trust)
    if standing(config.version, message, held=(reached, b"")) is not Standing.NEWER:
        raise RolledBack(f"config {config.version} after {reached}")
    _check_zone(config.quiet_hours.zone)
    return Bearings(config=config, message=message, trust=trust)


def _check_zone(zone: str) -> None:
    """Raise MalformedMessage for a time zone that this device does not know."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise MalformedMessage(f"zone {zone}") from error
