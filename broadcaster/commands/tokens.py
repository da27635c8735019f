"""`loa token`: what programs may use the API with, made once, listed, revoked."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import station

token = typer.Typer(
    help="Mã truy cập API cho chương trình. / Tokens with which programs use the API.",
    no_args_is_help=True,
)


@token.command("make")
def make_one(
    name: Annotated[str, typer.Argument(help="Chương trình nào dùng. / Which program uses it.")],
    *,
    scope: Annotated[
        list[str],
        typer.Option(help="Quyền, nhiều lần được, như devices:read. / A scope; may repeat."),
    ],
    days: Annotated[int, typer.Option(help="Hạn, số ngày. / Ends after so many days.")] = 90,
    also_station: Annotated[
        list[str] | None,
        typer.Option("--station", help="Đài khác được đọc thêm. / Another station to read."),
    ] = None,
) -> None:
    """Tạo mã và in ra một lần. / Make a token and print it, this once."""
    from broadcaster.accounts.token_command import made

    with station() as (database, station_id):
        words = made(
            database,
            name,
            scopes=scope,
            also_stations=also_station or [],
            days=days,
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(words)


@token.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Các mã của đài, không kèm phần bí mật. / The station's tokens, without what opens."""
    from broadcaster.accounts.token_command import listed

    with station() as (database, station_id):
        words = listed(database, station_id=station_id, as_json=as_json)
    sys.stdout.write(words)


@token.command("revoke")
def revoke_one(
    token_id: Annotated[str, typer.Argument(help="Mã số, như tok-…. / Its id, tok-….")],
) -> None:
    """Thu hồi ngay. / Revoke it, at once."""
    from broadcaster.accounts.token_command import revoked

    with station() as (database, station_id):
        words = revoked(database, token_id, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)
