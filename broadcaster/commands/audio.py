"""`loa audio`: where the station's sound is kept."""

import sys
from typing import Annotated

import typer

from broadcaster.commands.reaching import asked, console, settings_for
from broadcaster.sounds.moving import Where

audio = typer.Typer(
    help="Kho âm thanh: thư mục hoặc kho S3. / Where audio is kept: a folder or an S3 store.",
    no_args_is_help=True,
)


@audio.command("secret")
def set_secret() -> None:
    """Nhập khóa bí mật của kho S3, cất trong thư mục khóa. / Type the S3 key's secret."""
    from broadcaster.sounds.opening import keep_secret

    settings = settings_for(None)
    keep_secret(asked("Khóa bí mật S3 / S3 secret key", True), keys_dir=settings.keys_dir)
    sys.stdout.write("✓ Đã cất. Kiểm tra: loa doctor\n  Kept. Look at it: loa doctor\n")


@audio.command("move")
def move_audio(*, to: Annotated[Where, typer.Option(help="s3, folder.")] = Where.S3) -> None:
    """Chuyển mọi âm thanh vào kho S3 hoặc về thư mục. / Move all audio into S3 or back.

    Đọc lại từng tệp theo mã băm, không xóa gì; đứt giữa chừng thì chạy lại. Thoát với mã 1 khi có
    tệp hỏng. / Each is read again by its hash, nothing is removed; run it again where it broke off.
    1 where something is spoilt.
    """
    from broadcaster.sounds.at_terminal import moved

    told, is_whole = moved(settings_for(None), to=to, progress=console(stderr=True))
    sys.stdout.write(told)
    raise typer.Exit(0 if is_whole else 1)
