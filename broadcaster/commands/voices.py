"""`loa voice`: who reads, and what is installed for it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import console, settings_for, station

voice = typer.Typer(
    help="Giọng đọc của đài. / The station's voice.",
    no_args_is_help=True,
)


@voice.command("list")
def list_voices(*, as_json: AsJson = False) -> None:
    """In các giọng đọc, giọng đang dùng có dấu ●. / Print the voices; ● marks the one in use."""
    from broadcaster.processes.manner import present_manner
    from broadcaster.voices.voice_command import listed

    settings = settings_for(None)
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

    told = brought(settings_for(None), name, source=source, progress=console(stderr=True))
    sys.stdout.write(told)


@voice.command("remove")
def remove_voice(name: Annotated[str, typer.Argument(help="Tên giọng. / Its name.")]) -> None:
    """Gỡ một giọng đọc khỏi máy. / Take a voice from this machine."""
    from broadcaster.processes.manner import present_manner
    from broadcaster.voices.voice_command import taken_away

    settings = settings_for(None)
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

    settings = settings_for(None)
    with station() as (database, station_id):
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

    settings = settings_for(None)
    with present_manner(settings) as manner:
        sys.stdout.write(said_and_told(settings, sentence, out=out, manner=manner))
