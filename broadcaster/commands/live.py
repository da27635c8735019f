"""`loa live`: speak live from a terminal."""

from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import (
    asked,
    asked_beside_sound,
    console,
    settings_for,
    station,
)


def speak_live(
    *,
    clusters: Annotated[
        str, typer.Option(help="Mã các cụm loa, cách nhau bằng dấu phẩy. / Cluster ids, by comma.")
    ],
    speaker: Annotated[
        str, typer.Option("--as", help="Tên đăng nhập của người nói. / The speaker's user name.")
    ],
    title: Annotated[str, typer.Option(help="Nội dung, một dòng. / What it is about.")],
    file: Annotated[
        Path | None,
        typer.Option(help="Tệp âm thanh; không có thì đọc mẫu từ stdin. / A file, else stdin."),
    ] = None,
    rate: Annotated[
        int, typer.Option(min=8_000, max=48_000, help="Tần số mẫu của stdin. / Of stdin, in Hz.")
    ] = 16_000,
    minutes: Annotated[int, typer.Option(help="Tối đa bao nhiêu phút. / The maximum.")] = 10,
    quiet_reason: Annotated[
        str, typer.Option(help="Lý do phát trong giờ yên lặng. / Why in quiet hours.")
    ] = "",
) -> None:
    """Nói trực tiếp ra loa từ tệp hoặc stdin. / Speak live from a file, or samples on stdin."""
    from broadcaster.live.live_command import Wish, spoken

    told = console(stderr=True)
    wish = Wish(
        username=speaker,
        title=title,
        clusters=tuple(clusters.split(",")),
        minutes=minutes,
        quiet_reason=quiet_reason,
    )
    with station() as (database, station_id):
        spoken(
            settings_for(None),
            database,
            station_id=station_id,
            wish=wish,
            file=file,
            rate_hz=rate,
            ask=asked if file is not None else asked_beside_sound,
            say=lambda words: told.print(words, markup=False, highlight=False, soft_wrap=True),
        )
