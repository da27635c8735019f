"""`loa import`: a commune's lists from CSV or XLSX, checked row by row and then kept."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import station


def import_list(
    kind: Annotated[
        str,
        typer.Argument(
            help="villages, residents, people, contributors, devices, schedules. / The list."
        ),
    ],
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Tệp CSV hoặc XLSX. / The file.")
    ],
    *,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Chỉ kiểm tra, không ghi. / Only check, keep nothing."),
    ] = False,
    only_good: Annotated[
        bool,
        typer.Option("--only-good", help="Chỉ ghi các dòng đúng. / Leave out rows with a problem."),
    ] = False,
    person: Annotated[
        str,
        typer.Option("--as", help="Tên đăng nhập người chịu trách nhiệm. / Who answers for it."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Đưa danh sách của xã vào, cho xem từng dòng. / Bring a commune's list in, row by row.

    Thoát với mã 1 khi có dòng sai. / Exit status 1 where a row has a problem.
    """
    from broadcaster.intake.at_terminal import Wish, brought, told
    from broadcaster.intake.checking import Verdict
    from broadcaster.intake.errors import RowsChosenNone

    def run(*, checked: bool) -> int:
        wish = Wish(
            kind=kind,
            data=file.read_bytes(),
            dry_run=checked,
            only_good=only_good,
            username=person,
        )
        with station() as (database, station_id):
            outcome = brought(database, wish, station_id=station_id, now=datetime.now(UTC))
        sys.stdout.write(told(outcome, as_json=as_json))
        return 1 if outcome.count(Verdict.PROBLEM) else 0

    try:
        status = run(checked=dry_run)
    except RowsChosenNone:
        # Nothing was kept: what stands against it is said as a check says it.
        status = run(checked=True)
    raise typer.Exit(status)
