"""Signing each device's configuration when what it says has changed, and taking back the retired's.

Stored in the caller's transaction; publishing is the outbox's work. A configuration that a device
would refuse is not signed: the one before stays in force, and the log says why.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec import structs
from sqlalchemy import func, select
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.configs import (
    Surroundings,
    config_sha256,
    draft_config,
    fault_of_config,
)
from broadcaster.dispatch.reported import config_versions_reported
from broadcaster.dispatch.tables import SignedConfig
from broadcaster.dispatch.versions import is_behind, next_version
from broadcaster.emergency.stored_warnings import warnings_on_devices
from broadcaster.fleet.behaviour import USUAL, behaviours_of, relay_hosts_of
from broadcaster.fleet.registry import enrolled_devices
from broadcaster.fleet.tables import Device, DeviceSetting, DeviceStatus, RelayHost
from broadcaster.keys import StationKeys
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Config

log = structlog.get_logger()

TAKEN_BACK = ""
_TABLES = SignedConfig.metadata.tables
CONFIGS, _DEVICES, _STATION = _TABLES["signed_config"], _TABLES["device"], _TABLES["station"]
_RULES = select(
    _STATION.c.quiet_begins,
    _STATION.c.quiet_ends,
    _STATION.c.zone,
    _STATION.c.longest_session_ms,
)


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest configuration of a device, without its bytes."""

    device_id: str
    version: int
    sha256: str
    key_id: str
    signed_at: datetime


def sign_changed_configs(
    session: Session, *, station: Station, keys: StationKeys, station_url: str, now: datetime
) -> int:
    """Sign a new version for each device of which the newest says something else; count them."""
    newest = _newest(session, station.id)
    reported = config_versions_reported(session, station.id)
    devices = enrolled_devices(session, station.id)
    behaviours = behaviours_of(session, [device.id for device in devices])
    around = Surroundings(
        station=station,
        keyring=keys.keyring,
        station_url=station_url,
        relay_hosts=relay_hosts_of(session, station.id),
        warnings=warnings_on_devices(session, station_id=station.id),
    )
    signed = 0
    for device in devices:
        draft = draft_config(device, around=around, behaviour=behaviours.get(device.id, USUAL))
        signed += _sign_if_changed(
            session,
            draft,
            newest=newest.get(device.id),
            reported=reported.get(device.id, 0),
            keys=keys,
            now=now,
        )
    _take_back(session, newest, now=now)
    session.flush()
    return signed


def config_inputs(session: Session) -> tuple[object, ...]:
    """A fingerprint of what configurations and versions depend on beside the plans."""
    counted = (
        (Device, func.max(Device.enrolled_at), func.max(Device.retired_at)),
        (DeviceSetting, func.max(DeviceSetting.changed_at), func.count()),
        (RelayHost, func.max(RelayHost.added_at), func.count()),
        (DeviceStatus, func.max(DeviceStatus.plan_version), func.max(DeviceStatus.config_version)),
    )
    return (
        *(tuple(row) for row in session.execute(_RULES)),
        *(
            tuple(session.execute(select(*each).select_from(table)).one())
            for table, *each in counted
        ),
    )


def _sign_if_changed(
    session: Session,
    draft: Config,
    *,
    newest: _Newest | None,
    reported: int,
    keys: StationKeys,
    now: datetime,
) -> int:
    digest = config_sha256(draft)
    if newest and not _is_outdated(newest, digest, keys=keys, reported=reported, now=now):
        return 0
    fault = fault_of_config(draft)
    if fault:
        log.error("config_not_signed", device_id=draft.device, fault=fault)
        return 0
    last = newest.version if newest else 0
    version = next_version(last=last, now=now, reported=reported)
    config = structs.replace(draft, version=version, issued_at_ms=to_ms(now))
    session.add(
        SignedConfig(
            device_id=draft.device,
            version=version,
            config_sha256=digest,
            key_id=keys.key_id,
            message=seal_message(config, key=keys.signing_key),
            signed_at=now,
        )
    )
    log.info("config_signed", device_id=draft.device, version=version)
    return 1


def _is_outdated(
    newest: _Newest, digest: str, *, keys: StationKeys, reported: int, now: datetime
) -> bool:
    return (newest.sha256, newest.key_id) != (digest, keys.key_id) or is_behind(
        last=newest.version, signed_at=newest.signed_at, reported=reported, now=now
    )


def _take_back(session: Session, newest: dict[str, _Newest], *, now: datetime) -> None:
    """Let the broker forget what it retains for devices that were retired."""
    standing = [each.device_id for each in newest.values() if each.sha256 != TAKEN_BACK]
    for device_id in _retired_among(session, standing):
        session.add(
            SignedConfig(
                device_id=device_id,
                version=newest[device_id].version + 1,
                config_sha256=TAKEN_BACK,
                key_id="",
                message=TAKEN_BACK,
                signed_at=now,
            )
        )
        log.info("config_taken_back", device_id=device_id)


def _retired_among(session: Session, device_ids: Collection[str]) -> Sequence[str]:
    retired = session.execute(select(_DEVICES.c.id).where(_DEVICES.c.retired_at.is_not(None)))
    return sorted(set(retired.scalars()) & set(device_ids))


def _newest(session: Session, station_id: str) -> dict[str, _Newest]:
    ours = select(_DEVICES.c.id).where(_DEVICES.c.station_id == station_id)
    newest = (
        select(CONFIGS.c.device_id, func.max(CONFIGS.c.version).label("version"))
        .where(CONFIGS.c.device_id.in_(ours))
        .group_by(CONFIGS.c.device_id)
        .subquery()
    )
    rows = session.execute(
        select(
            CONFIGS.c.device_id,
            CONFIGS.c.version,
            CONFIGS.c.config_sha256,
            CONFIGS.c.key_id,
            CONFIGS.c.signed_at,
        ).join(
            newest,
            (CONFIGS.c.device_id == newest.c.device_id) & (CONFIGS.c.version == newest.c.version),
        )
    )
    return {row.device_id: _Newest(*row) for row in rows}
