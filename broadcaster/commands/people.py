"""`loa people`: second factors, personal data, roles at stations."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.reaching import settings_for, station
from broadcaster.commands.roles import grant, revoke

people = typer.Typer(
    help="Người dùng: mã xác thực, mật khẩu, dữ liệu cá nhân. / "
    "People: second factors, passwords, personal data.",
    no_args_is_help=True,
)

Username = Annotated[str, typer.Argument(help="Tên đăng nhập. / The user name.")]


@people.command("code")
def show_code(username: Username) -> None:
    """Xem mã xác thực lúc này, chỉ ở đài diễn tập. / The present code, in rehearsal only."""
    from broadcaster.accounts.people_command import code_told

    with station() as (database, station_id):
        told = code_told(
            database, settings_for(None), username, station_id=station_id, now=datetime.now(UTC)
        )
    sys.stdout.write(told)


@people.command("codes")
def print_codes(username: Username) -> None:
    """In mười mã dùng một lần cho một người. / Ten printed codes, each for once."""
    from broadcaster.accounts.people_command import codes_told

    with station() as (database, _):
        sys.stdout.write(codes_told(database, username, now=datetime.now(UTC)))


@people.command("export")
def export_one(username: Username) -> None:
    """Xuất mọi dữ liệu về một người, dạng JSON. / All that is held of a person, as JSON."""
    from broadcaster.accounts.people_command import person_exported

    with station() as (database, _):
        sys.stdout.write(person_exported(database, username, now=datetime.now(UTC)))


@people.command("erase")
def erase_one(
    username: Username,
    *,
    sure: Annotated[bool, typer.Option("--yes", help="Không hỏi lại. / Do not ask again.")] = False,
) -> None:
    """Xóa những gì gọi tên một người; việc đã làm còn lại dưới mã. / Erase what names a person."""
    from broadcaster.accounts.people_command import person_erased

    if not sure:
        typer.confirm(f"Xóa hẳn thông tin của {username}? / Erase for good?", abort=True, err=True)
    with station() as (database, _):
        sys.stdout.write(person_erased(database, username, now=datetime.now(UTC)))


people.command("grant")(grant)
people.command("revoke")(revoke)
