"""`loa channels`: the public channels, opened, closed, or written into a folder."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import settings_for, station

channels = typer.Typer(
    help="Kênh công khai: mở, đóng, ghi ra tệp. / Public channels: open, close, write to files.",
    no_args_is_help=True,
)


@channels.command("show")
def show_channels(*, as_json: AsJson = False) -> None:
    """Kênh đang mở hay đóng, và địa chỉ. / Whether they are open, and where."""
    from broadcaster.publishing.channels_command import told

    with station() as (database, station_id):
        words = told(database, settings_for(None), station_id=station_id, as_json=as_json)
    sys.stdout.write(words)


@channels.command("open")
def open_channels() -> None:
    """Mở cho mọi người; việc của lãnh đạo. / Open them to anybody: a leader's decision."""
    _decide(is_open=True)


@channels.command("close")
def close_channels() -> None:
    """Đóng lại. / Close them."""
    _decide(is_open=False)


@channels.command("write")
def write_channels(
    folder: Annotated[Path, typer.Argument(help="Thư mục. / A folder.")],
) -> None:
    """Ghi podcast.xml, feed.json, lich.ics để chép lên cổng. / Write the feeds into a folder."""
    from broadcaster.publishing.channels_command import written

    with station() as (database, station_id):
        words = written(
            database, settings_for(None), folder, station_id=station_id, now=datetime.now(UTC)
        )
    sys.stdout.write(words)


def _decide(*, is_open: bool) -> None:
    from broadcaster.publishing.channels_command import decided

    with station() as (database, station_id):
        words = decided(
            database,
            settings_for(None),
            station_id=station_id,
            is_open=is_open,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)
