"""`loa mail`: the mailbox from which the station's alerts go out."""

import sys
from datetime import UTC, datetime

import typer

from broadcaster.commands.reaching import asked, settings_for, station

mail = typer.Typer(
    help="Thư báo sự cố: mật khẩu, gửi thử. / Letters that tell of trouble: password, trial.",
    no_args_is_help=True,
)


@mail.command("password")
def set_password() -> None:
    """Nhập mật khẩu hộp thư, cất trong thư mục khóa. / Type the mailbox's password."""
    from broadcaster.watching.posting import keep_password

    settings = settings_for(None)
    keep_password(asked("Mật khẩu thư / Mail password", True), keys_dir=settings.keys_dir)
    sys.stdout.write("✓ Đã cất. Gửi thử: loa mail try\n  Kept. Try it: loa mail try\n")


@mail.command("try")
def try_it() -> None:
    """Gửi thử một thư ngay. / Post a trial, now."""
    from broadcaster.watching.mail_command import tried

    with station() as (database, station_id):
        words = tried(database, settings_for(None), station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(words)
