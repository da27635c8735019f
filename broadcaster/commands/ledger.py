"""`loa ledger`: verify, export, import and rebuild it."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import console, settings_for, station

ledger = typer.Typer(
    help="Sổ độ phủ: kiểm tra, xuất, nhập, dựng lại. / Verify, export, import, rebuild the ledger.",
    no_args_is_help=True,
)


@ledger.command("verify")
def verify_ledger(
    *,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Chỉ từ ngày này. / Only from this day on."),
    ] = None,
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            help="Mã gốc đã in hoặc loa giữ (NGÀY:MÃ), hay mục nhật ký (SỐ:MÃ). "
            "/ A root or an entry to hold it against."
        ),
    ] = None,
    root_key: Annotated[
        str, typer.Option(help="Khóa gốc công khai, dạng hex. / The public root key, in hex.")
    ] = "",
    export: Annotated[
        Path | None,
        typer.Option(help="Kiểm tra một bản xuất thay cho sổ của đài. / Verify an export instead."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Kiểm tra sổ: chữ ký, chuỗi, nhật ký, mã gốc ngày. / Verify the ledger; 1 if it does not hold.

    Không cần mạng. Bản xuất cần --root-key. / Offline. An export needs --root-key.
    """
    from broadcaster.inspection.ledger_command import Wish, told, verified_export, verified_station

    wish = Wish(
        since=since.date() if since else None, anchors=tuple(anchor or ()), root_key=root_key
    )
    progress = console(stderr=True)
    if export is not None:
        verdict = verified_export(export, wish, progress=progress)
    else:
        settings = settings_for(None)
        with station() as (database, _):
            verdict = verified_station(
                database, settings, wish, now=datetime.now(UTC), progress=progress
            )
    sys.stdout.write(told(verdict, as_json=as_json))
    raise typer.Exit(0 if verdict.holds else 1)


@ledger.command("export")
def write_ledger(
    folder: Annotated[Path, typer.Argument(help="Thư mục mới. / A new folder.")],
    *,
    kind: Annotated[str, typer.Option("--format", help="jsonl, csv, parquet.")] = "jsonl",
    with_private: Annotated[
        bool,
        typer.Option(
            "--with-private",
            help="Cả tên và lời của người dùng. / With people's names and words too.",
        ),
    ] = False,
) -> None:
    """Xuất sổ và nhật ký để kiểm tra ở nơi khác. / Write the ledger for an audit elsewhere."""
    from broadcaster.inspection.errors import FormatUnknown
    from broadcaster.inspection.ledger_command import exported
    from broadcaster.inspection.table_files import FileFormat

    if kind not in {each.value for each in FileFormat}:
        raise FormatUnknown(kind, field="format")
    with station() as (database, _):
        told = exported(
            database,
            folder,
            kind=FileFormat(kind),
            private=with_private,
            now=datetime.now(UTC),
        )
    sys.stdout.write(told)


@ledger.command("import")
def bring_ledger(
    folder: Annotated[Path, typer.Argument(help="Bản xuất. / The export.")],
    into: Annotated[Path, typer.Argument(help="Tệp SQLite mới. / A new SQLite file.")],
) -> None:
    """Đưa một bản xuất vào tệp SQLite để tra cứu. / Bring an export into SQLite, to look at."""
    from broadcaster.inspection.ledger_command import brought_in

    sys.stdout.write(brought_in(folder, into))


@ledger.command("rebuild")
def rebuild_ledger() -> None:
    """Dựng lại các lượt phát từ xác nhận. / Fold all plays again from the confirmations."""
    from broadcaster.inspection.ledger_command import rebuilt

    with station() as (database, _):
        sys.stdout.write(rebuilt(database, now=datetime.now(UTC)))
