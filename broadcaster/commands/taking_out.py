"""`loa export`: all of the station as one ZIP of CSVs."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.commands.reaching import station


def export_all(
    out: Annotated[Path, typer.Argument(help="Tệp ZIP mới; không ghi đè. / A new ZIP file.")],
    *,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal",
            help="Kèm họ tên, số điện thoại, lời của bà con. / With names, numbers, words.",
        ),
    ] = False,
) -> None:
    """Lấy toàn bộ dữ liệu của đài ra một tệp ZIP. / Take all of the station out as one ZIP."""
    from zoneinfo import ZoneInfo

    from broadcaster.areas.tables import Station
    from broadcaster.intake.errors import OutPresent
    from broadcaster.intake.export import export_station
    from broadcaster.intake.export_shapes import Place

    if out.exists():
        raise OutPresent(str(out))
    now = datetime.now(UTC)
    with station() as (database, station_id):
        with database.reading() as session:
            zone = ZoneInfo(session.get_one(Station, station_id).zone)
        place = Place(
            station_id=station_id, today=now.astimezone(zone).date(), zone=zone, personal=personal
        )
        with (
            export_station(database, place, by=None, now=now) as file,
            out.open("xb") as target,
        ):
            shutil.copyfileobj(file, target)
    sys.stdout.write(f"✓ {out}\n")
