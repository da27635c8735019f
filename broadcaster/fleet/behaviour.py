"""How devices are to behave, as people chose it: loudness by the hour, delay on purpose, relays.

Here it is read; each device learns it from its signed configuration, and from nowhere else.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from broadcaster.fleet.tables import DeviceSetting, RelayHost
from devices.protocol.messages import VolumeBand


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What was chosen for one device."""

    volume: tuple[VolumeBand, ...] = ()
    stagger_ms: int = 0


USUAL = Behaviour()


def behaviours_of(session: Session, device_ids: Collection[str]) -> Mapping[str, Behaviour]:
    """What was chosen for these devices; one that is left out behaves as usual."""
    rows = session.exec(select(DeviceSetting).where(col(DeviceSetting.device_id).in_(device_ids)))
    return {row.device_id: behaviour_in(row) for row in rows}


def behaviour_in(row: DeviceSetting) -> Behaviour:
    """What a row holds."""
    return Behaviour(
        volume=tuple(VolumeBand(**band) for band in row.volume), stagger_ms=row.stagger_ms
    )


def relay_hosts_of(session: Session, station_id: str) -> tuple[str, ...]:
    """The hosts whose programmes this station's devices may pass on, in their order."""
    rows = session.exec(
        select(RelayHost.host)
        .where(RelayHost.station_id == station_id)
        .order_by(col(RelayHost.host))
    )
    return tuple(rows)
