"""`loa lexicon`: how the commune's own words are read."""

import sys
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import station

lexicon = typer.Typer(
    help="Cách đọc riêng của xã. / How the commune's own words are read.",
    no_args_is_help=True,
)


@lexicon.command("list")
def list_words(*, as_json: AsJson = False) -> None:
    """In các cách đọc riêng đang dùng. / Print the commune's own words."""
    from broadcaster.lexicon.lexicon_command import listed

    with station() as (database, station_id):
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

    with station() as (database, station_id):
        told = added(database, station_id=station_id, written=written, spoken=spoken, note=note)
    sys.stdout.write(told)


@lexicon.command("retire")
def retire_word(
    written: Annotated[str, typer.Argument(help="Chữ viết trong bản tin. / As written.")],
) -> None:
    """Thôi dùng cách đọc riêng của một từ. / No longer use a word's own reading."""
    from broadcaster.lexicon.lexicon_command import retired

    with station() as (database, station_id):
        sys.stdout.write(retired(database, station_id=station_id, written=written))
