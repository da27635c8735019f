"""`loa report`: a period of the station as a file, and the Word template that it is written by."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import settings_for, station

report = typer.Typer(
    help="Báo cáo một khoảng thời gian. / The report of a period.",
    invoke_without_command=True,
    no_args_is_help=True,
)


@report.callback()
def write_report(
    context: typer.Context,
    *,
    period: Annotated[
        str,
        typer.Option(
            help="2026, 2026-H1, 2026-Q3, 2026-11, 2026-11-22, hoặc hai mốc nối bằng “..”. / "
            "…or two of them joined by “..”."
        ),
    ] = "",
    scope: Annotated[
        str,
        typer.Option(
            help="station, village:MÃ, campaign:MÃ, contributor:TÊN. / "
            "The whole, a village, a campaign, a contributor."
        ),
    ] = "station",
    kind: Annotated[str, typer.Option("--format", help="docx, xlsx, pdf, csv, json.")] = "docx",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Tệp mới; không ghi đè. / A new file; nothing is overwritten."),
    ] = None,
) -> None:
    """Ghi báo cáo của một khoảng thời gian ra tệp. / Write the report of a period into a file."""
    if context.invoked_subcommand is not None:
        return
    from broadcaster.reports.command import Wish, written

    wish = Wish(period=period, scope=scope, kind=kind, out=out)
    with station() as (database, station_id):
        sys.stdout.write(written(database, settings_for(None), wish, station_id=station_id))


@report.command("template")
def write_template(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Tệp mới. / A new file."),
    ] = None,
) -> None:
    """Ghi ra mẫu Word để xã sửa. / Write the Word template out, to be changed in Word.

    Đặt tệp đã sửa vào thư mục dữ liệu của đài với tên report-template.docx. / Put what you
    changed into the station's state folder under that name.
    """
    from broadcaster.reports.command import written_template

    sys.stdout.write(written_template(settings_for(None), out))
