"""The commands of `loa`: each is a short hand-over to the capability that does the work.

Each imports what it hands over to when it is run, so that none waits for what another needs.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from broadcaster import __version__

if TYPE_CHECKING:
    from rich.console import Console

    from broadcaster.database import Database
    from broadcaster.settings import Settings

app = typer.Typer(
    name="loa",
    help="Đài truyền thanh xã: từ lời đọc đến xác nhận của từng cụm loa. / "
    "A commune's radio station, from script to confirmed broadcast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
lexicon = typer.Typer(
    help="Cách đọc riêng của xã. / How the commune's own words are read.",
    no_args_is_help=True,
)
app.add_typer(lexicon, name="lexicon")
voice = typer.Typer(
    help="Giọng đọc của đài. / The station's voice.",
    no_args_is_help=True,
)
app.add_typer(voice, name="voice")
keys = typer.Typer(
    help="Khóa ký của đài. / The station's signing keys.",
    no_args_is_help=True,
)
app.add_typer(keys, name="keys")
broker = typer.Typer(
    help="Máy chủ MQTT: chạy riêng, hoặc cấu hình máy chủ khác. / "
    "The MQTT broker: alone, or another one configured.",
    invoke_without_command=True,
)
app.add_typer(broker, name="broker")

Broker = Annotated[
    str | None,
    typer.Option(
        help="Máy chủ MQTT khác, mqtt://… hoặc mqtts://…; mặc định là máy chủ kèm theo. / "
        "Another MQTT broker instead of the embedded one."
    ),
]
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
AsJson = Annotated[bool, typer.Option("--json", help="In JSON. / Print JSON.")]


@app.command()
def run(*, broker: Broker = None) -> None:
    """Chạy xã trình diễn và trang web. / Run the demonstration commune and its site."""
    from broadcaster.demo.live import run_demonstration

    raise typer.Exit(run_demonstration(_settings(broker), console=_console()))


@app.command()
def serve(*, broker: Broker = None) -> None:
    """Chạy đài đã lập. / Run the station that was founded in the state folder."""
    from broadcaster.processes.serve import serve_station

    raise typer.Exit(serve_station(_settings(broker), console=_console()))


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
    from broadcaster.demo.once import OnceOptions, run_once

    if not once:
        run()
    options = OnceOptions(
        script=script, silent=silent_device, corrupt_audio=corrupt_audio, json=as_json
    )
    raise typer.Exit(run_once(options, console=_console(), progress=_console(stderr=True)))


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def read(context: typer.Context) -> None:
    """In lời loa sẽ đọc; chỗ chưa chắc ra stderr. / Print what would be said."""
    from broadcaster.lexicon.reading_command import read_command

    raise typer.Exit(read_command(context.args))


@lexicon.command("list")
def list_words(*, as_json: AsJson = False) -> None:
    """In các cách đọc riêng đang dùng. / Print the commune's own words."""
    from broadcaster.lexicon.lexicon_command import listed

    with _station() as (database, station_id):
        sys.stdout.write(listed(database, station_id=station_id, as_json=as_json))


@lexicon.command("add")
def add_word(
    written: Annotated[str, typer.Argument(help="Chữ viết trong bản tin. / As written.")],
    spoken: Annotated[str, typer.Argument(help="Đọc thành lời. / As spoken.")],
    *,
    note: Annotated[str, typer.Option(help="Ghi chú. / A note.")] = "",
) -> None:
    """Thêm hoặc đổi cách đọc một từ. / Add a word, or change how it is read."""
    from broadcaster.lexicon.lexicon_command import added

    with _station() as (database, station_id):
        told = added(database, station_id=station_id, written=written, spoken=spoken, note=note)
    sys.stdout.write(told)


@lexicon.command("retire")
def retire_word(
    written: Annotated[str, typer.Argument(help="Chữ viết trong bản tin. / As written.")],
) -> None:
    """Thôi dùng cách đọc riêng của một từ. / No longer use a word's own reading."""
    from broadcaster.lexicon.lexicon_command import retired

    with _station() as (database, station_id):
        sys.stdout.write(retired(database, station_id=station_id, written=written))


@voice.command("list")
def list_voices(*, as_json: AsJson = False) -> None:
    """In các giọng đọc, giọng đang dùng có dấu ●. / Print the voices; ● marks the one in use."""
    from broadcaster.processes.manner import present_manner
    from broadcaster.voices.voice_command import listed

    settings = _settings(None)
    with present_manner(settings) as manner:
        policy = manner.house().policy
    sys.stdout.write(listed(settings, policy=policy, as_json=as_json))


@voice.command("install")
def install_voice(
    name: Annotated[str, typer.Argument(help="Tên giọng, xem loa voice list. / Its name.")],
    *,
    source: Annotated[
        str, typer.Option("--from", help="Thư mục hoặc địa chỉ. / A folder or an address.")
    ] = "",
) -> None:
    """Tải và cài một giọng đọc; đứt mạng thì chạy lại để tải tiếp. / Fetch and install a voice."""
    from broadcaster.voices.voice_command import brought

    told = brought(_settings(None), name, source=source, progress=_console(stderr=True))
    sys.stdout.write(told)


