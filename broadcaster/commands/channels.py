"""`loa channels`: the public channels, opened, closed, or written into a folder."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import asked, settings_for, station

channels = typer.Typer(
    help="Kênh công khai: mở, đóng, ghi ra tệp. / Public channels: open, close, write to files.",
    no_args_is_help=True,
)


class OutletChoice(StrEnum):
    """The networks, named here so that the command's help loads nothing of them."""

    FACEBOOK = "facebook"
    ZALO = "zalo"


class FormChoice(StrEnum):
    """What a post is made of."""

    LINK = "link"
    PICTURE = "picture"
    VIDEO = "video"
    ARTICLE = "article"


BulletinArgument = Annotated[str, typer.Argument(help="Mã bản tin. / A bulletin's id.")]
OutletArgument = Annotated[OutletChoice, typer.Argument(help="Mạng xã hội. / A network.")]


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


@channels.command("text")
def share_text(
    bulletin_id: BulletinArgument,
) -> None:
    """Chữ để dán vào Facebook, Zalo. / The text to paste into Facebook or Zalo."""
    from broadcaster.publishing.channels_command import text_of

    with station() as (database, station_id):
        words = text_of(
            database,
            settings_for(None),
            bulletin_id,
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@channels.command("card")
def make_card(
    bulletin_id: BulletinArgument,
    folder: Annotated[Path, typer.Argument(help="Thư mục. / A folder.")],
) -> None:
    """Ghi thẻ hình (PNG) và thẻ tiếng (MP4) vào thư mục. / Write the card as PNG and MP4."""
    from broadcaster.publishing.channels_command import card_written

    with station() as (database, station_id):
        words = card_written(
            database,
            settings_for(None),
            bulletin_id,
            folder,
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@channels.command("outlets")
def show_outlets(*, as_json: AsJson = False) -> None:
    """Mạng xã hội đã nối, và bài đã quyết định. / Networks that are connected, and the posts."""
    from broadcaster.publishing.outlets_command import outlets_told

    with station() as (database, station_id):
        sys.stdout.write(outlets_told(database, station_id=station_id, as_json=as_json))


@channels.command("connect")
def connect_outlet(
    outlet: OutletArgument,
    public_name: Annotated[
        str, typer.Option("--id", help="Mã Trang, mã ứng dụng. / A Page's or application's id.")
    ],
) -> None:
    """Nối mạng xã hội; mã bí mật đọc từ bàn phím. / Connect a network; secrets are typed in.

    Facebook: mã truy cập của Trang. Zalo: khóa bí mật của ứng dụng, rồi refresh token.
    """
    from broadcaster.publishing.outlet_accounts import Entered
    from broadcaster.publishing.outlets.known import KNOWN
    from broadcaster.publishing.outlets.port import Outlet
    from broadcaster.publishing.outlets_command import connected

    wanted = Outlet(outlet)
    secret = asked("Secret key", hidden=True) if KNOWN[wanted].has_secret else ""
    token = asked("Token", hidden=True)
    with station() as (database, station_id):
        words = connected(
            database,
            settings_for(None),
            wanted,
            Entered(public_name=public_name, token=token, secret=secret),
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@channels.command("disconnect")
def disconnect_outlet(outlet: OutletArgument) -> None:
    """Ngắt và xóa mã. / Disconnect, and forget the secrets."""
    from broadcaster.publishing.outlets.port import Outlet
    from broadcaster.publishing.outlets_command import disconnected

    with station() as (database, station_id):
        words = disconnected(database, Outlet(outlet), station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)


@channels.command("post")
def post_bulletin(
    bulletin_id: BulletinArgument,
    outlet: OutletArgument,
    form: Annotated[
        FormChoice | None, typer.Option("--as", help="Facebook: link, picture, video.")
    ] = None,
) -> None:
    """Đăng một bản tin; việc của lãnh đạo. / Post a bulletin: a leader's decision."""
    from broadcaster.publishing.outlets.port import Outlet
    from broadcaster.publishing.outlets_command import posted

    with station() as (database, station_id):
        words = posted(
            database,
            settings_for(None),
            bulletin_id,
            Outlet(outlet),
            form or "",
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@channels.command("unpost")
def unpost_bulletin(bulletin_id: BulletinArgument, outlet: OutletArgument) -> None:
    """Gỡ một bản tin đã đăng. / Take a post down."""
    from broadcaster.publishing.outlets.port import Outlet
    from broadcaster.publishing.outlets_command import taken_down

    with station() as (database, station_id):
        words = taken_down(
            database, bulletin_id, Outlet(outlet), station_id=station_id, now=datetime.now(UTC)
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
