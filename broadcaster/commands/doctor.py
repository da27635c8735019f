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
    from broadcaster.checkup.at_terminal import examine, is_ill, not_opened, told
    from broadcaster.errors import LoaError
    from broadcaster.processes.machine_faults import of_the_machine

    try:
        settings = settings_for(None)
        with station() as (database, station_id):
            now = datetime.now(UTC)
            findings = list(examine(database, settings, station_id=station_id, now=now))
    except Exception as error:
        # Whoever watches by `--json` reads this too, and it is the worst that there is to tell.
        known = error if isinstance(error, LoaError) else of_the_machine(error)
        if known is None:
            raise
        findings = [not_opened(known)]
    sys.stdout.write(told(findings, as_json=as_json))
    raise typer.Exit(1 if is_ill(findings) else 0)
