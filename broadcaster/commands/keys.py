"""`loa keys`: the station's signing keys."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import root_key, settings_for, station

keys = typer.Typer(
    help="Khóa ký của đài. / The station's signing keys.",
    no_args_is_help=True,
)


@keys.command("show")
def show_keys(*, as_json: AsJson = False) -> None:
    """In vòng khóa: mã, quyền, hạn dùng, số loa đã nhận. / Print the keyring."""
    from broadcaster.fleet.keys_command import keys_shown, told

    settings = settings_for(None)
    with station() as (database, station_id):
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

    settings = settings_for(None)
    with station() as (database, station_id):
        told = rotated(
            database,
            settings,
            root_key(),
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

    settings = settings_for(None)
    with station() as (database, station_id):
        told = revoked(
            database,
            settings,
            key_id,
            root_key(),
            station_id=station_id,
            now=datetime.now(UTC),
        )
    sys.stdout.write(told)
