"""`loa doctor`."""

import sys
from datetime import UTC, datetime

import typer

from broadcaster.commands.options import AsJson
from broadcaster.commands.reaching import settings_for, station


def doctor(*, as_json: AsJson = False) -> None:
    """Khám đài: giờ, đĩa, dữ liệu, khóa, MQTT, sao lưu… / Look the station over; 1 where it is ill.

    Chạy cạnh đài đang chạy. Mỗi chỗ hỏng kèm cách sửa. / Beside a running station; each finding
    with its remedy.
    """
    from broadcaster.checkup.at_terminal import examine, is_ill, told

    settings = settings_for(None)
    with station() as (database, station_id):
        findings = list(examine(database, settings, station_id=station_id, now=datetime.now(UTC)))
    sys.stdout.write(told(findings, as_json=as_json))
    raise typer.Exit(1 if is_ill(findings) else 0)
