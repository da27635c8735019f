"""The command `loa`: each command is a short hand-over to the capability that does the work."""

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from broadcaster import __version__
from broadcaster.demo.live import run_demonstration
from broadcaster.demo.once import OnceOptions, run_once
from broadcaster.errors import BadInput, LoaError
from broadcaster.logs import configure_logs
from broadcaster.processes.errors import DiskFull
from broadcaster.processes.serve import serve_station
from broadcaster.settings import Settings, load_settings

app = typer.Typer(
    name="loa",
    help="Đài truyền thanh xã: từ lời đọc đến xác nhận của từng cụm loa. / "
    "A commune's radio station, from script to confirmed broadcast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_errors = Console(stderr=True)


Broker = Annotated[
    str | None,
    typer.Option(
        help="Máy chủ MQTT khác, mqtt://… hoặc mqtts://…; mặc định là máy chủ kèm theo. / "
        "Another MQTT broker instead of the embedded one."
    ),
]


@app.command()
def run(*, broker: Broker = None) -> None:
    """Chạy xã trình diễn và trang web. / Run the demonstration commune and its site."""
    raise typer.Exit(run_demonstration(_settings(broker), console=Console()))


@app.command()
def serve(*, broker: Broker = None) -> None:
    """Chạy đài đã lập. / Run the station that was founded in the state folder."""
    raise typer.Exit(serve_station(_settings(broker), console=Console()))


@app.command()
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Chạy trọn một lần rồi dừng. / Run once, then end.")
    ] = False,
    script: Annotated[
        Path | None, typer.Option(help="Tệp lời đọc, UTF-8. / A script to read, UTF-8.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="In một đối tượng JSON. / Print one JSON object.")
    ] = False,
    silent_device: Annotated[
        int, typer.Option(min=0, max=24, help="Số loa bị tắt giữa chừng. / Devices killed.")
    ] = 0,
    corrupt_audio: Annotated[
        int, typer.Option(min=0, max=24, help="Số loa tải tệp hỏng. / Devices with bad audio.")
    ] = 0,
) -> None:
    """Trình diễn: một bản tin đi hết đường tới loa. / One bulletin, all the way to the poles."""
    if not once:
        run()
    options = OnceOptions(
        script=script, silent=silent_device, corrupt_audio=corrupt_audio, json=as_json
    )
    raise typer.Exit(run_once(options, console=Console(), progress=_errors))


@app.command()
def version() -> None:
    """In phiên bản. / Print the version."""
    typer.echo(f"loa {__version__}")


def _settings(broker: str | None) -> Settings:
    return load_settings() if broker is None else load_settings(broker=broker)


def main() -> None:
    """Run the command; whatever a person can act on is said in one sentence, not as a traceback."""
    configure_logs("WARNING")
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except LoaError as error:
        _say(error)
        sys.exit(2 if isinstance(error, BadInput) else 1)
    except (OSError, OperationalError) as error:
        if not _is_disk_full(error):
            raise
        _say(DiskFull())
        sys.exit(1)


def _say(error: LoaError) -> None:
    _errors.print(f"✕ {error.message_vi}", style="bold red", markup=False, highlight=False)
    _errors.print(f"  {error.message_en}", style="dim", markup=False, highlight=False)
    if error.detail and error.detail not in (error.message_vi, error.message_en):
        _errors.print(f"  ({error.detail})", style="dim", markup=False, highlight=False)


def _is_disk_full(error: OSError | OperationalError) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    return "disk is full" in str(error)
