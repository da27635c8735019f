"""`loa join`, `loa joined`: two communes that merged become one station."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import asked, settings_for, station


def join(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="Bản sao lưu của đài kia. / The other's backup."
        ),
    ],
    *,
    root_key: Annotated[
        str,
        typer.Option(
            help="Khóa gốc công khai của đài kia (“loa keys show” ở đó). / Its public root key."
        ),
    ],
    decisions: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="CSV các quyết định. / What was decided, as a CSV."
        ),
    ] = None,
    write_decisions: Annotated[
        Path | None,
        typer.Option(
            help="Khi chạy thử: ghi các điều phải quyết định vào tệp mới này. / In a dry run: "
            "write what is to be decided into this new file."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Chỉ xem, không ghi. / Only look, keep nothing."),
    ] = False,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help="Đưa các điều phải quyết định lên trang /joined, chưa nhập gì. / Lay out what is "
            "to be decided on the page /joined; nothing is joined.",
        ),
    ] = False,
    key_file: Annotated[
        Path | None,
        typer.Option(help="Tệp chứa khóa sao lưu. / A file that holds the backup key."),
    ] = None,
) -> None:
    """Nhập đài của xã khác vào đài này, giữ mã và lịch sử. / Join another commune's station.

    Dừng đài kia, sao lưu nó lần cuối, rồi chạy ở đây; hỏi khóa sao lưu của đài kia. Chạy trước với
    “--prepare” rồi quyết định trên trang, hoặc với “--dry-run” và một tệp CSV. Thoát với mã 1 khi
    còn điều chưa quyết định. / Stop the other station and back it up; asks for its backup key. Run
    it with “--prepare” first and decide on the page, or with “--dry-run” and a CSV. 1 where
    something is undecided.
    """
    from broadcaster.backup.backup_key import read_backup_key
    from broadcaster.backup.restoring import unpacked
    from broadcaster.database.columns import from_ms
    from broadcaster.joining.at_terminal import brought, decisions_in, prepared, tried
    from broadcaster.joining.other import opened_other

    typed = key_file.read_text() if key_file else asked("Khóa sao lưu / Backup key", True)
    key, settings, now = read_backup_key(typed), settings_for(None), datetime.now(UTC)
    said = decisions_in(decisions)
    with (
        station() as (database, _),
        unpacked(file, beside=settings.state_dir, key=key) as found,
        opened_other(
            found.snapshot,
            audio_dir=found.state / settings.audio_dir.name,
            root_key=root_key,
            as_of=from_ms(found.header.made_at_ms),
        ) as other,
    ):
        if prepare:
            told, is_decided = prepared(database, other, now=now), True
        elif dry_run or write_decisions:
            told, is_decided = tried(database, other, said, write_to=write_decisions)
        else:
            told, is_decided = brought(database, other, settings, said, now=now), True
    sys.stdout.write(told)
    raise typer.Exit(0 if is_decided else 1)


def joined() -> None:
    """Các đài đã nhập, loa còn chờ, sổ gốc còn nguyên không. / Stations that were joined.

    Thoát với mã 1 khi sổ gốc của một đài mất hoặc bị sửa. / 1 where a kept ledger is not whole.
    """
    from broadcaster.joining.at_terminal import listed

    with station() as (database, station_id):
        told, holds = listed(database, settings_for(None), station_id=station_id)
    sys.stdout.write(told)
    raise typer.Exit(0 if holds else 1)
