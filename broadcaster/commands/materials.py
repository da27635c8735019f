"""`loa materials`: podcast feeds of material for the loudspeakers."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.reaching import station

materials = typer.Typer(
    help="Cẩm nang số: nguồn podcast, RSS để lấy tiếng có sẵn. / Podcast feeds of material.",
    no_args_is_help=True,
)

FeedId = Annotated[str, typer.Argument(help="Mã nguồn. / The source's id.")]


@materials.command("list")
def list_sources() -> None:
    """Các nguồn và những mục đã thấy. / The sources, and the items seen last."""
    from broadcaster.materials.materials_command import listed

    with station() as (database, station_id):
        words = listed(database, station_id=station_id)
    sys.stdout.write(words)


@materials.command("add")
def add_source(
    name: Annotated[str, typer.Argument(help="Tên nguồn. / Its name.")],
    url: Annotated[str, typer.Argument(help="RSS hoặc Atom. / RSS or Atom.")],
    *,
    licence: Annotated[
        str, typer.Option(help="Ai cho phép phát lại. / Who allows it, and on what terms.")
    ],
    sound_host: Annotated[
        str, typer.Option(help="Máy chủ âm thanh, nếu khác. / The sounds' host, if another.")
    ] = "",
) -> None:
    """Thêm nguồn. / Add a source."""
    from broadcaster.materials.materials_command import added

    with station() as (database, station_id):
        words = added(
            database,
            name=name,
            url=url,
            sound_host=sound_host,
            licence=licence,
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@materials.command("ask")
def ask_source(feed_id: FeedId) -> None:
    """Xem nguồn có gì. / Ask a source what it has."""
    from broadcaster.materials.materials_command import asked

    with station() as (database, station_id):
        words = asked(database, feed_id, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)


@materials.command("remove")
def remove_source(feed_id: FeedId) -> None:
    """Bỏ nguồn. / Ask a source no more."""
    from broadcaster.materials.materials_command import retired

    with station() as (database, station_id):
        words = retired(database, feed_id, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)
