"""`loa broker`: run one, write its configuration, or try it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import Broker
from broadcaster.commands.reaching import settings_for

broker = typer.Typer(
    help="Máy chủ MQTT: chạy riêng, hoặc cấu hình máy chủ khác. / "
    "The MQTT broker: alone, or another one configured.",
    invoke_without_command=True,
)

Registry = Annotated[
    Path | None,
    typer.Option(
        help="Tệp tài khoản MQTT; mặc định lấy từ sổ thiết bị của đài. / "
        "A credentials file instead of the station's device registry."
    ),
]
Certificate = Annotated[
    Path | None, typer.Option("--tls-cert", help="Chứng chỉ TLS. / The TLS certificate.")
]
CertificateKey = Annotated[
    Path | None, typer.Option("--tls-key", help="Khóa của chứng chỉ. / Its key.")
]


@broker.callback()
def run_broker(
    context: typer.Context,
    *,
    registry: Registry = None,
    host: Annotated[str, typer.Option(help="Nơi nghe. / Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0: cổng trống bất kỳ. / 0: any free one.")
    ] = None,
    tls_cert: Certificate = None,
    tls_key: CertificateKey = None,
) -> None:
    """Chạy riêng máy chủ MQTT thử nghiệm. / Run the test broker alone, until Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    from broadcaster.processes.broker_alone import BROKER, become, registry_of

    settings = settings_for(None)
    become(
        BROKER,
        [
            ("--registry", registry_of(settings, given=registry)),
            ("--host", host),
            ("--port", settings.broker_port if port is None else port),
            ("--tls-cert", tls_cert),
            ("--tls-key", tls_key),
        ],
    )


@broker.command("mosquitto")
def write_mosquitto(
    folder: Annotated[Path, typer.Argument(help="Thư mục để ghi. / The folder to write into.")],
    *,
    registry: Registry = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Không TLS, chỉ trong máy. / Plain, loopback.")
    ] = 1883,
    tls_host: Annotated[
        str, typer.Option(help="Nơi nghe bằng TLS. / Where TLS listens.")
    ] = "0.0.0.0",  # noqa: S104 - by TLS only
    tls_port: Annotated[int, typer.Option(min=1, max=65535)] = 8883,
    tls_cert: Certificate = None,
    tls_key: CertificateKey = None,
    snapshot_every_s: Annotated[
        int, typer.Option(min=1, max=3600, help="Giây giữa hai lần lưu. / Seconds between saves.")
    ] = 10,
    run_it: Annotated[
        bool,
        typer.Option(
            "--run", help="Chạy luôn, theo sổ thiết bị. / Run it and follow the registry."
        ),
    ] = False,
) -> None:
    """Ghi cấu hình Mosquitto, hoặc chạy luôn. / Write Mosquitto's files, or run it with them."""
    from broadcaster.processes.broker_alone import MOSQUITTO, become, registry_of

    become(
        MOSQUITTO,
        [
            ("--registry", registry_of(settings_for(None), given=registry)),
            ("--out", folder),
            ("--port", port),
            ("--tls-host", tls_host),
            ("--tls-port", tls_port),
            ("--tls-cert", tls_cert),
            ("--tls-key", tls_key),
            ("--snapshot-every-s", snapshot_every_s),
            ("--run", run_it),
        ],
    )


@broker.command("http")
def show_http() -> None:
    """In thiết lập để EMQX, Mosquitto hỏi đài qua HTTP. / Settings to ask the station by HTTP."""
    from broadcaster.processes.broker_alone import told_http_settings

    sys.stdout.write(told_http_settings(settings_for(None)))


@broker.command("check")
def try_broker(*, broker: Broker = None) -> None:
    """Thử xem máy chủ MQTT có làm mất tin không. / Try whether the broker keeps all it takes."""
    from broadcaster.processes.broker_check import told_check

    sys.stdout.write(told_check(settings_for(broker)))
