"""A device's configuration, derived from station and registry: desired state, like the plan.

Pure: rows go in, a draft comes out. The draft has neither version nor instant, so that two that
say the same have the same hash, and nothing is signed anew for nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from broadcaster.areas.tables import Station
from broadcaster.fleet.behaviour import USUAL, Behaviour
from broadcaster.fleet.tables import Device
from devices.protocol.configuration import StoredWarning
from devices.protocol.messages import Config, QuietHours, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the configurations of all devices of a station have in common."""

    station: Station
    keyring: str
    station_url: str
    relay_hosts: Sequence[str] = ()
    warnings: Sequence[StoredWarning] = ()


def draft_config(device: Device, *, around: Surroundings, behaviour: Behaviour = USUAL) -> Config:
    """What a device is to be told, before it has a version."""
    station = around.station
    return Config(
        station=station.id,
        device=device.id,
        version=1,
        issued_at_ms=0,
        keyring=around.keyring,
        cluster=device.cluster_id,
        quiet_hours=QuietHours(
            begins=station.quiet_begins, ends=station.quiet_ends, zone=station.zone
        ),
        longest_play_ms=station.longest_session_ms,
        volume=behaviour.volume,
        relay_hosts=tuple(around.relay_hosts),
        warnings=tuple(around.warnings),
        stagger_ms=behaviour.stagger_ms,
        station_url=around.station_url,
    )


def config_sha256(draft: Config) -> str:
    """What a configuration says: equal while there is nothing to tell the device."""
    return hashlib.sha256(encode(draft)).hexdigest()


def fault_of_config(draft: Config) -> str:
    """Why a device would refuse it, or ''; it is read here as a device reads it."""
    try:
        msgspec.json.decode(encode(draft), type=Config)
    except msgspec.MsgspecError as error:
        return str(error)
    return ""
