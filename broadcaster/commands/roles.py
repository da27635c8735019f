"""`loa people grant` and `revoke`: a person's roles at one or several stations of the database."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.accounts.roles import Role
from broadcaster.commands.reaching import station

Username = Annotated[str, typer.Argument(help="Tên đăng nhập. / The user name.")]
GivenRole = Annotated[
    Role, typer.Option("--role", help="Vai trò; mặc định là thanh tra. / The role.")
]
At = Annotated[
    list[str] | None,
    typer.Option("--station", help="Mã đài; mặc định là đài của máy này. / A station's id."),
]
Everywhere = Annotated[
    bool,
    typer.Option("--every-station", help="Mọi đài trong cơ sở dữ liệu. / All of the database."),
]


def grant(
    username: Username,
    *,
    role: GivenRole = Role.INSPECTOR,
    at: At = None,
    everywhere: Everywhere = False,
) -> None:
    """Cho một người vai trò ở một hay nhiều đài, như cấp tỉnh. / Give a role at stations."""
    _change(username, role, at, everywhere=everywhere, taken=False)


def revoke(
    username: Username,
    *,
    role: GivenRole = Role.INSPECTOR,
    at: At = None,
    everywhere: Everywhere = False,
) -> None:
    """Thôi vai trò ấy ở các đài đó. / Take that role at those stations."""
    _change(username, role, at, everywhere=everywhere, taken=True)


def _change(
    username: str, role: Role, at: list[str] | None, *, everywhere: bool, taken: bool
) -> None:
    from broadcaster.accounts.people_command import every_station, role_given

    with station() as (database, own):
        told = role_given(
            database,
            username,
            role,
            station_ids=every_station(database) if everywhere else at or [own],
            taken=taken,
            now=datetime.now(UTC),
        )
    sys.stdout.write(told)
