"""`loa home-assistant`: which loudspeakers are connected, told by MQTT discovery."""

import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import station


def tell_home_assistant(
    *,
    broker: Annotated[
        str,
        typer.Option(help="Máy chủ MQTT, mqtt(s)://… / Home Assistant's broker."),
    ],
    username: Annotated[str, typer.Option(help="Tên đăng nhập ở đó. / The user name there.")] = "",
    password_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Tệp mật khẩu. / A file with the password."),
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Chứng thư CA được tin. / A CA to trust."),
    ] = None,
    prefix: Annotated[
        str, typer.Option(help="Tiền tố khám phá. / The discovery prefix.")
    ] = "homeassistant",
    once: Annotated[
        bool, typer.Option("--once", help="Báo một lần rồi dừng. / Tell once, then end.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Gỡ mọi thực thể. / Take all entities away.")
    ] = False,
) -> None:
    """Báo loa nào còn liên lạc cho Home Assistant, tới khi dừng. / Tell which are connected."""
    from broadcaster.monitoring.home_assistant_command import Told, told_home_assistant

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    wanted = Told(
        broker=broker,
        username=username,
        password=password_file.read_text("utf-8").strip() if password_file else "",
        ca=ca,
        prefix=prefix,
        once=once,
        remove=remove,
    )
    with station() as (database, station_id):
        words = told_home_assistant(database, wanted, station_id=station_id, pause=stopping.wait)
    sys.stdout.write(words)
