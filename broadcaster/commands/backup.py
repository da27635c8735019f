"""`loa backup-key`, `loa backup`, `loa restore`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import asked, console, settings_for, station

KeyFile = Annotated[
    Path | None,
    typer.Option(
        help="Ghi khóa vào tệp mới này (chỉ chủ tệp đọc được) thay vì in ra. / Write the key into "
        "this new file instead of printing it."
    ),
]


def backup_key(
    *,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Thay khóa đã mất giấy. / For a key whose paper is lost."),
    ] = False,
    key_file: KeyFile = None,
) -> None:
    """Tạo khóa sao lưu, in ra một lần để cất. / Make the backup key: printed once, for a safe."""
    from broadcaster.backup.at_terminal import made_key

    # It is asked for before an upgrade, which finds the database as the older version left it.
    with station(as_it_is=True):
        sys.stdout.write(made_key(settings_for(None), replace=replace, file=key_file))


def backup(
    folder: Annotated[
        Path, typer.Argument(help="Thư mục, nên ở ổ khác. / A folder, better on another disk.")
    ],
    *,
    keep: Annotated[
        int,
        typer.Option(
            min=0, help="Giữ từng này bản mới nhất; 0: giữ hết. / Keep so many; 0: all of them."
        ),
    ] = 0,
) -> None:
    """Sao lưu cả đài khi đang chạy: dữ liệu, âm thanh, khóa. / Back up all, while it runs.

    Tệp được niêm phong bằng khóa sao lưu (“loa backup-key”) và đọc lại ngay. / The file is sealed
    for the backup key and read back at once.
    """
    from broadcaster.backup.at_terminal import backed_up

    settings = settings_for(None)
    with station() as (database, station_id):
        sys.stdout.write(
            backed_up(
                database, settings, folder, station_id=station_id, keep=keep, now=datetime.now(UTC)
            )
        )


def restore(
    file: Annotated[Path, typer.Argument(help="Bản sao lưu. / The backup.")],
    *,
    key_file: Annotated[
        Path | None,
        typer.Option(help="Tệp chứa khóa sao lưu. / A file that holds the backup key."),
    ] = None,
) -> None:
    """Khôi phục đài từ bản sao lưu, rồi kiểm tra sổ. / Make a station of a backup; verify it.

    Chỉ vào nơi còn trống. Hỏi khóa sao lưu trên giấy. Trả về 1 nếu sổ không nguyên vẹn. / Only
    where there is none yet. Asks for the key on paper. 1 where the ledger does not hold.
    """
    from broadcaster.backup.at_terminal import restored, verified
    from broadcaster.backup.backup_key import read_backup_key

    typed = key_file.read_text() if key_file else asked("Khóa sao lưu / Backup key", True)
    settings = settings_for(None)
    now = datetime.now(UTC)
    sys.stdout.write(restored(file, settings, key=read_backup_key(typed), now=now))
    told, holds = verified(settings, now=now, progress=console(stderr=True))
    sys.stdout.write(told)
    raise typer.Exit(0 if holds else 1)