@voice.command("remove")
def remove_voice(name: Annotated[str, typer.Argument(help="Tên giọng. / Its name.")]) -> None:
    """Gỡ một giọng đọc khỏi máy. / Take a voice from this machine."""
    from broadcaster.processes.manner import present_manner
    from broadcaster.voices.voice_command import taken_away

    settings = _settings(None)
    with present_manner(settings) as manner:
        told = taken_away(settings, name, house=manner.house)
    sys.stdout.write(told)


@voice.command("use")
def use_voice(
    name: Annotated[
        str, typer.Argument(help="Tên giọng, auto hoặc espeak-ng. / A name, auto or espeak-ng.")
    ],
    *,
    accent: Annotated[str | None, typer.Option(help="north, central, south.")] = None,
    rate: Annotated[float | None, typer.Option(help="Tốc độ 0.6–1.6. / Speed.")] = None,
) -> None:
    """Chọn giọng đọc từ nay về sau. / Choose who reads from now on."""
    from broadcaster.voices.voice_command import used

    settings = _settings(None)
    with _station() as (database, station_id):
        told = used(database, settings, name, station_id=station_id, accent=accent, rate=rate)
    sys.stdout.write(told)


@voice.command("try")
def try_voice(
    sentence: Annotated[str, typer.Argument(help="Câu muốn nghe. / A sentence to hear.")],
    *,
    out: Annotated[Path, typer.Option(help="Tệp MP3. / The MP3 file.")] = Path("nghe-thu.mp3"),
) -> None:
    """Đọc một câu vào tệp bằng giọng đang dùng. / Say one sentence into a file."""
    from broadcaster.processes.manner import present_manner
    from broadcaster.processes.speaking import said_and_told

    settings = _settings(None)
    with present_manner(settings) as manner:
        sys.stdout.write(said_and_told(settings, sentence, out=out, manner=manner))


@keys.command("show")
def show_keys(*, as_json: AsJson = False) -> None:
    """In vòng khóa: mã, quyền, hạn dùng, số loa đã nhận. / Print the keyring."""
    from broadcaster.fleet.keys_command import keys_shown, told

    settings = _settings(None)
    with _station() as (database, station_id):
        shown = keys_shown(database, settings, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(told(shown, as_json=as_json))


@keys.command("rotate")
def rotate_keys(
    *,
    revoke_old: Annotated[
        bool,
        typer.Option(
            "--revoke-old",
            help="Thu hồi ngay khóa cũ thay vì để 8 ngày. / Revoke the old key at once.",
        ),
    ] = False,
) -> None:
    """Đổi khóa ký; cần khóa gốc trên giấy. / Make a new signing key; asks for the root key."""
    from broadcaster.fleet.keys_command import rotated

    settings = _settings(None)
    with _station() as (database, station_id):
        told = rotated(
            database,
            settings,
            _root_key(),
            station_id=station_id,
            now=datetime.now(UTC),
            revoke_old=revoke_old,
        )
    sys.stdout.write(told)


@keys.command("revoke")
def revoke_one_key(
    key_id: Annotated[str, typer.Argument(help="Mã khóa, xem loa keys show. / Its id.")],
) -> None:
    """Thu hồi ngay một khóa; cần khóa gốc trên giấy. / Revoke a key; asks for the root key."""
    from broadcaster.fleet.keys_command import revoked

    settings = _settings(None)
    with _station() as (database, station_id):
        told = revoked(
            database,
            settings,
            key_id,
            _root_key(),
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(told)


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

    settings = _settings(None)
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
            ("--registry", registry_of(_settings(None), given=registry)),
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

    sys.stdout.write(told_http_settings(_settings(None)))


@broker.command("check")
def try_broker(*, broker: Broker = None) -> None:
    """Thử xem máy chủ MQTT có làm mất tin không. / Try whether the broker keeps all it takes."""
    from broadcaster.processes.broker_check import told_check

    sys.stdout.write(told_check(_settings(broker)))


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def conformance(context: typer.Context) -> None:
    """Kiểm tra một bộ điều khiển theo giao ước. / Test a controller against the contract."""
    from broadcaster.processes.handing_over import CONFORMANCE, become

    become(CONFORMANCE, context.args)


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def simulate(context: typer.Context) -> None:
    """Diễn tập với nhiều loa mô phỏng và sự cố. / Rehearse with many simulated devices."""
    from broadcaster.processes.handing_over import REHEARSAL, become

    become(REHEARSAL, context.args)


@app.command()
def version() -> None:
    """In phiên bản. / Print the version."""
    typer.echo(f"loa {__version__}")


@contextmanager
def _station() -> "Iterator[tuple[Database, str]]":
    from broadcaster.processes.opening import founded_station

    with founded_station(_settings(None)) as station:
        yield station


def _root_key() -> str:
    """The root key, typed where nobody sees it, or handed in by another program."""
    if not sys.stdin.isatty():
        return sys.stdin.read()
    typed: str = typer.prompt("Khóa gốc / Root key", hide_input=True, err=True)
    return typed


def _settings(broker: str | None) -> "Settings":
    """What a command that touches the station needs first."""
    from broadcaster.settings import load_settings

    return load_settings() if broker is None else load_settings(broker=broker)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr)
