"""`loa villages`: who lives there, which pole reaches them, mergers."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import station

villages = typer.Typer(
    no_args_is_help=True,
    help="Thôn: số dân, phần dân của loa, nhập thôn. / Villages: people, poles' shares, mergers.",
)

Since = Annotated[
    str,
    typer.Option(help="Từ ngày, mặc định hôm nay. / From this day on (2027-01-31); today."),
]


@villages.command("list")
def list_villages(*, as_json: AsJson = False) -> None:
    """Các thôn hôm nay: số hộ, số dân, loa. / Villages today: households, residents, poles."""
    from broadcaster.fleet.village_command import listed

    with station() as (database, _):
        told = listed(database, now=datetime.now(UTC), as_json=as_json)
    sys.stdout.write(told)


@villages.command("residents")
def enter_residents(
    village: Annotated[str, typer.Argument(help="Mã thôn. / The village's id.")],
    households: Annotated[str, typer.Argument(help="Số hộ. / Households.")],
    residents: Annotated[str, typer.Argument(help="Số dân. / Residents.")],
    *,
    since: Since = "",
) -> None:
    """Ghi số dân từ một ngày. / Enter who lives there from a day on; days that passed stay."""
    from broadcaster.fleet.village_command import entered

    with station() as (database, _):
        told = entered(
            database,
            village,
            households=households,
            residents=residents,
            since=since,
            now=datetime.now(UTC),
        )
    sys.stdout.write(told)


@villages.command("shares")
def enter_shares(
    village: Annotated[str, typer.Argument(help="Mã thôn. / The village's id.")],
    shares: Annotated[
        list[str],
        typer.Argument(help="Tất cả, tính bằng %: loa-1=60 wired=40. / All of them, in %."),
    ],
    *,
    since: Since = "",
) -> None:
    """Ghi phần dân mà mỗi loa phát tới. / Enter which pole reaches which share of a village."""
    from broadcaster.fleet.village_command import shared

    with station() as (database, _):
        told = shared(database, village, shares, since=since, now=datetime.now(UTC))
    sys.stdout.write(told)


@villages.command("merge")
def merge_villages(
    village: Annotated[list[str], typer.Argument(help="Mã các thôn. / The villages' ids.")],
    *,
    name: Annotated[str, typer.Option(help="Tên thôn mới. / The new village's name.")],
    cluster: Annotated[str, typer.Option(help="Mã cụm. / Its cluster's id.")],
    since: Since = "",
) -> None:
    """Nhập các thôn thành một. / Let villages become one; their history stays theirs."""
    from broadcaster.fleet.village_command import merged

    with station() as (database, _):
        told = merged(
            database,
            village,
            name=name,
            cluster_id=cluster,
            since=since,
            now=datetime.now(UTC),
        )
    sys.stdout.write(told)
