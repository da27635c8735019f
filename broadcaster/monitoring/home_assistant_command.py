"""What `loa home-assistant` does: one connection to the broker that somebody named."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from broadcaster.database import Database
from broadcaster.errors import BadInput
from broadcaster.monitoring.home_assistant import (
    PasswordInAddress,
    checked_prefix,
    keep_telling,
    take_away,
    tell,
)
from broadcaster.wire import Wire, parse_broker_url

WITHIN_S = 10.0


class AddressOfNoBroker(BadInput):
    """Not mqtt:// or mqtts:// and a host."""

    code = "address_of_no_broker"
    message_vi = "Địa chỉ máy chủ MQTT phải bắt đầu bằng mqtt:// hoặc mqtts:// và có tên máy."
    message_en = "A broker's address begins with mqtt:// or mqtts:// and names a host."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be told where."""

    broker: str
    prefix: str
    username: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    once: bool = False
    remove: bool = False


def told_home_assistant(
    database: Database, wanted: Told, *, station_id: str, pause: Callable[[float], bool]
) -> str:
    """Tell until `pause` says that it is over, or once; say what was done.

    Raises AddressOfNoBroker, PasswordInAddress, PrefixUnusable, BrokerUnreachable.
    """
    try:
        address = parse_broker_url(wanted.broker)
    except ValueError as error:
        raise AddressOfNoBroker from error
    if address.password:
        raise PasswordInAddress
    prefix = checked_prefix(wanted.prefix)
    wire = Wire(
        wanted.broker,
        username=wanted.username or None,
        password=wanted.password or None,
        client_id=f"loa-home-assistant-{station_id}",
        ca=wanted.ca,
    )
    wire.start()
    try:
        wire.wait_connected(timeout_s=WITHIN_S)

        def publish(topic: str, payload: bytes, retain: bool) -> None:
            wire.publish(topic, payload, retain=retain)

        if wanted.remove:
            gone = take_away(database, station_id=station_id, prefix=prefix, publish=publish)
            return f"✓ Đã gỡ {gone} thực thể.\n  Took {gone} entities away.\n"
        if wanted.once:
            made = tell(database, station_id=station_id, prefix=prefix, publish=publish)
            return f"✓ Đã báo {len(made)} loa.\n  Told of {len(made)} loudspeakers.\n"
        keep_telling(database, station_id=station_id, prefix=prefix, publish=publish, pause=pause)
        return "✓ Đã dừng.\n  Stopped.\n"
    finally:
        wire.stop()
