"""`loa upgrade`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import console, settings_for


def upgrade(
    folder: Annotated[
        Path, typer.Argument(help="Nơi để bản sao lưu. / Where the backup is to lie.")
    ],
    *,
    keep: Annotated[
        int,
        typer.Option(min=0, help="Giữ từng này bản sao lưu; 0: hết. / Keep so many; 0: all."),
    ] = 0,
    despite_ledger: Annotated[
        bool,
        typer.Option(
            "--despite-ledger",
            help="Sổ vốn đã không nguyên vẹn. / The ledger did not hold before either.",
        ),
    ] = False,
) -> None:
    """Nâng cấp dữ liệu: sao lưu, thử trên bản sao, kiểm tra, thay. / Back up, migrate, verify.

    Khi đài đã dừng. Có gì không đúng thì cơ sở dữ liệu còn nguyên như trước và lý do được in ra. /
    With the station stopped. Where anything fails, the database is as it was, and the reason is
    printed.
    """
    from broadcaster.upgrading.at_terminal import said
    from broadcaster.upgrading.upgrade import How
    from broadcaster.upgrading.upgrade import upgrade as upgrade_it

    upgraded = upgrade_it(
        settings_for(None),
        How(folder=folder, keep=keep, despite_ledger=despite_ledger),
        now=datetime.now(UTC),
        progress=console(stderr=True),
    )
    sys.stdout.write(said(upgraded))
