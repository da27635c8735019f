"""Sets the bench up around one device: broker, line, audio and station, and takes it down again."""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from devices.conformance.audio import AudioHouse, serve_audio
from devices.conformance.bench import Bench
from devices.conformance.door import open_door
from devices.conformance.kit import CREDENTIALS_FILE, Kit
from devices.conformance.station import Station, station_of
from devices.errors import DevicesError

_FOLLOWS_WITHIN_S = 15.0
_SUBSCRIBES_S = 1.0
_FOLLOWS_WITHIN_S = 15.0
_SUBSCRIBES_S = 1.0
_RESTARTS_WITHIN_S = 60.0


class DeviceUnheard(DevicesError):
    """The device under test never came to the broker."""

    code = "device_unheard"
    message_vi = "Không thấy thiết bị kết nối. Thiết bị đã chạy với danh tính được chuẩn bị chưa?"
    message_en = "The device never connected. Is it running with the identity that was prepared?"


class BrokerSilent(DevicesError):
    """The suite's own broker did not start."""

    code = "broker_silent"
    message_vi = "Không khởi động được máy chủ MQTT kèm theo."
    message_en = "The embedded MQTT broker could not start."


@contextmanager
def set_up(
    kit: Kit,
    folder: Path,
    *,
    broker: str | None = None,
    restart: Sequence[str] = (),
    comes_within_s: float = 60.0,
) -> Iterator[Bench]:
    """A bench with the device connected and configured once.

    Raises DeviceUnheard, BrokerSilent, StationUnheard, OSError for a port that is taken.
    """
    house = AudioHouse()
    with ExitStack() as stack:
        broker = broker or stack.enter_context(_own_broker(folder))
        stack.enter_context(serve_audio(house, host=kit.host, port=kit.audio_port))
        station = station_of(kit)
        station.connect(broker)
        stack.callback(station.disconnect)
        door = None
        if not kit.direct_broker:
            parts = urlsplit(broker)
            target = (parts.hostname or "", parts.port or 1883)
            door = stack.enter_context(open_door(host=kit.host, port=kit.line_port, target=target))
        bench = Bench(station=station, house=house, door=door, restart=_restarter(restart))
        _greet(station, within_s=comes_within_s)
        yield bench


def _greet(station: Station, *, within_s: float) -> None:
    """Wait for the device, give it a first configuration, and time to subscribe to its cluster.

    A `now` is not retained: what is said before that would be heard by nobody. A device that does
    not follow is found out by the points.
    """
    heard = station.heard
    if not station.wait_for(
        lambda: heard.statuses and heard.statuses[-1].online, within_s=within_s
    ):
        raise DeviceUnheard(station.kit.device)
    config = station.config()
    station.say(config)
    station.wait_for(
        lambda: heard.statuses[-1].config_version == config.version, within_s=_FOLLOWS_WITHIN_S
    )
    time.sleep(_SUBSCRIBES_S)


def _restarter(command: Sequence[str]) -> Callable[[], None] | None:
    if not command:
        return None

    def restart() -> None:
        subprocess.run(list(command), check=True, timeout=_RESTARTS_WITHIN_S)

    return restart


def restart_command(line: str | None) -> Sequence[str]:
    """The words of a command line; none where there is none."""
    return shlex.split(line) if line else ()


@contextmanager
def _own_broker(folder: Path) -> Iterator[str]:
    """The embedded broker on the loopback, with the kit's credentials."""
    registry = folder / CREDENTIALS_FILE
    with (folder / "broker.log").open("w") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "devices.broker",
                "--registry",
                str(registry),
                "--port",
                "0",
            ],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        line = process.stdout.readline() if process.stdout is not None else ""
        if not line:
            raise BrokerSilent((folder / "broker.log").read_text())
        yield f"mqtt://127.0.0.1:{json.loads(line)['port']}"
    finally:
        process.terminate()
        process.wait(15)
        if process.stdout is not None:
            process.stdout.close()
