"""How devices are to behave, as people chose it: loudness by the hour, delay on purpose, relays.

What is kept here is what devices take: a mistake is told to whoever makes it, not to the poles.
Each device learns it from its signed configuration, and from nowhere else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import structlog
from sqlmodel import Session, col, delete, select

from broadcaster.audit import Act, record
from broadcaster.fleet.errors import (
    RelayHostForbidden,
    RelayHostUnusable,
    StaggerUnusable,
    TooManyRelayHosts,
    TooManyVolumeBands,
    VolumeBandsOverlap,
    VolumeBandUnusable,
)
from broadcaster.fleet.registry import device_in_service
from broadcaster.fleet.tables import Device, DeviceSetting, RelayHost
from broadcaster.outward import is_forbidden, is_this_machine
from devices.protocol.fields import HostName
from devices.protocol.messages import VolumeBand

log = structlog.get_logger()

BANDS_LIMIT = 24
LONGEST_STAGGER_MS = 10_000
HOSTS_LIMIT = 100
_MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What was chosen for one device."""

    volume: tuple[VolumeBand, ...] = ()
    stagger_ms: int = 0


USUAL = Behaviour()


def behaviours_of(session: Session, device_ids: Collection[str]) -> Mapping[str, Behaviour]:
    """What was chosen for these devices; one that is left out behaves as usual."""
    rows = session.exec(select(DeviceSetting).where(col(DeviceSetting.device_id).in_(device_ids)))
    return {row.device_id: _behaviour_in(row) for row in rows}


def behaviour_of(session: Session, device_id: str) -> Behaviour:
    """What was chosen for one device."""
    return behaviours_of(session, [device_id]).get(device_id, USUAL)


def checked_volume(bands: Iterable[tuple[str, str, int]]) -> tuple[VolumeBand, ...]:
    """Bands of the day by their beginning, of which at most one holds at any minute.

    Raises VolumeBandUnusable, VolumeBandsOverlap or TooManyVolumeBands.
    """
    checked = sorted((_band(*each) for each in bands), key=lambda band: band.begins)
    if len(checked) > BANDS_LIMIT:
        raise TooManyVolumeBands(field="volume")
    covered: set[int] = set()
    for band in checked:
        minutes = _minutes_of(band)
        if covered & minutes:
            raise VolumeBandsOverlap(f"{band.begins}–{band.ends}", field="volume")
        covered |= minutes
    return tuple(checked)


def checked_stagger(milliseconds: int) -> int:
    """A delay that devices take; raise StaggerUnusable."""
    if not 0 <= milliseconds <= LONGEST_STAGGER_MS:
        raise StaggerUnusable(field="stagger_ms")
    return milliseconds


def keep_behaviour(
    session: Session,
    device_id: str,
    behaviour: Behaviour,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> Device:
    """Let a device behave like this from its next configuration on; raise UnknownDevice.

    The behaviour must have been checked (`checked_volume`, `checked_stagger`).
    """
    device = device_in_service(session, device_id, station_id=station_id, locked=True)
    before = behaviour_of(session, device_id)
    if before == behaviour:
        return device
    row = session.get(DeviceSetting, device_id) or DeviceSetting(
        device_id=device_id, changed_at=now
    )
    row.volume = [msgspec.to_builtins(band) for band in behaviour.volume]
    row.stagger_ms = behaviour.stagger_ms
    row.changed_by, row.changed_at = by, now
    session.add(row)
    session.flush()
    record(
        session,
        Act.DEVICE_CHANGED,
        by=by,
        about=device_id,
        at=now,
        details={
            "volume": " ".join(f"{b.begins}-{b.ends}={b.percent}" for b in behaviour.volume),
            "stagger_ms": behaviour.stagger_ms,
        },
    )
    log.info(
        "device_behaviour_changed",
        device_id=device_id,
        before=msgspec.to_builtins(before),
        after=msgspec.to_builtins(behaviour),
        by=by,
    )
    return device


def relay_hosts_of(session: Session, station_id: str) -> tuple[str, ...]:
    """The hosts whose programmes this station's devices may pass on, in their order."""
    rows = session.exec(
        select(RelayHost.host)
        .where(RelayHost.station_id == station_id)
        .order_by(col(RelayHost.host))
    )
    return tuple(rows)


def checked_hosts(given: Iterable[str]) -> list[str]:
    """Hosts in one spelling, each once.

    Raises RelayHostUnusable, RelayHostForbidden or TooManyRelayHosts.
    """
    hosts = sorted({_host(each) for each in given})
    if len(hosts) > HOSTS_LIMIT:
        raise TooManyRelayHosts(field="hosts")
    return hosts


def keep_relay_hosts(
    session: Session, hosts: Sequence[str], *, station_id: str, by: str | None, now: datetime
) -> None:
    """Let devices pass on programmes of exactly these hosts (`checked_hosts`)."""
    before = set(relay_hosts_of(session, station_id))
    added, removed = sorted(set(hosts) - before), sorted(before - set(hosts))
    if not added and not removed:
        return
    session.exec(
        delete(RelayHost).where(
            col(RelayHost.station_id) == station_id, col(RelayHost.host).in_(removed)
        )
    )
    session.add_all(
        RelayHost(station_id=station_id, host=host, added_by=by, added_at=now) for host in added
    )
    session.flush()
    record(
        session,
        Act.RELAY_HOSTS_CHANGED,
        by=by,
        about=station_id,
        at=now,
        details={"added": " ".join(added), "removed": " ".join(removed)},
    )
    log.info("relay_hosts_changed", station_id=station_id, added=added, removed=removed, by=by)


def _behaviour_in(row: DeviceSetting) -> Behaviour:
    return Behaviour(
        volume=tuple(VolumeBand(**band) for band in row.volume), stagger_ms=row.stagger_ms
    )


def _band(begins: str, ends: str, percent: int) -> VolumeBand:
    given = {"begins": begins, "ends": ends, "percent": percent}
    try:
        band = msgspec.convert(given, VolumeBand)
    except msgspec.ValidationError as error:
        raise VolumeBandUnusable(str(error), field="volume") from error
    if band.begins == band.ends:
        raise VolumeBandUnusable(f"{begins}–{ends}", field="volume")
    return band


def _minutes_of(band: VolumeBand) -> set[int]:
    """The minutes of the day in which a band holds; it may cross midnight."""
    begins, ends = _minute(band.begins), _minute(band.ends)
    if begins < ends:
        return set(range(begins, ends))
    return set(range(begins, _MINUTES_OF_DAY)) | set(range(ends))


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _host(given: str) -> str:
    try:
        host = msgspec.convert(given.strip().lower().rstrip("."), HostName)
    except msgspec.ValidationError as error:
        raise RelayHostUnusable(given.strip()[:100], field="hosts") from error
    # Its own loopback an admin may name, for a programme that a pole's own receiver hands on.
    if is_forbidden(host) and not is_this_machine(host):
        raise RelayHostForbidden(host, field="hosts")
    return host
