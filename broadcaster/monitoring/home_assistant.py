"""Loudspeakers in Home Assistant: one connectivity entity each, by MQTT discovery.

Off unless somebody runs `loa home-assistant`, and published to the broker that they name. States
are not retained and expire: whatever nobody has said in the last three minutes is *unavailable*,
and a device that was never heard of is *unknown*. Nothing here says that anything was heard.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import Session, col, select

from broadcaster import __version__
from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.errors import BadInput
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.wire import BrokerUnreachable

log = structlog.get_logger()

USUAL_PREFIX = "homeassistant"
EVERY_S = 60.0
EXPIRES_AFTER_S = 180
"""Three rounds: a broker that was away for one makes no device unavailable."""

Publish = Callable[[str, bytes, bool], None]
"""Topic, payload, and whether the broker keeps it; raises BrokerUnreachable."""


class PasswordInAddress(BadInput):
    """It would stand in the list of processes, for everybody on the machine."""

    code = "password_in_address"
    message_vi = (
        "Địa chỉ máy chủ MQTT không được chứa mật khẩu, vì ai trên máy cũng thấy. Hãy để mật khẩu "
        "trong một tệp và dùng --password-file."
    )
    message_en = (
        "The broker's address must hold no password, which anybody on the machine would see. Put "
        "it into a file and use --password-file."
    )


class PrefixUnusable(BadInput):
    """A prefix that is no part of a topic."""

    code = "prefix_unusable"
    message_vi = "Tiền tố khám phá chỉ gồm chữ không dấu, chữ số, gạch nối, gạch dưới, gạch chéo."
    message_en = "A discovery prefix has only ASCII letters, digits, hyphens, underscores, slashes."


@dataclass(frozen=True, slots=True)
class Message:
    """What is published."""

    topic: str
    payload: bytes
    retain: bool = False


def checked_prefix(prefix: str) -> str:
    """A prefix as Home Assistant was told; raise PrefixUnusable."""
    plain = prefix.replace("-", "").replace("_", "").replace("/", "")
    if not (plain.isascii() and plain.isalnum()) or prefix.strip("/") != prefix:
        raise PrefixUnusable(prefix)
    return prefix


def entities(
    session: Session, *, station_id: str, prefix: str, removed: bool = False
) -> list[Message]:
    """What makes the entities; and what takes away those of devices out of service, or all."""
    station = session.get_one(Station, station_id)
    devices = session.exec(
        select(Device).where(Device.station_id == station_id).order_by(col(Device.id))
    ).all()
    return [
        Message(
            f"{prefix}/binary_sensor/loa_{station_id}/{each.id}/config",
            b"" if removed or each.retired_at else _config(station, each),
            retain=True,
        )
        for each in devices
    ]


def states(session: Session, *, station_id: str) -> list[Message]:
    """How each device stands that was ever heard of; of others nothing is said."""
    rows = session.exec(
        select(Device.id, DeviceStatus.online)
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .where(Device.station_id == station_id, col(Device.retired_at).is_(None))
        .order_by(col(Device.id))
    ).all()
    return [
        Message(_state_topic(station_id, device_id), b"ON" if online else b"OFF")
        for device_id, online in rows
    ]


def keep_telling(
    database: Database,
    *,
    station_id: str,
    prefix: str,
    publish: Publish,
    pause: Callable[[float], bool],
) -> None:
    """Tell how the devices stand, every minute, until `pause` says that it is over.

    What makes the entities is said at first, whenever it changes, and after a broker that was away.
    A broker that does not answer is tried again at the next round.
    """
    said: Sequence[Message] = ()
    while True:
        try:
            said = tell(database, station_id=station_id, prefix=prefix, publish=publish, said=said)
        except BrokerUnreachable as error:
            log.warning("home_assistant_not_told", reason=error.detail)
            said = ()
        if pause(EVERY_S):
            return


def tell(
    database: Database,
    *,
    station_id: str,
    prefix: str,
    publish: Publish,
    said: Sequence[Message] = (),
) -> Sequence[Message]:
    """One round; `said` is what made the entities before. Raises BrokerUnreachable."""
    with database.reading() as session:
        made = entities(session, station_id=station_id, prefix=prefix)
        stand = states(session, station_id=station_id)
    known = set(said)
    for each in [*(one for one in made if one not in known), *stand]:
        publish(each.topic, each.payload, each.retain)
    return made


def take_away(database: Database, *, station_id: str, prefix: str, publish: Publish) -> int:
    """Take all entities away again; count them. Raises BrokerUnreachable."""
    with database.reading() as session:
        gone = entities(session, station_id=station_id, prefix=prefix, removed=True)
    for each in gone:
        publish(each.topic, each.payload, each.retain)
    return len(gone)


def _config(station: Station, device: Device) -> bytes:
    config = {
        "name": None,  # the device's own: it has this one entity
        "unique_id": f"loa_{station.id}_{device.id}",
        "device_class": "connectivity",
        "entity_category": "diagnostic",
        "state_topic": _state_topic(station.id, device.id),
        "expire_after": EXPIRES_AFTER_S,
        "device": {
            "identifiers": [f"loa_{station.id}_{device.id}"],
            "name": f"{device.name} ({station.name})",
            "manufacturer": "Loa",
            "model": "simulated" if device.simulated else "loudspeaker controller",
        },
        "origin": {"name": "Loa", "sw_version": __version__},
    }
    return json.dumps(config, ensure_ascii=False, sort_keys=True).encode()


def _state_topic(station_id: str, device_id: str) -> str:
    """Not under `loa/`, which is the contract's."""
    return f"loa-home-assistant/{station_id}/{device_id}/state"
