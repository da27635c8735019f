"""`loa alerts`: alerts in CAP 1.2, brought in from files and feeds, and our own handed out."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import settings_for, station

alerts = typer.Typer(
    help="Cảnh báo CAP 1.2: nhập từ tệp, từ nguồn; xuất lệnh khẩn cấp của xã. / "
    "CAP 1.2 alerts: import, feeds, export.",
    no_args_is_help=True,
)
feed = typer.Typer(help="Nguồn cảnh báo được hỏi mỗi 30 giây. / Feeds.", no_args_is_help=True)
alerts.add_typer(feed, name="feed")

FeedId = Annotated[str, typer.Argument(help="Mã nguồn. / The feed's id.")]


@alerts.command("import")
def import_alert(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Tệp CAP. / A CAP file.")
    ],
) -> None:
    """Nhận một tệp cảnh báo; chờ người quyết định. / Keep an alert; a person decides."""
    from broadcaster.alerts.alerts_command import imported

    with station() as (database, station_id):
        words = imported(
            database, settings_for(None), file, station_id=station_id, now=datetime.now(UTC)
        )
    sys.stdout.write(words)


@alerts.command("export")
def export_emergency(
    emergency_id: Annotated[str, typer.Argument(help="Mã lệnh khẩn cấp. / An emergency's id.")],
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="Ghi mọi bản tin vào thư mục. / Write all messages into a folder."
        ),
    ] = None,
) -> None:
    """In bản tin CAP mới nhất của một lệnh. / Print the newest CAP message of an emergency."""
    from broadcaster.alerts.alerts_command import exported

    with station() as (database, station_id):
        messages = exported(database, emergency_id, station_id=station_id)
    if folder is None:
        sys.stdout.write(messages[-1][1].decode())
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in messages:
        (folder / f"{name}.xml").write_bytes(content)
        sys.stdout.write(f"{folder / f'{name}.xml'}\n")


@feed.command("add")
def add_feed(
    name: Annotated[str, typer.Argument(help="Tên nguồn. / Its name.")],
    url: Annotated[str, typer.Argument(help="Atom, RSS hoặc CAP. / Atom, RSS or CAP.")],
    *,
    signed: Annotated[
        bool,
        typer.Option("--signed", help="Từ chối cảnh báo không ký số. / Refuse what is unsigned."),
    ] = False,
    certificate: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Chứng thư PEM được tin. / Trusted, PEM."),
    ] = None,
) -> None:
    """Thêm nguồn. / Add a feed."""
    from broadcaster.alerts.alerts_command import feed_added

    with station() as (database, station_id):
        words = feed_added(
            database,
            settings_for(None),
            name=name,
            url=url,
            must_be_signed=signed,
            certificates=certificate or [],
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@feed.command("list")
def list_feeds() -> None:
    """Các nguồn, và nguồn nào không trả lời. / The feeds, and how each stands."""
    from broadcaster.alerts.alerts_command import feeds_told

    with station() as (database, station_id):
        words = feeds_told(database, station_id=station_id)
    sys.stdout.write(words)


@feed.command("remove")
def remove_feed(feed_id: FeedId) -> None:
    """Thôi hỏi một nguồn. / Ask a feed no more."""
    from broadcaster.alerts.alerts_command import feed_retired

    with station() as (database, station_id):
        words = feed_retired(database, feed_id, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)


@feed.command("poll")
def poll_feeds(
    feed_id: Annotated[str, typer.Argument(help="Để trống: mọi nguồn. / Empty: all feeds.")] = "",
) -> None:
    """Hỏi ngay; mã thoát 1 nếu có nguồn trục trặc. / Ask now; exit 1 if one fails."""
    from broadcaster.alerts.alerts_command import feeds_polled

    with station() as (database, station_id):
        words, is_well = feeds_polled(
            database, settings_for(None), feed_id, station_id=station_id, now=datetime.now(UTC)
        )
    sys.stdout.write(words)
    raise typer.Exit(0 if is_well else 1)
